package orders

import (
	"fmt"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// group is units that become one Shopify line: the same product at the same
// price with the same tax.
type group []unit

// key is equal for units that belong together. A gift never joins what was
// bought, even where both cost nothing.
func (u unit) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q %q %s %t", u.SKUID, u.SellerSKU, u.ProductName, u.SKUName, u.price, u.IsGift)
	for _, t := range u.taxes {
		fmt.Fprintf(&b, " %q %s %s", t.title, t.rate, t.amount)
	}
	return b.String()
}

// grouped keeps the order in which TikTok names units.
func grouped(units []unit) []group {
	var groups []group
	index := map[string]int{}
	for _, u := range units {
		n, found := index[u.key()]
		if !found {
			n = len(groups)
			index[u.key()] = n
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], u)
	}
	return groups
}

// lines are the groups as Shopify's lines and, in the same order, as the ledger's.
func (b *bill) lines(units []unit, picks chosen) (written []*admin.OrderCreateLineItemInput, ledger []links.Line) {
	for _, g := range grouped(units) {
		written = append(written, b.written(g, picks))
		ledger = append(ledger, b.recorded(g, picks))
	}
	return written, ledger
}

func (b *bill) written(g group, picks chosen) *admin.OrderCreateLineItemInput {
	u := g[0]
	line := &admin.OrderCreateLineItemInput{
		Quantity: len(g), PriceSet: bag(u.price), RequiresShipping: new(true), TaxLines: b.taxLines(u.taxes, len(g)),
	}
	if variant, found := picks[pickKey(u)]; found {
		line.VariantId = new(string(variant.ID))
	} else {
		line.Title, line.Sku = new(title(u.LineItem)), text(u.SellerSKU)
	}
	if u.IsGift {
		line.Properties = []*admin.OrderCreateLineItemPropertyInput{{Name: "Gift", Value: "yes"}}
	}
	return line
}

// recorded is the line as the ledger keeps it, without Shopify's id, which nobody knows yet.
func (b *bill) recorded(g group, picks chosen) links.Line {
	u := g[0]
	line := links.Line{SKU: u.SellerSKU, Title: title(u.LineItem), Quantity: len(g), UnitPrice: u.price.String()}
	if variant, found := picks[pickKey(u)]; found {
		line.Variant, line.SKU = variant.ID, variant.SKU
	}
	if !b.included && len(u.taxes) > 0 {
		sum := b.zero()
		for _, t := range u.taxes {
			sum = b.add(sum, t.amount)
		}
		line.UnitTax = sum.String()
	}
	for _, u := range g {
		line.Units = append(line.Units, links.Unit{ID: u.ID, SKUID: u.SKUID, Status: u.DisplayStatus, Package: u.PackageID})
	}
	return line
}

// title is what a line without a variant is called.
func title(l tiktok.LineItem) string {
	const longest = 255 // Shopify's limit
	var parts []string
	for _, part := range []string{l.ProductName, l.SKUName} {
		if !blank(part) {
			parts = append(parts, strings.TrimSpace(part))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "TikTok SKU "+string(l.SKUID))
	}
	whole := []rune(strings.Join(parts, " - "))
	return string(whole[:min(len(whole), longest)])
}

// taxLines are one unit's taxes, times the line's quantity: units of a line have equal taxes, so the sum is exact.
// TikTok collected them and remits them: the channel is liable.
func (b *bill) taxLines(taxes []tax, quantity int) []*admin.OrderCreateTaxLineInput {
	var lines []*admin.OrderCreateTaxLineInput
	for _, t := range taxes {
		lines = append(lines, &admin.OrderCreateTaxLineInput{
			Title: t.title, Rate: t.rate.String(), PriceSet: bag(b.times(quantity, t.amount)), ChannelLiable: new(true),
		})
	}
	return lines
}

// shippingLines are shipping itself, also when it was free, and the further
// fees under their own names: what is no product can never be returned as one.
func (b *bill) shippingLines(o tiktok.Order, c charges) []*admin.OrderCreateShippingLineInput {
	name := "Shipping"
	if !blank(o.DeliveryOptionName) {
		name = o.DeliveryOptionName
	}
	lines := []*admin.OrderCreateShippingLineInput{b.shippingLine(name, "shipping_fee", c.shipping)}
	if !c.shippingTax.IsZero() {
		lines[0].TaxLines = b.taxLines([]tax{{title: "Shipping tax", rate: c.shippingRate, amount: c.shippingTax}}, 1)
	}
	var insured *admin.OrderCreateShippingLineInput
	var premium money.Amount
	for _, fee := range c.fees {
		if fee.code == insuranceTax && insured != nil {
			insured.TaxLines = b.taxLines([]tax{{title: fee.title, rate: b.rate("", fee.amount, premium, b.included), amount: fee.amount}}, 1)
			continue
		}
		line := b.shippingLine(fee.title, fee.code, fee.amount)
		if fee.code == insurance {
			insured, premium = line, fee.amount
		}
		lines = append(lines, line)
	}
	return lines
}

func (b *bill) shippingLine(name, code string, price money.Amount) *admin.OrderCreateShippingLineInput {
	return &admin.OrderCreateShippingLineInput{Title: name, Code: &code, Source: new(Gateway), PriceSet: bag(price)}
}

// bag is an amount as Shopify takes it. The order is in the shop's currency, so there is no second one.
func bag(a money.Amount) *admin.MoneyBagInput {
	return &admin.MoneyBagInput{ShopMoney: &admin.MoneyInput{Amount: a.String(), CurrencyCode: admin.CurrencyCode(a.Currency())}}
}

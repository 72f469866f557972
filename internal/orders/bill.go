package orders

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// bill is what TikTok says the buyer paid for, read and not yet explained.
type bill struct {
	calc
	// included tells whether prices contain the tax, as they do outside the US.
	included bool
	total    money.Amount
	units    []unit
	shipping money.Amount
	// shippingTax may be nothing.
	shippingTax money.Amount
	// parts are further fees and discounts, none of them nothing.
	parts []part
	// agreed is what TikTok names nowhere and the merchant had written for this order, such as "3.00 USD".
	agreed string
}

// unit is one TikTok line item.
type unit struct {
	tiktok.LineItem
	price money.Amount
	taxes []tax
}

type tax struct {
	title  string
	rate   money.Rate
	amount money.Amount
}

// part is a fee (or a discount, when negative) that TikTok names beside prices,
// shipping and their tax.
type part struct {
	code, title string
	amount      money.Amount
}

// insuranceTax belongs to the line of the insurance fee rather than on a line of its own.
const (
	insurance    = "item_insurance_fee"
	insuranceTax = "item_insurance_tax"
)

// fees are the further fees of the order documents. Some are given for the
// order, some for each unit, some for both.
var fees = []struct {
	code, title string
	order       func(tiktok.Payment) string
	unit        func(tiktok.LineItem) string
}{
	{"retail_delivery_fee", "Retail delivery fee",
		func(p tiktok.Payment) string { return p.RetailDeliveryFee }, func(l tiktok.LineItem) string { return l.RetailDeliveryFee }},
	{"small_order_fee", "Small order fee",
		func(p tiktok.Payment) string { return p.SmallOrderFee }, func(l tiktok.LineItem) string { return l.SmallOrderFee }},
	{"handling_fee", "Handling fee", func(p tiktok.Payment) string { return p.HandlingFee }, nil},
	{"shipping_insurance_fee", "Shipping insurance", func(p tiktok.Payment) string { return p.ShippingInsuranceFee }, nil},
	{insurance, "Item insurance", func(p tiktok.Payment) string { return p.ItemInsuranceFee }, nil},
	{insuranceTax, "Item insurance tax", func(p tiktok.Payment) string { return p.ItemInsuranceTax }, nil},
	{"buyer_service_fee", "Buyer service fee",
		func(p tiktok.Payment) string { return p.BuyerServiceFee }, func(l tiktok.LineItem) string { return l.BuyerServiceFee }},
	{"payment_discount_service_fee", "Payment service fee", func(p tiktok.Payment) string { return p.PaymentDiscountServiceFee }, nil},
	{"distance_fee", "Distance fee",
		func(p tiktok.Payment) string { return p.DistanceFee }, func(l tiktok.LineItem) string { return l.DistanceFee }},
	{"distance_shipping_fee", "Distance shipping fee",
		func(p tiktok.Payment) string { return p.DistanceShippingFee }, func(l tiktok.LineItem) string { return l.DistanceShippingFee }},
	{"pfand_fee", "Bottle deposit", nil, func(l tiktok.LineItem) string { return l.PfandFee }},
}

// discounts are the amounts that TikTok names as taken off beside the formula
// it documents. They are written without a sign.
var discounts = []struct {
	code, title string
	order       func(tiktok.Payment) string
}{
	{"shipping_fee_cofunded_discount", "Co-funded shipping discount", func(p tiktok.Payment) string { return p.ShippingFeeCofundedDiscount }},
	{"payment_platform_discount", "Payment discount", func(p tiktok.Payment) string { return p.PaymentPlatformDiscount }},
}

// readBill reads every amount of the order. The bill's err says what could not be read.
func readBill(o tiktok.Order, included bool) *bill {
	b := &bill{calc: calc{currency: money.Currency(o.Payment.Currency)}, included: included}
	if err := b.currency.Validate(); err != nil {
		b.fail(notUnderstood("%v.", err))
		return b
	}
	b.total = b.need("total_amount", o.Payment.TotalAmount)
	b.shipping = b.read("shipping_fee", o.Payment.ShippingFee)
	b.shippingTax = b.read("shipping_fee_tax", o.Payment.ShippingFeeTax)
	b.readUnits(o.LineItems)
	b.spreadTax(o.Payment)
	b.readParts(o)
	return b
}

func (b *bill) readUnits(items []tiktok.LineItem) {
	seen := map[tiktok.LineItemID]bool{}
	for _, item := range items {
		if seen[item.ID] || item.ID == "" {
			b.fail(notUnderstood("Two units are called %.40q.", item.ID))
		}
		seen[item.ID] = true
		if item.Currency != "" && item.Currency != string(b.currency) {
			b.fail(notUnderstood("Unit %.40s is in another currency than its order.", item.ID))
		}
		u := unit{LineItem: item, price: b.need("sale_price of unit "+string(item.ID), item.SalePrice)}
		for _, t := range item.ItemTax {
			amount := b.read("tax of unit "+string(item.ID), t.TaxAmount)
			if amount.IsNegative() {
				b.fail(notUnderstood("A tax of unit %.40s is negative.", item.ID))
			}
			if !amount.IsZero() {
				u.taxes = append(u.taxes, tax{title: taxTitle(t.TaxType), rate: b.rate(t.TaxRate, amount, u.price, b.included), amount: amount})
			}
		}
		b.units = append(b.units, u)
	}
	if len(items) == 0 {
		b.fail(notUnderstood("TikTok names no units."))
	}
}

// spreadTax gives units a tax that TikTok names for the order alone, by price.
// It is split, never computed.
func (b *bill) spreadTax(p tiktok.Payment) {
	whole := b.read("product_tax", p.ProductTax)
	if p.ProductTax == "" {
		whole = b.sub(b.sub(b.read("tax", p.Tax), b.shippingTax), b.read("item_insurance_tax", p.ItemInsuranceTax))
	}
	taxed := slices.ContainsFunc(b.units, func(u unit) bool { return len(u.taxes) > 0 })
	if b.err != nil || taxed || whole.IsZero() || whole.IsNegative() {
		return
	}
	shares, err := money.Allocate(whole, prices(b.units))
	if err != nil {
		b.fail(mismatch("TikTok names a tax of ", whole.Text(), " on units without a price."))
		return
	}
	for n, share := range shares {
		if u := &b.units[n]; !share.IsZero() {
			u.taxes = []tax{{title: taxTitle(""), rate: b.rate("", share, u.price, b.included), amount: share}}
		}
	}
}

func prices(units []unit) []int64 {
	weights := make([]int64, len(units))
	for n, u := range units {
		weights[n] = u.price.Minor()
	}
	return weights
}

func (b *bill) readParts(o tiktok.Order) {
	for _, fee := range fees {
		amount := b.zero()
		if fee.order != nil {
			amount = b.read(fee.code, fee.order(o.Payment))
		}
		if fee.unit != nil && amount.IsZero() {
			amount = b.perUnit(fee.code, fee.unit, o.LineItems)
		}
		b.addPart(fee.code, fee.title, amount)
	}
	for _, discount := range discounts {
		amount := b.read(discount.code, discount.order(o.Payment))
		if !amount.IsNegative() {
			amount = amount.Neg()
		}
		b.addPart(discount.code, discount.title, amount)
	}
}

// perUnit adds up a fee that TikTok names for units only.
func (b *bill) perUnit(code string, of func(tiktok.LineItem) string, items []tiktok.LineItem) money.Amount {
	sum := b.zero()
	for _, item := range items {
		sum = b.add(sum, b.read(code+" of unit "+string(item.ID), of(item)))
	}
	return sum
}

// addPart keeps a part that is something. In markets whose prices contain the
// tax a tax is no part of the sum.
func (b *bill) addPart(code, title string, amount money.Amount) {
	if !amount.IsZero() && (code != insuranceTax || !b.included) {
		b.parts = append(b.parts, part{code: code, title: title, amount: amount})
	}
}

// taxTitle is TikTok's type of tax as a buyer reads it: "SALES_TAX" is "Sales tax".
func taxTitle(kind string) string {
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(kind, "_", " ")))
	if len(words) == 0 {
		return "Tax"
	}
	for n, word := range words {
		if word == "vat" || word == "gst" || word == "hst" || word == "iva" {
			words[n] = strings.ToUpper(word)
		}
	}
	first, rest := utf8.DecodeRuneInString(strings.Join(words, " "))
	return string(unicode.ToUpper(first)) + strings.Join(words, " ")[rest:]
}

package orders_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// failer is what *testing.T and *rapid.T share.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// whole reads "12.34" as 1234 and "12" as 12 without the package under test.
func whole(t failer, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(strings.Replace(s, ".", "", 1), 10, 64)
	if err != nil {
		t.Fatalf("amount %q: %v", s, err)
	}
	return n
}

func shopMoney(t failer, bag *admin.MoneyBagInput) int64 {
	t.Helper()
	n := whole(t, bag.ShopMoney.Amount)
	if n < 0 {
		t.Errorf("negative amount %s", bag.ShopMoney.Amount)
	}
	return n
}

// shopifyTotal adds an order up as Shopify does.
func shopifyTotal(t failer, order admin.OrderCreateOrderInput) int64 {
	t.Helper()
	sum, taxes := int64(0), int64(0)
	tax := func(lines []*admin.OrderCreateTaxLineInput) {
		for _, line := range lines {
			amount := shopMoney(t, line.PriceSet)
			taxes += amount
			if line.ChannelLiable == nil || !*line.ChannelLiable || line.Rate == "" || line.Rate == "0" && amount > 0 {
				t.Errorf("tax line %q at %q: TikTok is liable, and Shopify wants a rate", line.Title, line.Rate)
			}
		}
	}
	for _, line := range order.LineItems {
		sum += int64(line.Quantity) * shopMoney(t, line.PriceSet)
		tax(line.TaxLines)
	}
	for _, line := range order.ShippingLines {
		sum += shopMoney(t, line.PriceSet)
		tax(line.TaxLines)
	}
	if !*order.TaxesIncluded {
		sum += taxes
	}
	return sum
}

// checkSums holds the Shopify order, its payment and the conversion's own total against each other.
func checkSums(t failer, c orders.Conversion) {
	t.Helper()
	sum := shopifyTotal(t, c.Order)
	if total := whole(t, c.Total.String()); total != sum {
		t.Errorf("the Shopify order adds up to %d, the conversion says %d", sum, total)
	}
	paid := int64(0)
	for _, transaction := range c.Order.Transactions {
		paid += shopMoney(t, transaction.AmountSet)
	}
	if paid != sum {
		t.Errorf("the Shopify order adds up to %d and was paid with %d", sum, paid)
	}
	if called := c.Order.FinancialStatus != nil; called != (sum == 0) || len(c.Order.Transactions) == 1 == (sum == 0) {
		t.Errorf("an order of %d has %d transactions and financial status set: %t", sum, len(c.Order.Transactions), called)
	}
}

// checkUnits finds each unit that is to be delivered behind exactly one line, at
// the line's quantity.
func checkUnits(t failer, o tiktok.Order, c orders.Conversion) {
	t.Helper()
	if len(c.Lines) != len(c.Order.LineItems) {
		t.Fatalf("%d lines for the ledger, %d for Shopify", len(c.Lines), len(c.Order.LineItems))
	}
	behind := map[tiktok.LineItemID]int{}
	for n, line := range c.Lines {
		sent := c.Order.LineItems[n]
		if line.Quantity != len(line.Units) || line.Quantity != sent.Quantity || line.UnitPrice != sent.PriceSet.ShopMoney.Amount {
			t.Errorf("line %d: %d units, quantity %d, price %s; sent %d at %s",
				n, len(line.Units), line.Quantity, line.UnitPrice, sent.Quantity, sent.PriceSet.ShopMoney.Amount)
		}
		for _, unit := range line.Units {
			behind[unit.ID]++
		}
	}
	live := 0
	for _, unit := range o.LineItems {
		want := 1
		if unit.DisplayStatus == "CANCELLED" {
			want = 0
		}
		live += want
		if behind[unit.ID] != want {
			t.Errorf("unit %s stands behind %d lines, want %d", unit.ID, behind[unit.ID], want)
		}
	}
	if len(behind) != live {
		t.Errorf("%d units behind lines, %d in the order", len(behind), live)
	}
}

func cents(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

// made is an order made up in integer cents, with what it must come to.
type made struct {
	order    tiktok.Order
	variants orders.Variants
	want     int64
}

func makeOrder(t *rapid.T, included bool) made {
	m := made{variants: orders.Variants{BySKU: map[string][]shopify.Variant{}}}
	o := &m.order
	o.ID, o.Status, o.Payment.Currency, o.CreateTime = "576900000000010001", tiktok.AwaitingShipment, "USD", 1795100000
	total, live := int64(0), int64(0)
	for n := range rapid.IntRange(1, 12).Draw(t, "units") {
		sku := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "sku")
		m.variants.BySKU[sku] = []shopify.Variant{{ID: shopify.GID("gid://shopify/ProductVariant/" + sku), SKU: sku}}
		price := rapid.SampledFrom([]int64{0, 1, 999, 1000, 2450, 100_000}).Draw(t, "price")
		tax := rapid.Int64Range(0, price/4).Draw(t, "tax")
		unit := tiktok.LineItem{
			ID: tiktok.LineItemID(fmt.Sprintf("5773%02d", n)), SKUID: tiktok.SKUID("17" + sku), SellerSKU: sku,
			SalePrice: cents(price), DisplayStatus: tiktok.AwaitingShipment, IsGift: rapid.Bool().Draw(t, "gift"),
		}
		if tax > 0 {
			unit.ItemTax = []tiktok.ItemTax{{TaxType: "SALES_TAX", TaxRate: "0.0825", TaxAmount: cents(tax)}}
		}
		charged := price
		if !included {
			charged += tax
		}
		total += charged
		if n > 0 && rapid.IntRange(0, 3).Draw(t, "cancelled") == 0 {
			unit.DisplayStatus = tiktok.CancelledStatus
			m.want -= charged
		} else {
			live += price
		}
		o.LineItems = append(o.LineItems, unit)
	}
	total += m.fees(t, included, live)
	o.Payment.TotalAmount = cents(total)
	m.want += total
	return m
}

// fees adds shipping, its tax, further fees and a discount that prices and shipping can bear.
func (m *made) fees(t *rapid.T, included bool, live int64) int64 {
	p := &m.order.Payment
	shipping := rapid.Int64Range(0, 2000).Draw(t, "shipping")
	shippingTax := rapid.Int64Range(0, shipping/5).Draw(t, "shipping tax")
	handling := rapid.Int64Range(0, 500).Draw(t, "handling")
	insurance := rapid.Int64Range(0, 500).Draw(t, "insurance")
	insuranceTax := rapid.Int64Range(0, insurance).Draw(t, "insurance tax")
	off := rapid.Int64Range(0, shipping+live).Draw(t, "off")
	p.ShippingFee, p.ShippingFeeTax, p.HandlingFee = cents(shipping), cents(shippingTax), cents(handling)
	p.ItemInsuranceFee, p.ItemInsuranceTax, p.PaymentPlatformDiscount = cents(insurance), cents(insuranceTax), cents(off)
	sum := shipping + handling + insurance - off
	if !included {
		sum += shippingTax + insuranceTax
	}
	return sum
}

// TestTotalsAndUnits: whatever the parts, the Shopify order comes to what the
// buyer paid, less cancelled units, and no unit is lost or doubled.
func TestTotalsAndUnits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom([]string{"US", "GB"}).Draw(t, "region")
		m := makeOrder(t, region == "GB")
		c, err := orders.Convert(orders.Input{
			Order: m.order, Variants: m.variants, Shop: shops.Shop{Currency: "USD"},
			Connection: shops.Connection{Region: region}, Settings: shops.DefaultSettings(),
		})
		if err != nil {
			t.Fatalf("%v", err)
		}
		if got := shopifyTotal(t, c.Order); got != m.want {
			t.Fatalf("the Shopify order adds up to %d, want %d", got, m.want)
		}
		checkSums(t, c)
		checkUnits(t, m.order, c)
	})
}

// TestTotalsAreNeverGuessed: an amount that no part accounts for holds the order.
func TestTotalsAreNeverGuessed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := makeOrder(t, false)
		m.order.Payment.HandlingFee, m.order.Payment.ItemInsuranceFee = "", ""
		m.order.Payment.ItemInsuranceTax, m.order.Payment.PaymentPlatformDiscount = "", ""
		charged := whole(t, m.order.Payment.ShippingFee) + whole(t, m.order.Payment.ShippingFeeTax)
		for _, unit := range m.order.LineItems {
			charged += whole(t, unit.SalePrice)
			for _, tax := range unit.ItemTax {
				charged += whole(t, tax.TaxAmount)
			}
		}
		m.order.Payment.TotalAmount = cents(charged + rapid.Int64Range(1, 10_000).Draw(t, "more"))
		_, err := orders.Convert(orders.Input{Order: m.order, Variants: m.variants, Connection: shops.Connection{Region: "US"}})
		if code := codeOf(err); code != "totals_mismatch" {
			t.Fatalf("code %q (%v), want totals_mismatch", code, err)
		}
	})
}

package orders_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func codeOf(err error) string {
	var act *fault.Act
	if errors.As(err, &act) {
		return act.Code
	}
	return ""
}

// plainOrder is one unit of 18.00 with a tax of 1.48 and shipping of 5.99.
func plainOrder() tiktok.Order {
	return tiktok.Order{
		ID: "576900000000010001", Status: tiktok.AwaitingShipment, CreateTime: 1795100000, BuyerEmail: "v4b@scs.tiktokw.us",
		Payment: tiktok.Payment{Currency: "USD", TotalAmount: "25.47", ShippingFee: "5.99"},
		LineItems: []tiktok.LineItem{{
			ID: "577310000000100007", SKUID: "1729900000000010101", SellerSKU: "MUG-12-SAGE", SalePrice: "18.00",
			ItemTax: []tiktok.ItemTax{{TaxType: "SALES_TAX", TaxRate: "0.0825", TaxAmount: "1.48"}},
		}},
		RecipientAddress: &tiktok.Address{RegionCode: "US", PostalCode: "73301", FirstName: "Dana", LastName: "Whitfield", AddressLine1: "4100 Example Trail"},
	}
}

func input(o tiktok.Order) orders.Input {
	return orders.Input{
		Order: o, Shop: shops.Shop{Currency: "USD"}, Connection: shops.Connection{Region: "US"},
		Settings: shops.DefaultSettings(), Variants: orders.Variants{BySKU: catalog().BySKU},
	}
}

func TestConvertRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*tiktok.Order)
		code   string
	}{
		"nothing changed":       {func(*tiktok.Order) {}, ""},
		"no units":              {func(o *tiktok.Order) { o.LineItems = nil }, "order_not_understood"},
		"every unit cancelled":  {func(o *tiktok.Order) { o.LineItems[0].DisplayStatus = tiktok.CancelledStatus }, "order_not_understood"},
		"no total":              {func(o *tiktok.Order) { o.Payment.TotalAmount = "" }, "order_not_understood"},
		"total is a word":       {func(o *tiktok.Order) { o.Payment.TotalAmount = "free" }, "order_not_understood"},
		"negative total":        {func(o *tiktok.Order) { o.Payment.TotalAmount = "-25.47" }, "order_not_understood"},
		"no price":              {func(o *tiktok.Order) { o.LineItems[0].SalePrice = "" }, "order_not_understood"},
		"negative price":        {func(o *tiktok.Order) { o.LineItems[0].SalePrice = "-18.00" }, "order_not_understood"},
		"negative tax":          {func(o *tiktok.Order) { o.LineItems[0].ItemTax[0].TaxAmount = "-1.48" }, "order_not_understood"},
		"huge amount":           {func(o *tiktok.Order) { o.Payment.HandlingFee = strings.Repeat("9", 30) }, "order_not_understood"},
		"unit without an id":    {func(o *tiktok.Order) { o.LineItems[0].ID = "" }, "order_not_understood"},
		"unit of other money":   {func(o *tiktok.Order) { o.LineItems[0].Currency = "GBP" }, "order_not_understood"},
		"currency of no form":   {func(o *tiktok.Order) { o.Payment.Currency = "" }, "currency_mismatch"},
		"another currency":      {func(o *tiktok.Order) { o.Payment.Currency = "GBP" }, "currency_mismatch"},
		"a cent more":           {func(o *tiktok.Order) { o.Payment.TotalAmount = "25.48" }, "totals_mismatch"},
		"tax of unpriced units": {func(o *tiktok.Order) { unpriced(o) }, "totals_mismatch"},
		"case of the SKU":       {func(o *tiktok.Order) { o.LineItems[0].SellerSKU = "mug-12-sage" }, "sku_unmatched"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := plainOrder()
			tt.change(&o)
			if _, err := orders.Convert(input(o)); codeOf(err) != tt.code || (err == nil) != (tt.code == "") {
				t.Errorf("Convert error %v, want code %q", err, tt.code)
			}
		})
	}
}

func unpriced(o *tiktok.Order) {
	o.LineItems[0].SalePrice, o.LineItems[0].ItemTax = "0.00", nil
	o.Payment.ProductTax, o.Payment.TotalAmount = "1.48", "7.47"
}

// TestErrorsHoldNoBuyer converts an order that fails in every way and looks for the buyer in the words.
func TestErrorsHoldNoBuyer(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*tiktok.Order){
		func(o *tiktok.Order) { o.Payment.TotalAmount = "1.00" },
		func(o *tiktok.Order) { o.Payment.Currency = "GBP" },
		func(o *tiktok.Order) { o.LineItems[0].SellerSKU = "?" },
		func(o *tiktok.Order) { o.LineItems[0].SalePrice = "?" },
	} {
		o := plainOrder()
		change(&o)
		_, err := orders.Convert(input(o))
		var act *fault.Act
		if !errors.As(err, &act) {
			t.Fatalf("error %v, want a merchant's", err)
		}
		said := err.Error() + act.Detail
		for _, secret := range []string{"Dana", "Whitfield", "73301", "4100", "v4b@"} {
			if strings.Contains(said, secret) {
				t.Errorf("%q says %q", said, secret)
			}
		}
	}
}

func TestConvertLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	in := input(plainOrder())
	in.Settings.Tags = make([]string, 1, 8)
	in.Settings.Tags[0] = "mine"
	first, err := orders.Convert(in)
	if err != nil {
		t.Fatal(err)
	}
	in.Settings.Tags[0] = "changed"
	second, err := orders.Convert(in)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(first.Order.Tags, []string{orders.Tag, "mine"}) || !slices.Equal(second.Order.Tags, []string{orders.Tag, "changed"}) {
		t.Errorf("tags %v, then %v", first.Order.Tags, second.Order.Tags)
	}
}

// TestGiftStaysApart: the same product, once bought for nothing and once given.
func TestGiftStaysApart(t *testing.T) {
	t.Parallel()
	o := plainOrder()
	sold := tiktok.LineItem{ID: "577310000000100008", SKUID: "1729900000000040404", SellerSKU: "STK-001", SalePrice: "0.00"}
	given := sold
	given.ID, given.IsGift = "577310000000100009", true
	o.LineItems = append(o.LineItems, sold, given)
	c, err := orders.Convert(input(o))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Order.LineItems) != 3 || c.Order.LineItems[1].Properties != nil || len(c.Order.LineItems[2].Properties) != 1 {
		t.Errorf("%d lines, want the gift on the third alone", len(c.Order.LineItems))
	}
}

// TestStockOfTikToksWarehouse: whatever the status, it is not the shop's stock that is sold.
func TestStockOfTikToksWarehouse(t *testing.T) {
	t.Parallel()
	o := plainOrder()
	o.FulfillmentType = tiktok.FulfillmentByTikTok
	c, err := orders.Convert(input(o))
	if err != nil || *c.Options.InventoryBehaviour != admin.OrderCreateInputsInventoryBehaviorBypass {
		t.Errorf("inventory behavior %v, %v, want bypass", c.Options.InventoryBehaviour, err)
	}
}

// TestAsManyPartsCountAsFit: where leaving parts out could make the sum too,
// none is left out when all of them make it.
func TestAsManyPartsCountAsFit(t *testing.T) {
	t.Parallel()
	o := plainOrder()
	o.Payment.HandlingFee, o.Payment.PaymentPlatformDiscount = "1.00", "1.00"
	c, err := orders.Convert(input(o))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Order.ShippingLines) != 2 || c.Order.ShippingLines[0].PriceSet.ShopMoney.Amount != "4.99" {
		t.Errorf("%d shipping lines, want shipping at 4.99 and the fee", len(c.Order.ShippingLines))
	}
}

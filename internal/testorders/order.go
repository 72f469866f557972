package testorders

import (
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	// Tag is on every test order beside what an order gets, so that merchants' automations can leave it alone.
	Tag = "switchback-test"
	// Note is what a person reads who opens the order while it is there.
	Note = "Test order of Switchback: do not ship. It is cancelled and deleted by itself."

	price    = "10"
	shipping = "2"
	total    = "12"
)

// sku is mapped to the product that the order is of.
const sku tiktok.SKUID = "1"

// builtIn is the order as TikTok would give it: one unit, shipping, no tax, an
// address with nobody at home. Whole amounts are good in every currency.
func builtIn(id tiktok.OrderID, currency string, at time.Time) tiktok.Order {
	return tiktok.Order{
		ID: id, Status: tiktok.AwaitingShipment, CreateTime: at.Unix(), UpdateTime: at.Unix(), PaidTime: at.Unix(),
		FulfillmentType: tiktok.FulfillmentBySeller, ShippingType: tiktok.ShippingBySeller,
		Payment: tiktok.Payment{Currency: currency, TotalAmount: total, SubTotal: price, OriginalTotalProductPrice: price, OriginalShippingFee: shipping, ShippingFee: shipping},
		LineItems: []tiktok.LineItem{{
			ID: "1", SKUID: sku, ProductName: "Switchback test product", Currency: currency, OriginalPrice: price, SalePrice: price,
			DisplayStatus: tiktok.AwaitingShipment,
		}},
		RecipientAddress: &tiktok.Address{
			RegionCode: "US", PostalCode: "10001", FirstName: "Switchback", LastName: "Test", AddressLine1: "1 Test Street",
			DistrictInfo: []tiktok.District{
				{LevelName: "Country", Name: "United States", ISOCode: "US"}, {LevelName: "State", Name: "New York", ISOCode: "NY"}, {LevelName: "City", Name: "New York"},
			},
		},
	}
}

// convert makes the order's Shopify form as for a real one.
func convert(run Run, shop shops.Shop, settings shops.Settings, connections []shops.Connection) (orders.Conversion, error) {
	in := orders.Input{
		Order: builtIn(run.ID, shop.Currency, run.StartedAt), Shop: shop, Settings: settings, Test: true,
		Connection: shops.Connection{Shop: shop.Domain},
	}
	for _, c := range connections {
		if c.Off == shops.On {
			in.Connection = c
			break
		}
	}
	if run.Variant != "" {
		in.Variants.Mapped = map[tiktok.SKUID]shopify.Variant{sku: {ID: run.Variant}}
	} else {
		in.Settings.UnmappedSKU = shops.CustomUnmapped
	}
	c, err := orders.Convert(in)
	if err != nil {
		return orders.Conversion{}, fmt.Errorf("convert test order %s: %w", run.ID, err)
	}
	c.Order.Note = new(Note)
	c.Order.Tags = append(c.Order.Tags, Tag)
	return c, nil
}

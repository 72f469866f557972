package sandbox

import (
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/sandbox/loopsim"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// goods are what the merchant sells at TikTok; Shopify has the same SKUs.
func goods() []tiktoksim.Unit {
	return []tiktoksim.Unit{
		{SKUID: "1729900000000010101", ProductID: "1729900000000010001", SellerSKU: "MUG-12-SAGE", ProductName: "Stoneware Mug 12oz", SKUName: "Sage", Price: 1800, TaxRate: "0.0825"},
		{SKUID: "1729900000000020202", ProductID: "1729900000000020001", SellerSKU: "TEE-BLK-L", ProductName: "Heavyweight Tee", SKUName: "Black, L", Price: 2400, TaxRate: "0.0825"},
		{SKUID: "1729900000000030303", ProductID: "1729900000000030001", SellerSKU: "HAT-RST", ProductName: "Corduroy Cap", SKUName: "Rust", Price: 1950, TaxRate: "0.0825"},
	}
}

// furnish opens the shops, fills the shelves and draws up the accounts.
func (w *World) furnish() error {
	for domain, zone := range map[string]string{Shop: "America/Chicago", SecondShop: "Europe/London"} {
		if err := w.Shopify.AddShop(shopifysim.ShopSpec{Domain: domain, Currency: "USD", TimeZone: zone}); err != nil {
			return fmt.Errorf("open %s: %w", domain, err)
		}
		for _, good := range goods() {
			variant := shopifysim.VariantSpec{SKU: good.SellerSKU, ProductTitle: good.ProductName, Title: good.SKUName, Price: good.Price, Stock: 100}
			if _, err := w.Shopify.AddVariant(domain, variant); err != nil {
				return fmt.Errorf("put %s on the shelf: %w", good.SellerSKU, err)
			}
		}
	}
	// A SKU that merely begins alike: a search that is not checked would find it too.
	near := shopifysim.VariantSpec{SKU: "MUG-12-SAGE-2", ProductTitle: "Stoneware Mug 12oz", Title: "Sage, pair", Price: 3400, Stock: 100}
	if _, err := w.Shopify.AddVariant(Shop, near); err != nil {
		return fmt.Errorf("put %s on the shelf: %w", near.SKU, err)
	}
	err := w.TikTok.AddSeller(tiktoksim.SellerSpec{OpenID: Seller, Name: "Stoneware & Co", Region: "US", Shops: []tiktoksim.ShopSpec{
		{ID: TikTokShop, Name: "Stoneware US", Region: "US", Cipher: "TTP_sandboxCipherUS1"},
		{ID: "7494000000000010002", Name: "Stoneware UK", Region: "GB", Cipher: "ROW_sandboxCipherGB1"},
	}})
	if err != nil {
		return fmt.Errorf("open the seller's account: %w", err)
	}
	w.Loop.AddPortal(loopsim.Portal{Name: Portal, Shop: Shop, APIKey: loopKey})
	return nil
}

// shelf lets Loop look at Shopify's orders, as it does with a shop's permission.
type shelf struct{ shopify *shopifysim.Sim }

// OrderByName finds an order as Loop would keep it.
func (s shelf) OrderByName(shop, name string) (loopsim.Order, bool) {
	o, ok := s.shopify.OrderByName(shop, name)
	if !ok || o.Name != name {
		return loopsim.Order{}, false
	}
	order := loopsim.Order{ID: o.GID, Name: o.Name, Currency: o.Currency, Cancelled: !o.Canceled.IsZero()}
	if o.ShippingAddress != nil {
		order.ZIP = o.ShippingAddress.Zip
	}
	for _, line := range o.Lines {
		order.Lines = append(order.Lines, loopsim.Line{ID: line.GID, VariantID: line.VariantGID, SKU: line.SKU, Title: line.Title, Quantity: line.Quantity, Fulfilled: line.Shipped, Returned: line.Removed})
	}
	return order, true
}

// Refund records a return in Shopify as Loop does: its tag on the order, and a refund of the lines, with no money where
// the buyer gets something else for them.
func (s shelf) Refund(r loopsim.Return) (string, error) {
	err := s.shopify.EditOrder(r.Shop, r.OrderID, func(o *shopifysim.Order) {
		if !slices.Contains(o.Tags, r.Tag) {
			o.Tags = append(o.Tags, r.Tag)
		}
	})
	if err != nil {
		return "", err
	}
	spec := shopifysim.RefundSpec{Less: r.Fee, AllShipping: r.Shipping, Reason: r.Reason, Note: "Loop return"}
	for _, line := range r.Lines {
		spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: line.ID, Quantity: line.Quantity, RestockType: "RETURN"})
	}
	if r.Outcome != loopsim.ToPayment {
		spec.Amount, spec.AllShipping = new(int64), false
	}
	return s.shopify.Refund(r.Shop, r.OrderID, spec)
}

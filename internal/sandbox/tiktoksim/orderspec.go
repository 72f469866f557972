package tiktoksim

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// OrderSpec describes an order to place. All amounts are integer minor units of the currency. The zero value of every
// field but Units is usable.
type OrderSpec struct {
	Units    []Unit
	Currency string // default: the shop's
	Status   string // default ON_HOLD, TikTok's hour of remorse
	Address  *Address
	Created  time.Time // default: now

	Shipping Shipping
	Fees     Fees
	// Unexplained is added to total_amount and shown in no field: a total that does not add up.
	Unexplained int64

	FulfillmentType string // default FULFILLMENT_BY_SELLER
	ShippingType    string // default SELLER
	OrderType       string // default NORMAL
	MaskPostalCode  bool   // masked orders lose their postal code too

	Sample, Replacement, Exchange bool
	SourceOrderID                 string // the order that a replacement or exchange follows

	unmasked bool // see Unmask

	BuyerEmail   string // default: a relay address of the market
	NoBuyerEmail bool
	BuyerMessage string
	SellerNote   string
}

// Unit is one thing bought. TikTok has no quantity: Count units become that many line items.
type Unit struct {
	SKUID, ProductID     string
	SellerSKU            string // "" as some sellers leave it
	ProductName, SKUName string
	Count                int // 0 and 1 are one unit
	Price                int64
	SellerDiscount       int64
	PlatformDiscount     int64
	TaxRate              string // decimal fraction, "0.0825"; with Tax 0 the tax is computed from it
	Tax                  int64  // used as it is when not 0; without TaxRate it is a tax whose rate TikTok does not tell
	Gift                 bool
	Components           []Component // a virtual bundle
}

// Component is a part of a virtual bundle.
type Component struct {
	SKUID, ProductID, SellerSKU string
	Count                       int
}

// Shipping is what delivery costs. The buyer pays Original less the three discounts.
type Shipping struct {
	Original, SellerDiscount, PlatformDiscount, CofundedDiscount, Tax int64
}

// Fees are the further charges of an order. RetailDelivery is part of TikTok's printed formula for total_amount; the
// others are not, and are taken to be on top of it because the buyer pays them (TikTok does not say).
type Fees struct {
	RetailDelivery, SmallOrder, Handling, BuyerService         int64
	ItemInsurance, ItemInsuranceTax, ShippingInsurance         int64
	PaymentPlatformDiscount, PaymentDiscountService, Distances int64
}

func (f Fees) outsideFormula() int64 {
	return f.SmallOrder + f.Handling + f.BuyerService + f.ItemInsurance + f.ItemInsuranceTax + f.ShippingInsurance +
		f.PaymentDiscountService + f.Distances - f.PaymentPlatformDiscount
}

// SampleUnit is something to buy when a caller does not care what: an $18.00 mug, SKU MUG-12-SAGE, taxed at 8.25 %.
func SampleUnit() Unit {
	return Unit{
		SKUID: "1729900000000010101", ProductID: "1729900000000010001", SellerSKU: "MUG-12-SAGE",
		ProductName: "Stoneware Mug 12oz", SKUName: "Sage", Price: 1800, TaxRate: "0.0825",
	}
}

func (spec *OrderSpec) fill(sh *shop, now time.Time) error {
	if len(spec.Units) == 0 {
		return errors.New("an order needs a unit")
	}
	spec.Currency = cmp.Or(spec.Currency, sh.currency)
	spec.Status = cmp.Or(spec.Status, "ON_HOLD")
	spec.FulfillmentType = cmp.Or(spec.FulfillmentType, "FULFILLMENT_BY_SELLER")
	spec.ShippingType = cmp.Or(spec.ShippingType, "SELLER")
	spec.OrderType = cmp.Or(spec.OrderType, "NORMAL")
	if spec.Address == nil {
		home := DefaultAddress(cmp.Or(sh.region, "US"))
		spec.Address = &home
	}
	if spec.Created.IsZero() {
		spec.Created = now
	}
	for i, u := range spec.Units {
		if u.Price-u.SellerDiscount-u.PlatformDiscount < 0 || u.SKUID == "" {
			return fmt.Errorf("unit %d: needs a sku id and discounts no larger than its price", i)
		}
	}
	return nil
}

// masks reports whether TikTok hides this order's buyer: it ships the parcel itself.
func (spec *OrderSpec) masks() bool {
	return !spec.unmasked && (spec.FulfillmentType == "FULFILLMENT_BY_TIKTOK" || spec.ShippingType == "TIKTOK")
}

package tiktok

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ProviderID names one shipping provider of TikTok's.
type ProviderID string

// ShippingProvider is a carrier that TikTok takes for one delivery option.
type ShippingProvider struct {
	ID   ProviderID `json:"id"`
	Name string     `json:"name"`
}

// ShippingProviders lists the carriers of a delivery option, which an order
// names as DeliveryOptionID.
func (c *Client) ShippingProviders(ctx context.Context, seat Seat, option string) ([]ShippingProvider, error) {
	var data struct {
		Providers []ShippingProvider `json:"shipping_providers"`
	}
	r := request{ids: map[string]string{"delivery_option_id": option}}
	if _, err := c.call(ctx, seat, shippingProviders, r, &data); err != nil {
		return nil, fmt.Errorf("list shipping providers of delivery option %s: %w", clip(option), err)
	}
	return slices.DeleteFunc(data.Providers, func(p ShippingProvider) bool { return p.ID == "" }), nil
}

// Parcel is units of an order that the seller handed to a carrier.
type Parcel struct {
	Order OrderID
	// Units are named one by one: without them TikTok takes the whole order.
	Units          []LineItemID
	TrackingNumber string
	Provider       ProviderID
}

// Marked is what TikTok answers to a parcel.
type Marked struct {
	Package PackageID
	Units   []LineItemID
	// Warning is a remark of TikTok's about a parcel that it took, as about a number that it does not know.
	Warning string
}

// MarkShipped tells TikTok that units of a seller-shipped order left. TikTok
// takes no idempotency key here and ships a unit once: after an error,
// OutcomeOf tells whether it may have been done, and the order whether it was.
func (c *Client) MarkShipped(ctx context.Context, seat Seat, p Parcel) (Marked, error) {
	err := complete(p.Order, p.Units)
	if err == nil {
		err = traced(p.TrackingNumber, p.Provider)
	}
	if err != nil {
		return Marked{}, fmt.Errorf("mark units of tiktok order %s as shipped: %w", clip(string(p.Order)), err)
	}
	var data struct {
		Package PackageID    `json:"package_id"`
		Units   []LineItemID `json:"order_line_item_ids"`
		Warning struct {
			Message string `json:"message"`
		} `json:"warning"`
	}
	r := request{order: p.Order, body: struct {
		TrackingNumber string       `json:"tracking_number"`
		Provider       ProviderID   `json:"shipping_provider_id"`
		Units          []LineItemID `json:"order_line_item_ids"`
	}{p.TrackingNumber, p.Provider, p.Units}}
	if _, err := c.call(ctx, seat, markShipped, r, &data); err != nil {
		return Marked{}, fmt.Errorf("mark units of tiktok order %s as shipped: %w", p.Order, err)
	}
	return Marked{Package: data.Package, Units: data.Units, Warning: clipMessage(data.Warning.Message)}, nil
}

func traced(number string, provider ProviderID) error {
	if number == "" || provider == "" {
		return errors.New("the tracking number or the provider is missing")
	}
	return nil
}

// ShippingUpdate is the right tracking of a parcel that TikTok has.
type ShippingUpdate struct {
	Order OrderID
	// Package names the parcel of an order that has several; else it is empty.
	Package        PackageID
	TrackingNumber string
	Provider       ProviderID
}

// UpdateShipping corrects a seller-shipped parcel's tracking. TikTok takes it
// for 72 hours after shipping. It may be repeated.
func (c *Client) UpdateShipping(ctx context.Context, seat Seat, u ShippingUpdate) error {
	if err := traced(u.TrackingNumber, u.Provider); err != nil {
		return fmt.Errorf("correct tracking of tiktok order %s: %w", clip(string(u.Order)), err)
	}
	ep, r := updateOrderShipping, request{order: u.Order}
	if u.Package != "" {
		ep, r = updatePackageShipping, request{ids: map[string]string{"package_id": string(u.Package)}}
	}
	r.body = struct {
		TrackingNumber string     `json:"tracking_number"`
		Provider       ProviderID `json:"shipping_provider_id"`
	}{u.TrackingNumber, u.Provider}
	if _, err := c.call(ctx, seat, ep, r, nil); err != nil {
		return fmt.Errorf("correct tracking of tiktok order %s: %w", clip(string(u.Order)), err)
	}
	return nil
}

// Codes of the fulfillment API. Its documents list none for these calls; these
// are those of the sister calls on packages.
const (
	codeAlreadyShipped = 21011006
	codePackageFrozen  = 10007014
	codeShipInternal   = 10006402
)

// ShipObjection is why TikTok refuses a parcel or the correction of one.
type ShipObjection string

// Values of ShipObjection.
const (
	ShipObjectsNot ShipObjection = ""
	// ShipObjectsShipped: the units, or some of them, are shipped already.
	ShipObjectsShipped  ShipObjection = "already_shipped"
	ShipObjectsNumber   ShipObjection = "tracking_number"
	ShipObjectsProvider ShipObjection = "provider"
	// ShipObjectsCancel: the units are cancelled, or the buyer's wish to cancel is open.
	ShipObjectsCancel ShipObjection = "cancellation"
	// ShipObjectsLate: the time in which tracking can be corrected is over.
	ShipObjectsLate ShipObjection = "late"
	// ShipObjectsElse is a refusal for any other reason.
	ShipObjectsElse ShipObjection = "other"
)

// ShipObjectionOf tells why TikTok refused; ShipObjectsNot where err is no
// refusal for good. TikTok documents no table of these codes, so that beside
// the codes that are known its words decide.
func ShipObjectionOf(err error) ShipObjection {
	var e *Error
	if !errors.As(err, &e) || e.outcome() != OutcomeRefused {
		return ShipObjectsNot
	}
	says := func(words ...string) bool {
		text := strings.ToLower(e.Message)
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
	}
	switch {
	case e.Code == codeAlreadyShipped, says("already", "shipped"):
		return ShipObjectsShipped
	case e.Code == codePackageFrozen, says("cancel"):
		return ShipObjectsCancel
	case says("72", "hour"):
		return ShipObjectsLate
	case says("tracking"):
		return ShipObjectsNumber
	case says("provider"):
		return ShipObjectsProvider
	default:
		return ShipObjectsElse
	}
}

// Answer is TikTok's own word for a refusal, clipped and without secrets; empty
// where err is none.
func Answer(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.finding(fmt.Sprintf("TikTok says %q", e.Message))
}

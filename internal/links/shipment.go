package links

import (
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Shipment is what is known of one parcel of an order on both sides: a Shopify
// fulfillment and the units that TikTok counts as shipped with it. It is kept
// before the call that makes it, so that a call whose outcome is unknown is
// looked for before it is repeated, and what we made is later known as ours.
type Shipment struct {
	Shop  shopify.Domain
	Order tiktok.OrderID
	// Key is derived from the order and what the shipment is made of.
	Key       string
	Direction ShipmentDirection
	State     ShipmentState
	// Reason is why it is planned and not done: a switch, or the code of what a person must mend.
	Reason string
	// Fulfillment is Shopify's, empty until it is known; Package TikTok's.
	Fulfillment shopify.GID
	Package     tiktok.PackageID
	Units       []tiktok.LineItemID
	// Company is the carrier as Shopify names it, Provider TikTok's id of it, Number the tracking number.
	Company, Provider, Number string
	// Body is the call's input as it was stored before it was sent. It holds no buyer's data.
	Body string
	// Warning is what TikTok remarked when it took the shipment.
	Warning string
	// Handled is what a person said to have dealt with elsewhere: it is not asked again.
	Handled string
	// SentAt is set before the call and cleared when it is known that nothing came of it.
	SentAt *time.Time
	// ShippedAt is when the other side took it, DeliveredAt when Shopify was told of the delivery.
	ShippedAt, DeliveredAt *time.Time
	// LookedAt is when it was last compared with Shopify because a sweep had found a change.
	LookedAt  *time.Time
	CreatedAt time.Time
}

// ShipmentDirection says who knew of a shipment first.
type ShipmentDirection string

// The directions.
const (
	// ToTikTok: fulfilled in Shopify, reported to TikTok.
	ToTikTok ShipmentDirection = "to_tiktok"
	// ToShopify: shipped at TikTok, mirrored to Shopify.
	ToShopify ShipmentDirection = "to_shopify"
	// OnBothSides: both sides had it already; nothing was sent.
	OnBothSides ShipmentDirection = "on_both_sides"
)

// ShipmentState is how far a shipment is.
type ShipmentState string

// The states of a shipment.
const (
	// ShipmentPlanned waits for what Reason says.
	ShipmentPlanned ShipmentState = "planned"
	// ShipmentSent was sent, and nobody knows yet what came of it.
	ShipmentSent ShipmentState = "sent"
	ShipmentDone ShipmentState = "done"
	// ShipmentRefused was sent and refused: nothing came of it.
	ShipmentRefused ShipmentState = "refused"
	// ShipmentUndone was done, and its fulfillment was cancelled in Shopify since.
	ShipmentUndone ShipmentState = "undone"
	// ShipmentDropped was planned, and its fulfillment is gone before anything was sent.
	ShipmentDropped ShipmentState = "dropped"
)

// Claims tells whether a shipment in this state has its units: no unit is in
// two shipments, and the ledger refuses a second claim with ErrClaimed.
func (s ShipmentState) Claims() bool { return s == ShipmentSent || s == ShipmentDone }

// The states of an order's leg of shipments.
const (
	NoShipments = "none"
	// ShipmentsHeld: something waits for a person or a switch, which the reason names.
	ShipmentsHeld    = "held"
	ShipmentsSending = "sending"
	// ShipmentsPartly: some units are still here.
	ShipmentsPartly = "partly"
	ShipmentsDone   = "done"
)

// ShipmentsLeg sums up an order's shipments in a word, and why if they are held.
func ShipmentsLeg(order Order, shipments []Shipment) (state, reason string) {
	state = NoShipments
	for _, s := range shipments {
		switch s.State {
		case ShipmentPlanned, ShipmentRefused:
			return ShipmentsHeld, s.Reason
		case ShipmentUndone:
			if s.Handled == "" {
				return ShipmentsHeld, string(s.State)
			}
		case ShipmentSent:
			state = ShipmentsSending
		case ShipmentDone:
			if state != ShipmentsSending {
				state = ShipmentsDone
			}
		}
	}
	if state == ShipmentsDone && order.Status == tiktok.PartiallyShipping {
		state = ShipmentsPartly
	}
	return state, ""
}

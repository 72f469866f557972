package fulfillments

import (
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Truth is what both sides and the ledger say of one written order. What costs
// a call is read when Plan asks for it.
type Truth struct {
	Order     tiktok.Order
	Lines     []links.Line
	Shipments []links.Shipment
	// Fulfillments are Shopify's, the oldest first; nil until they were read.
	Fulfillments []shopify.Fulfillment
	// Open are Shopify's fulfillment orders; nil until they were read.
	Open []shopify.FulfillmentOrder
	// Cancelling are the units of which a cancellation is open at TikTok; nil until it was asked.
	Cancelling []tiktok.LineItemID
	// Carriers is what is known of the carriers that fulfillments name.
	Carriers map[string]Carrier
	// Refused is what was tried in vain since the truth was read: by the shipment's key.
	Refused map[string]Refusal
	// Pull, Push and Mirror are the shop's switches.
	Pull, Push, Mirror bool
	Now                time.Time
	// Patience is how long a fulfillment that may have been made is waited for.
	Patience time.Duration
}

// Carrier is TikTok's provider for a carrier's name in Shopify.
type Carrier struct {
	Provider tiktok.ShippingProvider
	Known    bool
	// Allowed are the names of TikTok's providers for the order, where none is known.
	Allowed []string
}

// platformShips tells whether TikTok moves the parcels: nothing is pushed then.
func (t Truth) platformShips() bool { return byPlatform(t.Order) || t.Order.ShippedByTikTok() }

// byPlatform tells whether the goods lie in a warehouse of TikTok's.
func byPlatform(o tiktok.Order) bool {
	return o.FulfillmentType == tiktok.FulfillmentByTikTok || o.FulfillmentType == tiktok.FulfillmentByTokopedia
}

// shipped tells whether a unit is out of the warehouse's hands. In TikTok's own
// warehouse awaiting collection is one step before.
func shipped(o tiktok.Order, item tiktok.LineItem) bool {
	switch statusOf(o, item) {
	case tiktok.InTransit, tiktok.Delivered, tiktok.Completed:
		return true
	case tiktok.AwaitingCollection:
		return !byPlatform(o)
	default:
		return false
	}
}

// delivered tells whether a unit is with the buyer. An order is also completed
// when all of it was refunded: then only its time of delivery tells.
func delivered(o tiktok.Order, item tiktok.LineItem) bool {
	status := statusOf(o, item)
	return status == tiktok.Delivered || status == tiktok.Completed && o.DeliveryTime > 0
}

func statusOf(o tiktok.Order, item tiktok.LineItem) tiktok.OrderStatus {
	if item.DisplayStatus == "" {
		return o.Status
	}
	return item.DisplayStatus
}

// deliveredAt is when TikTok says that the parcels arrived.
func deliveredAt(o tiktok.Order, now time.Time) time.Time {
	for _, at := range []int64{o.DeliveryTime, o.UpdateTime} {
		if at > 0 {
			return time.Unix(at, 0).UTC()
		}
	}
	return now
}

// parcel is what tells one parcel of TikTok's from another: its id or, where TikTok names none, its number.
func parcel(item tiktok.LineItem) string {
	if item.PackageID != "" {
		return string(item.PackageID)
	}
	return "number " + plainNumber(item.TrackingNumber)
}

// plainNumber is a tracking number in the form in which numbers are compared.
func plainNumber(number string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' {
			return -1
		}
		return r
	}, number))
}

// numbers lists a fulfillment's tracking numbers.
func numbers(f shopify.Fulfillment) []string {
	var list []string
	for _, t := range f.Tracking {
		if t.Number != "" {
			list = append(list, t.Number)
		}
	}
	return list
}

// company is the carrier of a fulfillment's first number.
func company(f shopify.Fulfillment) string {
	for _, t := range f.Tracking {
		if t.Number != "" {
			return strings.TrimSpace(t.Company)
		}
	}
	return ""
}

// hasNumber tells whether a fulfillment names the number.
func hasNumber(f shopify.Fulfillment, number string) bool {
	return number != "" && slices.ContainsFunc(numbers(f), func(n string) bool { return plainNumber(n) == plainNumber(number) })
}

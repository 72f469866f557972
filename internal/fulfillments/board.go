package fulfillments

import (
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// board is a plan in the making: who has which unit, and the steps so far.
type board struct {
	Truth
	steps []Step
	// units are those behind the order's lines, in the ledger's order.
	units []*unit
	// shipments are the ledger's as the steps so far leave them.
	shipments []links.Shipment
}

// unit is one thing of the order as all three sides see it.
type unit struct {
	tiktok.LineItem
	line                        shopify.GID
	shipped, delivered, leaving bool
	// gone: taken out of the Shopify order, or cancelled at TikTok before it left.
	gone bool
	// holder is the key of the shipment that has it, or the fulfillment that it waits for.
	holder string
	// undone: it left with a shipment whose fulfillment was cancelled in Shopify.
	undone bool
}

func newBoard(t Truth) *board {
	b := &board{Truth: t, shipments: slices.Clone(t.Shipments)}
	items := map[tiktok.LineItemID]tiktok.LineItem{}
	for _, item := range t.Order.LineItems {
		items[item.ID] = item
	}
	for _, line := range t.Lines {
		for _, known := range line.Units {
			item, there := items[known.ID]
			item.ID = known.ID
			b.units = append(b.units, &unit{
				LineItem: item, line: line.ShopifyLine, gone: known.Gone != "" || !there || item.Cancelled(),
				shipped: there && shipped(t.Order, item), delivered: there && delivered(t.Order, item),
				leaving: slices.Contains(t.Cancelling, known.ID),
			})
		}
	}
	for _, s := range b.shipments {
		if s.State.Claims() {
			b.take(s)
		}
	}
	b.markUndone()
	return b
}

// markUndone keeps units of cancelled fulfillments from being mirrored again: a person cancelled on purpose.
func (b *board) markUndone() {
	for _, s := range b.shipments {
		if s.State == links.ShipmentUndone && s.Direction != links.OnBothSides {
			for _, u := range b.of(s) {
				u.undone = u.undone || u.holder == ""
			}
		}
	}
}

// take gives a shipment its units.
func (b *board) take(s links.Shipment) {
	for _, u := range b.of(s) {
		u.holder = s.Key
	}
}

// of finds a shipment's units.
func (b *board) of(s links.Shipment) []*unit {
	var found []*unit
	for _, u := range b.units {
		if slices.Contains(s.Units, u.ID) {
			found = append(found, u)
		}
	}
	return found
}

// put makes the ledger's copy of a shipment what it will be after the step.
func (b *board) put(s links.Shipment) {
	for _, u := range b.units {
		if u.holder == s.Key {
			u.holder = ""
		}
	}
	if s.State.Claims() {
		b.take(s)
	}
	for n := range b.shipments {
		if b.shipments[n].Key == s.Key {
			b.shipments[n] = s
			return
		}
	}
	b.shipments = append(b.shipments, s)
}

// keep plans a change of the ledger alone.
func (b *board) keep(s links.Shipment, why string) {
	b.put(s)
	b.steps = append(b.steps, Step{Kind: Keep, Shipment: s, Why: why})
}

// ask plans an exception. A shipment that has not been sent is kept as planned, for the code's reason.
func (b *board) ask(s links.Shipment, code exceptions.Code, detail string) {
	step := Step{Kind: Ask, Shipment: s, Code: code, Detail: detail}
	if known := b.known(s.Key); known != nil && known.Handled == step.handled() {
		return
	}
	b.steps = append(b.steps, step)
}

// known is the ledger's shipment of a key; nil when there is none.
func (b *board) known(key string) *links.Shipment {
	for n := range b.shipments {
		if b.shipments[n].Key == key {
			return &b.shipments[n]
		}
	}
	return nil
}

// fulfillment is Shopify's of an id; nil when Shopify does not list it.
func (b *board) fulfillment(id shopify.GID) *shopify.Fulfillment {
	for n := range b.Fulfillments {
		if b.Fulfillments[n].ID == id {
			return &b.Fulfillments[n]
		}
	}
	return nil
}

// ours are a fulfillment's quantities on the order's own lines. Lines that a
// person added, and what needs no shipping, are none of TikTok's.
func (b *board) ours(f shopify.Fulfillment) []shopify.FulfillmentLine {
	return slices.DeleteFunc(slices.Clone(f.Lines), func(l shopify.FulfillmentLine) bool {
		return !slices.ContainsFunc(b.Lines, func(line links.Line) bool { return line.ShopifyLine == l.Line })
	})
}

// settled tells whether nothing calls for a look at Shopify: of TikTok's news
// the ledger has all, and nothing waits for TikTok.
func (b *board) settled() bool {
	for _, s := range b.shipments {
		if !b.atRest(s) {
			return false
		}
	}
	for _, u := range b.units {
		if u.shipped && !u.gone && u.holder == "" && !u.undone {
			return false
		}
	}
	return true
}

func (b *board) atRest(s links.Shipment) bool {
	switch s.State {
	case links.ShipmentSent, links.ShipmentRefused:
		return false
	case links.ShipmentPlanned:
		return s.Reason != string(exceptions.CancelPending) && (s.Reason != PushOff || !b.Push)
	case links.ShipmentDone:
		return !b.arrived(s) && !b.moved(s)
	default:
		return true
	}
}

// arrived tells whether TikTok delivered a shipment and Shopify was not told.
func (b *board) arrived(s links.Shipment) bool {
	if s.DeliveredAt != nil || !b.Mirror {
		return false
	}
	some := false
	for _, u := range b.of(s) {
		if !u.delivered && !u.Cancelled() {
			return false
		}
		some = some || u.delivered
	}
	return some
}

// moved tells whether TikTok shows another parcel or number than the ledger has of what it shipped itself.
func (b *board) moved(s links.Shipment) bool {
	if s.Direction == links.ToTikTok {
		return false
	}
	for _, u := range b.of(s) {
		if u.shipped && (u.PackageID != s.Package || plainNumber(u.TrackingNumber) != plainNumber(s.Number)) {
			return true
		}
	}
	return false
}

package fulfillments

import (
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// outcomes finds out what became of shipments that were sent without an answer.
func (b *board) outcomes() {
	for _, s := range slices.Clone(b.shipments) {
		switch {
		case s.State != links.ShipmentSent:
		case s.Direction == links.ToTikTok:
			b.reported(s)
		default:
			b.mirrored(s)
		}
	}
}

// reported looks at TikTok's units. Not shipped, the report may be repeated:
// TikTok ships a unit once.
func (b *board) reported(s links.Shipment) {
	var same, other []*unit
	for _, u := range b.of(s) {
		switch {
		case !u.shipped:
		case plainNumber(u.TrackingNumber) == plainNumber(s.Number):
			same = append(same, u)
		default:
			other = append(other, u)
		}
	}
	switch {
	case len(same) > 0:
		b.keep(b.done(s, same), "TikTok has it: the answer was lost")
	case len(other) > 0:
		s.Direction, s.Number, s.Provider = links.OnBothSides, other[0].TrackingNumber, other[0].ShippingProviderID
		b.keep(b.done(s, other), "already shipped at TikTok")
	default:
		s.State, s.SentAt = links.ShipmentPlanned, nil
		b.keep(s, "TikTok does not have it")
	}
}

// done is a shipment that TikTok shows.
func (b *board) done(s links.Shipment, units []*unit) links.Shipment {
	s.State, s.Reason, s.Units, s.Package = links.ShipmentDone, "", ids(units), units[0].PackageID
	at := b.Now
	if units[0].RTSTime > 0 {
		at = time.Unix(units[0].RTSTime, 0).UTC()
	}
	s.ShippedAt = &at
	return s
}

func ids(units []*unit) []tiktok.LineItemID {
	list := make([]tiktok.LineItemID, len(units))
	for n, u := range units {
		list[n] = u.ID
	}
	return list
}

// mirrored looks for the fulfillment in Shopify.
func (b *board) mirrored(s links.Shipment) {
	for _, f := range b.Fulfillments {
		if b.isOf(f, s) {
			s.State, s.Reason, s.Fulfillment = links.ShipmentDone, "", f.ID
			b.keep(s, "Shopify has it: the answer was lost")
			return
		}
	}
	if s.SentAt != nil {
		if due, waits := b.due(*s.SentAt); waits {
			b.steps = append(b.steps, Step{Kind: Wait, Shipment: s, At: due})
			return
		}
	}
	s.State, s.SentAt = links.ShipmentDropped, nil
	b.keep(s, "Shopify does not have it")
}

// due is when to look again for what was sent at a moment, while that is not in vain.
func (b *board) due(sent time.Time) (time.Time, bool) {
	for _, after := range []time.Duration{b.Patience / 6, b.Patience} {
		if due := sent.Add(after); b.Now.Before(due) {
			return due, true
		}
	}
	return time.Time{}, false
}

// clockSlack is how far Shopify's clock may be behind ours.
const clockSlack = 5 * time.Minute

// isOf tells whether a fulfillment is the one that was sent: nobody's yet, made
// since, with the same number and the same quantities.
func (b *board) isOf(f shopify.Fulfillment, s links.Shipment) bool {
	taken := slices.ContainsFunc(b.shipments, func(other links.Shipment) bool { return other.Fulfillment == f.ID })
	if taken || !f.Stands() || !b.sameQuantities(f, s) {
		return false
	}
	if made, err := time.Parse(time.RFC3339, f.CreatedAt); err == nil && s.SentAt != nil && made.Before(s.SentAt.Add(-clockSlack)) {
		return false
	}
	if s.Number == "" {
		return len(numbers(f)) == 0
	}
	return hasNumber(f, s.Number)
}

// sameQuantities tells whether a fulfillment takes as many of each line as a shipment.
func (b *board) sameQuantities(f shopify.Fulfillment, s links.Shipment) bool {
	left := map[shopify.GID]int{}
	for _, u := range b.of(s) {
		left[u.line]++
	}
	for _, l := range b.ours(f) {
		left[l.Line] -= l.Quantity
	}
	for _, n := range left {
		if n != 0 {
			return false
		}
	}
	return len(s.Units) > 0
}

// cancelled follows fulfillments that were cancelled in Shopify: what was not
// sent is forgotten, what was sent gives its units up and asks.
func (b *board) cancelled() {
	for _, s := range slices.Clone(b.shipments) {
		if s.Fulfillment == "" {
			continue
		}
		f := b.fulfillment(s.Fulfillment)
		gone := f == nil || !f.Stands()
		switch s.State {
		case links.ShipmentPlanned, links.ShipmentRefused:
			if gone {
				s.State, s.Reason = links.ShipmentDropped, ""
				b.keep(s, "the fulfillment was cancelled before it was sent")
			}
		case links.ShipmentDone:
			if f != nil && gone {
				s.State = links.ShipmentUndone
				b.keep(s, "the fulfillment was cancelled in Shopify")
			}
		}
	}
	b.markUndone()
}

// mourn asks about cancelled fulfillments whose units no other shipment has.
func (b *board) mourn() {
	for _, s := range b.shipments {
		if s.State != links.ShipmentUndone || s.Direction == links.OnBothSides {
			continue
		}
		left := 0
		for _, u := range b.of(s) {
			if u.holder == "" && !u.gone {
				left++
			}
		}
		switch {
		case left == 0:
		case s.Direction == links.ToTikTok:
			b.ask(s, exceptions.FulfillmentCancelled, fmt.Sprintf("TikTok counts %s as shipped with number %.60q.", counted(left), s.Number))
		default:
			b.ask(s, exceptions.ShipmentDiffers, fmt.Sprintf("TikTok shipped %s; the fulfillment of them was cancelled in Shopify.", counted(left)))
		}
	}
}

// counted is a number of units in words.
func counted(n int) string {
	if n == 1 {
		return "1 unit"
	}
	return fmt.Sprintf("%d units", n)
}

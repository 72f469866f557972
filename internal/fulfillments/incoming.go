package fulfillments

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Reasons why a shipment is planned and not sent, beside the codes of exceptions.
const (
	// PushOff: the merchant does not report to TikTok yet.
	PushOff = "push_fulfillments_off"
	// PullOff is why a fulfillment is not looked at: it is no shipment's reason.
	PullOff = "pull_fulfillments_off"
	// MirrorOff is the same for parcels of TikTok's.
	MirrorOff = "mirror_shipments_off"
)

// incoming takes in the fulfillments that the ledger does not have, the oldest first.
func (b *board) incoming() {
	for _, f := range b.Fulfillments {
		settled := slices.ContainsFunc(b.shipments, func(s links.Shipment) bool {
			return s.Fulfillment == f.ID && (s.State.Claims() || s.State == links.ShipmentUndone)
		})
		if settled || !f.Stands() || len(b.ours(f)) == 0 || b.replaces(f) {
			continue
		}
		b.receive(f)
	}
	b.mourn()
}

// replaces gives a cancelled fulfillment's shipment the one that a person made
// of the same units instead.
func (b *board) replaces(f shopify.Fulfillment) bool {
	for _, s := range slices.Clone(b.shipments) {
		free := func(u *unit) bool { return u.holder == "" }
		if s.State != links.ShipmentUndone || !b.sameQuantities(f, s) || slices.ContainsFunc(b.of(s), func(u *unit) bool { return !free(u) }) {
			continue
		}
		s.Fulfillment, s.State, s.DeliveredAt = f.ID, links.ShipmentDone, nil
		if s.Direction == links.ToShopify {
			s.Direction = links.OnBothSides
		}
		if s.Direction == links.OnBothSides && len(numbers(f)) == 0 {
			s.Number = ""
		}
		b.keep(s, "fulfilled again in Shopify")
		return true
	}
	return false
}

// receive finds the units of one fulfillment and what is to be done with them.
func (b *board) receive(f shopify.Fulfillment) {
	var send []*unit
	found := map[string][]*unit{}
	var parcels []string
	for _, l := range b.ours(f) {
		for _, u := range b.pick(f, l) {
			u.holder = string(f.ID)
			switch {
			case !u.shipped:
				send = append(send, u)
			default:
				if found[parcel(u.LineItem)] == nil {
					parcels = append(parcels, parcel(u.LineItem))
				}
				found[parcel(u.LineItem)] = append(found[parcel(u.LineItem)], u)
			}
		}
	}
	for _, name := range parcels {
		b.agree(f, found[name])
	}
	s := b.planned(f, send)
	switch {
	case len(send) > 0 && b.platformShips():
		b.agree(f, send)
	case len(send) > 0 && b.Pull:
		b.push(f, s)
	case len(send) == 0 && b.known(s.Key) != nil && b.known(s.Key).State != links.ShipmentDropped && len(parcels) > 0:
		s = *b.known(s.Key)
		s.State, s.Reason = links.ShipmentDropped, ""
		b.keep(s, "its units were shipped at TikTok meanwhile")
	}
}

// planned is the shipment of a fulfillment that is to be reported, as the ledger knows it.
func (b *board) planned(f shopify.Fulfillment, units []*unit) links.Shipment {
	key := keyOf(b.Order.ID, links.ToTikTok, string(f.ID), nil)
	s := links.Shipment{Key: key}
	if known := b.known(key); known != nil {
		s = *known
	}
	s.Direction, s.State, s.Reason, s.Fulfillment, s.Units = links.ToTikTok, links.ShipmentPlanned, "", f.ID, ids(units)
	s.Company = company(f)
	if list := numbers(f); len(list) > 0 {
		s.Number = list[0]
	}
	return s
}

// pick chooses the units behind a fulfilled quantity: first those that TikTok
// ships with one of the fulfillment's numbers. A fulfillment with another
// number is of units that are still here, one without is rather of what left.
// What left and was refunded after that may be behind it, too.
func (b *board) pick(f shopify.Fulfillment, l shopify.FulfillmentLine) []*unit {
	rank := func(u *unit) int {
		named := u.shipped && hasNumber(f, u.TrackingNumber)
		switch hasOwn := len(numbers(f)) > 0; {
		case named && !u.gone:
			return 0
		case named:
			return 1
		case u.gone:
			return 4
		case u.shipped == (!hasOwn || b.platformShips()):
			return 2
		default:
			return 3
		}
	}
	var free []*unit
	for _, u := range b.units {
		if u.line == l.Line && u.holder == "" && (!u.gone || u.shipped) {
			free = append(free, u)
		}
	}
	slices.SortStableFunc(free, func(x, y *unit) int { return rank(x) - rank(y) })
	return free[:min(l.Quantity, len(free))]
}

// agree keeps units that both sides have without our doing: nothing is sent.
func (b *board) agree(f shopify.Fulfillment, units []*unit) {
	s := links.Shipment{
		Key: keyOf(b.Order.ID, links.OnBothSides, string(f.ID), ids(units)), Direction: links.OnBothSides, State: links.ShipmentDone,
		Fulfillment: f.ID, Package: units[0].PackageID, Units: ids(units), Company: company(f),
		Provider: units[0].ShippingProviderID, Number: units[0].TrackingNumber, ShippedAt: &b.Now,
	}
	why := "already shipped at TikTok"
	if len(numbers(f)) == 0 {
		s.Number = "" // it gets TikTok's
	}
	if !units[0].shipped {
		s.Number, why = "", "fulfilled in Shopify; TikTok ships it, so nothing is sent"
	}
	b.keep(s, why)
}

// push reports a fulfillment, or says what keeps it.
func (b *board) push(f shopify.Fulfillment, s links.Shipment) {
	hold := func(code exceptions.Code, format string, args ...any) {
		s.Reason = string(code)
		b.put(s)
		b.ask(s, code, fmt.Sprintf(format, args...))
	}
	if b.cancelling(s) {
		hold(exceptions.CancelPending, "Fulfillment %s waits.", f.Name)
		return
	}
	if s.Number == "" {
		hold(exceptions.TrackingMissing, "Fulfillment %s has none.", f.Name)
		return
	}
	carrier, known := b.Carriers[s.Company]
	refused, tried := b.Refused[s.Key]
	switch {
	case !known && s.Company != "":
		b.steps = append(b.steps, Step{Kind: ReadCarrier, Company: s.Company})
	case !carrier.Known:
		hold(exceptions.CarrierUnknown, "%s", carrierDetail(f, s.Company, carrier))
	case tried:
		s.State = links.ShipmentRefused
		hold(refused.Code, "Fulfillment %s: %s", f.Name, refused.Detail)
	case !b.Push:
		s.Reason, s.Provider = PushOff, string(carrier.Provider.ID)
		if before := b.known(s.Key); before == nil || !same(*before, s) {
			b.keep(s, "planned: pushing fulfillments is off")
		}
	case b.Cancelling == nil:
		b.steps = append(b.steps, Step{Kind: ReadCancellations})
	default:
		s.Provider = string(carrier.Provider.ID)
		b.steps = append(b.steps, Step{Kind: Report, Shipment: s})
	}
}

// cancelling tells whether the buyer's wish to cancel is open for any of the
// units: shipping does not stop TikTok from granting it.
func (b *board) cancelling(s links.Shipment) bool {
	if b.Order.IsBuyerRequestCancel {
		return true
	}
	return slices.ContainsFunc(b.of(s), func(u *unit) bool { return u.leaving })
}

// mostAllowed bounds how many carriers an exception names.
const mostAllowed = 40

func carrierDetail(f shopify.Fulfillment, name string, c Carrier) string {
	says := fmt.Sprintf("Fulfillment %s says %.60q.", f.Name, name)
	if name == "" {
		says = fmt.Sprintf("Fulfillment %s names no carrier.", f.Name)
	}
	if len(c.Allowed) == 0 {
		return says
	}
	return says + " TikTok takes for this order: " + strings.Join(c.Allowed[:min(len(c.Allowed), mostAllowed)], ", ") + "."
}

// correctable is how long after shipping TikTok takes another tracking number
// (fulfillment API, "Update shipping info": within 72 hours).
const correctable = 72 * time.Hour

// corrections follow numbers and carriers that were changed in Shopify after TikTok was told.
func (b *board) corrections() {
	for _, s := range slices.Clone(b.shipments) {
		if s.State != links.ShipmentDone || s.Direction != links.ToTikTok || !b.Pull {
			continue
		}
		if f := b.fulfillment(s.Fulfillment); f != nil && len(numbers(*f)) > 0 {
			b.correct(*f, s)
		}
	}
}

func (b *board) correct(f shopify.Fulfillment, before links.Shipment) {
	s := before
	if !hasNumber(f, s.Number) {
		s.Number = numbers(f)[0]
	}
	s.Company = company(f)
	if s.Number == before.Number && s.Company == before.Company {
		if s.Reason == PushOff {
			s.Reason = ""
			b.keep(s, "the correction was taken back")
		}
		return
	}
	carrier, known := b.Carriers[s.Company]
	s.Provider = string(carrier.Provider.ID)
	refused, tried := b.Refused[s.Key]
	switch late := s.ShippedAt != nil && b.Now.Sub(*s.ShippedAt) > correctable; {
	case !known && s.Company != "":
		b.steps = append(b.steps, Step{Kind: ReadCarrier, Company: s.Company})
	case !carrier.Known:
		b.ask(before, exceptions.CarrierUnknown, carrierDetail(f, s.Company, carrier))
	case s.Number == before.Number && s.Provider == before.Provider, b.atTikTok(s):
		b.keep(s, "TikTok has this number")
	case late:
		b.ask(before, exceptions.TrackingLate, fmt.Sprintf("Fulfillment %s now has %.60q; TikTok keeps %.60q.", f.Name, s.Number, before.Number))
	case tried:
		b.ask(before, refused.Code, fmt.Sprintf("Fulfillment %s: %s", f.Name, refused.Detail))
	case !b.Push:
		if before.Reason != PushOff {
			before.Reason = PushOff
			b.keep(before, "a correction waits: pushing fulfillments is off")
		}
	default:
		s.Reason = ""
		b.steps = append(b.steps, Step{Kind: Correct, Shipment: s})
	}
}

// atTikTok tells whether TikTok shows a shipment's number and provider already.
func (b *board) atTikTok(s links.Shipment) bool {
	units := b.of(s)
	other := func(u *unit) bool {
		return plainNumber(u.TrackingNumber) != plainNumber(s.Number) || u.ShippingProviderID != "" && u.ShippingProviderID != s.Provider
	}
	return len(units) > 0 && !slices.ContainsFunc(units, other)
}

// same tells whether the ledger would not change.
func same(a, b links.Shipment) bool {
	a.CreatedAt, b.CreatedAt = time.Time{}, time.Time{}
	return a.Shop == b.Shop && a.Order == b.Order && a.Key == b.Key && a.Direction == b.Direction && a.State == b.State && a.Reason == b.Reason &&
		a.Fulfillment == b.Fulfillment && a.Package == b.Package && slices.Equal(a.Units, b.Units) && a.Company == b.Company &&
		a.Provider == b.Provider && a.Number == b.Number && a.Body == b.Body && a.Warning == b.Warning && a.Handled == b.Handled &&
		sameTime(a.SentAt, b.SentAt) && sameTime(a.ShippedAt, b.ShippedAt) && sameTime(a.DeliveredAt, b.DeliveredAt)
}

func sameTime(a, b *time.Time) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(*b)) }

// unitIDs lists the units of a shipment in words, for logs and timelines.
func unitIDs(units []tiktok.LineItemID) string {
	words := make([]string, len(units))
	for n, id := range units {
		words[n] = string(id)
	}
	return strings.Join(words, " ")
}

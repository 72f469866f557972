package fulfillments

import (
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// mirrors plans a fulfillment for each parcel of TikTok's that Shopify lacks.
func (b *board) mirrors() {
	var names []string
	parcels := map[string][]*unit{}
	arrived := 0
	for _, u := range b.units {
		if !u.shipped || u.gone || u.holder != "" || u.undone {
			continue
		}
		name := parcel(u.LineItem)
		if parcels[name] == nil {
			names = append(names, name)
		}
		parcels[name] = append(parcels[name], u)
		if u.delivered {
			arrived++
		}
	}
	switch {
	case len(names) == 0:
		return
	case !b.Mirror && arrived > 0:
		b.ask(links.Shipment{}, exceptions.ReturnWindowNotStarted, fmt.Sprintf("%s of this order.", counted(arrived)))
		return
	case !b.Mirror:
		return
	case b.waiting():
		return // what the call in the air takes is not known
	case b.Open == nil:
		b.steps = append(b.steps, Step{Kind: ReadOpen})
		return
	}
	left := remaining(b.Open)
	for _, name := range names {
		b.mirror(name, parcels[name], left)
	}
}

// waiting tells whether a fulfillment may be being made.
func (b *board) waiting() bool {
	return slices.ContainsFunc(b.steps, func(s Step) bool { return s.Kind == Wait })
}

// openLine is a line of a fulfillment order with units that may be fulfilled.
type openLine struct {
	order, id, line, location shopify.GID
	place                     string
	left                      int
}

func remaining(open []shopify.FulfillmentOrder) []*openLine {
	var lines []*openLine
	for _, o := range open {
		for _, l := range o.Lines {
			if o.Fulfillable && l.Remaining > 0 {
				lines = append(lines, &openLine{o.ID, l.ID, l.Line, o.Location, o.LocationName, l.Remaining})
			}
		}
	}
	return lines
}

// mirror takes a parcel's units out of the fulfillment orders: one fulfillment
// for each location, as Shopify wants it.
func (b *board) mirror(name string, units []*unit, open []*openLine) {
	type part struct {
		location shopify.GID
		place    string
		units    []*unit
		from     []shopify.ShippedUnits
	}
	var parts []*part
	var short []*unit
	for _, u := range units {
		at := slices.IndexFunc(open, func(l *openLine) bool { return l.line == u.line && l.left > 0 })
		if at < 0 {
			short = append(short, u)
			continue
		}
		l := open[at]
		l.left--
		n := slices.IndexFunc(parts, func(p *part) bool { return p.location == l.location && p.place == l.place })
		if n < 0 {
			n, parts = len(parts), append(parts, &part{location: l.location, place: l.place})
		}
		parts[n].units = append(parts[n].units, u)
		parts[n].from = taking(parts[n].from, l)
	}
	for _, p := range parts {
		b.create(name, p.units, p.from)
	}
	if len(short) > 0 {
		b.lacking(name, short)
	}
}

// taking adds one unit of a line to what a fulfillment takes.
func taking(from []shopify.ShippedUnits, l *openLine) []shopify.ShippedUnits {
	for n := range from {
		if from[n].Line == l.id {
			from[n].Quantity++
			return from
		}
	}
	return append(from, shopify.ShippedUnits{FulfillmentOrder: l.order, Line: l.id, Quantity: 1})
}

func (b *board) create(name string, units []*unit, from []shopify.ShippedUnits) {
	s := b.parcelOf(name, units)
	if refused, tried := b.Refused[s.Key]; tried {
		s.State, s.Reason = links.ShipmentRefused, string(refused.Code)
		b.ask(s, refused.Code, refused.Detail)
		b.overdue(units)
		return
	}
	b.steps = append(b.steps, Step{Kind: Mirror, Shipment: s, From: from})
}

// parcelOf is the shipment that mirrors units of a parcel, as the ledger knows it.
func (b *board) parcelOf(name string, units []*unit) links.Shipment {
	s := links.Shipment{Key: keyOf(b.Order.ID, links.ToShopify, name, ids(units))}
	if known := b.known(s.Key); known != nil {
		s = *known
	}
	s.Direction, s.State, s.Reason, s.SentAt = links.ToShopify, links.ShipmentPlanned, "", nil
	s.Package, s.Units = units[0].PackageID, ids(units)
	s.Company, s.Provider, s.Number = units[0].ShippingProviderName, units[0].ShippingProviderID, units[0].TrackingNumber
	return s
}

// lacking asks about units that Shopify does not let anybody fulfill: on hold, taken out, or closed.
func (b *board) lacking(name string, units []*unit) {
	s := b.parcelOf(name, units)
	s.Reason = string(exceptions.ShipmentDiffers)
	b.ask(s, exceptions.ShipmentDiffers, fmt.Sprintf("TikTok shipped %s that cannot be fulfilled in Shopify: on hold, taken out of the order, or being fulfilled by a service.", counted(len(units))))
	b.overdue(units)
}

// overdue asks about units that the buyer has, and that cannot be returned in Loop.
func (b *board) overdue(units []*unit) {
	n := 0
	for _, u := range units {
		if u.delivered {
			n++
		}
	}
	if n > 0 {
		b.ask(links.Shipment{}, exceptions.ReturnWindowNotStarted, fmt.Sprintf("%s of this order.", counted(n)))
	}
}

// parcels follow what TikTok changed of parcels that Shopify has: another number, another parcel.
func (b *board) parcels() {
	for _, s := range slices.Clone(b.shipments) {
		if s.State == links.ShipmentDone && s.Direction != links.ToTikTok && b.moved(s) {
			b.follow(s)
		}
	}
}

func (b *board) follow(s links.Shipment) {
	var out []*unit
	for _, u := range b.of(s) {
		if u.shipped {
			out = append(out, u)
		}
	}
	if slices.ContainsFunc(out, func(u *unit) bool { return parcel(u.LineItem) != parcel(out[0].LineItem) }) {
		if s.Direction == links.OnBothSides {
			s.State = links.ShipmentDropped // it is taken in again, each parcel by itself
			b.keep(s, "TikTok shows several parcels")
			return
		}
		b.ask(s, exceptions.ShipmentDiffers, "TikTok moved units of one fulfillment into several parcels.")
		return
	}
	f := b.fulfillment(s.Fulfillment)
	before := s.Number
	s.Package, s.Number, s.Provider = out[0].PackageID, out[0].TrackingNumber, out[0].ShippingProviderID
	ours := s.Direction == links.ToShopify && f != nil && (before == "" || hasNumber(*f, before))
	switch {
	case f == nil, s.Number == "", hasNumber(*f, s.Number), !b.Mirror, len(numbers(*f)) > 0 && !ours:
		b.keep(s, "TikTok shows the parcel")
	default:
		b.track(*f, s, out[0].ShippingProviderName)
	}
}

// track gives a fulfillment TikTok's number.
func (b *board) track(f shopify.Fulfillment, s links.Shipment, company string) {
	if refused, tried := b.Refused[s.Key]; tried {
		b.ask(s, refused.Code, fmt.Sprintf("Fulfillment %s: %s", f.Name, refused.Detail))
		return
	}
	s.Company = company
	b.steps = append(b.steps, Step{Kind: Track, Shipment: s})
}

// deliveries say in Shopify what TikTok delivered, once for each fulfillment.
func (b *board) deliveries() {
	told := map[shopify.GID]bool{}
	for _, s := range slices.Clone(b.shipments) {
		f := b.fulfillment(s.Fulfillment)
		if s.State != links.ShipmentDone || f == nil || !f.Stands() || told[f.ID] || !b.arrived(s) {
			continue
		}
		told[f.ID] = true
		rest := slices.ContainsFunc(b.shipments, func(other links.Shipment) bool {
			return other.Fulfillment == f.ID && other.State == links.ShipmentDone && other.DeliveredAt == nil && !b.arrived(other)
		})
		refused, tried := b.Refused["deliver "+string(f.ID)]
		switch {
		case rest: // another parcel of the same fulfillment is on its way
		case f.DeliveredAt != "" || f.DisplayStatus == "DELIVERED":
			b.deliveredAll(*f)
		case tried:
			b.ask(s, refused.Code, fmt.Sprintf("Fulfillment %s: %s", f.Name, refused.Detail))
		default:
			b.steps = append(b.steps, Step{Kind: Deliver, Shipment: s, At: deliveredAt(b.Order, b.Now)})
		}
	}
}

// deliveredAll keeps that Shopify knows of a fulfillment's delivery.
func (b *board) deliveredAll(f shopify.Fulfillment) {
	for _, s := range slices.Clone(b.shipments) {
		if s.Fulfillment == f.ID && s.State == links.ShipmentDone && s.DeliveredAt == nil {
			at := deliveredAt(b.Order, b.Now)
			s.DeliveredAt = &at
			b.keep(s, "Shopify knows that it arrived")
		}
	}
}

// shortages asks about fulfillments of more units than TikTok has left to ship.
func (b *board) shortages() {
	for _, f := range b.Fulfillments {
		if !f.Stands() || !b.Pull {
			continue
		}
		fulfilled, ours := 0, 0
		for _, l := range b.ours(f) {
			fulfilled += l.Quantity
		}
		for _, s := range b.shipments {
			if s.Fulfillment == f.ID && s.State.Claims() {
				ours += len(s.Units)
			}
		}
		for _, u := range b.units {
			if u.holder == string(f.ID) {
				ours++
			}
		}
		if ours >= fulfilled || fulfilled == 0 {
			continue
		}
		s := b.planned(f, nil)
		if known := b.known(s.Key); known != nil {
			s = *known
		} else {
			s.Reason = string(exceptions.ShipmentDiffers)
		}
		b.ask(s, exceptions.ShipmentDiffers, fmt.Sprintf("Fulfillment %s is of %s; TikTok has %d of them to ship.", f.Name, counted(fulfilled), ours))
	}
}

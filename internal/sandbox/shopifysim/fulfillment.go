package shopifysim

import (
	"fmt"
	"slices"
	"time"
)

// Fulfillment is a shipment of units of an order.
type Fulfillment struct {
	GID, LocationGID, Company string
	// Status is SUCCESS or CANCELLED.
	Status        string
	Numbers, URLs []string
	Lines         []FulfillmentLine
	// ShipmentStatus is that of the latest event, empty before the first.
	ShipmentStatus       string
	Events               []FulfillmentEvent
	CreatedAt, UpdatedAt time.Time
}

// FulfillmentLine is how many units of a line a fulfillment ships, and for which line of a fulfillment order.
type FulfillmentLine struct {
	GID, LineGID, OrderLineGID string
	Quantity                   int
}

// FulfillmentEvent is what happened to a parcel.
type FulfillmentEvent struct {
	GID, Status, Message  string
	HappenedAt, CreatedAt time.Time
}

// at is when a status was reached first; zero for never.
func (f Fulfillment) at(status string) time.Time {
	for _, e := range f.Events {
		if e.Status == status {
			return e.HappenedAt
		}
	}
	return time.Time{}
}

// display is Fulfillment.displayStatus.
func (f Fulfillment) display() string {
	switch {
	case f.Status == "CANCELLED":
		return "CANCELED"
	case f.ShipmentStatus != "":
		return f.ShipmentStatus
	case len(f.Numbers) == 0:
		return "MARKED_AS_FULFILLED"
	}
	return "FULFILLED"
}

// units counts what a fulfillment ships.
func (f Fulfillment) units() int {
	n := 0
	for _, l := range f.Lines {
		n += l.Quantity
	}
	return n
}

// fulfillmentOrder finds a fulfillment order and its order.
func (sh *shop) fulfillmentOrder(gid string) (*orderRecord, *FulfillmentOrder) {
	for _, r := range sh.orders {
		if i := slices.IndexFunc(r.FulfillmentOrders, func(o FulfillmentOrder) bool { return o.GID == gid }); i >= 0 {
			return r, &r.FulfillmentOrders[i]
		}
	}
	return nil, nil
}

// fulfillment finds a fulfillment and its order.
func (sh *shop) fulfillment(gid string) (*orderRecord, *Fulfillment) {
	for _, r := range sh.orders {
		if i := slices.IndexFunc(r.Fulfillments, func(f Fulfillment) bool { return f.GID == gid }); i >= 0 {
			return r, &r.Fulfillments[i]
		}
	}
	return nil, nil
}

// taken are units that a shipment takes from a line of a fulfillment order, by their places in the order.
type taken struct{ order, line, quantity int }

// ship writes a fulfillment down. The units were checked before.
func (x *execution) ship(r *orderRecord, units []taken, f Fulfillment) *Fulfillment {
	f.GID, f.Status, f.CreatedAt, f.UpdatedAt = x.sim.nextGID("Fulfillment"), "SUCCESS", x.now, x.now
	for _, u := range units {
		o := &r.FulfillmentOrders[u.order]
		l := &o.Lines[u.line]
		f.LocationGID = o.LocationGID
		f.Lines = append(f.Lines, FulfillmentLine{
			GID: x.sim.nextGID("FulfillmentLineItem"), LineGID: l.LineGID, OrderLineGID: l.GID, Quantity: u.quantity,
		})
		l.Remaining -= u.quantity
		r.line(l.LineGID).Shipped += u.quantity
		o.settle(x.now)
	}
	if f.ShipmentStatus != "" {
		f.Events = []FulfillmentEvent{{GID: x.sim.nextGID("FulfillmentEvent"), Status: f.ShipmentStatus, HappenedAt: x.now, CreatedAt: x.now}}
	}
	r.Fulfillments = append(r.Fulfillments, f)
	made := &r.Fulfillments[len(r.Fulfillments)-1]
	x.sim.send(x.shop, "fulfillments/create", fulfillmentWebhook(r, *made))
	x.restatus(r)
	return made
}

// line finds a line of the order; every fulfillment order's line has one.
func (r *orderRecord) line(gid string) *Line {
	i := slices.IndexFunc(r.Lines, func(l Line) bool { return l.GID == gid })
	return &r.Lines[i]
}

// everything takes all that is left of the fulfillment orders.
func (r *orderRecord) everything() []taken {
	var units []taken
	for i, o := range r.FulfillmentOrders {
		for j, l := range o.Lines {
			if l.Remaining > 0 {
				units = append(units, taken{i, j, l.Remaining})
			}
		}
	}
	return units
}

// unship cancels a fulfillment: its units wait again, except those that came back meanwhile.
func (x *execution) unship(r *orderRecord, f *Fulfillment) error {
	if f.Status == "CANCELLED" {
		return fmt.Errorf("fulfillment %s is already cancelled", f.GID)
	}
	f.Status, f.UpdatedAt = "CANCELLED", x.now
	for _, l := range f.Lines {
		line := r.line(l.LineGID)
		line.Shipped -= l.Quantity
		// Units that came back after they were shipped do not wait again.
		gone := min(l.Quantity, max(0, line.Returned-line.Shipped))
		line.Returned -= gone
		line.Dropped += gone
		for i := range r.FulfillmentOrders {
			o := &r.FulfillmentOrders[i]
			for j := range o.Lines {
				if o.Lines[j].GID == l.OrderLineGID {
					o.Lines[j].Remaining += l.Quantity - gone
					o.Lines[j].Total -= gone
				}
			}
			o.settle(x.now)
		}
	}
	x.sim.send(x.shop, "fulfillments/update", fulfillmentWebhook(r, *f))
	x.restatus(r)
	x.changed(r)
	return nil
}

// track replaces the tracking of a fulfillment.
func (x *execution) track(r *orderRecord, f *Fulfillment, company string, numbers, urls []string) {
	f.Company, f.Numbers, f.URLs, f.UpdatedAt = company, numbers, urls, x.now
	x.sim.send(x.shop, "fulfillments/update", fulfillmentWebhook(r, *f))
	x.changed(r)
}

// report adds an event to a fulfillment. The order's own date of change stays as it is.
func (x *execution) report(r *orderRecord, f *Fulfillment, e FulfillmentEvent) FulfillmentEvent {
	e.GID, e.CreatedAt = x.sim.nextGID("FulfillmentEvent"), x.now
	if e.HappenedAt.IsZero() {
		e.HappenedAt = x.now
	}
	f.Events = append(f.Events, e)
	f.ShipmentStatus, f.UpdatedAt = e.Status, x.now
	x.sim.send(x.shop, "fulfillment_events/create", eventWebhook(r, *f, e))
	x.sim.send(x.shop, "fulfillments/update", fulfillmentWebhook(r, *f))
	return e
}

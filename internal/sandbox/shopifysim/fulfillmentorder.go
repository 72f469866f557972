package shopifysim

import (
	"slices"
	"time"
)

// FulfillmentOrder is what one location has to fulfill of an order. Goods that need no shipping have one of their own.
type FulfillmentOrder struct {
	GID, LocationGID string
	// Status is OPEN, IN_PROGRESS (a part is fulfilled), ON_HOLD, CLOSED (nothing is left) or CANCELLED (with the order).
	Status           string
	RequiresShipping bool
	Lines            []FulfillmentOrderLine
	CreatedAt        time.Time
	UpdatedAt        time.Time
}

// FulfillmentOrderLine is a fulfillment order's part of one line of the order. Total shrinks with units that are
// taken off before they were shipped, Remaining also with those that were shipped.
type FulfillmentOrderLine struct {
	GID, LineGID     string
	Total, Remaining int
}

// location is a place of a shop.
type location struct {
	LocationSpec
	gid string
}

// LocationSpec describes a location to add.
type LocationSpec struct {
	Name string
	// Inactive locations are kept for their history; Storefront ones sell but do not ship.
	Inactive, Storefront bool
}

func (sh *shop) locationByID(gid string) *location {
	i := slices.IndexFunc(sh.locations, func(l *location) bool { return l.gid == gid })
	if i < 0 {
		return nil
	}
	return sh.locations[i]
}

// divide makes the fulfillment orders of a new order: one for each location and for whether goods are shipped. A line
// is where its variant is kept, or at the place that the order says it left from.
func (s *Sim) divide(sh *shop, r *orderRecord, from string, now time.Time) {
	for _, l := range r.Lines {
		at := from
		if v := sh.variantByID(l.VariantGID); at == "" && v != nil {
			at = v.Location
		}
		if at == "" {
			at = sh.location
		}
		i := slices.IndexFunc(r.FulfillmentOrders, func(o FulfillmentOrder) bool {
			return o.LocationGID == at && o.RequiresShipping == l.RequiresShipping
		})
		if i < 0 {
			i = len(r.FulfillmentOrders)
			r.FulfillmentOrders = append(r.FulfillmentOrders, FulfillmentOrder{
				GID: s.nextGID("FulfillmentOrder"), LocationGID: at, Status: "OPEN", RequiresShipping: l.RequiresShipping, CreatedAt: now, UpdatedAt: now,
			})
		}
		left := l.unfulfilled()
		o := &r.FulfillmentOrders[i]
		o.Lines = append(o.Lines, FulfillmentOrderLine{GID: s.nextGID("FulfillmentOrderLineItem"), LineGID: l.GID, Total: l.Quantity, Remaining: left})
	}
	for i := range r.FulfillmentOrders {
		r.FulfillmentOrders[i].settle(now)
	}
}

// settle sets the status that follows from what is left.
func (o *FulfillmentOrder) settle(now time.Time) {
	total, left := 0, 0
	for _, l := range o.Lines {
		total += l.Total
		left += l.Remaining
	}
	status := o.Status
	switch {
	case o.Status == "CANCELLED":
	case left == 0:
		status = "CLOSED"
	case o.Status == "ON_HOLD":
	case left < total:
		status = "IN_PROGRESS"
	default:
		status = "OPEN"
	}
	if status != o.Status {
		o.Status, o.UpdatedAt = status, now
	}
}

// actions are what an app with access to the merchant's fulfillment orders may do.
func (o FulfillmentOrder) actions() []string {
	switch o.Status {
	case "OPEN":
		return []string{"CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", "SPLIT"}
	case "IN_PROGRESS":
		return []string{"CREATE_FULFILLMENT", "REPORT_PROGRESS", "HOLD", "SPLIT"}
	case "ON_HOLD":
		return []string{"RELEASE_HOLD", "HOLD", "MOVE"}
	}
	return nil
}

// unfulfilled are the units of a line that were neither shipped nor taken off before. A unit that was refunded with
// NO_RESTOCK is still among them.
func (l Line) unfulfilled() int { return l.Quantity - l.Shipped - l.Dropped }

// shipped are the units of a line that left, also where an order was declared fulfilled without a fulfillment.
func (o Order) shipped(l Line) int {
	if o.FulfillmentStatus == "FULFILLED" && len(o.Fulfillments) == 0 {
		return l.Quantity - l.Dropped
	}
	return l.Shipped
}

// unfulfilled is Line.unfulfilled with the same exception.
func (o Order) unfulfilled(l Line) int { return l.Quantity - l.Dropped - o.shipped(l) }

// drop takes units that were not shipped off the fulfillment orders.
func (r *orderRecord) drop(line string, quantity int, now time.Time) {
	for i := range r.FulfillmentOrders {
		o := &r.FulfillmentOrders[i]
		for j := range o.Lines {
			if l := &o.Lines[j]; l.LineGID == line {
				n := min(quantity, l.Remaining)
				l.Remaining -= n
				l.Total -= n
				quantity -= n
			}
		}
		o.settle(now)
	}
}

// restatus works out how far an order is fulfilled and tells the app of a step. An order that was never shipped keeps
// the status it has.
func (x *execution) restatus(r *orderRecord) {
	shipped, left := 0, 0
	for _, l := range r.Lines {
		shipped += l.Shipped
		left += l.unfulfilled()
	}
	if len(r.Fulfillments) == 0 {
		return
	}
	before := r.FulfillmentStatus
	switch {
	case shipped == 0:
		r.FulfillmentStatus = "UNFULFILLED"
	case left > 0:
		r.FulfillmentStatus = "PARTIALLY_FULFILLED"
	default:
		r.FulfillmentStatus = "FULFILLED"
	}
	if r.FulfillmentStatus == before {
		return
	}
	switch r.FulfillmentStatus {
	case "FULFILLED":
		x.sim.send(x.shop, "orders/fulfilled", orderWebhook(r))
	case "PARTIALLY_FULFILLED":
		x.sim.send(x.shop, "orders/partially_fulfilled", orderWebhook(r))
	}
}

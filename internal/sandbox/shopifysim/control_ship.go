package shopifysim

import (
	"fmt"
	"slices"
	"time"
)

// ShipSpec is what a merchant ships of an order. No lines: all that is left.
type ShipSpec struct {
	Lines         []ShippedLine
	Company       string
	Numbers, URLs []string
}

// ShippedLine are units of one line of the order.
type ShippedLine struct {
	LineGID  string
	Quantity int
}

// Fulfill is a merchant, or another app, shipping units of an order: one fulfillment for each location that they leave
// from. It returns their GIDs.
func (s *Sim) Fulfill(domain, order string, spec ShipSpec) (gids []string, err error) {
	err = s.onOrder(domain, order, func(x *execution, r *orderRecord) error {
		units := r.everything()
		if len(spec.Lines) > 0 {
			units = nil
			for _, l := range spec.Lines {
				taken, err := r.take(l)
				if err != nil {
					return err
				}
				units = append(units, taken...)
			}
		}
		units = slices.DeleteFunc(units, func(u taken) bool {
			return !slices.Contains(r.FulfillmentOrders[u.order].actions(), "CREATE_FULFILLMENT")
		})
		if len(units) == 0 {
			return fmt.Errorf("fulfill order %s: nothing is left to fulfill", order)
		}
		for len(units) > 0 {
			at := r.FulfillmentOrders[units[0].order].LocationGID
			elsewhere := func(u taken) bool { return r.FulfillmentOrders[u.order].LocationGID != at }
			var later []taken
			for _, u := range units {
				if elsewhere(u) {
					later = append(later, u)
				}
			}
			here := slices.DeleteFunc(units, elsewhere)
			made := x.ship(r, here, Fulfillment{Company: spec.Company, Numbers: slices.Clone(spec.Numbers), URLs: slices.Clone(spec.URLs)})
			gids = append(gids, made.GID)
			units = later
		}
		x.changed(r)
		return nil
	})
	return gids, err
}

// take finds units of a line in the fulfillment orders.
func (r *orderRecord) take(l ShippedLine) ([]taken, error) {
	var units []taken
	left := l.Quantity
	for i, o := range r.FulfillmentOrders {
		for j, line := range o.Lines {
			if n := min(left, line.Remaining); line.LineGID == l.LineGID && n > 0 {
				units = append(units, taken{i, j, n})
				left -= n
			}
		}
	}
	if left != 0 || l.Quantity < 1 {
		return nil, fmt.Errorf("fulfill order %s: there are no %d units of %s left", r.GID, l.Quantity, l.LineGID)
	}
	return units, nil
}

// onOrder runs do on an order of a shop, at the simulator's time.
func (s *Sim) onOrder(domain, gid string, do func(x *execution, r *orderRecord) error) error {
	return s.within(domain, func(sh *shop) error {
		r := sh.orderByID(gid)
		if r == nil {
			return fmt.Errorf("order %s: not in %s", gid, domain)
		}
		return do(&execution{sim: s, shop: sh, now: s.opts.Now().UTC()}, r)
	})
}

func (s *Sim) onShipment(domain, gid string, do func(x *execution, r *orderRecord, f *Fulfillment) error) error {
	return s.within(domain, func(sh *shop) error {
		r, f := sh.fulfillment(gid)
		if r == nil {
			return fmt.Errorf("fulfillment %s: not in %s", gid, domain)
		}
		return do(&execution{sim: s, shop: sh, now: s.opts.Now().UTC()}, r, f)
	})
}

// CancelFulfillment is a merchant taking a fulfillment back.
func (s *Sim) CancelFulfillment(domain, gid string) error {
	return s.onShipment(domain, gid, func(x *execution, r *orderRecord, f *Fulfillment) error { return x.unship(r, f) })
}

// ChangeTracking is a merchant correcting a fulfillment's carrier and numbers.
func (s *Sim) ChangeTracking(domain, gid, company string, numbers ...string) error {
	return s.onShipment(domain, gid, func(x *execution, r *orderRecord, f *Fulfillment) error {
		x.track(r, f, company, slices.Clone(numbers), nil)
		return nil
	})
}

// ReportShipment is a carrier saying what happened to a fulfillment's parcels: a value of FulfillmentEventStatus.
func (s *Sim) ReportShipment(domain, gid, status string, at time.Time) error {
	if adminSchema().Types["FulfillmentEventStatus"].EnumValues.ForName(status) == nil {
		return fmt.Errorf("report fulfillment %s: there is no status %q", gid, status)
	}
	return s.onShipment(domain, gid, func(x *execution, r *orderRecord, f *Fulfillment) error {
		x.report(r, f, FulfillmentEvent{Status: status, HappenedAt: at.UTC()})
		return nil
	})
}

// HoldFulfillment keeps what is left of an order from being fulfilled, or lets it go.
func (s *Sim) HoldFulfillment(domain, order string, hold bool) error {
	return s.onOrder(domain, order, func(x *execution, r *orderRecord) error {
		for i := range r.FulfillmentOrders {
			o := &r.FulfillmentOrders[i]
			switch {
			case hold && (o.Status == "OPEN" || o.Status == "IN_PROGRESS"):
				o.Status = "ON_HOLD"
			case !hold && o.Status == "ON_HOLD":
				o.Status = "OPEN"
				o.settle(x.now)
			}
		}
		x.changed(r)
		return nil
	})
}

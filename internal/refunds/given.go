package refunds

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Given is what one of TikTok's cases gave back for units of the refund; Case is
// empty for units that are cancelled with none. Amount is a decimal.
type Given struct {
	Units  []tiktok.LineItemID
	Case   string
	Amount string

	minor int64
}

// covered takes out the units that TikTok gave the money back for without us, or
// is about to. Where they are all, nothing is left to do but to wait until TikTok
// has paid, unless some of the refund was sent: then it is over when that is.
func (d *drafting) covered(units []tiktok.LineItemID) (open []tiktok.LineItemID, _ *Halt) {
	before := d.sums.minor
	for _, unit := range units {
		c := d.Cases.of(unit)
		switch {
		case c != nil && c.currency != "" && c.currency != string(d.sums.currency):
			return nil, stop(exceptions.RefundCurrency, "TikTok's request is in %.8q, the order is in %s.", c.currency, d.sums.currency)
		case c != nil && c.settled():
			d.give(unit, c.ID, d.share(unit))
		case c == nil && d.status(unit) == tiktok.CancelledStatus:
			d.give(unit, "", d.share(unit))
		default:
			open = append(open, unit)
		}
	}
	if len(d.given) == 0 || d.sums.err != nil {
		return open, nil
	}
	if len(open) == 0 {
		d.beside()
	}
	begun := slices.ContainsFunc(d.Refund.Steps, func(s links.RefundStep) bool { return s.State.Stands() })
	id := ""
	for _, g := range d.given {
		id = cmp.Or(id, g.Case)
	}
	by := d.Cases.Find(id)
	halt := &Halt{State: links.RefundSatisfied, Reason: PaidByTikTok, Case: id, Paid: d.decimal(before - d.sums.minor)}
	differs := d.Refund.Amount != "" && (d.sums.minor < 0 || (d.sums.minor == 0) != (len(open) == 0))
	switch {
	case differs:
		halt.Code = exceptions.RefundDiffers
		halt.Detail = fmt.Sprintf("Shopify gave back %s; TikTok gave back %s for the same goods.", d.text(before), d.text(before-d.sums.minor))
		if len(open) > 0 || begun {
			halt.State, halt.Reason, halt.Paid = links.RefundStopped, string(exceptions.RefundDiffers), ""
		}
	case len(open) > 0 || begun:
		return open, nil
	case by != nil && by.Return && by.Role == tiktok.RoleSeller:
		halt.Code = exceptions.SecondConnector
	}
	if halt.State == links.RefundSatisfied && d.onItsWay() {
		halt.State, halt.Paid = links.RefundWaiting, ""
	}
	return nil, halt
}

// onItsWay tells whether TikTok has yet to pay for one of the cases that answer the refund.
func (d *drafting) onItsWay() bool {
	return slices.ContainsFunc(d.given, func(g Given) bool {
		c := d.Cases.Find(g.Case)
		return c != nil && c.phase != tiktok.PhasePaid
	})
}

// give takes a unit's money out of what is still to be given back.
func (d *drafting) give(unit tiktok.LineItemID, by string, minor int64) {
	i := slices.IndexFunc(d.given, func(g Given) bool { return g.Case == by })
	if i < 0 {
		i, d.given = len(d.given), append(d.given, Given{Case: by})
	}
	d.given[i].Units = append(d.given[i].Units, unit)
	d.add(i, minor)
}

func (d *drafting) add(i int, minor int64) {
	g := &d.given[i]
	d.sums.minor -= minor
	g.minor += minor
	g.Amount = d.decimal(g.minor)
}

// beside counts what TikTok gave back with the units and names for none of them:
// shipping above all. Of a whole cancellation it counts as far as the refund says
// it gave that back too; the rest comes into Shopify with the cancellation.
func (d *drafting) beside() {
	for i, g := range d.given {
		extra, must := d.extra(g.Case)
		if !must && d.Refund.Amount != "" {
			extra = min(extra, d.sums.minor)
		}
		if extra > 0 {
			d.add(i, extra)
		}
	}
}

// extra is how much a case gave back beside its units and no other refund
// claimed; must says that it belongs to this one. The cancellation of a whole
// order of which TikTok lists no case gave back all that was paid.
func (d *drafting) extra(id string) (minor int64, must bool) {
	whole := d.whole()
	if id == "" {
		if !whole {
			return 0, false
		}
		rest := d.sums.read(d.Order.Payment.TotalAmount)
		for _, c := range d.Cases {
			if c.live() {
				rest -= d.sums.read(c.Amount)
			}
		}
		for _, item := range d.Order.LineItems {
			if d.Cases.of(item.ID) == nil {
				rest -= d.share(item.ID)
			}
		}
		return rest - d.claimed(id), false
	}
	c := d.Cases.Find(id)
	rest := d.sums.read(c.Amount)
	must = c.Return || !whole
	for _, unit := range c.Units {
		rest -= d.share(unit)
		must = must && slices.ContainsFunc(d.All, func(r links.Refund) bool {
			return slices.Contains(r.Units, unit) && (r.ID == d.Refund.ID || r.State.Over())
		})
	}
	return rest - d.claimed(id), must
}

// claimed is how much of a case other refunds have beyond their units' shares.
func (d *drafting) claimed(id string) int64 {
	var sum int64
	for _, other := range d.All {
		switch {
		case other.ID == d.Refund.ID:
		case other.State == links.RefundSatisfied && other.Case == id:
			sum += max(0, d.sums.read(other.Completed)-d.shares(other.Units))
		default:
			for _, step := range other.Steps {
				if step.Kind == links.GivenByTikTok && step.Case == id {
					sum += max(0, d.sums.read(step.Amount)-d.shares(step.Units))
				}
			}
		}
	}
	return sum
}

func (d *drafting) shares(units []tiktok.LineItemID) int64 {
	var sum int64
	for _, unit := range units {
		sum += d.share(unit)
	}
	return sum
}

// share is what TikTok gave back for a unit without us, as it names it; where it
// lists no case what the unit was written with. Of a whole cancellation a unit's
// share is no more than that: TikTok may have put shipping with one of the units.
func (d *drafting) share(unit tiktok.LineItemID) int64 {
	c := d.Cases.of(unit)
	if c == nil {
		return d.worth(unit)
	}
	var share int64
	for _, part := range c.unit[unit] {
		share += d.sums.read(part)
	}
	if !c.Return && d.whole() {
		return min(share, d.worth(unit))
	}
	return share
}

// whole tells whether all of the order is cancelled at TikTok.
func (d *drafting) whole() bool {
	return !slices.ContainsFunc(d.Order.LineItems, func(l tiktok.LineItem) bool { return !l.Cancelled() })
}

// worth is what a unit was written with.
func (d *drafting) worth(unit tiktok.LineItemID) int64 {
	for _, line := range d.Lines {
		if slices.ContainsFunc(line.Units, func(u links.Unit) bool { return u.ID == unit }) {
			return d.sums.read(line.UnitPrice) + d.sums.read(line.UnitTax)
		}
	}
	return 0
}

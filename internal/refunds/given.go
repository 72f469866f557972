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

// covered takes out the units that TikTok gave the money back for without us.
// Where they are all, nothing is left to do, unless some of the refund was sent:
// then it is over when that is.
func (d *drafting) covered(units []tiktok.LineItemID) (open []tiktok.LineItemID, _ *Halt) {
	before := d.sums.minor
	for _, unit := range units {
		c := d.Cases.of(unit)
		switch {
		case c != nil && c.settled():
			d.give(unit, c.ID, d.sums.read(c.unit[unit]))
		case c == nil && d.status(unit) == tiktok.CancelledStatus:
			d.give(unit, "", d.worth(unit))
		default:
			open = append(open, unit)
		}
	}
	if len(d.given) == 0 || d.sums.err != nil {
		return open, nil
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
	return nil, halt
}

// give takes a unit's money out of what is still to be given back.
func (d *drafting) give(unit tiktok.LineItemID, by string, minor int64) {
	d.sums.minor -= minor
	i := slices.IndexFunc(d.given, func(g Given) bool { return g.Case == by })
	if i < 0 {
		i, d.given = len(d.given), append(d.given, Given{Case: by})
	}
	g := &d.given[i]
	g.Units = append(g.Units, unit)
	g.minor += minor
	g.Amount = d.decimal(g.minor)
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

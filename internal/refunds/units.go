package refunds

import (
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Assign says which units a Shopify refund took out of the order. Shopify names
// lines and quantities; of the units behind a line that still stand, those are
// taken for which something happens at TikTok already, then those that fit
// whether the goods had left, then those that keep the refund in as few parcels
// as there can be. The same question has the same answer. Lines that are not ours
// hold nothing of TikTok's and are left out.
//
// Units that somebody else took out may have gone with this very refund: of what
// is cancelled on both sides, TikTok's half may be followed first.
//
// Units that went with the cancellation of the whole order are not taken twice:
// the refund that Shopify makes beside it has the same cause.
func Assign(r shopify.Refund, lines []links.Line, t Cases) ([]tiktok.LineItemID, *Halt) {
	p := picking{lines: lines}
	for _, out := range r.Lines {
		i := slices.IndexFunc(lines, func(l links.Line) bool { return l.ShopifyLine == out.Line })
		if i < 0 || out.Quantity == 0 {
			continue
		}
		if out.Quantity < 0 {
			return nil, stop(exceptions.RefundNotUnderstood, "It takes %d of a line.", out.Quantity)
		}
		standing := p.left(lines[i])
		if len(standing) < out.Quantity && goneWith(lines[i], r.Order) >= out.Quantity {
			return nil, &Halt{State: links.RefundSatisfied, Reason: links.CancelledBefore}
		}
		if len(standing) < out.Quantity {
			return nil, stop(exceptions.RefundDiffers, "It takes %d of a line of which %d are left.", out.Quantity, len(standing))
		}
		p.take(standing, out.Quantity, func(u links.Unit) int { return t.rank(u, out.RestockType) })
	}
	p.choose()
	units := p.units()
	if len(units) == 0 {
		return nil, stop(exceptions.RefundWithoutLines, "None of its lines is one of the TikTok order's.")
	}
	return inOrder(units, lines), nil
}

// standingOf lists the units of a line that nothing we know of took out of the order.
func standingOf(line links.Line, taken []tiktok.LineItemID) []links.Unit {
	return slices.DeleteFunc(slices.Clone(line.Units), func(u links.Unit) bool {
		return u.Gone != "" && u.Gone != links.GoneElsewhere || slices.Contains(taken, u.ID)
	})
}

// goneWith counts the units of a line that left with the cancellation of the order.
func goneWith(line links.Line, order shopify.GID) int {
	n := 0
	for _, unit := range line.Units {
		if unit.Gone == string(order) {
			n++
		}
	}
	return n
}

// rank puts the units first that a refund is most likely about.
func (t Cases) rank(unit links.Unit, restock string) int {
	switch c := t.of(unit.ID); {
	case c != nil && c.settled(), unit.Status == tiktok.CancelledStatus:
		return 0
	case c != nil:
		return 1
	case (restock == "CANCEL") == unshipped(unit.Status):
		return 2
	}
	return 3
}

func unshipped(s tiktok.OrderStatus) bool {
	return s == tiktok.Unpaid || s == tiktok.OnHold || s == tiktok.AwaitingShipment
}

// inOrder sorts units as the ledger has them.
func inOrder(units []tiktok.LineItemID, lines []links.Line) []tiktok.LineItemID {
	sorted := make([]tiktok.LineItemID, 0, len(units))
	for _, line := range lines {
		for _, unit := range line.Units {
			if slices.Contains(units, unit.ID) {
				sorted = append(sorted, unit.ID)
			}
		}
	}
	return sorted
}

// asOf are the lines with their units as TikTok shows them now: the ledger may not
// have heard yet that they were shipped, or in which parcel.
func asOf(lines []links.Line, o tiktok.Order) []links.Line {
	now := slices.Clone(lines)
	for n := range now {
		now[n].Units = slices.Clone(now[n].Units)
		for m := range now[n].Units {
			unit := &now[n].Units[m]
			if i := slices.IndexFunc(o.LineItems, func(l tiktok.LineItem) bool { return l.ID == unit.ID }); i >= 0 {
				unit.Status, unit.Package = o.LineItems[i].DisplayStatus, o.LineItems[i].PackageID
			}
		}
	}
	return now
}

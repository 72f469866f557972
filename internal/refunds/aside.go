package refunds

import (
	"cmp"
	"context"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// nothingSent are the codes of refunds that no plan is made for: they give back
// no money, or name no goods. TikTok may pay for them all the same.
var nothingSent = []exceptions.Code{exceptions.RefundNoMoney, exceptions.OutcomeNotRefund, exceptions.RefundWithoutLines}

// PaidAside says what TikTok gave back by itself for a refund of which nothing
// is sent: for its units or, where it names none, by cancelling the order. Nil
// where it gave nothing.
func PaidAside(t Truth) *Halt {
	d := draftingOf(t)
	if len(t.Refund.Units) == 0 {
		return d.lineless()
	}
	_, halt := d.covered(remaining(t.Refund))
	return halt
}

// lineless finds the cancellation of the whole order that paid a refund without
// lines: ours, for which Shopify records the money afterwards, or TikTok's own,
// beyond its units. The amounts agree to the cent, or the refund is another matter.
func (d *drafting) lineless() *Halt {
	claim := d.sums.minor
	if claim <= 0 || !d.whole() {
		return nil
	}
	if own := slices.IndexFunc(d.All, cancellation); own >= 0 {
		if d.unclaimed(d.All[own]) != claim {
			return nil
		}
		halt := &Halt{State: links.RefundSatisfied, Reason: links.CancelledBefore}
		if !d.All[own].State.Over() {
			halt.State = links.RefundWaiting
		}
		return halt
	}
	ids := []string{""}
	for _, c := range d.Cases {
		if !c.Return && c.settled() && !d.asked(c.ID) {
			ids = append(ids, c.ID)
		}
	}
	for _, id := range ids {
		if extra, _ := d.extra(id); extra != claim {
			continue
		}
		d.given = []Given{{Case: id}}
		if d.onItsWay() {
			return &Halt{State: links.RefundWaiting, Reason: PaidByTikTok, Case: id}
		}
		return &Halt{State: links.RefundSatisfied, Reason: PaidByTikTok, Case: id, Paid: d.decimal(claim)}
	}
	return nil
}

// cancellation tells whether a refund is the cancellation of the order in
// Shopify, which has no amount, and TikTok took or had made it.
func cancellation(r links.Refund) bool {
	taken := slices.ContainsFunc(r.Steps, func(s links.RefundStep) bool { return s.State.Stands() })
	return r.Amount == "" && (taken || r.State == links.RefundSatisfied && r.Completed != "")
}

// unclaimed is how much a cancellation gives back that no refund beside it has.
func (d *drafting) unclaimed(own links.Refund) int64 {
	var rest int64
	if own.State == links.RefundSatisfied {
		rest = d.sums.read(own.Completed)
	}
	for _, step := range own.Steps {
		if own.State != links.RefundSatisfied && step.State.Stands() {
			rest += d.sums.read(cmp.Or(step.Completed, step.Amount))
		}
	}
	for _, other := range d.All {
		if other.ID != d.Refund.ID && other.Reason == links.CancelledBefore {
			rest -= d.sums.read(other.Amount)
		}
	}
	return rest
}

// asked tells whether a case came of a step of ours.
func (d *drafting) asked(id string) bool {
	return slices.ContainsFunc(d.All, func(r links.Refund) bool {
		return slices.ContainsFunc(r.Steps, func(s links.RefundStep) bool { return s.Case == id && s.Call.Op != "" })
	})
}

// hear books what TikTok paid for the units of a refund after a person had dealt
// with it: who was paid elsewhere and then by TikTok too must be seen.
func (r *run) hear(ctx context.Context, refund links.Refund) error {
	sent := slices.ContainsFunc(refund.Steps, func(s links.RefundStep) bool { return s.State.Stands() })
	if refund.State != links.RefundHandled || refund.Completed != "" || len(refund.Units) == 0 || sent {
		return nil
	}
	halt := PaidAside(r.truth(refund, ""))
	if halt == nil || halt.State != links.RefundSatisfied {
		return nil
	}
	refund.Case, refund.Completed = halt.Case, halt.Paid
	if halt.Code == exceptions.RefundDiffers {
		refund.Reason, refund.Detail = string(halt.Code), halt.Detail
	}
	if err := r.save(ctx, refund, links.Change{}); err != nil {
		return err
	}
	return r.note(ctx, timeline.Change, "TikTok paid for what a person had dealt with", "shopify_refund_id", string(refund.ID),
		"amount", refund.Amount, "completed", refund.Completed, "case", refund.Case)
}

// owed tells whether TikTok may yet pay for a refund that a person has dealt with.
func owed(refund links.Refund, units []tiktok.LineItemID) bool {
	return refund.State == links.RefundHandled && refund.Completed == "" &&
		slices.ContainsFunc(units, func(u tiktok.LineItemID) bool { return slices.Contains(refund.Units, u) })
}

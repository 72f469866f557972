package refunds

import (
	"context"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// News is what a notification of TikTok's says of one case: a hint, which may be
// late. It may spare a look at what is known, and never stands for one: what is
// new is read at TikTok.
type News struct {
	// Case is the id of a return or a cancellation; empty where none was named.
	Case  string       `json:"case,omitempty"`
	Phase tiktok.Phase `json:"phase,omitempty"`
}

// knows tells whether the ledger already has what the news says, so that a look
// would change nothing: that TikTok took a step which it has taken, or paid one
// that is booked as paid. It asks no platform and needs no lease, as neither can
// cease to be so while it reads: a case does not go back, and a step leaves
// accepted only for an end, which has a notification, and a poll, of its own.
//
// An order with anything that still moves is looked at all the same; one that is
// listed for a person is looked at again on its own time.
func (f *Forwarder) knows(ctx context.Context, row links.Order, args ForwardArgs) (bool, error) {
	if args.News.Case == "" {
		return false, nil
	}
	refunds, err := f.Ledger.Refunds(ctx, row.Shop, row.ID)
	if err != nil {
		return false, fmt.Errorf("read refunds of order %s: %w", row.ID, err)
	}
	step := stepOf(refunds, args.News.Case)
	if step == nil || !allQuiet(refunds) {
		return false, nil
	}
	switch args.News.Phase {
	case tiktok.PhaseOpen, tiktok.PhaseApproved:
		if step.State != links.StepAccepted && step.State != links.StepCompleted {
			return false, nil
		}
	case tiktok.PhasePaid:
		if step.State != links.StepCompleted {
			return false, nil
		}
	default: // an end without money, or a word that nobody knows
		return false, nil
	}
	intents, err := f.Ledger.Intents(ctx, row.Shop, row.ID)
	if err != nil {
		return false, fmt.Errorf("read intents of order %s: %w", row.ID, err)
	}
	return !begun(intents), nil
}

// follow takes news of one case to the step that waits for it, and tells whether
// that was all there is to do. Where every refund is over or wholly with TikTok,
// nothing but the end of that case can have come: the order's lines, its other
// cases and Shopify have notifications of their own, and the poll and the sweep
// find what those miss. So TikTok is asked for the one list that holds the case.
//
// Anything else that the list or the end shows, a step that TikTok closed unpaid
// or a return that Shopify has no record of, is for a whole look, which reads
// all anew.
func (r *run) follow(ctx context.Context) (bool, error) {
	step := stepOf(r.refunds, r.args.News.Case)
	if step == nil || step.State != links.StepAccepted || !allQuiet(r.refunds) || begun(r.intents) {
		return false, nil
	}
	var err error
	switch step.Kind {
	case links.OpenReturn, links.ApproveReturn:
		var returns []tiktok.Return
		returns, err = r.TikTok.OrderReturns(ctx, r.seat, r.id)
		r.cases = CasesOf(returns, nil)
	case links.CancelUnits, links.ApproveCancellation:
		var cancellations []tiktok.Cancellation
		cancellations, err = r.TikTok.OrderCancellations(ctx, r.seat, r.id)
		r.cases = CasesOf(nil, cancellations)
	default: // of what TikTok gave by itself the ledger does not say which list has it
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := r.book(ctx); err != nil {
		return false, err
	}
	unrecorded := slices.ContainsFunc(r.cases, func(c Case) bool { return c.Return && c.live() && !r.known(c) })
	return allQuiet(r.refunds) && !unrecorded, nil
}

// stepOf is the step that TikTok's case belongs to; nil for none, or for a case
// that is named twice, as one is that answers several refunds.
func stepOf(refunds []links.Refund, id string) *links.RefundStep {
	var found *links.RefundStep
	for n := range refunds {
		for m := range refunds[n].Steps {
			switch step := &refunds[n].Steps[m]; {
			case id == "" || step.Case != id:
			case found != nil:
				return nil
			default:
				found = step
			}
		}
	}
	return found
}

// allQuiet tells whether every refund is over or wholly with TikTok.
func allQuiet(refunds []links.Refund) bool {
	return !slices.ContainsFunc(refunds, func(one links.Refund) bool { return !one.State.Over() && one.State != links.RefundSent })
}

// begun tells whether a record in Shopify was begun and its end is not known.
func begun(intents []links.Intent) bool {
	return slices.ContainsFunc(intents, func(i links.Intent) bool { return i.State == links.IntentOpen })
}

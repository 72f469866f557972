package refunds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Why a planned refund is held.
const (
	PushOff = "push_refunds_off"
	// ApprovalNeeded: it is so old that a person should look at it.
	ApprovalNeeded = "approval_needed"
)

const (
	// approvalAfter is how old a refund may be that is sent without a person's word.
	approvalAfter = 7 * 24 * time.Hour
	// pendingWait is how long, in units of RetryBase, a payment that is pending is waited for.
	pendingWait = 60
)

// errPending is why a job comes back to a refund.
var errPending = errors.New("the refund in Shopify is not settled yet")

// advanceAll takes each refund as far as it goes, the oldest first. Later is the
// error of one to come back for.
func (r *run) advanceAll(ctx context.Context) (later, err error) {
	if err := r.loopOutcome(ctx); err != nil {
		return nil, err
	}
	for _, refund := range slices.Clone(r.refunds) {
		if refund.State.Over() || refund.State == links.RefundSent {
			if handled(r.args, refund) {
				refund.Reason = "handled"
				if err := r.save(ctx, refund, links.Change{}); err != nil {
					return nil, err
				}
			} else if err := r.hear(ctx, refund); err != nil {
				return nil, err
			}
			continue
		}
		waits, err := r.advance(ctx, refund)
		if err != nil {
			return nil, err
		}
		if waits {
			later = fault.After(pendingWait*r.RetryBase, errPending)
		}
	}
	return later, nil
}

// advance plans what is left of one refund and sends it, or says why not.
func (r *run) advance(ctx context.Context, refund links.Refund) (waits bool, err error) {
	if handled(r.args, refund) {
		refund.State, refund.Reason = links.RefundHandled, "handled"
		return false, r.save(ctx, refund, links.Change{})
	}
	if step := unanswered(refund); step >= 0 {
		return false, r.repeat(ctx, refund, step)
	}
	refund, reason, halt, err := r.claim(ctx, refund)
	if err != nil {
		return false, err
	}
	var steps []links.RefundStep
	if halt != nil && slices.Contains(nothingSent, halt.Code) {
		if paid := PaidAside(r.truth(refund, reason)); paid != nil {
			halt = paid
		}
	}
	if halt == nil {
		if steps, halt, err = r.plan(ctx, refund, reason); err != nil {
			return false, err
		}
	}
	if halt != nil {
		return halt.Reason == PaymentPending, r.halted(ctx, refund, halt, links.Change{})
	}
	kept := slices.DeleteFunc(slices.Clone(refund.Steps), func(s links.RefundStep) bool { return s.State == links.StepPlanned })
	refund.Steps = append(kept, steps...)
	refund.Case = "" // of TikTok's own case that was to pay for it and closed unpaid
	if why := r.held(refund); why != "" {
		return false, r.hold(ctx, refund, why)
	}
	return false, r.send(ctx, refund)
}

// unanswered is the place of a step whose outcome is not known, -1 for none.
func unanswered(refund links.Refund) int {
	return slices.IndexFunc(refund.Steps, func(s links.RefundStep) bool { return s.State == links.StepSent })
}

// claim reads the refund in Shopify again: what it gives back, and why the goods came back.
func (r *run) claim(ctx context.Context, refund links.Refund) (links.Refund, string, *Halt, error) {
	if refund.ID == r.row.ShopifyOrder {
		return refund, "", nil, nil
	}
	s, err := r.shopifyRefund(ctx, refund.ID)
	if err != nil {
		return refund, "", nil, err
	}
	if s == nil {
		return refund, "", stop(exceptions.RefundNotUnderstood, "It is no longer in Shopify."), nil
	}
	claim, halt := ClaimOf(*s, r.currency())
	if claim.Amount.Currency() != "" {
		refund.Amount = claim.Amount.String()
	}
	if halt != nil {
		return refund, "", halt, nil
	}
	if len(refund.Units) == 0 {
		units, unassigned := Assign(*s, asOf(r.lines, r.order), r.cases)
		if unassigned != nil {
			return refund, "", unassigned, nil
		}
		refund.Units = units
		if err := r.save(ctx, refund, links.Change{Lines: gone(r.lines, units, string(refund.ID))}); err != nil {
			return refund, "", nil, err
		}
	}
	return refund, claim.Reason, nil, nil
}

// plan asks TikTok all that a plan takes, before any of it is sent.
func (r *run) plan(ctx context.Context, refund links.Refund, reason string) ([]links.RefundStep, *Halt, error) {
	truth := r.truth(refund, reason)
	var err error
	if truth.Eligibility, err = r.TikTok.Eligibility(ctx, r.seat, r.id, tiktok.RequestCancel, tiktok.RequestRefund); err != nil {
		return nil, nil, err
	}
	draft, halt := DraftOf(truth)
	if halt != nil {
		return nil, halt, nil
	}
	asked := func(units []tiktok.LineItemID, o *Option) error { return r.ask(ctx, units, o) }
	if err := draft.Ask(asked); err != nil {
		return nil, nil, err
	}
	steps, halt := Settle(truth, draft)
	return steps, halt, nil
}

// truth is what a plan is made from, but for what TikTok is asked for it.
func (r *run) truth(refund links.Refund, reason string) Truth {
	return Truth{Order: r.order, Lines: r.lines, Refund: refund, All: r.with(refund), Cases: r.cases, Reason: reason, Reasons: r.reasons}
}

// with is the order's refunds with this one as it is now.
func (r *run) with(refund links.Refund) []links.Refund {
	all := slices.DeleteFunc(slices.Clone(r.refunds), func(one links.Refund) bool { return one.ID == refund.ID })
	return append(all, refund)
}

// ask fills in what TikTok says of an option. A refusal is an answer.
func (r *run) ask(ctx context.Context, units []tiktok.LineItemID, o *Option) error {
	var err error
	switch {
	case o.Request != "":
		o.Amount, err = r.TikTok.Calculate(ctx, r.seat, r.id, o.Request, o.Reason, units)
	case o.Kind == links.ApproveCancellation:
		var d tiktok.Decidables
		d, err = r.TikTok.CancelDecisions(ctx, r.seat, tiktok.CancelID(o.Case), o.Decision)
		o.Allowed = d.Allows(o.Decision)
	default:
		var d tiktok.Decidables
		d, err = r.TikTok.ReturnDecisions(ctx, r.seat, tiktok.ReturnID(o.Case), o.Decision)
		o.Allowed = d.Allows(o.Decision)
	}
	if objection := tiktok.ObjectionOf(err); objection != tiktok.ObjectsNot {
		o.Refused = string(objection)
		return nil
	}
	if err != nil {
		return fmt.Errorf("plan refund of order %s: %w", r.id, err)
	}
	return nil
}

// held is why a plan is not sent now; empty to go on.
func (r *run) held(refund links.Refund) string {
	stands := slices.ContainsFunc(refund.Steps, func(s links.RefundStep) bool { return s.State.Stands() && s.Call.Op != "" })
	approved := refund.ApprovedAt != nil || r.args.Approved == refund.ID
	switch {
	case stands, approved:
		return ""
	case !r.settings.PushRefunds:
		return PushOff
	case tooOld(refund, r.Now()):
		return ApprovalNeeded
	}
	return ""
}

// tooOld tells whether a refund is sent only when a person says so.
func tooOld(refund links.Refund, now time.Time) bool {
	return now.Sub(refund.RefundedAt) > approvalAfter
}

// hold keeps a plan as it would be sent.
func (r *run) hold(ctx context.Context, refund links.Refund, why string) error {
	refund.State, refund.Reason, refund.Detail = links.RefundHeld, why, ""
	if err := r.save(ctx, refund, links.Change{}); err != nil {
		return err
	}
	return r.note(ctx, timeline.Decision, "the refund is planned and held", "shopify_refund_id", string(refund.ID), "reason", why,
		"amount", refund.Amount, "steps", fmt.Sprint(len(refund.Steps)))
}

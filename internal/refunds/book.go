package refunds

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// book writes down what became of the steps that were sent.
func (r *run) book(ctx context.Context) error {
	for _, refund := range slices.Clone(r.refunds) {
		moves := slices.ContainsFunc(refund.Steps, func(s links.RefundStep) bool { return s.State == links.StepSent || s.State == links.StepAccepted })
		if len(refund.Steps) == 0 || refund.State.Over() && (refund.State != links.RefundHandled || !moves) {
			continue
		}
		booked := Booked(refund, r.cases, r.taken(refund.ID))
		if same(refund, booked) {
			continue
		}
		if err := r.save(ctx, booked, links.Change{}); err != nil {
			return err
		}
		if err := r.note(ctx, timeline.Change, "TikTok's side of the refund", "shopify_refund_id", string(booked.ID), "state", string(booked.State),
			"amount", booked.Amount, "completed", booked.Completed, "reason", booked.Reason); err != nil {
			return err
		}
	}
	return nil
}

// taken lists TikTok's cases that belong to other refunds.
func (r *run) taken(but shopify.GID) []string {
	var ids []string
	for _, refund := range r.refunds {
		for _, step := range refund.Steps {
			if refund.ID != but && step.Case != "" {
				ids = append(ids, step.Case)
			}
		}
	}
	return ids
}

// clockSlack is how far TikTok's clock may be behind ours.
const clockSlack = 5 * time.Minute

// Booked is a refund with what TikTok shows of its steps: which it took, which
// it paid, which it does not have. Cases that are taken are other refunds'.
func Booked(refund links.Refund, cases Cases, taken []string) links.Refund {
	refund.Steps = slices.Clone(refund.Steps)
	for n := range refund.Steps {
		step := &refund.Steps[n]
		switch step.State {
		case links.StepSent:
			if step.Case == "" {
				step.Case = cases.ours(*step, taken)
			}
		case links.StepAccepted:
		default:
			continue
		}
		if step.Case != "" {
			taken = append(taken, step.Case)
			follow(step, cases.Find(step.Case))
		}
	}
	if refund.State == links.RefundHandled {
		return stillHandled(refund)
	}
	return summed(refund)
}

// stillHandled is a refund that a person has dealt with, with what became of the
// steps that TikTok had taken before. One that it then closed without paying is
// for the person to know: nothing sends it again.
func stillHandled(refund links.Refund) links.Refund {
	sum := summed(refund)
	refund.Completed = sum.Completed
	closed := slices.ContainsFunc(refund.Steps, func(s links.RefundStep) bool { return s.State == links.StepRefused && s.Answer == closedUnpaid })
	if closed && refund.Reason != string(exceptions.RefundRefused) {
		refund.Reason, refund.Detail = string(exceptions.RefundRefused), lastAnswer(refund.Steps)
	}
	return refund
}

// closedUnpaid is what became of a step whose case ended so.
const closedUnpaid = "TikTok closed the request without paying"

// follow gives a step the state of its case. A request of the buyer's that is as
// open as before was not approved: the call is repeated.
func follow(step *links.RefundStep, c *Case) {
	if c == nil {
		return
	}
	approval := step.Kind == links.ApproveReturn || step.Kind == links.ApproveCancellation
	switch c.phase {
	case tiktok.PhasePaid:
		step.State, step.Completed = links.StepCompleted, c.Amount
		if step.Kind == links.GivenByTikTok { // for some of the case's units
			step.Completed = step.Amount
		}
	case tiktok.PhaseApproved:
		step.State = links.StepAccepted
	case tiktok.PhaseClosed:
		step.State, step.SentAt, step.Answer = links.StepRefused, nil, closedUnpaid
	default:
		if !approval {
			step.State = links.StepAccepted
		}
	}
}

// ours finds the case that came of a step whose answer was lost: made by the
// seller since, of the same kind, about the same units, nobody else's.
func (t Cases) ours(step links.RefundStep, taken []string) string {
	for _, c := range t {
		isReturn := step.Kind == links.OpenReturn
		if step.Kind != links.OpenReturn && step.Kind != links.CancelUnits || c.Return != isReturn || c.Role != tiktok.RoleSeller ||
			!c.live() || slices.Contains(taken, c.ID) || !sameUnits(c.Units, step.Units) {
			continue
		}
		if step.SentAt != nil && c.Created > 0 && c.Created < step.SentAt.Add(-clockSlack).Unix() {
			continue
		}
		return c.ID
	}
	return ""
}

func sameUnits(a, b []tiktok.LineItemID) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// summed is a refund with the state that its steps make.
func summed(refund links.Refund) links.Refund {
	currency := money.Currency(refund.Currency)
	counts := map[links.StepState]int{}
	done := sums{currency: currency}
	for _, step := range refund.Steps {
		counts[step.State]++
		done.add(step.Completed)
	}
	paid, err := done.amount()
	if err == nil && counts[links.StepCompleted] > 0 {
		refund.Completed = paid.String()
	}
	standing := counts[links.StepSent] + counts[links.StepAccepted] + counts[links.StepCompleted]
	whole := len(remaining(refund)) == 0
	switch {
	case standing == 0 && counts[links.StepRefused] > 0 && refund.State != links.RefundStopped && counts[links.StepPlanned] == 0:
		refund.State, refund.Reason, refund.Detail = links.RefundStopped, string(exceptions.RefundRefused), lastAnswer(refund.Steps)
	case standing == 0:
	case !whole && counts[links.StepPlanned] == 0 && counts[links.StepSent] == 0:
		refund.State, refund.Reason, refund.Detail = links.RefundPartlySent, string(exceptions.PartlySent), lastAnswer(refund.Steps)
	case !whole || counts[links.StepPlanned]+counts[links.StepSent] > 0:
		refund.State = links.RefundSending
	case counts[links.StepAccepted] > 0:
		refund.State, refund.Reason, refund.Detail = links.RefundSent, "", ""
	default:
		refund.State, refund.Reason, refund.Detail = links.RefundCompleted, "", ""
		asked := sums{currency: currency}
		asked.add(refund.Amount)
		if refund.Amount != "" && asked.err == nil && asked.minor != done.minor {
			refund.Reason = string(exceptions.RefundDiffers)
			refund.Detail = fmt.Sprintf("Shopify gave back %s %s; TikTok paid %s.", refund.Amount, currency, paid.Text())
		}
	}
	return refund
}

func lastAnswer(steps []links.RefundStep) string {
	for _, step := range slices.Backward(steps) {
		if step.State == links.StepRefused && step.Answer != "" {
			return fmt.Sprintf("%s of %s: %s.", step.Kind, step.Amount, step.Answer)
		}
	}
	return ""
}

// same tells whether booking changed nothing.
func same(a, b links.Refund) bool {
	return a.State == b.State && a.Reason == b.Reason && a.Detail == b.Detail && a.Completed == b.Completed &&
		slices.EqualFunc(a.Steps, b.Steps, func(x, y links.RefundStep) bool {
			return x.State == y.State && x.Case == y.Case && x.Completed == y.Completed
		})
}

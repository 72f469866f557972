package refunds

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

func (r *run) currency() money.Currency { return money.Currency(r.order.Payment.Currency) }

// send makes the planned calls one after the other. The first that TikTok
// refuses ends it; nothing that TikTok took is made again.
func (r *run) send(ctx context.Context, refund links.Refund) error {
	now := r.Now()
	if refund.ApprovedAt == nil && r.args.Approved == refund.ID {
		refund.ApprovedAt = &now
	}
	refund.State, refund.Reason, refund.Detail = links.RefundSending, "", ""
	for n := range refund.Steps {
		step := refund.Steps[n]
		if step.State != links.StepPlanned {
			continue
		}
		if step.Call.Op == "" {
			refund.Steps = slices.Clone(refund.Steps)
			refund.Steps[n].State, refund.Steps[n].Completed = links.StepCompleted, step.Amount
			if c := r.cases.Find(step.Case); c != nil && c.phase != tiktok.PhasePaid {
				refund.Steps[n].State, refund.Steps[n].Completed = links.StepAccepted, ""
			}
			continue
		}
		var objection tiktok.Objection
		var err error
		if refund, objection, err = r.call(ctx, refund, n); err != nil {
			return err
		}
		if refund.Steps[n].State == links.StepRefused {
			return r.refused(ctx, refund, n, objection)
		}
	}
	return r.finish(ctx, refund)
}

// call stores a step, makes its call and books the answer. An error means that
// what became of it is looked up before anything else.
func (r *run) call(ctx context.Context, refund links.Refund, n int) (links.Refund, tiktok.Objection, error) {
	refund.Steps = slices.Clone(refund.Steps)
	step := &refund.Steps[n]
	step.State = links.StepSent
	if step.SentAt == nil { // a repetition is as old as the first call
		now := r.Now()
		step.SentAt = &now
	}
	if err := r.save(ctx, refund, links.Change{}); err != nil {
		return refund, "", err
	}
	written, err := r.TikTok.Send(ctx, r.seat, step.Call)
	objection := tiktok.ObjectionOf(err)
	switch tiktok.OutcomeOf(err) {
	case tiktok.OutcomeDone:
		step.State, step.Answer, step.Case = links.StepAccepted, answerOf(written), caseOf(*step, written)
	case tiktok.OutcomeRefused:
		if found := r.alreadyThere(ctx, *step, objection); found != "" {
			step.State, step.Answer, step.Case = links.StepAccepted, "an answer was lost", found
			break
		}
		step.State, step.SentAt, step.Answer = links.StepRefused, nil, wordsOf(err)
	case tiktok.OutcomeNotDone:
		step.State, step.SentAt = links.StepPlanned, nil
		return refund, "", errors.Join(r.save(ctx, refund, links.Change{}), fmt.Errorf("refund order %s: %w", r.id, err))
	default:
		return refund, "", fmt.Errorf("refund order %s: %w", r.id, err)
	}
	if step.State == links.StepAccepted {
		refund = summed(refund) // so that the last answer is kept with what it makes of the refund
	}
	if err := r.save(ctx, refund, links.Change{}); err != nil {
		return refund, "", err
	}
	return refund, objection, r.note(ctx, timeline.Change, "TikTok answered a step of the refund", "shopify_refund_id", string(refund.ID),
		"step", fmt.Sprint(step.Number), "kind", string(step.Kind), "amount", step.Amount, "state", string(step.State), "case", step.Case, "answer", step.Answer)
}

// caseOf is what TikTok made of a step; an approval names the buyer's own request.
func caseOf(step links.RefundStep, w tiktok.Written) string {
	switch {
	case w.ReturnID != "":
		return string(w.ReturnID)
	case w.CancelID != "":
		return string(w.CancelID)
	}
	return step.Case
}

func answerOf(w tiktok.Written) string {
	if w.ReturnStatus != "" {
		return string(w.ReturnStatus)
	}
	return string(w.CancelStatus)
}

// wordsOf is TikTok's refusal, without anything of the request.
func wordsOf(err error) string {
	var refused *tiktok.Error
	if errors.As(err, &refused) {
		return fmt.Sprintf("%d %s", refused.Code, refused.Message)
	}
	return string(tiktok.ObjectionOf(err))
}

// alreadyThere looks for the case when TikTok says that there is one for these
// units: it may be our own, of a call whose answer was lost.
func (r *run) alreadyThere(ctx context.Context, step links.RefundStep, objection tiktok.Objection) string {
	if objection != tiktok.ObjectsInProgress {
		return ""
	}
	if err := r.readTikTok(ctx); err != nil {
		return "" // the next run books it from TikTok's own list
	}
	return r.cases.ours(step, r.taken(""))
}

// refused ends a run of calls at the one that TikTok refused.
func (r *run) refused(ctx context.Context, refund links.Refund, n int, objection tiktok.Objection) error {
	code := exceptions.RefundRefused
	if objection == tiktok.ObjectsAmount || objection == tiktok.ObjectsPartial {
		code = exceptions.RefundAmountRefused
	}
	step := refund.Steps[n]
	return r.halted(ctx, refund, stop(code, "%s of %s %s: TikTok says %s.", step.Kind, step.Amount, r.currency(), step.Answer), links.Change{})
}

// repeat makes a call again whose outcome was not to be found at TikTok: as it
// was stored, under the same key.
func (r *run) repeat(ctx context.Context, refund links.Refund, n int) error {
	refund, objection, err := r.call(ctx, refund, n)
	if err != nil {
		return err
	}
	if refund.Steps[n].State == links.StepRefused {
		return r.refused(ctx, refund, n, objection)
	}
	return r.send(ctx, refund)
}

// finish gives the refund the state that its steps make.
func (r *run) finish(ctx context.Context, refund links.Refund) error {
	if refund = summed(refund); !slices.ContainsFunc(r.refunds, func(known links.Refund) bool { return known.ID == refund.ID && same(known, refund) }) {
		return r.save(ctx, refund, links.Change{})
	}
	return nil
}

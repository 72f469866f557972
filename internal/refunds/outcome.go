package refunds

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// settle turns what a run found into what the merchant sees: exceptions that
// open, and exceptions whose cause is gone. A run that failed half-way leaves
// them as they are, unless a person can mend what it met; so does one that looked
// at one case, but for what it found there.
func (r *run) settle(ctx context.Context, err error) error {
	var act *fault.Act
	if errors.As(err, &act) {
		return r.open(ctx, exceptions.RefundRefused, act.Detail)
	}
	if err != nil && fault.Of(err) != fault.Later {
		return err
	}
	for _, refund := range r.refunds {
		if code := exceptions.Code(refund.Reason); slices.Contains(exceptions.OfRefunds(), code) {
			r.notices[code] = refund.Detail
		}
	}
	var gone []exceptions.Code
	for _, code := range exceptions.OfRefunds() {
		detail, listed := r.notices[code]
		if !listed {
			if !r.brief {
				gone = append(gone, code)
			}
			continue
		}
		if err := r.open(ctx, code, detail); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return err // no codes would be all codes
	}
	if resolved := r.Exceptions.ResolveExceptions(ctx, r.shop, r.id, exceptions.CauseGone, gone...); resolved != nil {
		return fmt.Errorf("resolve exceptions of order %s: %w", r.id, resolved)
	}
	return err
}

func (r *run) open(ctx context.Context, code exceptions.Code, detail string) error {
	if err := r.Exceptions.OpenException(ctx, exceptions.New(r.shop, r.id, code, detail, r.Now())); err != nil {
		return fmt.Errorf("open %s on order %s: %w", code, r.id, err)
	}
	return nil
}

// halted keeps why nothing is sent for a refund, or why nothing has to be.
func (r *run) halted(ctx context.Context, refund links.Refund, halt *Halt, change links.Change) error {
	refund.Reason, refund.Detail, refund.Case = halt.Reason, halt.Detail, halt.Case
	if halt.Paid != "" {
		refund.Completed = halt.Paid
	}
	if halt.Code != "" {
		refund.Reason = string(halt.Code)
	}
	refund.Steps = slices.DeleteFunc(slices.Clone(refund.Steps), func(s links.RefundStep) bool { return s.State == links.StepPlanned })
	stands := slices.ContainsFunc(refund.Steps, func(s links.RefundStep) bool { return s.State.Stands() })
	switch {
	case halt.State == links.RefundSatisfied:
		refund.State = links.RefundSatisfied
	case stands:
		refund.State = links.RefundPartlySent
		refund.Reason = string(exceptions.PartlySent)
	case refund.State == links.RefundSending && halt.State == links.RefundWaiting:
		refund.State = links.RefundSending
	default:
		refund.State = halt.State
	}
	if handled(r.args, refund) {
		refund.State, refund.Reason = links.RefundHandled, "handled"
	}
	if r.unchanged(refund, change) {
		return nil
	}
	if err := r.save(ctx, refund, change); err != nil {
		return err
	}
	return r.note(ctx, timeline.Decision, "the refund is "+string(refund.State), "shopify_refund_id", string(refund.ID), "reason", refund.Reason,
		"amount", refund.Amount, "detail", refund.Detail, "note", r.args.Note)
}

// unchanged tells whether the ledger has the refund like that.
func (r *run) unchanged(refund links.Refund, change links.Change) bool {
	return change.Lines == nil && slices.ContainsFunc(r.refunds, func(known links.Refund) bool {
		return known.ID == refund.ID && known.State == refund.State && known.Reason == refund.Reason && known.Detail == refund.Detail &&
			known.Case == refund.Case && known.Amount == refund.Amount && len(known.Steps) == len(refund.Steps)
	})
}

package orders

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

// rest leaves the order where it is for now, and says why.
func (r *run) rest(ctx context.Context, state links.State, reason string) error {
	told := r.row.State == state && r.row.Reason == reason
	r.row.State, r.row.Reason = state, reason
	if err := r.Ledger.SaveOrder(ctx, r.lease, r.row); err != nil {
		return fmt.Errorf("save order %s: %w", r.row.ID, err)
	}
	if !told {
		r.Log.InfoContext(ctx, "order."+string(state), "shop", r.args.Shop, "tiktok_order_id", r.args.Order, "reason", reason, "tiktok_status", r.row.Status)
	}
	return r.note(ctx, timeline.Decision, "the order is "+string(state), "reason", reason, "tiktok_status", string(r.row.Status))
}

// settle turns the outcome into what the merchant sees: an exception that
// opens, or exceptions whose cause is gone.
func (r *run) settle(ctx context.Context, err error) error {
	var act *fault.Act
	if errors.As(err, &act) {
		return r.hold(ctx, act)
	}
	if err != nil {
		return err
	}
	var keep []exceptions.Code
	for _, notice := range r.notices {
		keep = append(keep, notice.Code)
		e := exceptions.New(r.args.Shop, r.args.Order, notice.Code, notice.Detail, r.Now())
		if err := r.Exceptions.OpenException(ctx, e); err != nil {
			return fmt.Errorf("open %s on order %s: %w", notice.Code, r.args.Order, err)
		}
	}
	return r.clear(ctx, keep...)
}

// clear ends the order's exceptions whose cause is gone: all but those to keep.
func (r *run) clear(ctx context.Context, keep ...exceptions.Code) error {
	gone := slices.DeleteFunc(exceptions.OfOrders(), func(code exceptions.Code) bool { return slices.Contains(keep, code) })
	if err := r.Exceptions.ResolveExceptions(ctx, r.args.Shop, r.args.Order, exceptions.CauseGone, gone...); err != nil {
		return fmt.Errorf("resolve exceptions of order %s: %w", r.args.Order, err)
	}
	return nil
}

// hold opens the exception and keeps the order at rest until its cause is gone.
func (r *run) hold(ctx context.Context, act *fault.Act) error {
	code := exceptions.Code(act.Code)
	detail := act.Detail
	if detail == "" && act.Err != nil {
		detail = act.Err.Error()
	}
	told := r.row.State == links.Written || r.row.State == links.Held && r.row.Reason == act.Code
	if r.row.State != links.Written {
		r.row.State, r.row.Reason = links.Held, act.Code
	}
	if err := r.Ledger.SaveOrder(ctx, r.lease, r.row); err != nil {
		return fmt.Errorf("save held order %s: %w", r.args.Order, err)
	}
	if err := r.Exceptions.OpenException(ctx, exceptions.New(r.args.Shop, r.args.Order, code, detail, r.Now())); err != nil {
		return fmt.Errorf("open %s on order %s: %w", code, r.args.Order, err)
	}
	if !told {
		r.Log.InfoContext(ctx, "order.held", "shop", r.args.Shop, "tiktok_order_id", r.args.Order, "reason", code)
	}
	return r.clear(ctx, code)
}

// note adds a line to the order's story; facts come in pairs.
func (r *run) note(ctx context.Context, kind timeline.Kind, text string, facts ...string) error {
	entry := timeline.Entry{Shop: r.args.Shop, Order: r.args.Order, At: r.Now(), Kind: kind, Text: text, Facts: map[string]string{}}
	for n := 0; n+1 < len(facts); n += 2 {
		if facts[n+1] != "" {
			entry.Facts[facts[n]] = facts[n+1]
		}
	}
	if err := r.Timeline.AppendTimeline(ctx, entry); err != nil {
		return fmt.Errorf("note %q on order %s: %w", text, r.args.Order, err)
	}
	return nil
}

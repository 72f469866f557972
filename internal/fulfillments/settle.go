package fulfillments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// settle turns the outcome into what the merchant sees: exceptions that open,
// and exceptions whose cause is gone. Where Shopify was not asked, nothing is
// known that could end one.
func (r *run) settle(ctx context.Context, err error) error {
	var act *fault.Act
	if errors.As(err, &act) {
		// The clients' codes belong to other legs, which would clear them.
		detail := cmp.Or(act.Detail, act.Error())
		e := exceptions.New(r.shop, r.id, exceptions.ShipmentRefused, detail, r.Now())
		if err := r.Exceptions.OpenException(ctx, e); err != nil {
			return fmt.Errorf("open %s on order %s: %w", e.Code, r.id, err)
		}
		return nil
	}
	if err != nil || !r.looked {
		return err
	}
	var open []exceptions.Code
	for _, code := range exceptions.OfShipments() {
		detail := r.details(code)
		if detail == nil {
			continue
		}
		open = append(open, code)
		e := exceptions.New(r.shop, r.id, code, strings.Join(detail, " "), r.Now())
		if err := r.Exceptions.OpenException(ctx, e); err != nil {
			return fmt.Errorf("open %s on order %s: %w", code, r.id, err)
		}
	}
	return r.clear(ctx, open)
}

// remember keeps that what a sweep had found was looked at: the next sweeps pass
// it by until it changes again.
func (r *run) remember(ctx context.Context, looked time.Time) error {
	if !r.looked || !strings.HasPrefix(r.args.Cause, "sweep:") {
		return nil
	}
	return r.Ledger.ShipmentsLookedAt(ctx, r.lease, looked)
}

// details are what was found under one code, each thing once; nil for nothing.
func (r *run) details(code exceptions.Code) []string {
	var details []string
	for _, ask := range r.asks {
		if ask.Code == code && !slices.Contains(details, ask.Detail) {
			details = append(details, ask.Detail)
		}
	}
	return details
}

func (r *run) clear(ctx context.Context, open []exceptions.Code) error {
	gone := slices.DeleteFunc(exceptions.OfShipments(), func(code exceptions.Code) bool { return slices.Contains(open, code) })
	if handled := r.args.Handled; handled != "" && slices.Contains(gone, handled) {
		if err := r.Exceptions.ResolveExceptions(ctx, r.shop, r.id, Handled, handled); err != nil {
			return fmt.Errorf("resolve %s of order %s: %w", handled, r.id, err)
		}
		if err := r.note(ctx, timeline.Decision, "the merchant dealt with it elsewhere", "code", string(handled), "note", r.args.Note); err != nil {
			return err
		}
	}
	if err := r.Exceptions.ResolveExceptions(ctx, r.shop, r.id, exceptions.CauseGone, gone...); err != nil {
		return fmt.Errorf("resolve exceptions of order %s: %w", r.id, err)
	}
	return nil
}

// Handled is a person's answer to an exception that was dealt with outside.
const Handled = "handled"

// note adds a line to the order's story; facts come in pairs.
func (r *run) note(ctx context.Context, kind timeline.Kind, text string, facts ...string) error {
	entry := timeline.Entry{Shop: r.shop, Order: r.id, At: r.Now(), Kind: kind, Text: text, Facts: map[string]string{}}
	for n := 0; n+1 < len(facts); n += 2 {
		if facts[n+1] != "" {
			entry.Facts[facts[n]] = facts[n+1]
		}
	}
	if err := r.Timeline.AppendTimeline(ctx, entry); err != nil {
		return fmt.Errorf("note %q on order %s: %w", text, r.id, err)
	}
	return nil
}

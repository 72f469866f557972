package refunds

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Why a refund is ignored.
const (
	Echo = "recorded_by_switchback"
)

// PullOff is why refunds in Shopify are not looked at.
const PullOff = "pull_refunds_off"

// readShopify takes in the refunds that the ledger lacks, and a cancellation in
// Shopify of which no refund tells.
func (r *run) readShopify(ctx context.Context) error {
	marks, err := r.Shopify.OrderMarks(ctx, r.shop, r.row.ShopifyOrder)
	if err != nil {
		return err
	}
	if marks == nil {
		return nil // deleted in Shopify: what is on its way stays so
	}
	r.marks = *marks
	if !r.settings.PullRefunds {
		return nil
	}
	for _, id := range r.marks.Refunds {
		known := slices.ContainsFunc(r.refunds, func(one links.Refund) bool { return one.ID == id })
		if known {
			continue
		}
		refund, err := r.shopifyRefund(ctx, id)
		if err != nil {
			return err
		}
		if refund == nil {
			continue
		}
		if err := r.takeIn(ctx, *refund); err != nil {
			return err
		}
	}
	return r.takeCancellation(ctx)
}

// shopifyRefund reads a refund whole, once in a run; nil when it is not there.
func (r *run) shopifyRefund(ctx context.Context, id shopify.GID) (*shopify.Refund, error) {
	if known := r.read[id]; known != nil {
		return known, nil
	}
	refund, err := r.Shopify.Refund(ctx, r.shop, id, len(r.lines))
	if err != nil || refund == nil {
		return nil, err
	}
	if r.read == nil {
		r.read = map[shopify.GID]*shopify.Refund{}
	}
	r.read[id] = refund
	return refund, nil
}

// takeIn gives a refund its place in the ledger: an echo, or money to give back
// for units that are its own from now on.
func (r *run) takeIn(ctx context.Context, s shopify.Refund) error {
	refund := links.Refund{ID: s.ID, State: links.RefundWaiting, Currency: r.order.Payment.Currency, RefundedAt: r.madeAt(s)}
	if echo := r.echo(s); echo {
		refund.State, refund.Reason, refund.Amount = links.RefundIgnored, Echo, s.Total
		if err := r.save(ctx, refund, links.Change{}); err != nil {
			return err
		}
		return r.note(ctx, timeline.Decision, "the refund in Shopify is our own record of TikTok's", "shopify_refund_id", string(s.ID))
	}
	claim, halt := ClaimOf(s, money.Currency(r.order.Payment.Currency))
	if claim.Amount.Currency() != "" {
		refund.Amount = claim.Amount.String()
	}
	units, unassigned := Assign(s, asOf(r.lines, r.order), r.cases)
	change := links.Change{}
	if unassigned == nil {
		refund.Units = units
		change.Lines = gone(r.lines, units, string(s.ID))
	} else if halt == nil {
		halt = unassigned
	}
	if halt != nil {
		return r.halted(ctx, refund, halt, change)
	}
	if err := r.save(ctx, refund, change); err != nil {
		return err
	}
	return r.note(ctx, timeline.EventIn, "a refund in Shopify is to go back through TikTok", "shopify_refund_id", string(s.ID),
		"amount", claim.Amount.Text(), "units", fmt.Sprint(len(units)))
}

// madeAt is Shopify's time of a refund, or now where it cannot be read.
func (r *run) madeAt(s shopify.Refund) time.Time {
	for _, text := range []string{s.CreatedAt, s.ProcessedAt} {
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			return at.UTC()
		}
	}
	return r.Now()
}

// echo tells whether a refund is the record of what happened at TikTok that we
// made: known by its id, or by the key in its note when the answer was lost.
func (r *run) echo(s shopify.Refund) bool {
	return slices.ContainsFunc(r.intents, func(intent links.Intent) bool {
		return intent.Kind == links.RefundIntent && (intent.Result == string(s.ID) || intent.Key != "" && strings.Contains(s.Note, intent.Key))
	})
}

// gone marks units as taken out of the Shopify order.
func gone(lines []links.Line, units []tiktok.LineItemID, by string) []links.Line {
	out := slices.Clone(lines)
	for n := range out {
		out[n].Units = slices.Clone(out[n].Units)
		for m := range out[n].Units {
			if unit := &out[n].Units[m]; unit.Gone == "" && slices.Contains(units, unit.ID) {
				unit.Gone = by
			}
		}
	}
	return out
}

// takeCancellation is for an order that a person cancelled in Shopify: what no
// refund took out of it is to be cancelled at TikTok. Ours has an intent, and one
// that TikTok knows of is over.
func (r *run) takeCancellation(ctx context.Context) error {
	if r.marks.CancelledAt == "" || r.row.State == links.Cancelled {
		return nil
	}
	ours := slices.ContainsFunc(r.intents, func(i links.Intent) bool { return i.Kind == links.CancelIntent && i.State != links.IntentRefused })
	if ours || slices.ContainsFunc(r.refunds, func(one links.Refund) bool { return one.ID == r.row.ShopifyOrder }) {
		return nil
	}
	var units []tiktok.LineItemID
	for _, line := range r.lines {
		for _, unit := range line.Units {
			if unit.Gone == "" {
				units = append(units, unit.ID)
			}
		}
	}
	if len(units) == 0 {
		return nil
	}
	refund := links.Refund{ID: r.row.ShopifyOrder, State: links.RefundWaiting, Currency: r.order.Payment.Currency, Units: units, RefundedAt: r.Now()}
	if at, err := time.Parse(time.RFC3339, r.marks.CancelledAt); err == nil {
		refund.RefundedAt = at.UTC()
	}
	if err := r.save(ctx, refund, links.Change{Lines: gone(r.lines, units, string(refund.ID))}); err != nil {
		return err
	}
	return r.note(ctx, timeline.EventIn, "the order was cancelled in Shopify", "units", fmt.Sprint(len(units)))
}

package refunds

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Records is what a report reads.
type Records interface {
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	Refunds(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Refund, error)
	Intents(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Intent, error)
	// RefundsSince lists refunds made in Shopify since, the oldest first, that come after the one given.
	RefundsSince(ctx context.Context, shop shopify.Domain, since time.Time, after links.Refund, limit int) ([]links.Refund, error)
}

// Reporter compares both sides' money from what the ledger has.
type Reporter struct{ Records Records }

// Since compares the orders of which something was refunded in Shopify since
// then, each with all its refunds, in the order of their first.
func (r *Reporter) Since(ctx context.Context, shop shopify.Domain, since time.Time) ([]reconcile.Row, []reconcile.Total, error) {
	return r.Between(ctx, shop, since, time.Time{})
}

// Between is Since for refunds made before until; zero for no end.
func (r *Reporter) Between(ctx context.Context, shop shopify.Domain, since, until time.Time) ([]reconcile.Row, []reconcile.Total, error) {
	var rows []reconcile.Row
	done := map[tiktok.OrderID]bool{}
	var after links.Refund
	for {
		page, err := r.Records.RefundsSince(ctx, shop, since, after, releasePage)
		if err != nil {
			return nil, nil, err
		}
		if !until.IsZero() {
			page = slices.DeleteFunc(page, func(one links.Refund) bool { return !one.RefundedAt.Before(until) }) // the oldest come first
		}
		for _, refund := range page {
			after = refund
			if done[refund.Order] {
				continue
			}
			done[refund.Order] = true
			row, err := r.row(ctx, shop, refund.Order)
			if err != nil {
				return nil, nil, err
			}
			rows = append(rows, row)
		}
		if len(page) == 0 {
			break
		}
	}
	totals, err := reconcile.Totals(rows)
	if err != nil {
		return nil, nil, fmt.Errorf("add up the refunds of %s: %w", shop, err)
	}
	return rows, totals, nil
}

func (r *Reporter) row(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (reconcile.Row, error) {
	order, err := r.Records.Order(ctx, shop, id)
	if err != nil {
		return reconcile.Row{}, fmt.Errorf("read order %s: %w", id, err)
	}
	all, err := r.Records.Refunds(ctx, shop, id)
	if err != nil {
		return reconcile.Row{}, err
	}
	intents, err := r.Records.Intents(ctx, shop, id)
	if err != nil {
		return reconcile.Row{}, fmt.Errorf("read intents of order %s: %w", id, err)
	}
	return reconcile.Of(reconcile.Books{Order: order, Refunds: all, Intents: intents})
}

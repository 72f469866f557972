package refunds

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// Records is what a report reads.
type Records interface {
	// Refunded reads the money of the orders of which something was refunded in
	// Shopify from since to before until (zero for no end), each with all its
	// refunds, in the order of their first in that time.
	Refunded(ctx context.Context, shop shopify.Domain, since, until time.Time) ([]links.Refunded, error)
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
	list, err := r.Records.Refunded(ctx, shop, since, until)
	if err != nil {
		return nil, nil, err
	}
	rows := make([]reconcile.Row, len(list))
	for n, one := range list {
		if rows[n], err = reconcile.Of(reconcile.Books(one)); err != nil {
			return nil, nil, err
		}
	}
	totals, err := reconcile.Totals(rows)
	if err != nil {
		return nil, nil, fmt.Errorf("add up the refunds of %s: %w", shop, err)
	}
	return rows, totals, nil
}

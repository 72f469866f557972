package refunds

import (
	"context"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// RefundList reads what is known of an order's refunds.
type RefundList interface {
	Lines(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error)
	Refunds(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Refund, error)
}

// Missed finds refunds and cancellations in Shopify that no webhook told of, for the sweep.
type Missed struct{ Ledger RefundList }

// Missing asks for a look at the order when one of its refunds is not in the
// ledger, or when it was cancelled while units of it stand. With pull_refunds
// off nothing is looked at: turning it on looks at all.
func (m *Missed) Missing(ctx context.Context, settings shops.Settings, order links.Order, marks shopify.OrderMarks, cause string) ([]Job, error) {
	ours := order.State == links.Written || order.State == links.Cancelled
	if !settings.PullRefunds || !ours || len(marks.Refunds) == 0 && marks.CancelledAt == "" {
		return nil, nil
	}
	known, err := m.Ledger.Refunds(ctx, order.Shop, order.ID)
	if err != nil {
		return nil, err
	}
	missing := slices.ContainsFunc(marks.Refunds, func(id shopify.GID) bool { return !lists(known, id) })
	if !missing && marks.CancelledAt != "" && order.State == links.Written && !lists(known, order.ShopifyOrder) {
		lines, err := m.Ledger.Lines(ctx, order.Shop, order.ID)
		if err != nil {
			return nil, fmt.Errorf("read lines of order %s: %w", order.ID, err)
		}
		missing = slices.ContainsFunc(lines, func(l links.Line) bool { return len(standingOf(l, nil)) > 0 })
	}
	if !missing {
		return nil, nil
	}
	return []Job{ForwardArgs{Shop: order.Shop, Order: order.ID, Cause: cause}}, nil
}

func lists(refunds []links.Refund, id shopify.GID) bool {
	return slices.ContainsFunc(refunds, func(one links.Refund) bool { return one.ID == id })
}

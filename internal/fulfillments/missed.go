package fulfillments

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ShipmentList reads what is known of an order's shipments.
type ShipmentList interface {
	Shipments(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Shipment, error)
}

// Missed finds fulfillments that no webhook told of, for the sweep.
type Missed struct{ Ledger ShipmentList }

// Missing asks for a look at the order when one of its fulfillments is not in
// the ledger, was cancelled without the ledger knowing, or changed after the
// ledger's last call about it and the last look: a number may have come or been
// corrected.
func (m *Missed) Missing(ctx context.Context, settings shops.Settings, order links.Order, marks shopify.OrderMarks, cause string) ([]Job, error) {
	if !settings.PullFulfillments || order.State != links.Written || len(marks.Fulfillments) == 0 {
		return nil, nil
	}
	known, err := m.Ledger.Shipments(ctx, order.Shop, order.ID)
	if err != nil {
		return nil, fmt.Errorf("read shipments of order %s: %w", order.ID, err)
	}
	if !slices.ContainsFunc(marks.Fulfillments, func(f shopify.FulfillmentMark) bool { return news(f, known) }) {
		return nil, nil
	}
	return []Job{FollowArgs{Shop: order.Shop, Order: order.ID, Cause: cause}}, nil
}

// news tells whether a fulfillment is other than the ledger has it.
func news(f shopify.FulfillmentMark, shipments []links.Shipment) bool {
	stands := shopify.Fulfillment{Status: f.Status}.Stands()
	var known, counted bool
	var last time.Time
	for _, s := range shipments {
		if s.Fulfillment != f.ID {
			continue
		}
		known = true
		counted = counted || s.State != links.ShipmentUndone && s.State != links.ShipmentDropped
		for _, at := range []*time.Time{&s.CreatedAt, s.SentAt, s.ShippedAt, s.DeliveredAt, s.LookedAt} {
			if at != nil && at.After(last) {
				last = *at
			}
		}
	}
	if !stands {
		return counted
	}
	changed, err := time.Parse(time.RFC3339, f.UpdatedAt)
	return !known || err != nil || changed.Add(sameMoment).After(last)
}

// sameMoment is how near to our own last call, or look, a change may be and still
// count as news: Shopify tells whole seconds, by a clock of its own. To look once
// more costs a call; a correction that is passed by is never sent.
const sameMoment = 2 * time.Second

package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// What lists and statistics need is kept with the write that it follows from:
// here, and nowhere else. Each statement runs only when there is something to
// do, so that saving an order again costs none of them.

// followOrder comes after an order was saved.
func (s *Store) followOrder(ctx context.Context, q *db.Queries, before db.OrderStateRow, order links.Order) error {
	var errs []error
	if before.ShopifyName != order.ShopifyName {
		errs = append(errs, q.SetNameKey(ctx, db.SetNameKeyParams{Shop: order.Shop, OrderID: order.ID, NameKey: nameKey(order.ShopifyName)}))
	}
	if (before.Status == tiktok.PartiallyShipping) != (order.Status == tiktok.PartiallyShipping) {
		errs = append(errs, q.ShippedByStatus(ctx, db.ShippedByStatusParams{Shop: order.Shop, OrderID: order.ID}))
	}
	// An order that was written is never anything but written or cancelled again: it is counted once.
	if order.State == links.Written && before.State != links.Written {
		errs = append(errs, s.countWritten(ctx, q, before, order))
	}
	return errors.Join(errs...)
}

// nameKey is a Shopify name in the form in which names are looked for.
func nameKey(name string) string {
	return strings.ToLower(strings.TrimLeft(strings.TrimSpace(name), "#"))
}

func (s *Store) countWritten(ctx context.Context, q *db.Queries, before db.OrderStateRow, order links.Order) error {
	const heardOfWithin = 24 * time.Hour
	written, heardOf := s.now(), timeOf(before.CreatedAt)
	if order.WrittenAt != nil {
		written = *order.WrittenAt
	}
	if heardOf.IsZero() {
		heardOf = written
	}
	row := db.CountWrittenParams{Shop: order.Shop, Slot: links.SlotOf(written).Unix()}
	if !order.OrderedAt.IsZero() && heardOf.Sub(order.OrderedAt) <= heardOfWithin {
		row.Measured, row.Delay = 1, max(written.Sub(order.OrderedAt), 0).Milliseconds()
	}
	return q.CountWritten(ctx, row)
}

// countCompleted counts a refund that was not completed before: it stays so for ever.
func (s *Store) countCompleted(ctx context.Context, q *db.Queries, shop shopify.Domain, before links.RefundState, refund links.Refund) error {
	if refund.State != links.RefundCompleted || before == links.RefundCompleted {
		return nil
	}
	row := db.CountCompletedParams{Shop: shop, Slot: links.SlotOf(s.now()).Unix(), Currency: refund.Currency}
	if refund.Completed != "" {
		amount, err := money.Parse(refund.Completed, money.Currency(refund.Currency))
		if err != nil {
			return fmt.Errorf("count what was paid: %w", err)
		}
		row.Amount = amount.Minor()
	}
	return q.CountCompleted(ctx, row)
}

// followShipments comes after shipments of the leased order were saved.
func followShipments(ctx context.Context, q *db.Queries, lease links.Lease) error {
	rows, err := q.Shipments(ctx, db.ShipmentsParams{Shop: lease.Shop, OrderID: lease.Order})
	if err != nil {
		return err
	}
	shipments := make([]links.Shipment, len(rows))
	for n, row := range rows {
		shipments[n] = links.Shipment{State: row.State, Reason: row.Reason, Handled: row.Handled}
	}
	// The order's status, which tells part from whole, is known where the leg is kept.
	leg, reason := links.ShipmentsLeg(links.Order{}, shipments)
	return q.SetShipmentsLeg(ctx, db.SetShipmentsLegParams{Shop: lease.Shop, OrderID: lease.Order, Leg: leg, Reason: reason})
}

// followRefunds comes after refunds of an order were saved.
func followRefunds(ctx context.Context, q *db.Queries, shop shopify.Domain, id tiktok.OrderID) error {
	rows, err := q.OrderRefunds(ctx, db.OrderRefundsParams{Shop: shop, OrderID: id})
	if err != nil {
		return err
	}
	refunds := make([]links.Refund, len(rows))
	for n, row := range rows {
		refunds[n] = links.Refund{State: row.State, Reason: row.Reason}
	}
	leg, reason := links.RefundsLeg(refunds)
	return q.SetRefundsLeg(ctx, db.SetRefundsLegParams{Shop: shop, OrderID: id, Leg: leg, Reason: reason})
}

// refollowRefunds comes after refunds were erased whose orders may have stayed.
func refollowRefunds(ctx context.Context, q *db.Queries, shop shopify.Domain) error {
	ids, err := q.RefundedOrders(ctx, shop)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := followRefunds(ctx, q, shop, id); err != nil {
			return err
		}
	}
	return nil
}

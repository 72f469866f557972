package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Refunded reads the money of the orders of which something was refunded in
// Shopify from since to before until (zero for no end), each with all its
// refunds, in the order of their first in that time.
func (s *Store) Refunded(ctx context.Context, shop shopify.Domain, since, until time.Time) ([]links.Refunded, error) {
	period := db.OrdersOfRefundedParams{Shop: shop, Since: micros(since), Until: math.MaxInt64}
	if !until.IsZero() {
		period.Until = micros(until)
	}
	// Orders last: each was there before its refunds.
	refunds, err1 := s.read.RefundsOfRefunded(ctx, db.RefundsOfRefundedParams(period))
	steps, err2 := s.read.StepsOfRefunded(ctx, db.StepsOfRefundedParams(period))
	intents, err3 := s.read.IntentsOfRefunded(ctx, db.IntentsOfRefundedParams(period))
	orders, err4 := s.read.OrdersOfRefunded(ctx, period)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, fmt.Errorf("read what was refunded in %s: %w", shop, err)
	}
	known := make(map[tiktok.OrderID]links.Order, len(orders))
	for _, row := range orders {
		known[row.OrderID] = links.Order{Shop: shop, ID: row.OrderID, ShopifyOrder: row.ShopifyOrder, ShopifyName: row.ShopifyName, Total: row.Total, Currency: row.Currency}
	}
	list := make([]links.Refunded, 0, len(orders))
	place := make(map[tiktok.OrderID]int, len(orders))
	slices.SortFunc(refunds, func(a, b db.RefundsOfRefundedRow) int {
		return cmp.Or(cmp.Compare(a.RefundedAt, b.RefundedAt), cmp.Compare(a.ShopifyRefund, b.ShopifyRefund))
	})
	for _, row := range refunds {
		if _, seen := place[row.OrderID]; seen || row.RefundedAt < period.Since || row.RefundedAt >= period.Until {
			continue
		}
		order, ok := known[row.OrderID]
		if !ok {
			return nil, fmt.Errorf("read order %s of refund %s: %w", row.OrderID, row.ShopifyRefund, links.ErrNotFound)
		}
		place[row.OrderID] = len(list)
		list = append(list, links.Refunded{Order: order})
	}
	stepsOf := make(map[shopify.GID][]links.RefundStep, len(steps))
	for _, row := range steps {
		stepsOf[row.ShopifyRefund] = append(stepsOf[row.ShopifyRefund], links.RefundStep{Kind: row.Kind, State: row.State, Amount: row.Amount})
	}
	for _, row := range refunds {
		if at, ok := place[row.OrderID]; ok {
			list[at].Refunds = append(list[at].Refunds, links.Refund{
				Shop: shop, Order: row.OrderID, ID: row.ShopifyRefund, State: row.State, Reason: row.Reason, Amount: row.Amount, Completed: row.Completed,
				RefundedAt: timeOf(row.RefundedAt), Steps: stepsOf[row.ShopifyRefund],
			})
		}
	}
	for _, row := range intents {
		if at, ok := place[row.OrderID]; ok {
			list[at].Intents = append(list[at].Intents, links.Intent{Shop: shop, Order: row.OrderID, Kind: row.Kind, State: row.State, Amount: row.Amount})
		}
	}
	return list, nil
}

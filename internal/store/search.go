package store

import (
	"context"
	"fmt"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const mostListed = 200

func orderPlace(cursor string) (place, error) {
	if cursor == "" {
		return top(orderPart), nil
	}
	from, err := parsePlace(cursor)
	if err != nil || from.part != orderPart {
		return place{}, links.ErrCursor
	}
	return from, nil
}

// OrdersIn lists orders in that state for that reason whose id comes after the
// given one, in the order of their ids.
func (s *Store) OrdersIn(ctx context.Context, shop shopify.Domain, state links.State, reason, after string, limit int) ([]links.Order, error) {
	rows, err := s.read.OrdersIn(ctx, db.OrdersInParams{
		Shop: shop, State: state, Reason: reason, After: tiktok.OrderID(after), Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list %s orders of %s: %w", state, shop, err)
	}
	return ordersOf(rows), nil
}

func ordersOf(rows []db.Order) []links.Order {
	list := make([]links.Order, len(rows))
	for n, row := range rows {
		list[n] = orderOf(row)
	}
	return list
}

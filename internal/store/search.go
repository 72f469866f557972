package store

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	mostListed   = 200
	longestQuery = 100
)

// SearchOrders lists a shop's orders whose TikTok number or Shopify name begins
// with query (a leading # and the case do not matter), the newest first; an
// empty query lists all. The returned cursor leads to the next page and is
// empty on the last; one that is not ours gives links.ErrCursor.
func (s *Store) SearchOrders(ctx context.Context, shop shopify.Domain, query string, limit int, cursor string) ([]links.Order, string, error) {
	from, err := orderPlace(cursor)
	if err != nil {
		return nil, "", err
	}
	prefix := strings.ToLower(strings.TrimLeft(strings.TrimSpace(query), "#"))
	if len(prefix) > longestQuery || !utf8.ValidString(prefix) || strings.ContainsRune(prefix, 0) {
		return nil, "", nil // nothing has such a name
	}
	limit = min(max(limit, 1), mostListed)
	rows, err := s.read.SearchOrders(ctx, db.SearchOrdersParams{
		Shop: shop, Size: int32(utf8.RuneCountInString(prefix)), Prefix: tiktok.OrderID(prefix),
		Before: from.at, BeforeID: tiktok.OrderID(from.id), Most: int32(limit + 1),
	})
	if err != nil {
		return nil, "", fmt.Errorf("search orders of %s: %w", shop, err)
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		next = place{part: "o", at: last.CreatedAt, id: string(last.OrderID)}.String()
	}
	return ordersOf(rows), next, nil
}

func orderPlace(cursor string) (place, error) {
	if cursor == "" {
		return top("o"), nil
	}
	from, err := parsePlace(cursor)
	if err != nil || from.part != "o" {
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

// OrderCounts tells how many orders are in each state; no shop means all shops.
func (s *Store) OrderCounts(ctx context.Context, shop shopify.Domain) (map[links.State]int, error) {
	rows, err := s.read.CountOrders(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("count orders: %w", err)
	}
	counts := make(map[links.State]int, len(rows))
	for _, row := range rows {
		counts[row.State] = int(row.Orders)
	}
	return counts, nil
}

func ordersOf(rows []db.Order) []links.Order {
	list := make([]links.Order, len(rows))
	for n, row := range rows {
		list[n] = orderOf(row)
	}
	return list
}

// OrderElsewhere tells whether another shop has an order of that number.
func (s *Store) OrderElsewhere(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (bool, error) {
	elsewhere, err := s.read.OrderElsewhere(ctx, db.OrderElsewhereParams{Shop: shop, OrderID: id})
	if err != nil {
		return false, fmt.Errorf("look for order %s in other shops: %w", id, err)
	}
	return elsewhere, nil
}

package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// EventsIn lists what was received in the span (until is not in it) after the
// event of that id, the oldest first.
func (s *Store) EventsIn(ctx context.Context, since, until time.Time, after string, limit int) ([]inbox.Event, error) {
	rows, err := s.read.EventsIn(ctx, db.EventsInParams{
		Since: micros(since), Until: micros(until), After: after, Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return s.eventsOf(rows)
}

// EventsOfDelivery lists the events that a platform delivered under that id.
func (s *Store) EventsOfDelivery(ctx context.Context, id string) ([]inbox.Event, error) {
	rows, err := s.read.EventsOfDelivery(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read events of delivery %s: %w", id, err)
	}
	return s.eventsOf(rows)
}

// EventsOfOrder lists what both platforms delivered about a TikTok order of a
// shop, the oldest first; with an empty shop what came before any was known to
// have it. Shopify's events name its own order.
func (s *Store) EventsOfOrder(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]inbox.Event, error) {
	order, err := s.Order(ctx, shop, id)
	if err != nil && !errors.Is(err, links.ErrNotFound) {
		return nil, err
	}
	rows, err := s.read.EventsOfOrder(ctx, db.EventsOfOrderParams{Shop: shop, OrderID: id, ShopifyOrder: order.ShopifyOrder})
	if err != nil {
		return nil, fmt.Errorf("list events of order %s: %w", id, err)
	}
	return s.eventsOf(rows)
}

func (s *Store) eventsOf(rows []db.Event) ([]inbox.Event, error) {
	list := make([]inbox.Event, len(rows))
	for n, row := range rows {
		var err error
		if list[n], err = s.eventOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

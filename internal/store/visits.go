package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// CountVisit counts one visit through the shop's return link, now.
func (s *Store) CountVisit(ctx context.Context, shop shopify.Domain, outcome links.VisitOutcome) error {
	at := s.now().UTC()
	err := s.change(ctx, func(q *db.Queries) error {
		return q.CountVisit(ctx, db.CountVisitParams{Shop: shop, Day: micros(at.Truncate(24 * time.Hour)), Outcome: string(outcome), At: micros(at)})
	})
	if err != nil {
		return fmt.Errorf("count a visit to %s: %w", shop, err)
	}
	return nil
}

// Visits are the shop's visits by day and outcome, the oldest first, of the days since.
func (s *Store) Visits(ctx context.Context, shop shopify.Domain, since time.Time) ([]links.Visits, error) {
	rows, err := s.read.Visits(ctx, db.VisitsParams{Shop: shop, Since: micros(since)})
	if err != nil {
		return nil, fmt.Errorf("read visits to %s: %w", shop, err)
	}
	list := make([]links.Visits, len(rows))
	for n, row := range rows {
		list[n] = links.Visits{Day: timeOf(row.Day), Outcome: links.VisitOutcome(row.Outcome), Count: int(row.Visits), FirstAt: timeOf(row.FirstAt)}
	}
	return list, nil
}

// FirstVisit is when a buyer of a real order first came through the return link; false when none has.
func (s *Store) FirstVisit(ctx context.Context, shop shopify.Domain) (time.Time, bool, error) {
	first, err := s.read.FirstVisit(ctx, shop)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read first visit to %s: %w", shop, err)
	}
	return timeOf(first), first > 0, nil
}

package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// TakeDueExceptions hands each open exception of an order that it is time to
// look at again to job, keeps the jobs and remembers the look, all in one
// transaction. Due is what was opened since then, not looked at for pause nor
// for a tenth of its age, on an order in that state (empty: any). It takes at
// most that many, the longest unlooked at first, and returns how many it took.
func (s *Store) TakeDueExceptions(ctx context.Context, code exceptions.Code, state links.State, since time.Time, pause time.Duration, most int, job func(exceptions.Exception) Job) (int, error) {
	now, taken := s.now(), 0
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		rows, err := q.TakeDueExceptions(ctx, db.TakeDueExceptionsParams{
			Now: micros(now), Code: code, Since: micros(since), Before: micros(now.Add(-pause)), State: state, Most: int32(most),
		})
		if err != nil {
			return nil, err
		}
		jobs := make([]Job, len(rows))
		for n, row := range rows {
			jobs[n] = job(exceptionOf(row))
		}
		taken = len(jobs)
		return jobs, nil
	})
	if err != nil {
		return 0, fmt.Errorf("take due %s: %w", code, err)
	}
	return taken, nil
}

// OrdersWithException lists orders with an open exception of that code and an
// id greater than after, in the order of their ids.
func (s *Store) OrdersWithException(ctx context.Context, shop shopify.Domain, code exceptions.Code, after string, limit int) ([]tiktok.OrderID, error) {
	ids, err := s.read.OrdersWithException(ctx, db.OrdersWithExceptionParams{
		Shop: shop, Code: code, After: tiktok.OrderID(after), Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list orders of %s with %s: %w", shop, code, err)
	}
	return ids, nil
}

// ExceptionCounts tells how many of the shop's exceptions of each code are open.
func (s *Store) ExceptionCounts(ctx context.Context, shop shopify.Domain) (map[exceptions.Code]int, error) {
	rows, err := s.read.CountOpenByCode(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("count exceptions of %s: %w", shop, err)
	}
	counts := make(map[exceptions.Code]int, len(rows))
	for _, row := range rows {
		counts[row.Code] = int(row.Open)
	}
	return counts, nil
}

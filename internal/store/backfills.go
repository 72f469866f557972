package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// AddBackfill keeps a new backfill with the job of its first page, or returns
// backfills.ErrRunning while another one of the TikTok shop runs.
func (s *Store) AddBackfill(ctx context.Context, b backfills.Backfill, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		if err := onlyRunning(ctx, q, b); err != nil {
			return nil, err
		}
		return jobs, q.AddBackfill(ctx, db.AddBackfillParams{
			ID: b.ID, Shop: b.Shop, TiktokShop: b.TikTokShop, FromAt: micros(b.From), ToAt: micros(b.To), DryRun: b.DryRun,
			State: b.State, Message: b.Message, Found: int64(b.Found), Imported: int64(b.Imported), Skipped: int64(b.Skipped),
			Ran: b.Ran.Microseconds(), StartedAt: micros(b.StartedAt), ProgressedAt: micros(b.ProgressedAt), FinishedAt: microsOf(b.FinishedAt),
			Turn: b.Turn, WindowFrom: micros(b.Place.From), WindowTo: micros(b.Place.To), PageToken: b.Place.Page,
			WindowFound: int64(b.Place.Seen.Found), WindowImported: int64(b.Place.Seen.Imported), WindowSkipped: int64(b.Place.Seen.Skipped),
		})
	})
	if err != nil {
		return fmt.Errorf("add backfill %s: %w", b.ID, err)
	}
	return nil
}

// SaveBackfill keeps the backfill as the turn after b.Turn, with the jobs that
// follow. It returns backfills.ErrOvertaken when another turn came first and
// backfills.ErrRunning when b would be the second running one of its TikTok shop.
func (s *Store) SaveBackfill(ctx context.Context, b backfills.Backfill, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		if err := onlyRunning(ctx, q, b); err != nil {
			return nil, err
		}
		rows, err := q.SaveBackfill(ctx, db.SaveBackfillParams{
			State: b.State, Message: b.Message, Found: int64(b.Found), Imported: int64(b.Imported), Skipped: int64(b.Skipped),
			Ran: b.Ran.Microseconds(), ProgressedAt: micros(b.ProgressedAt), FinishedAt: microsOf(b.FinishedAt),
			WindowFrom: micros(b.Place.From), WindowTo: micros(b.Place.To), PageToken: b.Place.Page,
			WindowFound: int64(b.Place.Seen.Found), WindowImported: int64(b.Place.Seen.Imported), WindowSkipped: int64(b.Place.Seen.Skipped),
			Shop: b.Shop, ID: b.ID, Turn: b.Turn,
		})
		return jobs, touched(rows, err, backfills.ErrOvertaken)
	})
	if err != nil {
		return fmt.Errorf("save backfill %s: %w", b.ID, err)
	}
	return nil
}

// onlyRunning holds off other backfills of the shop until the transaction ends,
// and refuses b when it would run beside another one.
func onlyRunning(ctx context.Context, q *db.Queries, b backfills.Backfill) error {
	if b.State != backfills.Running {
		return nil
	}
	if _, err := q.LockShop(ctx, b.Shop); err != nil {
		return err
	}
	runs, err := q.OtherBackfillRuns(ctx, db.OtherBackfillRunsParams{Shop: b.Shop, TiktokShop: b.TikTokShop, ID: b.ID})
	if err == nil && runs {
		return backfills.ErrRunning
	}
	return err
}

// Backfill is the shop's backfill of that id, or backfills.ErrNotFound.
func (s *Store) Backfill(ctx context.Context, shop shopify.Domain, id string) (backfills.Backfill, error) {
	row, err := s.read.Backfill(ctx, db.BackfillParams{Shop: shop, ID: id})
	if err != nil {
		return backfills.Backfill{}, fmt.Errorf("read backfill: %w", one(err, backfills.ErrNotFound))
	}
	return backfillOf(row), nil
}

// Backfills lists the shop's, the newest first.
func (s *Store) Backfills(ctx context.Context, shop shopify.Domain, limit int) ([]backfills.Backfill, error) {
	rows, err := s.read.ListBackfills(ctx, db.ListBackfillsParams{Shop: shop, Most: int32(min(max(limit, 1), mostListed))})
	if err != nil {
		return nil, fmt.Errorf("list backfills of %s: %w", shop, err)
	}
	list := make([]backfills.Backfill, len(rows))
	for n, row := range rows {
		list[n] = backfillOf(row)
	}
	return list, nil
}

func backfillOf(row db.Backfill) backfills.Backfill {
	return backfills.Backfill{
		ID: row.ID, Shop: row.Shop, TikTokShop: row.TiktokShop, From: timeOf(row.FromAt), To: timeOf(row.ToAt), DryRun: row.DryRun,
		State: row.State, Message: row.Message, Counts: backfills.Counts{Found: int(row.Found), Imported: int(row.Imported), Skipped: int(row.Skipped)},
		Ran: time.Duration(row.Ran) * time.Microsecond, StartedAt: timeOf(row.StartedAt), ProgressedAt: timeOf(row.ProgressedAt),
		FinishedAt: timeOrNil(row.FinishedAt), Turn: row.Turn,
		Place: backfills.Place{
			From: timeOf(row.WindowFrom), To: timeOf(row.WindowTo), Page: row.PageToken,
			Seen: backfills.Counts{Found: int(row.WindowFound), Imported: int(row.WindowImported), Skipped: int(row.WindowSkipped)},
		},
	}
}

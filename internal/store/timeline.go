package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

var _ timeline.Writer = (*Store)(nil)

// AppendTimeline adds entries to their orders' stories, or lets them wait for
// the next unit of work where the context collects them.
func (s *Store) AppendTimeline(ctx context.Context, entries ...timeline.Entry) error {
	if timeline.Add(ctx, entries...) {
		return nil
	}
	err := s.change(ctx, func(q *db.Queries) error { return s.tell(ctx, q, entries) })
	if err != nil {
		return fmt.Errorf("append to timeline: %w", err)
	}
	return nil
}

// tell writes the entries.
func (s *Store) tell(ctx context.Context, q *db.Queries, entries []timeline.Entry) error {
	for _, e := range entries {
		facts, err := json.Marshal(e.Facts)
		if err != nil {
			return fmt.Errorf("encode facts: %w", err)
		}
		err = q.AppendTimeline(ctx, db.AppendTimelineParams{
			Shop: e.Shop, OrderID: e.Order, ID: s.newID(e.At), At: micros(e.At), Kind: e.Kind,
			Body: e.Text, Facts: string(facts), Latency: e.Latency.Microseconds(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Timeline is the order's story, the oldest entry first; of a very long one the newest part.
func (s *Store) Timeline(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]timeline.Entry, error) {
	rows, err := s.read.ListTimeline(ctx, db.ListTimelineParams{Shop: shop, OrderID: order, Most: timeline.MostRead})
	if err != nil {
		return nil, fmt.Errorf("read timeline of order %s: %w", order, err)
	}
	entries := make([]timeline.Entry, len(rows))
	for n, row := range rows {
		entries[n] = timeline.Entry{
			Shop: row.Shop, Order: row.OrderID, At: timeOf(row.At), Kind: row.Kind, Text: row.Body,
			Latency: time.Duration(row.Latency) * time.Microsecond,
		}
		if err := json.Unmarshal([]byte(row.Facts), &entries[n].Facts); err != nil {
			return nil, fmt.Errorf("decode timeline of order %s: %w", order, err)
		}
	}
	slices.Reverse(entries)
	return entries, nil
}

package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ChangeReasons keeps the rows given, in place of those of the same reason, and
// removes those without one of TikTok's: all of them, with the jobs that follow, or none.
func (s *Store) ChangeReasons(ctx context.Context, shop shopify.Domain, rows []mappings.Reason, jobs ...Job) error {
	now := micros(s.now())
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		for _, row := range rows {
			var err error
			if row.Removed() {
				err = q.DeleteReason(ctx, db.DeleteReasonParams{Shop: shop, Reason: row.Shopify})
			} else {
				err = q.SaveReason(ctx, db.SaveReasonParams{Shop: shop, Reason: row.Shopify, Tiktok: row.TikTok, Note: row.Note, UpdatedAt: now})
			}
			if err != nil {
				return nil, fmt.Errorf("reason %s: %w", row.Shopify, err)
			}
		}
		return jobs, nil
	})
	if err != nil {
		return fmt.Errorf("change reasons of %s: %w", shop, err)
	}
	return nil
}

// Reasons lists a shop's answers in the order of Shopify's names.
func (s *Store) Reasons(ctx context.Context, shop shopify.Domain) ([]mappings.Reason, error) {
	rows, err := s.read.ListReasons(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("list reasons of %s: %w", shop, err)
	}
	list := make([]mappings.Reason, len(rows))
	for n, row := range rows {
		list[n] = mappings.Reason{Shopify: row.Reason, TikTok: row.Tiktok, Note: row.Note, UpdatedAt: timeOf(row.UpdatedAt)}
	}
	return list, nil
}

// RefundReasons is the same as a table from Shopify's names to TikTok's.
func (s *Store) RefundReasons(ctx context.Context, shop shopify.Domain) (map[string]string, error) {
	list, err := s.Reasons(ctx, shop)
	if err != nil {
		return nil, err
	}
	table := make(map[string]string, len(list))
	for _, row := range list {
		table[row.Shopify] = row.TikTok
	}
	return table, nil
}

// WrittenOrders lists orders in Shopify with an id greater than after that
// changed since, in the order of their ids.
func (s *Store) WrittenOrders(ctx context.Context, shop shopify.Domain, since time.Time, after tiktok.OrderID, limit int) ([]tiktok.OrderID, error) {
	ids, err := s.read.WrittenOrders(ctx, db.WrittenOrdersParams{
		Shop: shop, Since: micros(since), After: after, Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list orders of %s in shopify: %w", shop, err)
	}
	return ids, nil
}

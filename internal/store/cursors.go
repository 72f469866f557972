package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Cursor is how far a reader of that name has come; one that never read is at 0.
func (s *Store) Cursor(ctx context.Context, shop shopify.Domain, id tiktok.ShopID, name string) (links.Cursor, error) {
	row, err := s.read.Cursor(ctx, db.CursorParams{Shop: shop, TiktokShop: id, Name: name})
	if errors.Is(err, sql.ErrNoRows) {
		return links.Cursor{Shop: shop, TikTokShop: id, Name: name}, nil
	}
	if err != nil {
		return links.Cursor{}, fmt.Errorf("read cursor %s of tiktok shop %s: %w", name, id, err)
	}
	return links.Cursor{
		Shop: row.Shop, TikTokShop: row.TiktokShop, Name: row.Name,
		Value: row.Value, Until: row.Until, Reached: row.Reached, Page: row.Page,
	}, nil
}

// SaveCursor keeps the cursor together with the jobs for what it has passed.
// Its value never goes back.
func (s *Store) SaveCursor(ctx context.Context, c links.Cursor, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		return jobs, q.SaveCursor(ctx, db.SaveCursorParams{
			Shop: c.Shop, TiktokShop: c.TikTokShop, Name: c.Name, Value: c.Value, Reached: c.Reached, Until: c.Until, Page: c.Page,
		})
	})
	if err != nil {
		return fmt.Errorf("save cursor %s of tiktok shop %s: %w", c.Name, c.TikTokShop, err)
	}
	return nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// LoopKey is the shop's key for Loop's API; empty where there is none.
func (s *Store) LoopKey(ctx context.Context, shop shopify.Domain) (secret.String, error) {
	sealed, err := s.read.LoopKey(ctx, shop)
	if errors.Is(err, sql.ErrNoRows) {
		return secret.String{}, nil
	}
	if err != nil {
		return secret.String{}, fmt.Errorf("read loop key of %s: %w", shop, err)
	}
	plain, err := s.keyring.Open(loopKeyContext(shop), sealed)
	if err != nil {
		return secret.String{}, fmt.Errorf("open loop key of %s: %w", shop, err)
	}
	return secret.New(string(plain)), nil
}

// keepLoopKey carries out what a change of settings says about the key.
func (s *Store) keepLoopKey(ctx context.Context, q *db.Queries, shop shopify.Domain, settings *shops.Settings) error {
	key := settings.LoopKey
	settings.LoopKey = nil
	switch {
	case key == nil:
		return nil
	case key.Empty():
		settings.LoopKeySet = false
		return q.DeleteLoopKey(ctx, shop)
	}
	settings.LoopKeySet = true
	return q.SaveLoopKey(ctx, db.SaveLoopKeyParams{
		Shop: shop, KeySealed: s.keyring.Seal(loopKeyContext(shop), []byte(key.Reveal())), UpdatedAt: micros(s.now()),
	})
}

// loopKeyContext binds a sealed key to its shop.
func loopKeyContext(shop shopify.Domain) string { return "loop key|" + string(shop) }

// LoopCheck is what Loop last answered about the order; its CheckedAt is zero when Loop was never asked.
func (s *Store) LoopCheck(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) (links.LoopCheck, error) {
	row, err := s.read.LoopCheck(ctx, db.LoopCheckParams{Shop: shop, OrderID: order})
	if errors.Is(err, sql.ErrNoRows) {
		return links.LoopCheck{Shop: shop, Order: order}, nil
	}
	if err != nil {
		return links.LoopCheck{}, fmt.Errorf("read loop check of order %s: %w", order, err)
	}
	return links.LoopCheck{
		Shop: row.Shop, Order: row.OrderID, CheckedAt: timeOf(row.CheckedAt), Found: row.Found,
		Code: row.Code, Message: row.Message, Tries: int(row.Tries),
	}, nil
}

// SaveLoopCheck keeps Loop's answer in place of the one before.
func (s *Store) SaveLoopCheck(ctx context.Context, check links.LoopCheck) error {
	err := s.change(ctx, func(q *db.Queries) error {
		return q.SaveLoopCheck(ctx, db.SaveLoopCheckParams{
			Shop: check.Shop, OrderID: check.Order, CheckedAt: micros(check.CheckedAt), Found: check.Found,
			Code: check.Code, Message: check.Message, Tries: int64(check.Tries),
		})
	})
	if err != nil {
		return fmt.Errorf("save loop check of order %s: %w", check.Order, err)
	}
	return nil
}

// LoopChecksWith lists orders whose last answer of Loop has that code and whose
// id is greater than after, in the order of their ids.
func (s *Store) LoopChecksWith(ctx context.Context, shop shopify.Domain, code string, after tiktok.OrderID, limit int) ([]tiktok.OrderID, error) {
	ids, err := s.read.LoopChecksWith(ctx, db.LoopChecksWithParams{Shop: shop, Code: code, After: after, Most: int32(min(max(limit, 1), mostListed))})
	if err != nil {
		return nil, fmt.Errorf("list loop checks of %s with %s: %w", shop, code, err)
	}
	return ids, nil
}

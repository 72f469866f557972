package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

var _ tokens.Store = (*Store)(nil)

// TokenPair is the pair of that key, or tokens.ErrNone.
func (s *Store) TokenPair(ctx context.Context, key tokens.Key) (tokens.Pair, error) {
	row, err := s.read.TokenPair(ctx, db.TokenPairParams{Platform: key.Platform, Shop: shopify.Domain(key.Shop), Seller: key.Seller})
	if err != nil {
		return tokens.Pair{}, fmt.Errorf("read %s: %w", key, one(err, tokens.ErrNone))
	}
	access, err := s.keyring.Open(tokenContext(key, "access"), row.AccessSealed)
	if err != nil {
		return tokens.Pair{}, fmt.Errorf("open %s: %w", key, err)
	}
	refresh, err := s.keyring.Open(tokenContext(key, "refresh"), row.RefreshSealed)
	if err != nil {
		return tokens.Pair{}, fmt.Errorf("open %s: %w", key, err)
	}
	scopes, err := listOf(row.Scopes)
	if err != nil {
		return tokens.Pair{}, fmt.Errorf("read %s: %w", key, err)
	}
	return tokens.Pair{
		Access: secret.New(string(access)), Refresh: secret.New(string(refresh)),
		AccessExpiresAt: timeOf(row.AccessExpiresAt), RefreshExpiresAt: timeOf(row.RefreshExpiresAt),
		Scopes: scopes, Generation: row.Generation, RefusedAt: timeOrNil(row.RefusedAt),
	}, nil
}

// SaveTokenPair keeps a pair that the platform gave anew, whatever was kept
// before; it clears a refusal and ends a lease.
func (s *Store) SaveTokenPair(ctx context.Context, key tokens.Key, pair tokens.Pair) error {
	err := s.change(ctx, func(q *db.Queries) error { return s.saveTokenPair(ctx, q, key, pair) })
	if err != nil {
		return fmt.Errorf("save %s: %w", key, err)
	}
	return nil
}

func (s *Store) saveTokenPair(ctx context.Context, q *db.Queries, key tokens.Key, pair tokens.Pair) error {
	scopes, err := listText(pair.Scopes)
	if err != nil {
		return err
	}
	return q.SaveTokenPair(ctx, db.SaveTokenPairParams{
		Platform: key.Platform, Shop: shopify.Domain(key.Shop), Seller: key.Seller,
		AccessSealed:  s.keyring.Seal(tokenContext(key, "access"), []byte(pair.Access.Reveal())),
		RefreshSealed: s.keyring.Seal(tokenContext(key, "refresh"), []byte(pair.Refresh.Reveal())),
		// A pair without an end would be used for ever; 0 reads as long past.
		AccessExpiresAt: micros(pair.AccessExpiresAt), RefreshExpiresAt: micros(pair.RefreshExpiresAt), Scopes: scopes,
	})
}

// LeaseTokenPair gives the right to renew the pair to one caller until then; false while another has it.
func (s *Store) LeaseTokenPair(ctx context.Context, key tokens.Key, now, until time.Time) (bool, error) {
	var rows int64
	err := s.change(ctx, func(q *db.Queries) (err error) {
		rows, err = q.LeaseTokenPair(ctx, db.LeaseTokenPairParams{
			Until: micros(until), Platform: key.Platform, Shop: shopify.Domain(key.Shop), Seller: key.Seller, Now: micros(now),
		})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", key, err)
	}
	return rows == 1, nil
}

// ReleaseTokenPair ends the lease.
func (s *Store) ReleaseTokenPair(ctx context.Context, key tokens.Key) error {
	err := s.change(ctx, func(q *db.Queries) error {
		return q.ReleaseTokenPair(ctx, db.ReleaseTokenPairParams{Platform: key.Platform, Shop: shopify.Domain(key.Shop), Seller: key.Seller})
	})
	if err != nil {
		return fmt.Errorf("release %s: %w", key, err)
	}
	return nil
}

// RenewTokenPair replaces the pair of the given generation, or returns
// tokens.ErrNone when it is gone or was replaced.
func (s *Store) RenewTokenPair(ctx context.Context, key tokens.Key, pair tokens.Pair) error {
	scopes, err := listText(pair.Scopes)
	if err != nil {
		return fmt.Errorf("renew %s: %w", key, err)
	}
	err = s.change(ctx, func(q *db.Queries) error {
		rows, err := q.RenewTokenPair(ctx, db.RenewTokenPairParams{
			Platform: key.Platform, Shop: shopify.Domain(key.Shop), Seller: key.Seller, Generation: pair.Generation,
			AccessSealed:    s.keyring.Seal(tokenContext(key, "access"), []byte(pair.Access.Reveal())),
			RefreshSealed:   s.keyring.Seal(tokenContext(key, "refresh"), []byte(pair.Refresh.Reveal())),
			AccessExpiresAt: micros(pair.AccessExpiresAt), RefreshExpiresAt: micros(pair.RefreshExpiresAt), Scopes: scopes,
		})
		return touched(rows, err, tokens.ErrNone)
	})
	if err != nil {
		return fmt.Errorf("renew %s: %w", key, err)
	}
	return nil
}

// RefuseTokenPair remembers that the platform refused to renew that generation,
// and keeps the jobs that follow.
func (s *Store) RefuseTokenPair(ctx context.Context, key tokens.Key, generation int64, at time.Time, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		return jobs, q.RefuseTokenPair(ctx, db.RefuseTokenPairParams{
			Platform: key.Platform, Shop: shopify.Domain(key.Shop), Seller: key.Seller, Generation: generation, RefusedAt: micros(at),
		})
	})
	if err != nil {
		return fmt.Errorf("refuse %s: %w", key, err)
	}
	return nil
}

// RefusedTokens names the shop's tokens that their platform refused to renew.
func (s *Store) RefusedTokens(ctx context.Context, shop shopify.Domain) ([]tokens.Key, error) {
	rows, err := s.read.RefusedTokens(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("list refused tokens of %s: %w", shop, err)
	}
	keys := make([]tokens.Key, len(rows))
	for n, row := range rows {
		keys[n] = tokens.Key{Platform: row.Platform, Shop: string(shop), Seller: row.Seller}
	}
	return keys, nil
}

// Permissions tell until when the permission of each of the shop's sellers lasts.
func (s *Store) Permissions(ctx context.Context, shop shopify.Domain) (map[tiktok.OpenID]shops.Permission, error) {
	rows, err := s.read.SellerTokens(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("list permissions of %s: %w", shop, err)
	}
	list := make(map[tiktok.OpenID]shops.Permission, len(rows))
	for _, row := range rows {
		list[tiktok.OpenID(row.Seller)] = shops.Permission{Until: timeOf(row.RefreshExpiresAt), Ended: row.RefusedAt != 0}
	}
	return list, nil
}

// tokenContext binds a sealed token to where it belongs.
func tokenContext(key tokens.Key, field string) string {
	return "token|" + key.Platform + "|" + key.Shop + "|" + key.Seller + "|" + field
}

package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// Connect keeps a seller's authorization, its tokens, the TikTok shops it
// covers and the work that waited for them, all or nothing. A shop that was connected before keeps the time of
// its connection and stays off when the merchant had switched it off. The error
// wraps shops.ErrTaken when a TikTok shop belongs to another Shopify shop, and
// shops.ErrNotFound when the Shopify shop is not installed (any more). The jobs
// that follow are kept in the same transaction.
func (s *Store) Connect(ctx context.Context, auth shops.Authorization, pair tokens.Pair, connections []shops.Connection, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		if err := lockInstalled(ctx, q, auth.Shop); err != nil {
			return nil, err
		}
		err := q.SaveAuthorization(ctx, db.SaveAuthorizationParams{
			Shop: auth.Shop, OpenID: auth.OpenID, SellerName: auth.SellerName, SellerRegion: auth.SellerRegion,
		})
		if err != nil {
			return nil, err
		}
		key := tokens.Key{Platform: tokens.TikTok, Shop: string(auth.Shop), Seller: string(auth.OpenID)}
		if err := s.saveTokenPair(ctx, q, key, pair); err != nil {
			return nil, err
		}
		for _, c := range connections {
			if err := s.saveConnection(ctx, q, auth, c); err != nil {
				return nil, fmt.Errorf("tiktok shop %s: %w", c.TikTokShop, err)
			}
		}
		// A TikTok shop may have come over from another of the seller's authorizations.
		return jobs, dropIdle(ctx, q, auth.Shop, auth.OpenID)
	})
	if err != nil {
		return fmt.Errorf("connect tiktok seller to %s: %w", auth.Shop, err)
	}
	return nil
}

func (s *Store) saveConnection(ctx context.Context, q *db.Queries, auth shops.Authorization, c shops.Connection) error {
	at := c.ConnectedAt
	if at.IsZero() {
		at = s.now()
	}
	rows, err := q.SaveConnection(ctx, db.SaveConnectionParams{
		TiktokShop: c.TikTokShop, Shop: auth.Shop, OpenID: auth.OpenID, Name: c.Name, Region: c.Region,
		Cipher: c.Cipher, Currency: c.Currency, ConnectedAt: micros(at), OffReason: c.Off,
	})
	return touched(rows, err, shops.ErrTaken)
}

// lockInstalled keeps an uninstallation out until the transaction ends.
func lockInstalled(ctx context.Context, q *db.Queries, domain shopify.Domain) error {
	rows, err := q.LockShop(ctx, domain)
	if err := touched(rows, err, shops.ErrNotFound); err != nil {
		return err
	}
	row, err := q.Shop(ctx, domain)
	if err == nil && row.UninstalledAt != 0 {
		err = shops.ErrNotFound
	}
	return err
}

// dropIdle deletes authorizations, and their tokens, that no connection needs.
func dropIdle(ctx context.Context, q *db.Queries, domain shopify.Domain, spared tiktok.OpenID) error {
	return errors.Join(
		q.DeleteIdleAuthorizations(ctx, db.DeleteIdleAuthorizationsParams{Shop: domain, Spared: spared}),
		q.DeleteIdleTokens(ctx, db.DeleteIdleTokensParams{Shop: domain, Platform: tokens.TikTok}),
	)
}

// Disconnect forgets a TikTok shop and how far it was read, and its
// authorization and tokens with the last one, or returns shops.ErrNotFound.
func (s *Store) Disconnect(ctx context.Context, domain shopify.Domain, id tiktok.ShopID, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		rows, err := q.DeleteConnection(ctx, db.DeleteConnectionParams{Shop: domain, TiktokShop: id})
		if err := touched(rows, err, shops.ErrNotFound); err != nil {
			return nil, err
		}
		return jobs, errors.Join(
			q.DeleteCursors(ctx, db.DeleteCursorsParams{Shop: domain, TiktokShop: id}),
			dropIdle(ctx, q, domain, ""),
		)
	})
	if err != nil {
		return fmt.Errorf("disconnect tiktok shop %s: %w", id, err)
	}
	return nil
}

// SetConnectionOff switches a TikTok shop off for that reason, or on with
// shops.On, and keeps the jobs that follow.
func (s *Store) SetConnectionOff(ctx context.Context, domain shopify.Domain, id tiktok.ShopID, reason shops.OffReason, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		rows, err := q.SetConnectionOff(ctx, db.SetConnectionOffParams{Shop: domain, TiktokShop: id, OffReason: reason})
		return jobs, touched(rows, err, shops.ErrNotFound)
	})
	if err != nil {
		return fmt.Errorf("switch tiktok shop %s: %w", id, err)
	}
	return nil
}

// Connections are the shop's TikTok shops, on and off, the oldest first.
func (s *Store) Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error) {
	rows, err := s.read.Connections(ctx, domain)
	if err != nil {
		return nil, fmt.Errorf("list connections of %s: %w", domain, err)
	}
	list := make([]shops.Connection, len(rows))
	for n, row := range rows {
		list[n] = connectionOf(row)
	}
	return list, nil
}

// AllConnections are those of every shop, on and off.
func (s *Store) AllConnections(ctx context.Context) ([]shops.Connection, error) {
	rows, err := s.read.AllConnections(ctx)
	if err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	list := make([]shops.Connection, len(rows))
	for n, row := range rows {
		list[n] = connectionOf(row)
	}
	return list, nil
}

// Connection is the one of that TikTok shop, or shops.ErrNotFound.
func (s *Store) Connection(ctx context.Context, id tiktok.ShopID) (shops.Connection, error) {
	row, err := s.read.Connection(ctx, id)
	if err != nil {
		return shops.Connection{}, fmt.Errorf("read connection of tiktok shop %s: %w", id, one(err, shops.ErrNotFound))
	}
	return connectionOf(row), nil
}

// Authorizations are the shop's.
func (s *Store) Authorizations(ctx context.Context, domain shopify.Domain) ([]shops.Authorization, error) {
	rows, err := s.read.Authorizations(ctx, domain)
	if err != nil {
		return nil, fmt.Errorf("list authorizations of %s: %w", domain, err)
	}
	list := make([]shops.Authorization, len(rows))
	for n, row := range rows {
		list[n] = shops.Authorization(row)
	}
	return list, nil
}

// Authorization is the shop's by that seller, or shops.ErrNotFound.
func (s *Store) Authorization(ctx context.Context, domain shopify.Domain, seller tiktok.OpenID) (shops.Authorization, error) {
	row, err := s.read.Authorization(ctx, db.AuthorizationParams{Shop: domain, OpenID: seller})
	if err != nil {
		return shops.Authorization{}, fmt.Errorf("read authorization of %s: %w", domain, one(err, shops.ErrNotFound))
	}
	return shops.Authorization(row), nil
}

func connectionOf(row db.Connection) shops.Connection {
	return shops.Connection{
		Shop: row.Shop, TikTokShop: row.TiktokShop, OpenID: row.OpenID, Name: row.Name, Region: row.Region,
		Cipher: row.Cipher, Currency: row.Currency, ConnectedAt: timeOf(row.ConnectedAt), Off: row.OffReason,
	}
}

package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// InstallShop keeps a shop that just gave a token, with the token and the work
// that waited for it. A shop that
// is new gets a slug and default settings, one that was uninstalled begins its
// next installation with the settings it had; an installed one is brought up to
// date. Empty fields leave what is known. Slug, Installation and the times are
// the store's to give. The jobs that follow are kept in the same transaction.
func (s *Store) InstallShop(ctx context.Context, shop shops.Shop, pair tokens.Pair, jobs ...Job) (shops.Shop, error) {
	scopes, err := listText(shop.Scopes)
	if err != nil {
		return shops.Shop{}, fmt.Errorf("install shop %s: %w", shop.Domain, err)
	}
	defaults, err := json.Marshal(shops.DefaultSettings())
	if err != nil {
		return shops.Shop{}, fmt.Errorf("install shop %s: %w", shop.Domain, err)
	}
	var row db.Shop
	err = s.within(ctx, func(q *db.Queries) ([]Job, error) {
		var err error
		row, err = q.InstallShop(ctx, db.InstallShopParams{
			Domain: shop.Domain, Slug: strings.ToLower(rand.Text()), Name: shop.Name, Currency: shop.Currency,
			TimeZone: shop.TimeZone, TaxesIncluded: shop.TaxesIncluded, Scopes: scopes, Now: micros(s.now()),
		})
		if err != nil {
			return nil, err
		}
		settings := db.AddSettingsParams{Shop: shop.Domain, Body: string(defaults), UpdatedAt: micros(s.now())}
		if err := q.AddSettings(ctx, settings); err != nil {
			return nil, err
		}
		return jobs, s.saveTokenPair(ctx, q, tokens.Key{Platform: tokens.Shopify, Shop: string(shop.Domain)}, pair)
	})
	if err != nil {
		return shops.Shop{}, fmt.Errorf("install shop %s: %w", shop.Domain, err)
	}
	return shopOf(row)
}

// Shop is the shop of that domain, installed or not, or shops.ErrNotFound.
func (s *Store) Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error) {
	row, err := s.read.Shop(ctx, domain)
	if err != nil {
		return shops.Shop{}, fmt.Errorf("read shop %s: %w", domain, one(err, shops.ErrNotFound))
	}
	return shopOf(row)
}

// ShopBySlug is the shop whose return link holds slug, or shops.ErrNotFound.
func (s *Store) ShopBySlug(ctx context.Context, slug string) (shops.Shop, error) {
	row, err := s.read.ShopBySlug(ctx, slug)
	if err != nil {
		return shops.Shop{}, fmt.Errorf("read shop by slug: %w", one(err, shops.ErrNotFound))
	}
	return shopOf(row)
}

// Shops are those that have the app now, by domain.
func (s *Store) Shops(ctx context.Context) ([]shops.Shop, error) {
	rows, err := s.read.InstalledShops(ctx)
	if err != nil {
		return nil, fmt.Errorf("list shops: %w", err)
	}
	list := make([]shops.Shop, len(rows))
	for n, row := range rows {
		if list[n], err = shopOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// UpdateShop keeps name, currency, time zone and tax display, or returns shops.ErrNotFound.
func (s *Store) UpdateShop(ctx context.Context, shop shops.Shop) error {
	err := s.change(ctx, func(q *db.Queries) error {
		rows, err := q.UpdateShop(ctx, db.UpdateShopParams{
			Domain: shop.Domain, Name: shop.Name, Currency: shop.Currency, TimeZone: shop.TimeZone, TaxesIncluded: shop.TaxesIncluded,
		})
		return touched(rows, err, shops.ErrNotFound)
	})
	if err != nil {
		return fmt.Errorf("update shop %s: %w", shop.Domain, err)
	}
	return nil
}

// SetScopes keeps the scopes that Shopify granted to an installed shop, with the
// jobs that follow, or returns shops.ErrNotFound.
func (s *Store) SetScopes(ctx context.Context, domain shopify.Domain, scopes []string, jobs ...Job) error {
	text, err := listText(scopes)
	if err != nil {
		return fmt.Errorf("set scopes of %s: %w", domain, err)
	}
	err = s.within(ctx, func(q *db.Queries) ([]Job, error) {
		rows, err := q.SetScopes(ctx, db.SetScopesParams{Domain: domain, Scopes: text})
		return jobs, touched(rows, err, shops.ErrNotFound)
	})
	if err != nil {
		return fmt.Errorf("set scopes of %s: %w", domain, err)
	}
	return nil
}

// UninstallShop ends an installation: tokens, authorizations and connections
// are deleted at once, so its TikTok shops can be connected elsewhere. It
// reports false, and changes nothing, for a shop that is not installed and for
// a message from before Shopify last gave us a token: that one ended an earlier
// installation. No time means now.
func (s *Store) UninstallShop(ctx context.Context, domain shopify.Domain, triggeredAt time.Time) (bool, error) {
	if triggeredAt.IsZero() {
		triggeredAt = s.now()
	}
	ended := false
	err := s.change(ctx, func(q *db.Queries) error {
		rows, err := q.MarkUninstalled(ctx, db.MarkUninstalledParams{
			Now: micros(s.now()), Domain: domain, TriggeredAt: micros(triggeredAt),
		})
		if err != nil || rows == 0 {
			return err
		}
		ended = true
		return dropAccess(ctx, q, domain)
	})
	if err != nil {
		return false, fmt.Errorf("uninstall %s: %w", domain, err)
	}
	return ended, nil
}

// dropAccess deletes what lets us act for the shop.
func dropAccess(ctx context.Context, q *db.Queries, domain shopify.Domain) error {
	for _, drop := range []func(context.Context, shopify.Domain) error{
		q.DeleteTokens, q.DeleteConnections, q.DeleteAuthorizations, q.DeleteStates, q.DeleteShopCursors, q.DeleteLoopKey,
	} {
		if err := drop(ctx, domain); err != nil {
			return err
		}
	}
	return nil
}

func shopOf(row db.Shop) (shops.Shop, error) {
	scopes, err := listOf(row.Scopes)
	if err != nil {
		return shops.Shop{}, fmt.Errorf("read scopes of %s: %w", row.Domain, err)
	}
	return shops.Shop{
		Domain: row.Domain, Slug: row.Slug, Name: row.Name, Currency: row.Currency, TimeZone: row.TimeZone,
		TaxesIncluded: row.TaxesIncluded, Scopes: scopes, Installation: row.Installation,
		InstalledAt: timeOf(row.InstalledAt), AuthorizedAt: timeOf(row.AuthorizedAt), UninstalledAt: timeOrNil(row.UninstalledAt),
	}, nil
}

// Package installs brings a Shopify shop in: a grant becomes the shop's token,
// and the shop is asked for its name, currency and time zone.
//
// Routes call Ensure on each embedded page, which exchanges the page's session
// token when the shop has no token, and Finish at the end of the authorization
// code grant. The package never verifies what comes from outside: routes have
// checked session tokens and signatures before they call. What Shopify tells
// later (uninstalled, scopes changed, forget the shop) comes as jobs.
package installs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// Book keeps shops and their tokens.
type Book interface {
	// Shop returns shops.ErrNotFound for a shop that never had the app.
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	// TokenPair returns tokens.ErrNone where there is none.
	TokenPair(ctx context.Context, key tokens.Key) (tokens.Pair, error)
	// InstallShop begins an installation, or renews the token of the present one, and keeps the jobs that follow.
	InstallShop(ctx context.Context, shop shops.Shop, pair tokens.Pair, jobs ...Job) (shops.Shop, error)
	UpdateShop(ctx context.Context, shop shops.Shop) error
}

// Grants are the ways to a shop's token.
type Grants interface {
	ExchangeSessionToken(ctx context.Context, shop shopify.Domain, sessionToken string) (shopify.Grant, error)
	ExchangeCode(ctx context.Context, shop shopify.Domain, code string) (shopify.Grant, error)
}

// Describer asks a shop what it is called and what it sells in.
type Describer interface {
	ShopInfo(ctx context.Context, shop shopify.Domain) (shopify.ShopInfo, error)
}

// Installer brings shops in.
type Installer struct {
	Book   Book
	Grants Grants
	Shops  Describer
	// Renewed lists the jobs that take up what waited for a token; nil means none.
	Renewed func(shopify.Domain) []Job
	Now     func() time.Time
	Log     *slog.Logger

	flights singleflight.Group
}

// installWithin bounds the work of one installation.
const installWithin = 25 * time.Second

// Ensure makes sure that the shop is installed and has a token, and returns it.
// A shop that has both costs two reads and no call to Shopify. The session
// token has been verified and is the shop's. The error may wrap
// shopify.ErrGrantRefused.
func (i *Installer) Ensure(ctx context.Context, domain shopify.Domain, sessionToken string) (shops.Shop, error) {
	shop, ready, err := i.ready(ctx, domain)
	if err != nil || ready {
		return shop, err
	}
	return i.alone(ctx, domain, func(ctx context.Context) (shops.Shop, error) {
		// Another page load may have done it while this one waited.
		shop, ready, err := i.ready(ctx, domain)
		if err != nil || ready {
			return shop, err
		}
		if usable, err := i.tokenUsable(ctx, domain); err != nil {
			return shops.Shop{}, err
		} else if usable && shop.Domain != "" && shop.Installed() {
			return i.describe(ctx, shop) // only the description is missing
		}
		grant, err := i.Grants.ExchangeSessionToken(ctx, domain, sessionToken)
		if err != nil {
			return shops.Shop{}, fmt.Errorf("exchange session token of %s: %w", domain, err)
		}
		return i.install(ctx, domain, grant)
	})
}

// Finish ends the authorization code grant. The error may wrap shopify.ErrGrantRefused.
func (i *Installer) Finish(ctx context.Context, domain shopify.Domain, code string) (shops.Shop, error) {
	return i.alone(ctx, domain, func(ctx context.Context) (shops.Shop, error) {
		grant, err := i.Grants.ExchangeCode(ctx, domain, code)
		if err != nil {
			return shops.Shop{}, fmt.Errorf("exchange code of %s: %w", domain, err)
		}
		return i.install(ctx, domain, grant)
	})
}

// alone lets one installation of a shop run at a time and gives its result to
// all who wait: a second grant voids the first one's refresh token, so the two
// must not race to be kept. The work outlives its caller, because a grant that
// was given and not kept is lost.
func (i *Installer) alone(ctx context.Context, domain shopify.Domain, work func(context.Context) (shops.Shop, error)) (shops.Shop, error) {
	done := i.flights.DoChan(string(domain), func() (any, error) {
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), installWithin)
		defer cancel()
		return work(detached)
	})
	select {
	case <-ctx.Done():
		return shops.Shop{}, fmt.Errorf("install %s: %w", domain, ctx.Err())
	case result := <-done:
		shop, _ := result.Val.(shops.Shop)
		return shop, result.Err
	}
}

// ready tells whether nothing is left to do.
func (i *Installer) ready(ctx context.Context, domain shopify.Domain) (shops.Shop, bool, error) {
	shop, err := i.Book.Shop(ctx, domain)
	if errors.Is(err, shops.ErrNotFound) {
		return shops.Shop{}, false, nil
	}
	if err != nil {
		return shops.Shop{}, false, fmt.Errorf("read shop %s: %w", domain, err)
	}
	if !shop.Installed() || shop.Currency == "" {
		return shop, false, nil
	}
	usable, err := i.tokenUsable(ctx, domain)
	return shop, usable, err
}

// tokenUsable tells whether the shop's token works or can still be renewed.
func (i *Installer) tokenUsable(ctx context.Context, domain shopify.Domain) (bool, error) {
	pair, err := i.Book.TokenPair(ctx, Key(domain))
	if errors.Is(err, tokens.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read token of %s: %w", domain, err)
	}
	return pair.RefusedAt == nil && pair.RefreshExpiresAt.After(i.Now()), nil
}

func (i *Installer) install(ctx context.Context, domain shopify.Domain, grant shopify.Grant) (shops.Shop, error) {
	pair := tokens.Pair{
		Access: grant.Access, Refresh: grant.Refresh, Scopes: grant.Scopes,
		AccessExpiresAt: grant.AccessExpiresAt, RefreshExpiresAt: grant.RefreshExpiresAt,
	}
	shop, err := i.Book.InstallShop(ctx, shops.Shop{Domain: domain, Scopes: grant.Scopes, InstalledAt: i.Now()}, pair, following(i.Renewed, domain)...)
	if err != nil {
		return shops.Shop{}, fmt.Errorf("install %s: %w", domain, err)
	}
	i.Log.InfoContext(ctx, "shop.installed", "shop", domain, "installation", shop.Installation)
	return i.describe(ctx, shop)
}

// describe reads what orders need to know of the shop. Without its currency
// nothing can be written, so a failure is an error and the next page tries again.
func (i *Installer) describe(ctx context.Context, shop shops.Shop) (shops.Shop, error) {
	info, err := i.Shops.ShopInfo(ctx, shop.Domain)
	if err != nil {
		return shops.Shop{}, fmt.Errorf("read about %s: %w", shop.Domain, err)
	}
	shop.Name, shop.Currency, shop.TimeZone, shop.TaxesIncluded = info.Name, info.Currency, info.TimeZone, info.TaxesIncluded
	if err := i.Book.UpdateShop(ctx, shop); err != nil {
		return shops.Shop{}, fmt.Errorf("keep description of %s: %w", shop.Domain, err)
	}
	return shop, nil
}

// following are the jobs that the wiring wants to follow.
func following(list func(shopify.Domain) []Job, domain shopify.Domain) []Job {
	if list == nil {
		return nil
	}
	return list(domain)
}

// Key names a shop's token.
func Key(domain shopify.Domain) tokens.Key {
	return tokens.Key{Platform: tokens.Shopify, Shop: string(domain)}
}

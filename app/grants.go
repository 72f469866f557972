package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/installs"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// shopifyTokens and tiktokTokens show one refresher to each platform's client.
type (
	shopifyTokens struct{ refresher *tokens.Refresher }
	tiktokTokens  struct{ refresher *tokens.Refresher }
)

// Token is the shop's offline access token.
func (t shopifyTokens) Token(ctx context.Context, shop shopify.Domain) (secret.String, error) {
	token, err := t.refresher.Token(ctx, installs.Key(shop))
	return token, expired(err)
}

// Renew replaces a token that Shopify no longer takes.
func (t shopifyTokens) Renew(ctx context.Context, shop shopify.Domain, stale secret.String) (secret.String, error) {
	token, err := t.refresher.Renew(ctx, installs.Key(shop), stale)
	return token, expired(err)
}

// Token is the seller's access token.
func (t tiktokTokens) Token(ctx context.Context, holder string, id tiktok.OpenID) (secret.String, error) {
	token, err := t.refresher.Token(ctx, sellerKey(holder, id))
	return token, expired(err)
}

// Renew replaces a token that TikTok no longer takes.
func (t tiktokTokens) Renew(ctx context.Context, holder string, id tiktok.OpenID, stale secret.String) (secret.String, error) {
	token, err := t.refresher.Renew(ctx, sellerKey(holder, id), stale)
	return token, expired(err)
}

// expired marks an end of a token that only a person can mend.
func expired(err error) error {
	if errors.Is(err, tokens.ErrRefused) || errors.Is(err, tokens.ErrNone) {
		return fault.NeedsMerchant(string(exceptions.ConnectionExpired), "", err)
	}
	return err
}

// refresh asks the platform that the key names for a new pair.
func refresh(shops *shopify.App, sellers *tiktok.Client) tokens.Refresh {
	return func(ctx context.Context, key tokens.Key, old secret.String) (tokens.Pair, error) {
		switch key.Platform {
		case tokens.Shopify:
			g, err := shops.RefreshToken(ctx, shopify.Domain(key.Shop), old)
			if errors.Is(err, shopify.ErrGrantRefused) {
				err = fmt.Errorf("%w: %w", tokens.ErrRefused, err)
			}
			return tokens.Pair{Access: g.Access, Refresh: g.Refresh, AccessExpiresAt: g.AccessExpiresAt, RefreshExpiresAt: g.RefreshExpiresAt, Scopes: g.Scopes}, err
		case tokens.TikTok:
			g, err := sellers.RefreshGrant(ctx, old)
			if errors.Is(err, tiktok.ErrGrantRefused) {
				err = fmt.Errorf("%w: %w", tokens.ErrRefused, err)
			}
			return tokens.Pair{Access: g.Access, Refresh: g.Refresh, AccessExpiresAt: g.AccessExpiresAt, RefreshExpiresAt: g.RefreshExpiresAt, Scopes: g.Scopes}, err
		}
		return tokens.Pair{}, fmt.Errorf("%s: no such platform", key)
	}
}

// sellerKey names a seller's tokens.
func sellerKey(holder string, id tiktok.OpenID) tokens.Key {
	return tokens.Key{Platform: tokens.TikTok, Shop: holder, Seller: string(id)}
}

// stillTokens hand out what is kept and renew nothing: `check` must not use up
// a refresh token beside a running server.
type stillTokens struct{ store tokens.Store }

// errStale tells that a token would have to be renewed by the server.
var errStale = errors.New("the access token has run out; a running server renews it when it is next used")

func (t *stillTokens) token(ctx context.Context, key tokens.Key) (secret.String, error) {
	pair, err := t.store.TokenPair(ctx, key)
	switch {
	case err != nil:
		return secret.String{}, err
	case pair.RefusedAt != nil:
		return secret.String{}, tokens.ErrRefused
	case time.Now().After(pair.AccessExpiresAt):
		return secret.String{}, errStale
	}
	return pair.Access, nil
}

type (
	stillShopify struct{ *stillTokens }
	stillTikTok  struct{ *stillTokens }
)

// Token is the kept token.
func (t stillShopify) Token(ctx context.Context, shop shopify.Domain) (secret.String, error) {
	return t.token(ctx, installs.Key(shop))
}

// Renew says that the kept token is no good.
func (stillShopify) Renew(context.Context, shopify.Domain, secret.String) (secret.String, error) {
	return secret.String{}, errStale
}

// Token is the kept token.
func (t stillTikTok) Token(ctx context.Context, holder string, id tiktok.OpenID) (secret.String, error) {
	return t.token(ctx, sellerKey(holder, id))
}

// Renew says that the kept token is no good.
func (stillTikTok) Renew(context.Context, string, tiktok.OpenID, secret.String) (secret.String, error) {
	return secret.String{}, errStale
}

package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

// ErrGrantRefused is returned when Shopify will never take the code, session
// token or refresh token: used up, expired, replaced, or the app is uninstalled.
var ErrGrantRefused = errors.New("shopify refused the grant")

// App is the app at Shopify's authorization server. Its tokens are offline and
// expiring: since 2026 Shopify gives public apps no others.
type App struct {
	// ShopURL is where a shop's authorization server lives; {shop} is replaced by its domain.
	ShopURL   string
	APIKey    string
	APISecret secret.String
	HTTP      *http.Client
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Grant is an access token with what renews it.
type Grant struct {
	Access, Refresh  secret.String
	AccessExpiresAt  time.Time
	RefreshExpiresAt time.Time
	// Scopes are as Shopify lists them: a write scope includes its read scope without naming it.
	Scopes []string
}

// AuthorizeURL is where the merchant approves the app. It names no scopes:
// Shopify reads them from the app's configuration.
func (a *App) AuthorizeURL(shop Domain, redirect, state string) string {
	q := url.Values{"client_id": {a.APIKey}, "redirect_uri": {redirect}, "state": {state}}
	return shopAddress(a.ShopURL, shop) + "/admin/oauth/authorize?" + q.Encode()
}

// Words of Shopify's pages on token exchange and offline access tokens.
const (
	exchangeGrant  = "urn:ietf:params:oauth:grant-type:token-exchange"
	sessionSubject = "urn:ietf:params:oauth:token-type:id_token"
	offlineAccess  = "urn:shopify:params:oauth:token-type:offline-access-token"
)

// ExchangeCode trades the callback's code.
func (a *App) ExchangeCode(ctx context.Context, shop Domain, code string) (Grant, error) {
	return a.grant(ctx, "code exchange", shop, secret.New(code), map[string]string{"code": code, "expiring": "1"})
}

// ExchangeSessionToken trades a session token, as App Bridge gives it, for an
// offline token. Other refresh tokens of the shop die with it.
func (a *App) ExchangeSessionToken(ctx context.Context, shop Domain, sessionToken string) (Grant, error) {
	return a.grant(ctx, "token exchange", shop, secret.New(sessionToken), map[string]string{
		"grant_type": exchangeGrant, "subject_token": sessionToken, "subject_token_type": sessionSubject,
		"requested_token_type": offlineAccess, "expiring": "1",
	})
}

// RefreshToken trades a refresh token for a new pair. After a lost answer the
// same refresh token may be sent again, until its replacement has been used.
func (a *App) RefreshToken(ctx context.Context, shop Domain, refresh secret.String) (Grant, error) {
	return a.grant(ctx, "refresh", shop, refresh, map[string]string{"grant_type": "refresh_token", "refresh_token": refresh.Reveal()})
}

// grant trades given, which is among the fields, for a pair of tokens.
func (a *App) grant(ctx context.Context, op string, shop Domain, given secret.String, fields map[string]string) (Grant, error) {
	fields["client_id"], fields["client_secret"] = a.APIKey, a.APISecret.Reveal()
	body, err := json.Marshal(fields)
	if err != nil {
		return Grant{}, fmt.Errorf("encode %s: %w", op, err)
	}
	now := a.now() // before the request, so that no token is believed longer than it lives
	got, _, err := post(ctx, a.HTTP, shopAddress(a.ShopURL, shop)+"/admin/oauth/access_token", http.Header{"Content-Type": {"application/json"}}, body)
	if err != nil {
		return Grant{}, fmt.Errorf("%s for %s: %w", op, shop, &Error{Op: op, HTTPStatus: got.status, Message: transportText(err, a.APISecret, given), Err: err})
	}
	if !got.ok() {
		return Grant{}, fmt.Errorf("%s for %s: %w", op, shop, refusedGrant(op, got.without(a.APISecret, given)))
	}
	grant, err := readGrant(got.body, now)
	if err != nil {
		return Grant{}, fmt.Errorf("%s for %s: %w", op, shop, err)
	}
	return grant, nil
}

func (a *App) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// final are the OAuth errors that say that this very grant is worthless. A code
// that was not found or used before is an `invalid_request` at Shopify; for the
// other grants that code means that we asked wrongly, which is no reason to
// throw a token away.
var final = map[string][]string{
	"code exchange":  {"invalid_grant", "invalid_request"},
	"token exchange": {"invalid_grant", "invalid_subject_token"},
	"refresh":        {"invalid_grant"},
}

// refusedGrant reads {"error", "error_description"}.
func refusedGrant(op string, got answer) error {
	var wire struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	e := &Error{Op: op, HTTPStatus: got.status, RequestID: got.requestID(), retryAfter: got.retryAfter()}
	if json.Unmarshal(got.body, &wire) != nil || wire.Error == "" {
		e.Message = "the answer names no OAuth error"
		return e.later()
	}
	e.Codes, e.Message = []string{clip(wire.Error)}, scrub(wire.Description)
	if slices.Contains(final[op], wire.Error) && got.status < http.StatusInternalServerError {
		return fmt.Errorf("%w: %w", ErrGrantRefused, e)
	}
	if wire.Error == "invalid_client" || wire.Error == "application_cannot_be_found" {
		return fmt.Errorf("SHOPIFY_API_KEY and SHOPIFY_API_SECRET do not fit together: %w", e)
	}
	return e.later()
}

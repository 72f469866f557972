package shopifysim

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"
)

// Lifetimes of what the authority hands out. Shopify documents all but the code's, which only has to outlive a redirect.
const (
	accessTokenLife  = time.Hour
	refreshTokenLife = 90 * 24 * time.Hour
	refreshRetryLife = 30 * 24 * time.Hour
	codeLife         = 10 * time.Minute
)

// authority is Shopify's authorization server for one app and any number of shops: it sends merchants back with a code,
// trades codes, session tokens and refresh tokens for access tokens, and knows which access tokens still work.
//
// A shop nobody spoke of counts as installed: with Shopify-managed installation the merchant installs before the app is
// ever called. Revoke uninstalls; Install, or a merchant who passes through ServeAuthorize, installs again.
//
// The rules are those of Shopify's pages on token exchange, the authorization code grant and expiring offline access
// tokens. Two of them leave room, and the strict reading is taken: a used refresh token may be sent again only until
// its replacement, or the access token that came with it, is used for the first time; and such a retry makes the
// replacement that was given out before worthless, because an app has one refreshable token per shop.
type authority struct {
	apiKey, apiSecret string
	scopes            []string
	now               func() time.Time

	mu         sync.Mutex
	redirects  []string
	installs   map[string]*installation
	codes      map[string]authorizationCode
	violations []string
}

// installation is what one shop granted. Removing it drops every token.
type installation struct {
	removed bool
	scopes  []string
	access  map[string]accessToken
	refresh map[string]*refreshToken
}

type accessToken struct {
	expires time.Time // zero: never
	pair    *refreshToken
}

type refreshToken struct {
	expires   time.Time
	firstUsed time.Time     // zero: not used
	replaces  *refreshToken // the token whose use made this one
	dead      bool
}

type authorizationCode struct {
	shop    string
	expires time.Time
}

func newAuthority(apiKey, apiSecret string, scopes []string, now func() time.Time) *authority {
	return &authority{
		apiKey: apiKey, apiSecret: apiSecret, scopes: slices.Clone(scopes), now: now,
		installs: map[string]*installation{}, codes: map[string]authorizationCode{},
	}
}

// AllowRedirects names the only addresses an authorization may return to. Without it any absolute address will do.
func (a *authority) AllowRedirects(urls ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.redirects = slices.Clone(urls)
}

// Violations lists the requests that Shopify's documents do not allow, oldest first, without their secrets.
func (a *authority) Violations() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.violations)
}

// Scopes says what a bearer token may do in a shop, read scopes that a write scope implies included. Not ok means that
// Shopify answers 401: the token is unknown, another shop's, expired or revoked.
func (a *authority) Scopes(shop, bearerToken string) (scopes []string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	in := a.installation(shop)
	tok, known := in.access[bearerToken]
	if !known || (!tok.expires.IsZero() && !a.now().Before(tok.expires)) {
		return nil, false
	}
	tok.pair.settle()
	return withImplied(in.scopes), true
}

// Granted are the scopes that the shop granted the app; none where it is not installed.
func (a *authority) Granted(shop string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return withImplied(a.installation(shop).scopes)
}

// Install is a merchant installing, or installing again. Without scopes the app's configured ones are granted.
func (a *authority) Install(shop string, scopes ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.install(shop, scopes)
}

// Revoke is a merchant uninstalling: every access token, refresh token and code of the shop stops working at once.
func (a *authority) Revoke(shop string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	in := a.installation(shop)
	in.removed = true
	in.access, in.refresh = map[string]accessToken{}, map[string]*refreshToken{}
	for code, c := range a.codes {
		if c.shop == shop {
			delete(a.codes, code)
		}
	}
}

// SetScopes changes what a shop grants and returns what it granted before. Tokens that are already out follow: an
// access token stands for the installation, not for the moment it was issued.
func (a *authority) SetScopes(shop string, scopes ...string) (previous []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	in := a.installation(shop)
	previous, in.scopes = in.scopes, slices.Clone(scopes)
	return previous
}

// ExpireTokens lets every access token of a shop run out now. Refresh tokens stay good.
func (a *authority) ExpireTokens(shop string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	in := a.installation(shop)
	for s, tok := range in.access {
		tok.expires = a.now()
		in.access[s] = tok
	}
}

// installation needs mu.
func (a *authority) installation(shop string) *installation {
	in, ok := a.installs[shop]
	if !ok {
		in = a.install(shop, nil)
	}
	return in
}

// install needs mu.
func (a *authority) install(shop string, scopes []string) *installation {
	if len(scopes) == 0 {
		scopes = a.scopes
	}
	in, ok := a.installs[shop]
	if !ok {
		in = &installation{access: map[string]accessToken{}, refresh: map[string]*refreshToken{}}
		a.installs[shop] = in
	}
	in.removed, in.scopes = false, slices.Clone(scopes)
	return in
}

// issue makes an access token and, when it expires, the refresh token that goes with it; replaces is nil unless a
// refresh asked. Every other refresh token of the shop dies, but for the one that was just used. It needs mu.
func (a *authority) issue(in *installation, expiring bool, replaces *refreshToken) tokenAnswer {
	answer := tokenAnswer{AccessToken: "shpat_" + randomHex(16), Scope: strings.Join(withoutImplied(in.scopes), ",")}
	if !expiring {
		in.access[answer.AccessToken] = accessToken{}
		return answer
	}
	for _, old := range in.refresh {
		old.dead = old != replaces
	}
	pair := &refreshToken{expires: a.now().Add(refreshTokenLife), replaces: replaces}
	answer.RefreshToken = "shprt_" + randomHex(16)
	answer.ExpiresIn, answer.RefreshTokenExpiresIn = int(accessTokenLife.Seconds()), int(refreshTokenLife.Seconds())
	in.refresh[answer.RefreshToken] = pair
	in.access[answer.AccessToken] = accessToken{expires: a.now().Add(accessTokenLife), pair: pair}
	return answer
}

// settle notes the first use of a token pair, which ends the retries of the refresh token that it replaced.
func (t *refreshToken) settle() {
	if t != nil && t.replaces != nil {
		t.replaces.dead = true
	}
}

// usable says whether Shopify would still trade the token in.
func (t *refreshToken) usable(now time.Time) bool {
	if t == nil || t.dead || !now.Before(t.expires) {
		return false
	}
	return t.firstUsed.IsZero() || now.Before(t.firstUsed.Add(refreshRetryLife))
}

// withImplied adds read_x for every write_x.
func withImplied(scopes []string) []string {
	out := slices.Clone(scopes)
	for _, s := range scopes {
		if rest, write := strings.CutPrefix(s, "write_"); write && !slices.Contains(out, "read_"+rest) {
			out = append(out, "read_"+rest)
		}
	}
	return out
}

// withoutImplied drops read_x where write_x is there, as the scope field of a token answer does.
func withoutImplied(scopes []string) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool {
		rest, read := strings.CutPrefix(s, "read_")
		return read && slices.Contains(scopes, "write_"+rest)
	})
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}

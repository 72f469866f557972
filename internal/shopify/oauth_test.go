package shopify

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/secret"
)

// The code grant from end to end: authorize, the signed callback, the code, a refresh.
func TestCodeGrant(t *testing.T) {
	t.Parallel()
	const redirect = "https://app.test/auth/callback"
	b := simulated(t, shopifysim.Options{RedirectURLs: []string{redirect}}, shopifysim.ShopSpec{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.app.AuthorizeURL(testShop, redirect, "a-State_1"), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := withoutRedirects(b.app.HTTP).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	to, err := resp.Location()
	if err != nil {
		t.Fatalf("status %d: %v", resp.StatusCode, err)
	}
	q := to.Query()
	if err := VerifyQuery(q, time.Now(), secret.New(testSecret)); err != nil || q.Get("state") != "a-State_1" || q.Get("shop") != string(testShop) {
		t.Fatalf("callback %v: %v", q, err)
	}
	if host, err := ParseHost(q.Get("host"), "", testShop); err != nil || host != "admin.shopify.com/store/acme" {
		t.Errorf("host = %q, %v", host, err)
	}
	grant, err := b.app.ExchangeCode(t.Context(), testShop, q.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(grant.Scopes, "write_orders") || time.Until(grant.AccessExpiresAt) > time.Hour || time.Until(grant.RefreshExpiresAt) < 89*24*time.Hour {
		t.Errorf("grant until %v and %v for %v", grant.AccessExpiresAt, grant.RefreshExpiresAt, grant.Scopes)
	}
	if _, err := b.app.ExchangeCode(t.Context(), testShop, q.Get("code")); !errors.Is(err, ErrGrantRefused) {
		t.Errorf("a code used twice: %v", err)
	}
	fresh, err := b.app.RefreshToken(t.Context(), testShop, grant.Refresh)
	if err != nil || fresh.Access == grant.Access || fresh.Refresh == grant.Refresh {
		t.Errorf("refresh: %v", err)
	}
	if _, err := b.app.RefreshToken(t.Context(), testShop, secret.New("shprt_unknown")); !errors.Is(err, ErrGrantRefused) {
		t.Errorf("unknown refresh token: %v", err)
	}
}

func TestTokenExchange(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	if _, err := b.app.ExchangeSessionToken(t.Context(), testShop, b.sim.SessionToken(string(testShop), "7")); err != nil {
		t.Fatal(err)
	}
	old := b.sim.SessionToken(string(testShop), "7", shopifysim.IssuedAt(time.Now().Add(-time.Hour)))
	if _, err := b.app.ExchangeSessionToken(t.Context(), testShop, old); !errors.Is(err, ErrGrantRefused) {
		t.Errorf("expired session token: %v", err)
	}
	if err := b.sim.Uninstall(string(testShop)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.app.ExchangeSessionToken(t.Context(), testShop, b.sim.SessionToken(string(testShop), "7")); !errors.Is(err, ErrGrantRefused) {
		t.Errorf("uninstalled: %v", err)
	}
}

// A lost answer is passing: the same refresh token works again.
func TestRefreshAfterALostAnswer(t *testing.T) {
	t.Parallel()
	var script chaos.Script
	b := simulated(t, shopifysim.Options{Script: &script}, shopifysim.ShopSpec{})
	grant, err := b.app.ExchangeSessionToken(t.Context(), testShop, b.sim.SessionToken(string(testShop), "7"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []chaos.Kind{chaos.CutAfter, chaos.ServerError, chaos.Malformed, chaos.Throttled} {
		script.Add("access_token", chaos.Fault{Kind: kind}, 1)
		if _, err := b.app.RefreshToken(t.Context(), testShop, grant.Refresh); err == nil || errors.Is(err, ErrGrantRefused) || fault.Of(err) == fault.Asks {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := b.app.RefreshToken(t.Context(), testShop, grant.Refresh); err != nil {
		t.Errorf("the same token again: %v", err)
	}
}

func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	const good = `{"access_token":"shpat_secret","scope":"write_orders,read_products","expires_in":3600,"refresh_token":"shprt_secret","refresh_token_expires_in":7776000}`
	for name, tc := range map[string]struct {
		status int
		body   string
		want   string // in the error; empty: accepted
		final  bool
	}{
		"good":                 {200, good, "", false},
		"no refresh life":      {200, strings.Replace(good, `,"refresh_token_expires_in":7776000`, "", 1), "", false},
		"never expires":        {200, `{"access_token":"shpat_secret","scope":"write_orders"}`, "never expires", false},
		"no expires_in":        {200, strings.Replace(good, `"expires_in":3600,`, "", 1), "never expires", false},
		"no refresh token":     {200, strings.Replace(good, `"refresh_token":"shprt_secret",`, "", 1), "never expires", false},
		"no access token":      {200, strings.Replace(good, "shpat_secret", "", 1), "access_token", false},
		"negative life":        {200, strings.Replace(good, "3600", "-1", 1), "expires_in is -1", false},
		"absurd life":          {200, strings.Replace(good, "3600", "9000000000000000000", 1), "no life", false},
		"absurd refresh life":  {200, strings.Replace(good, "7776000", "9000000000", 1), "no life", false},
		"life of another type": {200, strings.Replace(good, "3600", `"shpat_secret"`, 1), "cannot be read", false},
		"no JSON":              {200, "shpat_secret", "cannot be read", false},
		"invalid grant":        {400, `{"error":"invalid_grant","error_description":"gone"}`, "invalid_grant: gone", true},
		"invalid request":      {400, `{"error":"invalid_request","error_description":"wrong"}`, "invalid_request", false},
		"wrong secret":         {401, `{"error":"invalid_client"}`, "SHOPIFY_API_SECRET", false},
		"unknown app":          {400, `{"error":"application_cannot_be_found"}`, "SHOPIFY_API_KEY", false},
		"HTML":                 {404, `<html>`, "HTTP 404", false},
		"server error":         {503, `{"error":"invalid_grant"}`, "HTTP 503", false},
		"moved":                {302, ``, "HTTP 302", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(saying(tc.status, tc.body))
			t.Cleanup(server.Close)
			app := &App{ShopURL: server.URL, APIKey: testKey, APISecret: secret.New(testSecret), Now: func() time.Time { return noon }}
			grant, err := app.RefreshToken(t.Context(), testShop, secret.New("shprt_old"))
			if tc.want == "" {
				if err != nil || grant.Access.Reveal() != "shpat_secret" || !grant.AccessExpiresAt.Equal(noon.Add(time.Hour)) ||
					!grant.RefreshExpiresAt.Equal(noon.Add(90*24*time.Hour)) || !slices.Equal(grant.Scopes, []string{"write_orders", "read_products"}) {
					t.Errorf("grant = %v %v %v, %v", grant.AccessExpiresAt, grant.RefreshExpiresAt, grant.Scopes, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) || errors.Is(err, ErrGrantRefused) != tc.final {
				t.Errorf("error = %v, want %q, final %v", err, tc.want, tc.final)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") && !strings.Contains(tc.want, "SECRET") || strings.Contains(err.Error(), "shprt")) {
				t.Errorf("%v holds a secret", err)
			}
		})
	}
}

func TestAuthorizeURL(t *testing.T) {
	t.Parallel()
	app := &App{ShopURL: "https://{shop}", APIKey: testKey}
	u, err := url.Parse(app.AuthorizeURL(testShop, "https://app.test/auth/callback", "s&t"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "https" || u.Host != string(testShop) || u.Path != "/admin/oauth/authorize" || q.Get("client_id") != testKey ||
		q.Get("redirect_uri") != "https://app.test/auth/callback" || q.Get("state") != "s&t" || q.Has("scope") {
		t.Errorf("address = %s", u)
	}
}

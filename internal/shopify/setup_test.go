package shopify

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/secret"
)

const (
	testShop   = Domain("acme.myshopify.com")
	testKey    = "app-key"
	testSecret = "app-secret"
	tiktokID   = "576461413038785752"
)

// fixedToken is a source whose token changes when it is renewed.
type fixedToken struct {
	mu      sync.Mutex
	token   string
	renewed int
	// err is what Renew returns instead.
	err error
}

func (f *fixedToken) Token(context.Context, Domain) (secret.String, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return secret.New(f.token), nil
}

func (f *fixedToken) Renew(context.Context, Domain, secret.String) (secret.String, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.renewed++
	if f.err != nil {
		return secret.String{}, f.err
	}
	f.token += "-renewed"
	return secret.New(f.token), nil
}

// serve starts a server that answers every call with h, and a client for it.
func serve(t *testing.T, h http.HandlerFunc) (*Client, *fixedToken) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	tokens := &fixedToken{token: "shpat_secret"}
	return &Client{ShopURL: server.URL + "/{shop}", HTTP: server.Client(), Tokens: tokens}, tokens
}

// saying answers every call alike.
func saying(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("X-Request-Id", "req-1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// simBench is a simulated shop with the app installed.
type simBench struct {
	sim    *shopifysim.Sim
	app    *App
	client *Client
	source *appTokens
}

// appTokens asks the simulator's authorization server for tokens.
type appTokens struct {
	app *App
	sim *shopifysim.Sim

	mu    sync.Mutex
	grant Grant
}

func (a *appTokens) Token(ctx context.Context, shop Domain) (secret.String, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.grant.Access.Empty() {
		grant, err := a.app.ExchangeSessionToken(ctx, shop, a.sim.SessionToken(string(shop), "7"))
		if err != nil {
			return secret.String{}, err
		}
		a.grant = grant
	}
	return a.grant.Access, nil
}

func (a *appTokens) Renew(ctx context.Context, shop Domain, _ secret.String) (secret.String, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	grant, err := a.app.RefreshToken(ctx, shop, a.grant.Refresh)
	if err != nil {
		return secret.String{}, err
	}
	a.grant = grant
	return grant.Access, nil
}

// simulated starts a simulator; a request that its contract does not allow fails the test.
func simulated(t *testing.T, opts shopifysim.Options, spec shopifysim.ShopSpec) *simBench {
	t.Helper()
	opts.APIKey, opts.APISecret = testKey, testSecret
	if opts.Scopes == nil {
		opts.Scopes = []string{
			"write_orders", "read_products", "write_merchant_managed_fulfillment_orders", "write_fulfillments", "read_locations", "read_returns",
		}
	}
	sim := shopifysim.New(opts)
	spec.Domain = string(testShop)
	if err := sim.AddShop(spec); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		for _, v := range sim.Violations() {
			t.Errorf("contract violated: %s", v)
		}
	})
	app := &App{ShopURL: server.URL + "/{shop}", APIKey: testKey, APISecret: secret.New(testSecret), HTTP: server.Client()}
	source := &appTokens{app: app, sim: sim}
	return &simBench{sim, app, &Client{ShopURL: app.ShopURL, HTTP: server.Client(), Tokens: source}, source}
}

func ptr[T any](v T) *T { return &v }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

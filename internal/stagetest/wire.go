package stagetest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// openStore gives the stage a migrated database of its own under a random key.
func (s *Stage) openStore() {
	s.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	keyring, err := secret.ParseKeyring(base64.StdEncoding.EncodeToString(key))
	s.Must(err)
	path := filepath.Join(s.TempDir(), "switchback.db")
	blank, err := migrated()
	s.Must(err)
	s.Must(os.WriteFile(path, blank, 0o600))
	s.Store, err = store.Open(s.Context(), "sqlite:"+path, store.Options{Keyring: keyring, Now: s.Clock.Now})
	s.Must(err)
	s.Cleanup(func() { _ = s.Store.Close() })
	s.Store.HandJobsTo(s.Jobs)
}

// Prepare has the database prepare all statements, which is worth its while in
// a test that asks the same hundreds of times.
func (s *Stage) Prepare() {
	s.Helper()
	s.Must(s.Store.Migrate(s.Context()))
}

func (s *Stage) serve(handler http.Handler) string {
	server := httptest.NewServer(handler)
	s.Cleanup(server.Close)
	return server.URL
}

// clients builds the app's clients as the program does: tokens are kept and
// renewed, and what is asked goes to the timeline.
func (s *Stage) clients() shopify.App {
	s.Helper()
	hub := &shopify.Client{ShopURL: s.serve(s.Shopify.Handler()) + "/{shop}", HTTP: http.DefaultClient, Now: s.Clock.Now}
	buyers := &tiktok.Client{AppKey: "key", ServiceID: "1", AppSecret: secret.New("secret"), HTTP: http.DefaultClient, Now: s.Clock.Now}
	buyers.BaseURL = s.serve(s.TikTok.Handler())
	buyers.AuthURL = buyers.BaseURL
	app := shopify.App{ShopURL: hub.ShopURL, APIKey: "key", APISecret: secret.New("secret"), HTTP: http.DefaultClient, Now: s.Clock.Now}
	refresher := &tokens.Refresher{Store: s.Store, Now: s.Clock.Now, Refresh: func(ctx context.Context, k tokens.Key, refresh secret.String) (tokens.Pair, error) {
		if k.Platform == tokens.Shopify {
			g, err := app.RefreshToken(ctx, Shop, refresh)
			return tokens.Pair{Access: g.Access, Refresh: g.Refresh, AccessExpiresAt: g.AccessExpiresAt, RefreshExpiresAt: g.RefreshExpiresAt, Scopes: g.Scopes}, err
		}
		g, err := buyers.RefreshGrant(ctx, refresh)
		return tokens.Pair{Access: g.Access, Refresh: g.Refresh, AccessExpiresAt: g.AccessExpiresAt, RefreshExpiresAt: g.RefreshExpiresAt, Scopes: g.Scopes}, err
	}}
	hub.Tokens, buyers.Tokens = shopifyTokens{refresher}, tiktokTokens{refresher}
	recorder := &timeline.Recorder{Writer: s.Store, Now: s.Clock.Now, Failed: func(err error) { s.Error(err) }}
	hub.Observe, buyers.Observe = recorder.Observe("shopify"), recorder.Observe("tiktok")
	s.ShopifyClient, s.TikTokClient = hub, buyers
	return app
}

// install has the merchant install the app, connect TikTok an hour ago and turn
// the switches on.
func (s *Stage) install(app shopify.App) {
	s.Helper()
	ctx := s.Context()
	grant, err := app.ExchangeSessionToken(ctx, Shop, s.Shopify.SessionToken(string(Shop), "1"))
	s.Must(err)
	_, err = s.Store.InstallShop(ctx, shops.Shop{Domain: Shop, Name: "Stoneware", Currency: "USD", TimeZone: "UTC", Scopes: grant.Scopes},
		tokens.Pair{Access: grant.Access, Refresh: grant.Refresh, AccessExpiresAt: grant.AccessExpiresAt, RefreshExpiresAt: grant.RefreshExpiresAt})
	s.Must(err)
	code, err := s.TikTok.Authorize(Seller)
	s.Must(err)
	seat, err := s.TikTokClient.ExchangeCode(ctx, code)
	s.Must(err)
	s.Must(s.Store.Connect(ctx, shops.Authorization{Shop: Shop, OpenID: seat.OpenID, SellerName: "Stoneware", SellerRegion: "US"},
		tokens.Pair{Access: seat.Access, Refresh: seat.Refresh, AccessExpiresAt: seat.AccessExpiresAt, RefreshExpiresAt: seat.RefreshExpiresAt},
		[]shops.Connection{{Shop: Shop, TikTokShop: TikTokShop, OpenID: seat.OpenID, Name: "Stoneware US", Region: "US", Cipher: "TTP_cipherUS", Currency: "USD", ConnectedAt: s.Clock.Now().Add(-time.Hour)}}))
	s.Set(func(settings *shops.Settings) {
		settings.PullOrders, settings.PushOrders = true, true
		longAgo := time.Unix(1700000000, 0)
		settings.ImportFrom = &longAgo
		if s.options.Switches != nil {
			s.options.Switches(settings)
		}
	})
}

// Set changes the shop's settings and leaves the jobs that follow.
func (s *Stage) Set(change func(*shops.Settings)) {
	s.Helper()
	_, err := s.Store.ChangeSettings(s.Context(), Shop, func(settings *shops.Settings) ([]store.Job, error) {
		before := *settings
		change(settings)
		if s.options.Released == nil {
			return nil, nil
		}
		return s.options.Released(Shop, before, *settings), nil
	})
	s.Must(err)
}

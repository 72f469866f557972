package orders_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const (
	shop       shopify.Domain = "stoneware.myshopify.com"
	tiktokShop tiktok.ShopID  = "7494000000000010001"
	seller                    = "SELLER-1"
	retryBase                 = time.Second
)

// scene is the importer between both simulated platforms and a real store, on
// a clock that moves when the importer waits.
type scene struct {
	*testing.T
	clock    *clock
	tiktok   *tiktoksim.Sim
	shopify  *shopifysim.Sim
	faults   *chaos.Script
	store    *store.Store
	importer *orders.Importer
	referrer *orders.Referrer
	jobs     *jobList
}

// setUp installs the shop, connects TikTok and turns both order switches on.
func setUp(t *testing.T, configure ...func(*shopifysim.Options, *shopifysim.ShopSpec)) *scene {
	t.Helper()
	s := &scene{T: t, clock: &clock{now: time.Unix(1795110000, 0).UTC()}, faults: &chaos.Script{}, jobs: &jobList{}}
	options := shopifysim.Options{
		APIKey: "key", APISecret: "secret", Scopes: []string{"write_orders", "read_products"}, AppURL: "https://app.example.com",
		Now: s.clock.Now, Script: s.faults, IndexLag: 5 * time.Second, LooseSearch: true,
	}
	spec := shopifysim.ShopSpec{Domain: string(shop), Currency: "USD"}
	for _, c := range configure {
		c(&options, &spec)
	}
	s.shopify = shopifysim.New(options)
	s.must(s.shopify.AddShop(spec))
	for _, sku := range []string{"MUG-12-SAGE", "TEE-BLK-L", "HAT-RST"} {
		_, err := s.shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: sku, ProductTitle: sku, Price: 1800, Stock: 10})
		s.must(err)
	}
	var err error
	s.tiktok, err = tiktoksim.New(tiktoksim.Options{
		AppKey: "key", AppSecret: "secret", ServiceID: "1", RedirectURL: "https://app.example.com/tiktok/callback", Now: s.clock.Now, Script: s.faults,
	})
	s.must(err)
	s.must(s.tiktok.AddSeller(tiktoksim.SellerSpec{OpenID: seller, Name: "Stoneware", Region: "US", Shops: []tiktoksim.ShopSpec{
		{ID: string(tiktokShop), Name: "Stoneware US", Region: "US", Cipher: "TTP_cipherUS"},
	}}))
	s.wire()
	t.Cleanup(func() {
		for _, v := range s.tiktok.Violations() {
			t.Errorf("contract violated: %v", v)
		}
		for _, v := range s.shopify.Violations() {
			t.Errorf("contract violated: %v", v)
		}
	})
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) serve(handler http.Handler) string {
	server := httptest.NewServer(handler)
	s.Cleanup(server.Close)
	return server.URL
}

func (s *scene) wire() {
	s.Helper()
	ctx := s.Context()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	keyring, err := secret.ParseKeyring(base64.StdEncoding.EncodeToString(key))
	s.must(err)
	path := filepath.Join(s.TempDir(), "switchback.db")
	blank, err := migrated()
	s.must(err)
	s.must(os.WriteFile(path, blank, 0o600))
	s.store, err = store.Open(ctx, "sqlite:"+path, store.Options{Keyring: keyring, Now: s.clock.Now})
	s.must(err)
	s.Cleanup(func() { _ = s.store.Close() })
	s.store.HandJobsTo(s.jobs)

	hub := &shopify.Client{ShopURL: s.serve(s.shopify.Handler()) + "/{shop}", HTTP: http.DefaultClient, Now: s.clock.Now}
	buyers := &tiktok.Client{AppKey: "key", ServiceID: "1", AppSecret: secret.New("secret"), HTTP: http.DefaultClient, Now: s.clock.Now}
	buyers.BaseURL = s.serve(s.tiktok.Handler())
	buyers.AuthURL = buyers.BaseURL
	app := shopify.App{ShopURL: hub.ShopURL, APIKey: "key", APISecret: secret.New("secret"), HTTP: http.DefaultClient, Now: s.clock.Now}
	refresher := &tokens.Refresher{Store: s.store, Now: s.clock.Now, Refresh: func(ctx context.Context, k tokens.Key, refresh secret.String) (tokens.Pair, error) {
		if k.Platform == tokens.Shopify {
			g, err := app.RefreshToken(ctx, shop, refresh)
			return tokens.Pair{Access: g.Access, Refresh: g.Refresh, AccessExpiresAt: g.AccessExpiresAt, RefreshExpiresAt: g.RefreshExpiresAt, Scopes: g.Scopes}, err
		}
		g, err := buyers.RefreshGrant(ctx, refresh)
		return tokens.Pair{Access: g.Access, Refresh: g.Refresh, AccessExpiresAt: g.AccessExpiresAt, RefreshExpiresAt: g.RefreshExpiresAt, Scopes: g.Scopes}, err
	}}
	hub.Tokens, buyers.Tokens = shopifyTokens{refresher}, tiktokTokens{refresher}
	recorder := &timeline.Recorder{Writer: s.store, Now: s.clock.Now, Failed: func(err error) { s.Error(err) }}
	hub.Observe, buyers.Observe = recorder.Observe("shopify"), recorder.Observe("tiktok")
	s.install(ctx, app, buyers)

	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s.importer = &orders.Importer{
		Book: s.store, Ledger: s.store, Exceptions: s.store, Timeline: s.store, TikTok: buyers, Shopify: hub,
		Now: s.clock.Now, RetryBase: retryBase, Log: log,
	}
	s.referrer = &orders.Referrer{Book: s.store, Ledger: s.store, Timeline: s.store, TikTok: buyers, Now: s.clock.Now}
}

// prepare has the database prepare all statements, which is worth its while in
// a test that asks the same hundreds of times.
func (s *scene) prepare() {
	s.Helper()
	s.must(s.store.Migrate(s.Context()))
}

func (s *scene) install(ctx context.Context, app shopify.App, buyers *tiktok.Client) {
	s.Helper()
	grant, err := app.ExchangeSessionToken(ctx, shop, s.shopify.SessionToken(string(shop), "1"))
	s.must(err)
	_, err = s.store.InstallShop(ctx, shops.Shop{Domain: shop, Name: "Stoneware", Currency: "USD", TimeZone: "UTC", Scopes: grant.Scopes},
		tokens.Pair{Access: grant.Access, Refresh: grant.Refresh, AccessExpiresAt: grant.AccessExpiresAt, RefreshExpiresAt: grant.RefreshExpiresAt})
	s.must(err)
	code, err := s.tiktok.Authorize(seller)
	s.must(err)
	seat, err := buyers.ExchangeCode(ctx, code)
	s.must(err)
	s.must(s.store.Connect(ctx, shops.Authorization{Shop: shop, OpenID: seat.OpenID, SellerName: "Stoneware", SellerRegion: "US"},
		tokens.Pair{Access: seat.Access, Refresh: seat.Refresh, AccessExpiresAt: seat.AccessExpiresAt, RefreshExpiresAt: seat.RefreshExpiresAt},
		[]shops.Connection{{Shop: shop, TikTokShop: tiktokShop, OpenID: seat.OpenID, Name: "Stoneware US", Region: "US", Cipher: "TTP_cipherUS", Currency: "USD", ConnectedAt: s.clock.Now().Add(-time.Hour)}}))
	s.set(func(settings *shops.Settings) {
		settings.PullOrders, settings.PushOrders = true, true
		longAgo := time.Unix(1700000000, 0)
		settings.ImportFrom = &longAgo
	})
}

// set changes the shop's settings.
func (s *scene) set(change func(*shops.Settings)) {
	s.Helper()
	_, err := s.store.ChangeSettings(s.Context(), shop, func(settings *shops.Settings) ([]store.Job, error) { change(settings); return nil, nil })
	s.must(err)
}

func (s *scene) place(spec tiktoksim.OrderSpec) tiktok.OrderID {
	s.Helper()
	if len(spec.Units) == 0 {
		spec.Units = []tiktoksim.Unit{tiktoksim.SampleUnit()}
	}
	if spec.Status == "" {
		spec.Status = "AWAITING_SHIPMENT"
	}
	id, err := s.tiktok.PlaceOrder(string(tiktokShop), spec)
	s.must(err)
	return tiktok.OrderID(id)
}

func args(id tiktok.OrderID) orders.ImportArgs {
	return orders.ImportArgs{Shop: shop, TikTokShop: tiktokShop, Order: id, Cause: "test"}
}

// bring works on the job as the queue would: it waits as long as the error
// says, and tries again after any other error that is worth it.
func (s *scene) bring(a orders.ImportArgs) error {
	s.Helper()
	var err error
	for range 20 {
		err = s.importer.Import(s.Context(), a)
		var delayed *fault.Delayed
		switch fault.Of(err) {
		case fault.None, fault.Dead, fault.Asks:
			return err
		case fault.Later:
			errors.As(err, &delayed)
			s.clock.pass(delayed.Wait)
		default:
			s.clock.pass(retryBase)
		}
	}
	return err
}

// written brings an order in and expects exactly one Shopify order of it.
func (s *scene) written(id tiktok.OrderID) (links.Order, shopifysim.Order) {
	s.Helper()
	s.must(s.bring(args(id)))
	row := s.row(id)
	if row.State != links.Written {
		s.Fatalf("order is %s (%s), want written; exceptions: %v", row.State, row.Reason, s.codes(id))
	}
	found := s.inShopify(id)
	if len(found) != 1 {
		s.Fatalf("shopify has %d orders of %s, want 1", len(found), id)
	}
	if found[0].GID != string(row.ShopifyOrder) {
		s.Fatalf("the ledger names %s, shopify has %s", row.ShopifyOrder, found[0].GID)
	}
	return row, found[0]
}

func (s *scene) row(id tiktok.OrderID) links.Order {
	s.Helper()
	row, err := s.store.Order(s.Context(), shop, id)
	s.must(err)
	return row
}

func (s *scene) inShopify(id tiktok.OrderID) []shopifysim.Order {
	var found []shopifysim.Order
	for _, o := range s.shopify.Orders(string(shop)) {
		if o.SourceIdentifier == string(id) {
			found = append(found, o)
		}
	}
	return found
}

// codes lists the order's open exceptions.
func (s *scene) codes(id tiktok.OrderID) []exceptions.Code {
	s.Helper()
	open, err := s.store.OrderExceptions(s.Context(), shop, id)
	s.must(err)
	var codes []exceptions.Code
	for _, e := range open {
		codes = append(codes, e.Code)
	}
	return codes
}

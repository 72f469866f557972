package refunds_test

import (
	"cmp"
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
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/refunds"
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

// scene is the forwarder, and the importer that writes its orders, between both
// simulated platforms and a real store, on a clock that moves when a job waits.
type scene struct {
	*testing.T
	clock     *clock
	tiktok    *tiktoksim.Sim
	shopify   *shopifysim.Sim
	faults    *chaos.Script
	store     *store.Store
	importer  *orders.Importer
	forwarder *refunds.Forwarder
	reasons   map[string]string
	jobs      *jobList
}

// setUp installs the shop, connects TikTok and turns the switches of orders and fulfillments on.
func setUp(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, clock: &clock{now: time.Unix(1795110000, 0).UTC()}, faults: &chaos.Script{}, jobs: &jobList{}}
	s.shopify = shopifysim.New(shopifysim.Options{
		APIKey: "key", APISecret: "secret", AppURL: "https://app.example.com", Now: s.clock.Now, Script: s.faults, BucketSize: 1e6, RestoreRate: 1e6,
		Scopes: []string{
			"write_orders", "read_products", "read_locations", "read_returns", "write_fulfillments", "write_merchant_managed_fulfillment_orders",
		},
	})
	s.must(s.shopify.AddShop(shopifysim.ShopSpec{Domain: string(shop), Currency: "USD"}))
	for _, sku := range []string{"MUG-12-SAGE", "TEE-BLK-L", "HAT-RST"} {
		_, err := s.shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: sku, ProductTitle: sku, Price: 1800, Stock: 1000})
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
	s.forwarder = &refunds.Forwarder{
		Book: book{s.store, s}, Ledger: s.store, Exceptions: s.store, Timeline: s.store, TikTok: buyers, Shopify: hub,
		Now: s.clock.Now, RetryBase: retryBase, Log: log,
	}
	s.importer = &orders.Importer{
		Book: s.store, Ledger: s.store, Exceptions: s.store, Timeline: s.store, TikTok: buyers, Shopify: hub,
		Now: s.clock.Now, RetryBase: retryBase, Log: log,
	}
}

// book is the store with a merchant's table of reasons.
type book struct {
	*store.Store
	s *scene
}

func (b book) RefundReasons(context.Context, shopify.Domain) (map[string]string, error) {
	return b.s.reasons, nil
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
		settings.PullRefunds, settings.PushRefunds = true, true
		longAgo := time.Unix(1700000000, 0)
		settings.ImportFrom = &longAgo
	})
}

// set changes the shop's settings and does what follows from switches.
func (s *scene) set(change func(*shops.Settings)) {
	s.Helper()
	_, err := s.store.ChangeSettings(s.Context(), shop, func(settings *shops.Settings) ([]store.Job, error) {
		before := *settings
		change(settings)
		return refunds.Released(shop, before, *settings), nil
	})
	s.must(err)
}

// units are things bought: two mugs and a tee.
func units() []tiktoksim.Unit {
	mug, tee := tiktoksim.SampleUnit(), tiktoksim.SampleUnit()
	mug.Count = 2
	tee.SKUID, tee.SellerSKU = "1729900000000010102", "TEE-BLK-L"
	return []tiktoksim.Unit{mug, tee}
}

func (s *scene) place(spec tiktoksim.OrderSpec) tiktok.OrderID {
	s.Helper()
	if len(spec.Units) == 0 {
		spec.Units = units()
	}
	spec.Status = cmp.Or(spec.Status, "AWAITING_SHIPMENT")
	id, err := s.tiktok.PlaceOrder(string(tiktokShop), spec)
	s.must(err)
	return tiktok.OrderID(id)
}

// run works on a job as the queue would: it waits as long as the error says,
// and tries again after any other error that is worth it.
func (s *scene) run(do func() error) error {
	s.Helper()
	var err error
	for range 40 {
		err = do()
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

// bring imports an order, as TikTok's webhook or a poll would have it done.
func (s *scene) bring(id tiktok.OrderID) {
	s.Helper()
	s.must(s.run(func() error {
		return s.importer.Import(s.Context(), orders.ImportArgs{Shop: shop, TikTokShop: tiktokShop, Order: id, Cause: "test"})
	}))
}

// forward settles the order's refunds, as Shopify's webhook would have it done.
func (s *scene) forward(id tiktok.OrderID) {
	s.Helper()
	s.must(s.run(func() error { return s.forwarder.Forward(s.Context(), s.args(id)) }))
}

func (s *scene) args(id tiktok.OrderID) refunds.ForwardArgs {
	return refunds.ForwardArgs{Shop: shop, ShopifyOrder: s.row(id).ShopifyOrder, Cause: "webhook:test"}
}

// written places an order and brings it in.
func (s *scene) written(spec tiktoksim.OrderSpec) tiktok.OrderID {
	s.Helper()
	id := s.place(spec)
	s.bring(id)
	if row := s.row(id); row.State != links.Written {
		s.Fatalf("order is %s (%s), want written; exceptions: %v", row.State, row.Reason, s.codes(id))
	}
	return id
}

func (s *scene) row(id tiktok.OrderID) links.Order {
	s.Helper()
	row, err := s.store.Order(s.Context(), shop, id)
	s.must(err)
	return row
}

// order is the Shopify order of a TikTok order.
func (s *scene) order(id tiktok.OrderID) shopifysim.Order {
	s.Helper()
	for _, o := range s.shopify.Orders(string(shop)) {
		if o.SourceIdentifier == string(id) {
			return o
		}
	}
	s.Fatalf("order %s is not in Shopify", id)
	return shopifysim.Order{}
}

// line is the order's Shopify line of a SKU.
func (s *scene) line(id tiktok.OrderID, sku string) string {
	s.Helper()
	lines, err := s.store.Lines(s.Context(), shop, id)
	s.must(err)
	for _, l := range lines {
		if l.SKU == sku {
			return string(l.ShopifyLine)
		}
	}
	s.Fatalf("order %s has no line of %s", id, sku)
	return ""
}

// delivered is an order of two mugs and a tee that is with the buyer.
func (s *scene) delivered() tiktok.OrderID {
	s.Helper()
	id := s.written(tiktoksim.OrderSpec{})
	_, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{})
	s.must(err)
	s.must(s.tiktok.SetStatus(string(id), "DELIVERED"))
	s.bring(id)
	_, err = s.shopify.Fulfill(string(shop), string(s.row(id).ShopifyOrder), shopifysim.ShipSpec{})
	s.must(err)
	return id
}

// refund is a person or Loop refunding lines in Shopify: pairs of SKU and
// quantity. Less than 0 means all that they cost.
func (s *scene) refund(id tiktok.OrderID, amount int64, lines ...any) shopify.GID {
	s.Helper()
	spec := shopifysim.RefundSpec{}
	if amount >= 0 {
		spec.Amount = &amount
	}
	for n := 0; n+1 < len(lines); n += 2 {
		spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: s.line(id, lines[n].(string)), Quantity: lines[n+1].(int)})
	}
	gid, err := s.shopify.Refund(string(shop), string(s.row(id).ShopifyOrder), spec)
	s.must(err)
	return shopify.GID(gid)
}

// ledger is the refund as the ledger has it.
func (s *scene) ledger(id shopify.GID) links.Refund {
	s.Helper()
	refund, err := s.store.Refund(s.Context(), shop, id)
	s.must(err)
	return refund
}

// back is what the buyer got back, in cents.
func (s *scene) back(id tiktok.OrderID) int64 {
	s.Helper()
	m, there := s.tiktok.Money(string(id))
	if !there {
		s.Fatalf("TikTok has no order %s", id)
	}
	if m.Back+m.OnTheWay > m.Paid {
		s.Fatalf("the buyer paid %d and gets back %d", m.Paid, m.Back+m.OnTheWay)
	}
	return m.Back
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
	slices.Sort(codes)
	return codes
}

// wantCodes expects exactly these open exceptions.
func (s *scene) wantCodes(id tiktok.OrderID, want ...exceptions.Code) {
	s.Helper()
	if got := s.codes(id); !slices.Equal(got, want) {
		open, _ := s.store.OrderExceptions(s.Context(), shop, id)
		s.Errorf("open exceptions are %v, want %v: %+v", got, want, open)
	}
}

// calls counts what TikTok or Shopify was asked by an operation.
func (s *scene) calls(op string) int {
	n := 0
	for _, r := range s.tiktok.Requests() {
		if r.Op == op {
			n++
		}
	}
	for _, r := range s.shopify.Requests() {
		if slices.Contains(r.Fields, op) {
			n++
		}
	}
	return n
}

// Package stagetest is the stage on which a feature is tested: both simulated
// platforms, a real store of its own, our real clients between them, a shop
// that is installed and connected, the importer that brings its orders, and a
// clock that moves when a job waits.
//
// The tests of orders, fulfillments and refunds call New, embed the Stage in
// their scene and add what is theirs. It never holds a rule of a feature, never
// decides what a test expects of one, and no program imports it.
package stagetest

import (
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Who is on every stage, and how long the queue waits before it tries again.
const (
	Shop       shopify.Domain = "stoneware.myshopify.com"
	TikTokShop tiktok.ShopID  = "7494000000000010001"
	Seller                    = "SELLER-1"
	RetryBase                 = time.Second
)

// Options says what one feature's stage has other than the rest.
type Options struct {
	// Shopify is how the platform behaves and what it lets the app do. The stage
	// adds the app's credentials and address, the clock and the faults.
	Shopify shopifysim.Options
	// ShopSpec is the shop; the stage adds its domain and currency.
	ShopSpec shopifysim.ShopSpec
	// Stock is how many there are of each of the three variants.
	Stock int
	// Units are what is bought where a test does not say.
	Units func() []tiktoksim.Unit
	// Tries is how often RunJob runs a job at most.
	Tries int
	// Switches turns on what the feature needs; those of orders are on.
	Switches func(*shops.Settings)
	// Released are the jobs that follow from a change of settings. Nil: none do.
	Released func(shop shopify.Domain, before, after shops.Settings) []store.Job
}

// Stage is the test with everything around the feature. Clients are the app's;
// TikTok and Shopify are the simulated platforms that they speak to.
type Stage struct {
	*testing.T
	Clock         *Clock
	TikTok        *tiktoksim.Sim
	Shopify       *shopifysim.Sim
	Faults        *chaos.Script
	Store         *store.Store
	Jobs          *JobList
	TikTokClient  *tiktok.Client
	ShopifyClient *shopify.Client
	Importer      *orders.Importer
	// Quiet is a log that formats everything and writes nothing.
	Quiet *slog.Logger

	options Options
}

// New sets the stage: the shop is installed, TikTok is connected. When the test
// ends it also fails where a platform saw its contract violated.
func New(t *testing.T, options Options) *Stage {
	t.Helper()
	s := &Stage{
		T: t, Clock: &Clock{now: time.Unix(1795110000, 0).UTC()}, Faults: &chaos.Script{}, Jobs: &JobList{},
		Quiet: slog.New(slog.NewTextHandler(io.Discard, nil)), options: options,
	}
	s.platforms()
	s.openStore()
	app := s.clients()
	s.install(app)
	s.Importer = &orders.Importer{
		Book: s.Store, Ledger: s.Store, Exceptions: s.Store, Timeline: s.Store, TikTok: s.TikTokClient, Shopify: s.ShopifyClient,
		Now: s.Clock.Now, RetryBase: RetryBase, Log: s.Quiet,
	}
	t.Cleanup(func() {
		for _, v := range s.TikTok.Violations() {
			t.Errorf("contract violated: %v", v)
		}
		for _, v := range s.Shopify.Violations() {
			t.Errorf("contract violated: %v", v)
		}
	})
	return s
}

// platforms builds both simulators, with the shop, what it sells and the seller.
func (s *Stage) platforms() {
	s.Helper()
	o := s.options.Shopify
	o.APIKey, o.APISecret, o.AppURL, o.Now, o.Script = "key", "secret", "https://app.example.com", s.Clock.Now, s.Faults
	s.Shopify = shopifysim.New(o)
	spec := s.options.ShopSpec
	spec.Domain, spec.Currency = string(Shop), "USD"
	s.Must(s.Shopify.AddShop(spec))
	for _, sku := range []string{"MUG-12-SAGE", "TEE-BLK-L", "HAT-RST"} {
		_, err := s.Shopify.AddVariant(string(Shop), shopifysim.VariantSpec{SKU: sku, ProductTitle: sku, Price: 1800, Stock: s.options.Stock})
		s.Must(err)
	}
	var err error
	s.TikTok, err = tiktoksim.New(tiktoksim.Options{
		AppKey: "key", AppSecret: "secret", ServiceID: "1", RedirectURL: "https://app.example.com/tiktok/callback", Now: s.Clock.Now, Script: s.Faults,
	})
	s.Must(err)
	s.Must(s.TikTok.AddSeller(tiktoksim.SellerSpec{OpenID: Seller, Name: "Stoneware", Region: "US", Shops: []tiktoksim.ShopSpec{
		{ID: string(TikTokShop), Name: "Stoneware US", Region: "US", Cipher: "TTP_cipherUS"},
	}}))
}

// Must ends the test on an error.
func (s *Stage) Must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// Calls counts what TikTok or Shopify was asked by an operation: one of
// tiktoksim's Op constants, or a root field of Shopify's schema.
func (s *Stage) Calls(op string) int {
	n := 0
	for _, r := range s.TikTok.Requests() {
		if r.Op == op {
			n++
		}
	}
	for _, r := range s.Shopify.Requests() {
		if slices.Contains(r.Fields, op) {
			n++
		}
	}
	return n
}

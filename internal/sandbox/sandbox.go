// Package sandbox is the world around Switchback without an account and without
// a network: simulated TikTok Shop, Shopify and Loop on loopback addresses, one
// merchant who sells three products, and a story that is told with them.
//
// `switchback sandbox` starts it beside the program and leaves it running to
// play with; the end-to-end test tells the same story and fails when a step
// does not hold. The story acts from outside, as a merchant, a buyer or a
// platform would: it imports nothing of the program, keeps nothing on disk and
// must never be reached from another machine.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/admin"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/frame"
	"github.com/switchbackhq/switchback/internal/sandbox/loopsim"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// The names in the sandbox. Secrets are no secrets here.
const (
	Shop          = "stoneware.myshopify.com"
	SecondShop    = "corduroy.myshopify.com"
	TikTokShop    = "7494000000000010001"
	Seller        = "SANDBOX-SELLER-1"
	Portal        = "stoneware"
	shopifyKey    = "sandbox-shopify-key"
	shopifySecret = "sandbox-shopify-secret"
	tiktokKey     = "sandboxtiktokkey"
	tiktokSecret  = "sandbox-tiktok-secret"
	tiktokService = "7400000000000000001"
	merchant      = "101"
)

// IndexLag is how far Shopify's search runs behind what was written.
const IndexLag = 2 * time.Second

// Options say where the program is and what it declares to Shopify.
type Options struct {
	// AppURL is where the program will answer, without a trailing slash.
	AppURL string
	// Scopes and Topics are those of shopify.app.toml.
	Scopes, Topics []string
	// DropDuplicateMetafield chooses what Shopify does with a second order of the same number.
	DropDuplicateMetafield bool
	// BucketSize and RestoreRate are Shopify's query budget for a shop; 0 is that of its standard plan.
	BucketSize, RestoreRate float64
	// Chaos disturbs calls and notifications of TikTok and Shopify; nil leaves them alone.
	Chaos *Chaos
	// KeepRefreshTokens lets a used refresh token of TikTok's go on working: a program that was killed between TikTok's
	// answer and its own commit can then renew again.
	KeepRefreshTokens bool
}

// World is the three platforms, running.
type World struct {
	TikTok  *tiktoksim.Sim
	Shopify *shopifysim.Sim
	Loop    *loopsim.Sim
	// Admin is Shopify's admin, where a merchant clicks.
	Admin *admin.Admin
	// TikTokFaults and ShopifyFaults are what goes wrong next.
	TikTokFaults, ShopifyFaults *chaos.Script
	// URL is where TikTok, Shopify, Loop and the page that lists them answer.
	URL struct{ TikTok, Shopify, Loop, Index string }

	app     string
	ways    []*chaos.Webhooks
	servers []*http.Server
}

// Start opens the platforms on free loopback ports.
func Start(ctx context.Context, o Options) (*World, error) {
	w := &World{app: o.AppURL, TikTokFaults: &chaos.Script{Otherwise: o.Chaos.plan()}, ShopifyFaults: &chaos.Script{Otherwise: o.Chaos.plan()}}
	listeners, err := w.reserve(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.build(o); err != nil {
		return nil, errors.Join(err, closeAll(listeners))
	}
	w.serve(listeners)
	return w, nil
}

// build opens the platforms, who know each other's addresses, and furnishes them.
func (w *World) build(o Options) (err error) {
	tiktokWay, shopifyWay := o.Chaos.webhooks(), o.Chaos.webhooks()
	if o.Chaos != nil {
		w.ways = []*chaos.Webhooks{tiktokWay, shopifyWay}
	}
	w.TikTok, err = tiktoksim.New(tiktoksim.Options{
		AppKey: tiktokKey, AppSecret: tiktokSecret, ServiceID: tiktokService,
		RedirectURL: o.AppURL + "/tiktok/callback", Script: w.TikTokFaults, KeepOldRefreshToken: o.KeepRefreshTokens, Way: tiktokWay, Products: goods(),
		Neighbors: frame.Neighbors{Start: w.URL.Index, Order: w.orderLinks}, ReturnURL: w.portal() + "/?order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]",
	})
	if err != nil {
		return fmt.Errorf("start simulated tiktok shop: %w", err)
	}
	duplicate := shopifysim.RefuseDuplicate
	if o.DropDuplicateMetafield {
		duplicate = shopifysim.DropDuplicateMetafield
	}
	w.Shopify = shopifysim.New(shopifysim.Options{
		APIKey: shopifyKey, APISecret: shopifySecret, Scopes: o.Scopes, Topics: o.Topics,
		AppURL: o.AppURL, WebhookURL: o.AppURL + "/webhooks/shopify",
		IndexLag: IndexLag, Duplicate: duplicate, LooseSearch: true, Script: w.ShopifyFaults, Way: shopifyWay,
		BucketSize: o.BucketSize, RestoreRate: o.RestoreRate,
	})
	w.Admin = &admin.Admin{Shopify: w.Shopify, AppURL: o.AppURL, StartURL: w.URL.Index, User: merchant}
	w.Loop = loopsim.New(loopsim.Options{Orders: shelf{w.Shopify}, Refunds: shelf{w.Shopify}, Start: w.URL.Index})
	return w.furnish()
}

// Environment is what the program needs to find this world, beside the
// variables that say where it listens and keeps its data.
func (w *World) Environment() []string {
	return []string{
		"APP_URL=" + w.app,
		"SHOPIFY_API_KEY=" + shopifyKey, "SHOPIFY_API_SECRET=" + shopifySecret,
		"SHOPIFY_SHOP_URL=" + w.URL.Shopify + "/{shop}", "SHOPIFY_ADMIN_URL=" + w.URL.Index, "SHOPIFY_CDN_URL=" + w.URL.Index,
		"TIKTOK_APP_KEY=" + tiktokKey, "TIKTOK_APP_SECRET=" + tiktokSecret, "TIKTOK_SERVICE_ID=" + tiktokService,
		"TIKTOK_API_URL=" + w.URL.TikTok, "TIKTOK_AUTH_URL=" + w.URL.TikTok, "TIKTOK_AUTHORIZE_URL=" + w.URL.TikTok + "/open/authorize",
		"LOOP_API_URL=" + w.URL.Loop + "/api/v1",
		"RETRY_BASE=100ms", "POLL_INTERVAL=2s",
	}
}

// Violations lists every request that a platform's contract does not allow. A
// story with one has failed, however well it ended.
func (w *World) Violations() []string {
	var all []string
	for _, v := range w.TikTok.Violations() {
		all = append(all, "tiktok: "+v.String())
	}
	for _, v := range w.Shopify.Violations() {
		all = append(all, "shopify: "+v.String())
	}
	for _, v := range w.Loop.Violations() {
		all = append(all, "loop: "+v)
	}
	return all
}

// Close ends the platforms.
func (w *World) Close(ctx context.Context) error {
	w.TikTok.Close()
	var errs []error
	for _, server := range w.servers {
		errs = append(errs, server.Shutdown(ctx))
	}
	return errors.Join(errs...)
}

// reserve gives each platform an address of its own, as in life.
func (w *World) reserve(ctx context.Context) ([]net.Listener, error) {
	var listeners []net.Listener
	for _, address := range []*string{&w.URL.TikTok, &w.URL.Shopify, &w.URL.Loop, &w.URL.Index} {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen for a simulated platform: %w", err), closeAll(listeners))
		}
		*address = "http://" + listener.Addr().String()
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) error {
	var errs []error
	for _, listener := range listeners {
		errs = append(errs, listener.Close())
	}
	return errors.Join(errs...)
}

// serve opens the platforms at the addresses that were reserved for them.
func (w *World) serve(listeners []net.Listener) {
	tiktok := http.NewServeMux()
	tiktok.Handle("/sandbox/", w.TikTok.Pages())
	tiktok.Handle("/", w.TikTok.Handler())
	for n, handler := range []http.Handler{tiktok, w.Shopify.Handler(), w.Loop.Handler(), w.index()} {
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
		w.servers = append(w.servers, server)
		go func() { _ = server.Serve(listeners[n]) }() // ends with ErrServerClosed when the world does
	}
}

// portal is where buyers return at Loop.
func (w *World) portal() string { return w.URL.Loop + "/" + Portal }

// admin is a page of the stand-in for the shop's admin.
func (w *World) admin(page string) string { return w.URL.Index + admin.Store(Shop) + page }

// orderLinks are the places where people look at an order next.
func (w *World) orderLinks(tiktokID, shopifyID, zip string) []frame.Link {
	var links []frame.Link
	if shopifyID != "" {
		links = append(links, frame.Link{Text: "Order in Shopify", Href: w.admin("/orders/" + url.PathEscape(shopifyID))})
	}
	return append(links,
		frame.Link{Text: "Order in Switchback", Href: w.admin("/apps/switchback/orders/" + url.PathEscape(tiktokID))},
		frame.Link{Text: "Find it in Loop", Href: w.portal() + "/?" + url.Values{"order": {tiktokID}, "zip": {zip}}.Encode()})
}

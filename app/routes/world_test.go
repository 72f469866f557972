package routes_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/routes"
	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

const (
	demo     shopify.Domain = "demo.myshopify.com"
	other    shopify.Domain = "other.myshopify.com"
	gone     shopify.Domain = "gone.myshopify.com"
	appURL                  = "https://app.example"
	apiKey                  = "client-1"
	newHush                 = "hush-new"
	oldHush                 = "hush-old"
	ttKey                   = "tt-key"
	ttSecret                = "hush-tiktok"
)

// world is everything the routes call, in memory, with what was asked of it.
type world struct {
	mu       sync.Mutex
	now      time.Time
	log      strings.Builder
	shops    map[shopify.Domain]shops.Shop
	settings map[shopify.Domain]shops.Settings
	orders   []links.Order
	hidden   []tiktok.OrderID
	open     []exceptions.Exception
	events   []inbox.Event
	skus     map[shopify.Domain][]mappings.SKU
	carriers map[shopify.Domain][]mappings.Carrier
	reasons  map[shopify.Domain][]mappings.Reason
	refunds  []links.Refund
	listed   []links.OrderFilter
	looked   []string
	marks    guide.Marks
	did      []string
	inboxErr error
	parts    map[string]error // what is wrong with a part, by its name
	tokenErr error
	proxies  []netip.Prefix
	finish   func(connections.Answer) (connections.Outcome, error)
	slow     func(shopify.Domain) // what it takes to read a shop
}

func newWorld() *world {
	uninstalled := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	return &world{
		parts: map[string]error{},
		now:   time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC),
		shops: map[shopify.Domain]shops.Shop{
			demo:  {Domain: demo, Slug: "demoslug", Name: "Demo", Currency: "USD"},
			other: {Domain: other, Slug: "otherslug"},
			gone:  {Domain: gone, UninstalledAt: &uninstalled},
		},
		settings: map[shopify.Domain]shops.Settings{demo: shops.DefaultSettings(), other: shops.DefaultSettings()},
		skus:     map[shopify.Domain][]mappings.SKU{}, carriers: map[shopify.Domain][]mappings.Carrier{},
		reasons: map[shopify.Domain][]mappings.Reason{},
		marks:   guide.Marks{},
		orders: []links.Order{
			{Shop: demo, ID: "576461413038785752", TikTokShop: "7", State: links.Written, ShopifyOrder: "gid://shopify/Order/5", ShopifyName: "576461413038785752", Total: "12.34", Currency: "USD", ShipBy: 1795312800},
			{Shop: demo, ID: "576461413038785753", TikTokShop: "7", State: links.Held, Reason: "sku_unmatched"},
			{Shop: other, ID: "576461413038785799", State: links.Written},
		},
		open: []exceptions.Exception{
			exception("e1", demo, "576461413038785753", exceptions.SKUUnmatched),
			exception("e2", demo, "576461413038785754", exceptions.DuplicateOrder),
			exception("e9", other, "576461413038785799", exceptions.SKUUnmatched),
		},
	}
}

func exception(id string, shop shopify.Domain, order tiktok.OrderID, code exceptions.Code) exceptions.Exception {
	e := exceptions.New(shop, order, code, "SKU \"A\".", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	e.ID = id
	return e
}

func (w *world) handler() http.Handler {
	return routes.New(routes.Deps{
		AppURL: appURL, AdminURL: "https://admin.shopify.com", CDNURL: "https://cdn.shopify.com",
		TrustedProxies: w.proxies,
		APIKey:         apiKey, Secrets: []secret.String{secret.New(newHush), secret.New(oldHush)},
		TikTokAppKey: ttKey, TikTokAppSecret: secret.New(ttSecret),
		MissingScopes: func([]string) []string { return []string{"read_locations"} },
		Now:           func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(&locked{w: w}, nil)),
		Parts: []routes.Part{{Name: "database", Ask: w.Ping}, {Name: "migrations", Ask: w.migrated}, {Name: "queue", Ask: w.queued}}, Inbox: w, Shops: w, OAuth: w, Installer: installer{w}, Connector: connector{w}, Overview: w, Figures: w, Backlog: w,
		Settings: w, Panel: w, Ledger: w, Contents: w, Written: w, Open: w, Work: w, Piles: w, Bulk: w, Variants: w, Backfills: backfillDesk{w}, Loop: w, LoopTest: w,
		SKUs: skuTable{w}, Mapper: skuTable{w}, TestOrders: testOrderDesk{w}, Guide: guideBook{w}.desk(), GuideNotes: guideBook{w}.desk(),
		Carriers: carrierTable{w}, Chooser: carrierTable{w},
		Refunds: w, Reasons: refundDesk{w}, RefundDesk: refundDesk{w}, Reconciler: refundDesk{w}, Privacy: privacyDesk{w}, Returns: w,
	})
}

type locked struct{ w *world }

func (l *locked) Write(p []byte) (int, error) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	return l.w.log.Write(p)
}

func (w *world) note(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.did = append(w.did, text)
}

func (w *world) Ping(context.Context) error     { return w.parts["database"] }
func (w *world) migrated(context.Context) error { return w.parts["migrations"] }
func (w *world) queued(context.Context) error   { return w.parts["queue"] }

func (w *world) Receive(ctx context.Context, e inbox.Event) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, bounded := ctx.Deadline(); !bounded {
		return false, errors.New("nothing bounds the wait")
	}
	if w.inboxErr != nil {
		return false, w.inboxErr
	}
	known := slices.ContainsFunc(w.events, func(k inbox.Event) bool { return k.DeliveryID == e.DeliveryID && k.Topic == e.Topic })
	w.events = append(w.events, e)
	return !known, nil
}

func (w *world) Shop(_ context.Context, domain shopify.Domain) (shops.Shop, error) {
	if w.slow != nil {
		w.slow(domain)
	}
	if shop, ok := w.shops[domain]; ok {
		return shop, nil
	}
	return shops.Shop{}, shops.ErrNotFound
}

func (w *world) AuthorizeURL(shop shopify.Domain, redirect, state string) string {
	return "https://" + string(shop) + "/admin/oauth/authorize?" + url.Values{"redirect_uri": {redirect}, "state": {state}}.Encode()
}

func (w *world) Permissions(context.Context, shopify.Domain) (map[tiktok.OpenID]shops.Permission, error) {
	return map[tiktok.OpenID]shops.Permission{"seller": {Until: time.Date(2027, 4, 1, 12, 0, 0, 0, time.UTC)}}, nil
}

func (w *world) Connections(context.Context, shopify.Domain) ([]shops.Connection, error) {
	return []shops.Connection{{TikTokShop: "7", OpenID: "seller", Name: "Sunny", Region: "US", Currency: "USD"}}, nil
}

func (w *world) CountShipmentsHolding(_ context.Context, shop shopify.Domain, reason string) (int, error) {
	if shop == demo && reason == fulfillments.PushOff {
		return 7, nil
	}
	return 0, nil
}

func (w *world) Settings(_ context.Context, shop shopify.Domain) (shops.Settings, error) {
	return w.settings[shop], nil
}

func (w *world) Change(_ context.Context, shop shopify.Domain, edit func(*shops.Settings) error) (shops.Settings, error) {
	next := w.settings[shop]
	if err := edit(&next); err != nil {
		return shops.Settings{}, err
	}
	if err := next.Validate(); err != nil {
		return shops.Settings{}, err
	}
	w.settings[shop] = next
	return next, nil
}

func (w *world) Order(_ context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error) {
	for _, o := range w.orders {
		if o.Shop == shop && o.ID == id {
			return o, nil
		}
	}
	return links.Order{}, links.ErrNotFound
}

func (w *world) Orders(ctx context.Context, shop shopify.Domain, filter links.OrderFilter, limit int, cursor string) ([]links.Listed, string, error) {
	if cursor != "" && cursor != "2" {
		return nil, "", links.ErrCursor
	}
	w.mu.Lock()
	w.listed = append(w.listed, filter)
	w.mu.Unlock()
	var found []links.Listed
	for _, o := range w.orders {
		if o.Shop != shop || !strings.HasPrefix(string(o.ID), filter.Text) || len(found) >= limit {
			continue
		}
		shipments, err := w.Shipments(ctx, shop, o.ID)
		if err != nil {
			return nil, "", err
		}
		refunds, err := w.Refunds(ctx, shop, o.ID)
		if err != nil {
			return nil, "", err
		}
		found = append(found, links.List(o, shipments, refunds))
	}
	return found, "2", nil
}

func (w *world) Shipments(_ context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Shipment, error) {
	if id != "576461413038785752" {
		return nil, nil
	}
	at := time.Date(2026, 11, 1, 11, 0, 0, 0, time.UTC)
	return []links.Shipment{
		{Shop: shop, Order: id, Key: "old", Direction: links.ToTikTok, State: links.ShipmentDropped, Fulfillment: "gid://shopify/Fulfillment/1"},
		{
			Shop: shop, Order: id, Key: "secret", Direction: links.ToTikTok, State: links.ShipmentDone, Fulfillment: "gid://shopify/Fulfillment/2", Package: "1153",
			Units: []tiktok.LineItemID{"5773"}, Company: "USPS", Provider: "7117", Number: "9400", Body: "secret", Warning: "odd number", ShippedAt: &at,
		},
	}, nil
}

func (w *world) Timeline(context.Context, shopify.Domain, tiktok.OrderID) ([]timeline.Entry, error) {
	return []timeline.Entry{{Kind: timeline.CallOut, Text: "shopify OrderCreate", Facts: map[string]string{"outcome": "ok"}, Latency: 120 * time.Millisecond}}, nil
}

func (w *world) Exceptions(_ context.Context, shop shopify.Domain, _ string, _ int) ([]exceptions.Exception, string, error) {
	var list []exceptions.Exception
	for _, e := range w.open {
		if e.Shop == shop {
			list = append(list, e)
		}
	}
	return list, "", nil
}

func (w *world) ExceptionCounts(_ context.Context, shop shopify.Domain) (map[exceptions.Code]int, error) {
	counts := map[exceptions.Code]int{}
	for _, e := range w.open {
		if e.Shop == shop && e.Status == exceptions.Open {
			counts[e.Code]++
		}
	}
	return counts, nil
}

func (w *world) Exception(_ context.Context, shop shopify.Domain, id string) (exceptions.Exception, error) {
	for _, e := range w.open {
		if e.Shop == shop && e.ID == id {
			return e, nil
		}
	}
	return exceptions.Exception{}, exceptions.ErrNotFound
}

func (w *world) OrderExceptions(_ context.Context, shop shopify.Domain, order tiktok.OrderID) ([]exceptions.Exception, error) {
	var list []exceptions.Exception
	for _, e := range w.open {
		if e.Shop == shop && e.Order == order {
			list = append(list, e)
		}
	}
	return list, nil
}

func (w *world) ImportOrder(_ context.Context, shop shopify.Domain, order tiktok.OrderID) error {
	if order == "576461413038785799" && shop != other {
		return links.ErrNotFound
	}
	w.note("import " + string(shop) + " " + string(order))
	return nil
}

func (w *world) RetryException(_ context.Context, e exceptions.Exception) error {
	w.note("retry " + e.ID)
	return nil
}

func (w *world) ResolveException(_ context.Context, e exceptions.Exception, action, note string) error {
	w.note("resolve " + e.ID + " " + action + " " + note)
	return nil
}

// call sends one request and returns the answer.
func (w *world) call(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	w.handler().ServeHTTP(rec, r)
	return rec
}

func request(t *testing.T, method, target, body string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
}

// errorCode reads the error of a JSON answer and holds it to its form.
func errorCode(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct {
		Error struct{ Code, Message string }
	}
	raw, _ := io.ReadAll(rec.Body)
	if err := json.Unmarshal(raw, &body); err != nil || body.Error.Code == "" || body.Error.Message == "" {
		t.Errorf("status %d with %q is no error answer", rec.Code, raw)
	}
	return body.Error.Code
}

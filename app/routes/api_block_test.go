package routes_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func (w *world) OrderByShopifyOrder(_ context.Context, shop shopify.Domain, id shopify.GID) (links.Order, error) {
	for _, o := range w.orders {
		if o.Shop == shop && o.ShopifyOrder == id {
			return o, nil
		}
	}
	return links.Order{}, links.ErrNotFound
}

// ComparePlace knows a ZIP of every order but those that hidden names.
func (w *world) ComparePlace(_ context.Context, _ shopify.Domain, id tiktok.OrderID, _ links.Place) (links.SamePlace, error) {
	return links.SamePlace{HasZIP: !slices.Contains(w.hidden, id)}, nil
}

const blockOfOrder = "/api/block?order=gid://shopify/Order/5"

func TestBlock(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.authed(t, http.MethodGet, blockOfOrder, "")
	want := map[string]any{
		"tiktok_order_id": "576461413038785752",
		"legs":            decode(t, w.authed(t, http.MethodGet, "/api/orders/576461413038785752", ""))["legs"],
		"findable":        map[string]any{"by_zip": true},
		"loop":            map[string]any{"checked_at": "2026-11-01T12:00:00Z", "found": true, "code": "found", "message": "Loop finds the order."},
		"exceptions":      []any{}, "return_link": nil, "app_path": "/orders/576461413038785752",
	}
	if diff := cmp.Diff(want, decode(t, rec)); diff != "" || rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, diff)
	}
}

func TestBlockSaysWhatIsAmiss(t *testing.T) {
	t.Parallel()
	w := newWorld()
	const id = "576461413038785752"
	w.hidden = []tiktok.OrderID{id}
	if got := decode(t, w.authed(t, http.MethodGet, blockOfOrder, ""))["findable"]; !cmp.Equal(got, map[string]any{"by_zip": false, "reason": "zip_missing"}) {
		t.Errorf("no ZIP: %v", got)
	}
	w.open = append(w.open, exception("e5", demo, id, exceptions.CancelRefused), exception("e6", demo, id, exceptions.ZIPMasked))
	got := decode(t, w.authed(t, http.MethodGet, blockOfOrder, ""))
	if !cmp.Equal(got["findable"], map[string]any{"by_zip": false, "reason": "zip_masked"}) {
		t.Errorf("hidden ZIP: %v", got["findable"])
	}
	list := got["exceptions"].([]any)
	if len(list) != 2 || list[0].(map[string]any)["id"] != "e5" || list[0].(map[string]any)["fix"] == "" {
		t.Errorf("exceptions %v", list)
	}
}

func TestReturnLinkOfTheBlock(t *testing.T) {
	t.Parallel()
	for portal, want := range map[string]string{
		"https://shop.example":               "https://shop.example/?order=%235+6",
		"https://shop.example/a/returns":     "https://shop.example/a/returns?order=%235+6",
		"https://shop.example/?lang=de#/now": "https://shop.example/?lang=de&order=%235+6#/now",
		"https://shop.example/?order=x":      "https://shop.example/?order=%235+6",
	} {
		w := newWorld()
		w.orders[0].ShopifyName = "#5 6"
		settings := w.settings[demo]
		settings.ReturnPortalURL = portal
		w.settings[demo] = settings
		if got := decode(t, w.authed(t, http.MethodGet, blockOfOrder, ""))["return_link"]; got != want {
			t.Errorf("%s: %v, want %s", portal, got, want)
		}
	}
}

// What is no order's GID is refused before anything is looked up; what is not
// the shop's is not there.
func TestBlockOfNoOrder(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.orders[2].ShopifyOrder = "gid://shopify/Order/99"
	for order, want := range map[string]string{
		"": "invalid_order", "5": "invalid_order", "gid://shopify/Order/": "invalid_order", "gid://shopify/Product/5": "invalid_order",
		"gid://shopify/Order/5?x=1": "invalid_order", "gid://shopify/Order/5\n": "invalid_order", "gid://shopify/Order/5' OR '1'='1": "invalid_order",
		"gid://shopify/Order/" + strings.Repeat("5", 21): "invalid_order", strings.Repeat("g", 5000): "invalid_order",
		"<script>alert(1)</script>": "invalid_order", "gid://shopify/Order/\x00": "invalid_order", "576461413038785752": "invalid_order",
		"gid://shopify/Order/6": "not_found", "gid://shopify/Order/99": "not_found", "gid://shopify/Order/05": "not_found",
	} {
		rec := w.authed(t, http.MethodGet, "/api/block?order="+url.QueryEscape(order), "")
		status := map[string]int{"invalid_order": http.StatusBadRequest, "not_found": http.StatusNotFound}[want]
		body := rec.Body.String()
		if code := errorCode(t, rec); code != want || rec.Code != status || strings.Contains(body, "script") {
			t.Errorf("%.40q: %d %s", order, rec.Code, body)
		}
		readable(t, rec)
	}
}

// Every answer can be read by an extension, also one that refuses.
func TestBlockRefusesTokens(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for name, given := range map[string]string{
		"none": "", "no bearer": "Basic x", "garbage": "Bearer x.y.z",
		"wrong key": "Bearer " + token(t, "HS256", "guess", claims(w, demo)), "unsigned": "Bearer " + token(t, "none", "", claims(w, demo)),
		"not installed": "Bearer " + token(t, "HS256", newHush, claims(w, gone)), "never seen": "Bearer " + token(t, "HS256", newHush, claims(w, "new.myshopify.com")),
	} {
		r := request(t, http.MethodGet, blockOfOrder, "")
		if given != "" {
			r.Header.Set("Authorization", given)
		}
		rec := w.call(t, r)
		readable(t, rec)
		if code := errorCode(t, rec); rec.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, rec.Code, code)
		}
	}
	r := request(t, http.MethodGet, blockOfOrder, "")
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, other)))
	if rec := w.call(t, r); rec.Code != http.StatusNotFound {
		t.Errorf("another shop's token: %d %s", rec.Code, rec.Body)
	}
	r = request(t, http.MethodGet, blockOfOrder+"&shop=other.myshopify.com", "")
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	if rec := w.call(t, r); rec.Code != http.StatusUnauthorized {
		t.Errorf("a shop that is not the token's: %d %s", rec.Code, rec.Body)
	}
}

func TestPreflightOfTheBlock(t *testing.T) {
	t.Parallel()
	w := newWorld()
	r := request(t, http.MethodOptions, blockOfOrder, "")
	r.Header.Set("Origin", "https://extensions.shopifycdn.com")
	r.Header.Set("Access-Control-Request-Method", http.MethodGet)
	r.Header.Set("Access-Control-Request-Headers", "authorization")
	rec := w.call(t, r)
	readable(t, rec)
	want := map[string]string{
		"Access-Control-Allow-Methods": "GET, OPTIONS", "Access-Control-Allow-Headers": "Authorization, Content-Type",
		"Access-Control-Max-Age": "7200", "Access-Control-Allow-Credentials": "",
	}
	for name, value := range want {
		if got := rec.Header().Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if rec.Code != http.StatusNoContent || rec.Body.Len() > 0 {
		t.Errorf("%d %q", rec.Code, rec.Body)
	}
	for _, target := range []string{"/api/settings", "/api/orders", "/"} {
		rec := w.authed(t, http.MethodOptions, target, "")
		if rec.Header().Get("Access-Control-Allow-Origin") != "" || rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s is open to other origins: %d", target, rec.Code)
		}
	}
}

// readable tells whether a page of another origin may read the answer.
func readable(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	if got := rec.Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("status %d is closed to extensions: Access-Control-Allow-Origin %q", rec.Code, got)
	}
}

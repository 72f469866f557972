package routes_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shops"
)

func decode(t *testing.T, rec *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
	return body
}

func TestReadSettings(t *testing.T) {
	t.Parallel()
	rec := newWorld().authed(t, http.MethodGet, "/api/settings", "")
	want := map[string]any{
		"pull_orders": false, "push_orders": false, "pull_fulfillments": false, "push_fulfillments": false,
		"pull_refunds": false, "push_refunds": false, "mirror_shipments": true, "mirror_refunds": true,
		"return_portal_url": "", "order_name_prefix": "", "order_name_suffix": "", "import_from": nil, "order_email": "relay",
		"unmapped_sku": "hold", "data_retention_days": 120.0, "inventory_behaviour": "decrement_ignoring_policy", "tags": []any{},
		"return_link": "https://app.example/returns/demoslug", "loop_api_key_set": false, "fulfillments_held": 7.0,
		"refunds_held": []any{map[string]any{"currency": "USD", "count": 3.0, "total": "41.10", "need_approval": 1.0}},
	}
	if diff := cmp.Diff(want, decode(t, rec)); diff != "" || rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, diff)
	}
}

func TestChangeSettings(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.settings[demo] = func() shops.Settings { s := shops.DefaultSettings(); s.OrderNamePrefix = "TT-"; return s }()
	rec := w.authed(t, http.MethodPut, "/api/settings",
		`{"pull_orders":true,"tags":["a","b"],"order_email":"none","import_from":"2026-11-01T02:00:00+02:00","return_portal_url":"https://demo.loopreturns.com"}`)
	got := decode(t, rec)
	if rec.Code != http.StatusOK || got["pull_orders"] != true || got["order_email"] != "none" || got["order_name_prefix"] != "TT-" ||
		got["import_from"] != "2026-11-01T00:00:00Z" || !cmp.Equal(got["tags"], []any{"a", "b"}) || got["return_link"] == nil {
		t.Errorf("%d %v", rec.Code, got)
	}
	if s := w.settings[demo]; !s.PullOrders || s.PushOrders || !s.MirrorRefunds {
		t.Errorf("kept %+v", s)
	}
	if w.settings[other].PullOrders {
		t.Error("another shop's settings changed")
	}
	rec = w.authed(t, http.MethodPut, "/api/settings", `{"import_from":null}`)
	if rec.Code != http.StatusOK || w.settings[demo].ImportFrom != nil || !w.settings[demo].PullOrders {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.authed(t, http.MethodPut, "/api/settings", `{}`); rec.Code != http.StatusOK {
		t.Errorf("nothing to change: %d", rec.Code)
	}
}

func TestSettingsThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	for key, values := range map[string][]string{
		"pull_orders":         {`"true"`, `1`, `null`, `[]`},
		"push_refunds":        {`"on"`},
		"return_portal_url":   {`"http://portal.example"`, `"portal"`, `"https://me:pw@portal.example"`, `null`, `5`},
		"order_name_prefix":   {`"a b"`, `null`, `true`},
		"order_name_suffix":   {`"` + strings.Repeat("x", 21) + `"`},
		"import_from":         {`"yesterday"`, `5`, `"2026-11-01"`, `false`},
		"order_email":         {`"everyone"`, `null`, `""`},
		"unmapped_sku":        {`"drop"`, `{}`},
		"inventory_behaviour": {`"BYPASS"`},
		"tags":                {`null`, `"a"`, `["a,b"]`, `[""]`, `[1]`, `[null]`},
		"return_link":         {`"https://x.example"`, `null`},
		"slug":                {`"x"`},
		"Pull_Orders":         {`true`},
	} {
		for _, value := range values {
			w := newWorld()
			rec := w.authed(t, http.MethodPut, "/api/settings", `{"mirror_refunds":false,"`+key+`":`+value+`}`)
			message := rec.Body.String()
			if code := errorCode(t, rec); rec.Code != http.StatusUnprocessableEntity || code != "invalid_setting" || !strings.Contains(message, key+": ") {
				t.Errorf("%s = %s: %d %s", key, value, rec.Code, message)
			}
			if !w.settings[demo].MirrorRefunds {
				t.Errorf("%s = %s: half of it was kept", key, value)
			}
		}
	}
}

func TestBodiesThatAreNoObject(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, target := range []string{"PUT /api/settings", "POST /api/tiktok/disconnect", "POST /api/exceptions/e2/resolve"} {
		method, path, _ := strings.Cut(target, " ")
		for _, body := range []string{`null`, `[]`, `"x"`, `{`, `{"a":1`, `{} {}`, `x`, `{"unknown":1}x`} {
			rec := w.authed(t, method, path, body)
			if code := errorCode(t, rec); rec.Code != http.StatusBadRequest || code != "invalid_json" {
				t.Errorf("%s %s: %d %s", target, body, rec.Code, code)
			}
		}
		rec := w.authed(t, method, path, `{"note":"`+strings.Repeat("x", 64<<10)+`"}`)
		if code := errorCode(t, rec); rec.Code != http.StatusRequestEntityTooLarge || code != "too_large" {
			t.Errorf("%s: oversized: %d %s", target, rec.Code, code)
		}
	}
	if len(w.did) > 0 {
		t.Errorf("did %v", w.did)
	}
}

func TestReadOrder(t *testing.T) {
	t.Parallel()
	rec := newWorld().authed(t, http.MethodGet, "/api/orders/576461413038785752", "")
	got := decode(t, rec)
	want := map[string]any{
		"tiktok_order_id": "576461413038785752", "tiktok_shop_id": "7", "state": "written", "reason": "", "tiktok_status": "",
		"shopify_order_id": "gid://shopify/Order/5", "shopify_name": "576461413038785752", "total": "12.34", "currency": "USD",
		"updated_at": "0001-01-01T00:00:00Z", "redacted_at": nil, "ship_by": "2026-11-22T02:00:00Z",
		"legs": map[string]any{
			"order": map[string]any{"state": "written"}, "shipments": map[string]any{"state": "done"}, "refunds": map[string]any{"state": "none"},
		},
		"refunds": []any{},
		"shipments": []any{map[string]any{
			"direction": "to_tiktok", "state": "done", "shopify_fulfillment_id": "gid://shopify/Fulfillment/2", "tiktok_package_id": "1153",
			"units": []any{"5773"}, "carrier": "USPS", "tracking_number": "9400", "warning": "odd number", "shipped_at": "2026-11-01T11:00:00Z",
		}},
		"timeline": []any{map[string]any{
			"at": "0001-01-01T00:00:00Z", "kind": "call", "text": "shopify OrderCreate", "facts": map[string]any{"outcome": "ok"}, "latency_ms": 120.0,
		}},
		"exceptions": []any{},
		"loop":       map[string]any{"checked_at": "2026-11-01T12:00:00Z", "found": true, "code": "found", "message": "Loop finds the order."},
	}
	if diff := cmp.Diff(want, got); diff != "" || rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, diff)
	}
	held := decode(t, newWorld().authed(t, http.MethodGet, "/api/orders/576461413038785753", ""))
	if held["shopify_order_id"] != nil || held["reason"] != "sku_unmatched" || len(held["exceptions"].([]any)) != 1 {
		t.Errorf("held order %v", held)
	}
}

func TestListOrders(t *testing.T) {
	t.Parallel()
	w := newWorld()
	got := decode(t, w.authed(t, http.MethodGet, "/api/orders?query=%20576461413038785753%20", ""))
	if list := got["orders"].([]any); len(list) != 1 || got["next_cursor"] != "2" {
		t.Errorf("found %v", got)
	}
	all := decode(t, w.authed(t, http.MethodGet, "/api/orders", ""))["orders"].([]any)
	if len(all) != 2 {
		t.Errorf("%d orders, want the shop's two", len(all))
	}
	none := w.authed(t, http.MethodGet, "/api/orders?query=9", "")
	if !strings.Contains(none.Body.String(), `"orders":[]`) {
		t.Errorf("an empty list reads %s", none.Body)
	}
	for _, query := range []string{"?cursor=forged", "?query=" + strings.Repeat("a", 101), "?cursor=" + strings.Repeat("a", 301)} {
		if rec := w.authed(t, http.MethodGet, "/api/orders"+query, ""); rec.Code != http.StatusBadRequest {
			t.Errorf("%.20s: %d", query, rec.Code)
		}
	}
}

// Another shop's ids, and ids that are none, look alike and do nothing.
func TestOthersIDsAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, target := range []string{
		"GET /api/orders/576461413038785799", "POST /api/orders/576461413038785799/import", "GET /api/orders/abc", "POST /api/orders/abc/import",
		"GET /api/orders/" + strings.Repeat("1", 21), "POST /api/exceptions/e9/retry", "POST /api/exceptions/nope/retry",
		"POST /api/exceptions/" + strings.Repeat("e", 500) + "/retry", "POST /api/exceptions/e9/resolve", "GET /api/nowhere", "GET /nowhere",
	} {
		method, path, _ := strings.Cut(target, " ")
		rec := w.authed(t, method, path, `{"action":"adopt"}`)
		if code := errorCode(t, rec); rec.Code != http.StatusNotFound || code != "not_found" {
			t.Errorf("%.60s: %d %s", target, rec.Code, code)
		}
	}
	for _, body := range []string{`{"tiktok_shop_id":"8"}`, `{"tiktok_shop_id":"x"}`, `{"tiktok_shop_id":""}`} {
		if rec := w.authed(t, http.MethodPost, "/api/tiktok/disconnect", body); rec.Code != http.StatusNotFound {
			t.Errorf("disconnect %s: %d", body, rec.Code)
		}
	}
	if len(w.did) > 0 {
		t.Errorf("did %v", w.did)
	}
}

func TestImportOrder(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.authed(t, http.MethodPost, "/api/orders/576461413038785760/import", "")
	if rec.Code != http.StatusAccepted || !cmp.Equal(w.did, []string{"import demo.myshopify.com 576461413038785760"}) {
		t.Errorf("%d, did %v", rec.Code, w.did)
	}
}

func TestListExceptions(t *testing.T) {
	t.Parallel()
	got := decode(t, newWorld().authed(t, http.MethodGet, "/api/exceptions", ""))
	list := got["exceptions"].([]any)
	text := exceptions.Describe(exceptions.SKUUnmatched)
	want := map[string]any{
		"id": "e1", "code": "sku_unmatched", "tiktok_order_id": "576461413038785753", "message": text.Sentence + ` SKU "A".`,
		"fix": text.Fix, "status": "open", "opened_at": "2026-11-01T00:00:00Z",
	}
	if len(list) != 2 || got["next_cursor"] != "" {
		t.Fatalf("list %v", got)
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"sku_unmatched": 1.0, "duplicate_order": 1.0}, got["counts"]); diff != "" {
		t.Error(diff)
	}
}

func TestRetryAndResolve(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if rec := w.authed(t, http.MethodPost, "/api/exceptions/e1/retry", ""); rec.Code != http.StatusAccepted || decode(t, rec)["id"] != "e1" {
		t.Errorf("retry: %d %s", rec.Code, rec.Body)
	}
	if rec := w.authed(t, http.MethodPost, "/api/exceptions/e2/resolve", `{"action":"write_ours","note":"seen"}`); rec.Code != http.StatusAccepted {
		t.Errorf("resolve: %d %s", rec.Code, rec.Body)
	}
	for _, choice := range [][2]string{
		{"e1", `{"action":"adopt"}`}, {"e2", `{"action":"burn"}`}, {"e2", `{}`},
		{"e2", `{"action":"adopt","note":"` + strings.Repeat("x", 501) + `"}`},
	} {
		rec := w.authed(t, http.MethodPost, "/api/exceptions/"+choice[0]+"/resolve", choice[1])
		if code := errorCode(t, rec); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%.40s: %d %s", choice, rec.Code, code)
		}
	}
	if rec := w.authed(t, http.MethodPost, "/api/exceptions/e2/resolve", `{"action":"adopt","how":"now"}`); rec.Code != http.StatusBadRequest {
		t.Errorf("unknown key: %d", rec.Code)
	}
	for code, status := range map[exceptions.Code]int{
		exceptions.FulfillmentCancelled: http.StatusAccepted, exceptions.TrackingLate: http.StatusAccepted, exceptions.ShipmentDiffers: http.StatusAccepted,
		exceptions.TrackingMissing: http.StatusUnprocessableEntity, exceptions.CancelPending: http.StatusUnprocessableEntity,
	} {
		shipped := newWorld()
		shipped.open = append(shipped.open, exception("s1", demo, "576461413038785752", code))
		if rec := shipped.authed(t, http.MethodPost, "/api/exceptions/s1/resolve", `{"action":"handled"}`); rec.Code != status {
			t.Errorf("%s handled elsewhere: %d, want %d", code, rec.Code, status)
		}
	}
	at := time.Now()
	w.open[0].Status, w.open[0].ResolvedAt = exceptions.Resolved, &at
	if rec := w.authed(t, http.MethodPost, "/api/exceptions/e1/retry", ""); rec.Code != http.StatusConflict {
		t.Errorf("resolved already: %d", rec.Code)
	}
	if want := []string{"retry e1", "resolve e2 write_ours seen"}; !cmp.Equal(w.did, want) {
		t.Errorf("did %v", w.did)
	}
}

func TestDisconnect(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"tiktok_shop_id":"7"}`: "disconnect demo.myshopify.com 7", ``: "disconnect demo.myshopify.com ", `{}`: "disconnect demo.myshopify.com ",
	} {
		w := newWorld()
		rec := w.authed(t, http.MethodPost, "/api/tiktok/disconnect", body)
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"disconnected":["7"]`) || !cmp.Equal(w.did, []string{want}) {
			t.Errorf("%s: %d %s, did %v", body, rec.Code, rec.Body, w.did)
		}
	}
	w := newWorld()
	if rec := w.authed(t, http.MethodPost, "/api/tiktok/disconnect", `{"shop_id":"7"}`); rec.Code != http.StatusBadRequest || len(w.did) > 0 {
		t.Errorf("a misspelled key would disconnect everything: %d, did %v", rec.Code, w.did)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, target := range []string{"/healthz", "/readyz"} {
		if rec := w.call(t, request(t, http.MethodGet, target, "")); rec.Code != http.StatusOK {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
	for _, part := range []string{"queue", "migrations", "database"} { // the first that fails is named
		w.parts[part] = errors.New("hush: db.internal refused")
		rec := w.call(t, request(t, http.MethodGet, "/readyz", ""))
		body := rec.Body.String()
		if rec.Code != http.StatusServiceUnavailable || errorCode(t, rec) != "not_ready" || !strings.Contains(body, `"part":"`+part+`"`) {
			t.Errorf("without %s: %d %s", part, rec.Code, body)
		}
		if strings.Contains(body, "hush") || !strings.Contains(w.log.String(), "hush") {
			t.Errorf("the reason belongs into the log alone: %s", body)
		}
	}
	if rec := w.call(t, request(t, http.MethodGet, "/healthz", "")); rec.Code != http.StatusOK {
		t.Errorf("alive all the same: %d", rec.Code)
	}
}

func TestWrongMethodAndSecurityHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.authed(t, http.MethodDelete, "/api/settings", "")
	if code := errorCode(t, rec); rec.Code != http.StatusMethodNotAllowed || code != "method_not_allowed" {
		t.Errorf("%d %s", rec.Code, code)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if got := rec.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if rec.Header().Get("X-Request-Id") == "" || rec.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("headers %v", rec.Header())
	}
}

// A handler that panics answers like any other failure, and the log does not hold the request.
func TestPanic(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.finish = nil
	rec := w.call(t, request(t, http.MethodGet, "/tiktok/callback?code=hush-code&state=hush-state", ""))
	if code := errorCode(t, rec); rec.Code != http.StatusInternalServerError || code != "internal" {
		t.Errorf("%d %s", rec.Code, code)
	}
	if log := w.log.String(); !strings.Contains(log, "http.panic") || strings.Contains(log, "hush") {
		t.Error(log)
	}
}

func TestTrustedProxiesAreTaken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	if rec := w.call(t, request(t, http.MethodGet, "/healthz", "")); rec.Code != http.StatusOK {
		t.Errorf("%d", rec.Code)
	}
}

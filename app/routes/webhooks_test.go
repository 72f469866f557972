package routes_test

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	orderBody   = `{"type":1,"tts_notification_id":"n-1","shop_id":"7","timestamp":1761998400,"data":{"order_id":"576461413038785752","order_status":"AWAITING_SHIPMENT","update_time":1761998399}}`
	packageBody = `{"type":4,"tts_notification_id":"n-2","shop_id":"7","timestamp":1761998400,"data":{"package_list":[{"package_id":"1","order_id_list":["11","12"]}],"update_time":1}}`
)

func shopifyDelivery(t *testing.T, body, key string) *http.Request {
	t.Helper()
	r := request(t, http.MethodPost, "/webhooks/shopify", body)
	for name, value := range map[string]string{
		"Topic": "app/uninstalled", "Shop-Domain": string(demo), "API-Version": "2026-10",
		"Webhook-Id": "w-1", "Event-Id": "ev-1", "Triggered-At": "2026-11-01T11:59:00Z",
		"Hmac-Sha256": base64.StdEncoding.EncodeToString(sign(key, body)),
	} {
		r.Header.Set("X-Shopify-"+name, value)
	}
	return r
}

func tiktokDelivery(t *testing.T, body string) *http.Request {
	t.Helper()
	r := request(t, http.MethodPost, "/webhooks/tiktok", body)
	r.Header.Set("Authorization", hex.EncodeToString(sign(ttSecret, ttKey+body)))
	return r
}

func TestShopifyWebhookIsKept(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{"present secret": newHush, "secret before": oldHush} {
		w := newWorld()
		if rec := w.call(t, shopifyDelivery(t, `{"id":1}`, key)); rec.Code != http.StatusOK || rec.Body.Len() != 0 {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
		want := []inbox.Event{{
			Source: inbox.FromShopify, Account: string(demo), Topic: "app/uninstalled", DeliveryID: "w-1", EventID: "ev-1",
			TriggeredAt: time.Date(2026, 11, 1, 11, 59, 0, 0, time.UTC), Body: []byte(`{"id":1}`),
		}}
		if diff := cmp.Diff(want, w.events); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTikTokWebhookIsKept(t *testing.T) {
	t.Parallel()
	at := time.Unix(1761998400, 0).UTC()
	event := func(topic, delivery string, order tiktok.OrderID, body string) inbox.Event {
		return inbox.Event{Source: inbox.FromTikTok, Account: "7", Topic: topic, DeliveryID: delivery, Order: order, TriggeredAt: at, Body: []byte(body)}
	}
	unknown := `{"type":999,"tts_notification_id":"n-3","shop_id":"7","timestamp":1761998400,"data":[]}`
	cases := map[string][]inbox.Event{
		orderBody:   {event("1", "n-1", "576461413038785752", orderBody)},
		packageBody: {event("4", "n-2/11", "11", packageBody), event("4", "n-2/12", "12", packageBody)},
		unknown:     {event("999", "n-3", "", unknown)},
	}
	for body, want := range cases {
		w := newWorld()
		if rec := w.call(t, tiktokDelivery(t, body)); rec.Code != http.StatusOK {
			t.Errorf("%s: %d %s", body, rec.Code, rec.Body)
		}
		if diff := cmp.Diff(want, w.events); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

func TestADuplicateIsAcknowledged(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for range 2 {
		if rec := w.call(t, tiktokDelivery(t, orderBody)); rec.Code != http.StatusOK {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	}
}

func TestNoIDFallsBack(t *testing.T) {
	t.Parallel()
	w := newWorld()
	body := strings.Replace(orderBody, `"tts_notification_id":"n-1",`, "", 1)
	if rec := w.call(t, tiktokDelivery(t, body)); rec.Code != http.StatusOK || len(w.events) != 1 || w.events[0].DeliveryID == "" {
		t.Errorf("%d, events %+v", rec.Code, w.events)
	}
}

// Whatever a stranger sends: its status, an error body, and nothing kept.
func TestHostileWebhooks(t *testing.T) {
	t.Parallel()
	big := `{"x":"` + strings.Repeat("a", 1<<20) + `"}`
	unsized := func(r *http.Request) *http.Request { r.ContentLength = -1; return r }
	header := func(r *http.Request, name, value string) *http.Request {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
		return r
	}
	other := func(r *http.Request, body string) *http.Request {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		return r
	}
	good := shopifyDelivery
	const hmac = "X-Shopify-Hmac-Sha256"
	cases := map[string]struct {
		request *http.Request
		status  int
		code    string
	}{
		"shopify forged":            {good(t, `{"id":1}`, "guess"), 401, "invalid_signature"},
		"shopify unsigned":          {header(good(t, `{"id":1}`, newHush), hmac, ""), 401, "invalid_signature"},
		"shopify not base64":        {header(good(t, `{"id":1}`, newHush), hmac, "%%%"), 401, "invalid_signature"},
		"shopify tampered":          {other(good(t, `{"id":1}`, newHush), `{"id":2}`), 401, "invalid_signature"},
		"shopify truncated":         {other(good(t, `{"id":1}`, newHush), `{"id":`), 401, "invalid_signature"},
		"shopify signed, cut":       {good(t, `{"id":`, newHush), 400, "malformed"},
		"shopify signed, empty":     {good(t, ``, newHush), 400, "malformed"},
		"shopify oversized":         {good(t, big, newHush), 413, "too_large"},
		"shopify oversized, silent": {unsized(good(t, big, newHush)), 413, "too_large"},
		"shopify no topic":          {header(good(t, `{}`, newHush), "X-Shopify-Topic", ""), 400, "malformed"},
		"shopify no delivery id":    {header(good(t, `{}`, newHush), "X-Shopify-Webhook-Id", ""), 400, "malformed"},
		"shopify foreign domain":    {header(good(t, `{}`, newHush), "X-Shopify-Shop-Domain", "evil.example"), 400, "malformed"},
		"shopify empty secret":      {good(t, `{"id":1}`, ""), 401, "invalid_signature"},
		"shopify by GET":            {request(t, http.MethodGet, "/webhooks/shopify", ""), 405, "method_not_allowed"},
		"tiktok unsigned":           {header(tiktokDelivery(t, orderBody), "Authorization", ""), 401, "invalid_signature"},
		"tiktok forged":             {header(tiktokDelivery(t, orderBody), "Authorization", strings.Repeat("0", 64)), 401, "invalid_signature"},
		"tiktok as bearer":          {header(tiktokDelivery(t, orderBody), "Authorization", "Bearer x"), 401, "invalid_signature"},
		"tiktok tampered":           {other(tiktokDelivery(t, orderBody), strings.Replace(orderBody, "752", "753", 1)), 401, "invalid_signature"},
		"tiktok signed, malformed":  {tiktokDelivery(t, `{"type":`), 400, "malformed"},
		"tiktok signed, no object":  {tiktokDelivery(t, `[]`), 400, "malformed"},
		"tiktok oversized":          {tiktokDelivery(t, big), 413, "too_large"},
		"tiktok by PUT":             {request(t, http.MethodPut, "/webhooks/tiktok", "{}"), 405, "method_not_allowed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			rec := w.call(t, c.request)
			if code := errorCode(t, rec); rec.Code != c.status || code != c.code {
				t.Errorf("%d %s, want %d %s", rec.Code, code, c.status, c.code)
			}
			if len(w.events) > 0 {
				t.Errorf("kept: %+v", w.events)
			}
		})
	}
}

func TestAWebhookOfOneMebibyteIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	body := `{"x":"` + strings.Repeat("a", 1<<20-8) + `"}`
	if rec := w.call(t, shopifyDelivery(t, body, newHush)); rec.Code != http.StatusOK || len(body) != 1<<20 {
		t.Errorf("%d bytes: %d", len(body), rec.Code)
	}
}

func TestNotKeptMeansAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.inboxErr = errors.New("disk full")
	rec := w.call(t, tiktokDelivery(t, orderBody))
	if code := errorCode(t, rec); rec.Code != http.StatusServiceUnavailable || code != "unavailable" {
		t.Errorf("%d %s", rec.Code, code)
	}
}

func TestTheLogHoldsNoBody(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.call(t, shopifyDelivery(t, `{"email":"buyer@example.com"}`, newHush))
	w.call(t, shopifyDelivery(t, `{"email":"buyer@example.com"}`, "guess"))
	w.call(t, request(t, http.MethodGet, "/tiktok-nowhere?code=hush&access_token=hush", ""))
	if log := w.log.String(); strings.Contains(log, "buyer@example.com") || strings.Contains(log, "hush") || !strings.Contains(log, "webhook.rejected") {
		t.Error(log)
	}
}

// dial opens a raw connection, for what no HTTP client would send.
func dial(t *testing.T, w *world) net.Conn {
	t.Helper()
	server := httptest.NewServer(w.handler())
	t.Cleanup(server.Close)
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestABodyThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld()
	conn := dial(t, w)
	start := time.Now()
	if _, err := fmt.Fprintf(conn, "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if took := time.Since(start); res.StatusCode != http.StatusRequestTimeout || took > 3*time.Second {
		t.Errorf("%d after %v", res.StatusCode, took)
	}
	if len(w.events) > 0 {
		t.Error("something was kept")
	}
}

func TestTwoDeliveriesOnOneConnection(t *testing.T) {
	t.Parallel()
	w := newWorld()
	conn := dial(t, w)
	reader := bufio.NewReader(conn)
	for range 2 {
		_, err := fmt.Fprintf(conn, "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nAuthorization: %x\r\nContent-Length: %d\r\n\r\n%s",
			sign(ttSecret, ttKey+orderBody), len(orderBody), orderBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("status %d", res.StatusCode)
		}
	}
}

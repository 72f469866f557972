package tiktoksim

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	pages := r.Pages()
	visit := func(method, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
		req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, req)
		return w
	}
	if body := visit(http.MethodGet, "/sandbox/tiktok", nil).Body.String(); !strings.Contains(body, "No orders yet") {
		t.Error("an empty shop does not say so")
	}
	buy := url.Values{"shop": {usShop}, "sku": {SampleUnit().SKUID}, "quantity": {"2"}, "zip": {"78701-1234"}}
	if w := visit(http.MethodPost, "/sandbox/tiktok/orders", buy); w.Code != http.StatusSeeOther {
		t.Fatalf("buy: %d %s", w.Code, w.Body)
	}
	id := r.OrderIDs()[0]
	move := "/sandbox/tiktok/orders/" + id + "/status"
	if w := visit(http.MethodPost, move, url.Values{"status": {"AWAITING_SHIPMENT"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("move: %d %s", w.Code, w.Body)
	}
	body := visit(http.MethodGet, "/sandbox/tiktok", nil).Body.String()
	for _, want := range []string{id, "AWAITING_SHIPMENT", "78701-1234", "44.97 USD"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if w := visit(http.MethodPost, move, url.Values{"status": {"SOLD"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("bad status: %d", w.Code)
	}
	if w := visit(http.MethodPost, move, url.Values{"status": {"DELIVERED"}}, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("cross-site post: %d", w.Code)
	}
}

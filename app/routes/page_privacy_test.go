package routes_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// privacyDesk has one request of each kind, both of the demo shop.
type privacyDesk struct{ *world }

func (d privacyDesk) Requests(_ context.Context, shop shopify.Domain) ([]privacy.Request, error) {
	if shop != demo {
		return nil, nil
	}
	return []privacy.Request{
		{Shop: demo, ID: "w-2", Kind: privacy.DataRequest, Customer: "7781", Orders: []shopify.GID{"gid://shopify/Order/5"}, ReceivedAt: d.now},
		{Shop: demo, ID: "w-1", Kind: privacy.Redaction, Customer: "7782", ReceivedAt: d.now.Add(-40 * 24 * time.Hour)},
	}, nil
}

func (d privacyDesk) Report(_ context.Context, shop shopify.Domain, id string) (privacy.Report, error) {
	if shop != demo || id != "w-2" {
		return privacy.Report{}, privacy.ErrNotFound
	}
	d.note("report " + id)
	return privacy.Report{Shop: shop, Request: id, Customer: "7781"}, nil
}

func TestPrivacyPage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	r := request(t, http.MethodGet, "/settings/privacy", "")
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	holds(t, w.call(t, r), http.StatusOK, "Wants to see what is kept", "Waits for you", "/api/privacy/requests/w-2/report", "Wants to be forgotten", "Overdue", "7782")
}

func TestPrivacyReport(t *testing.T) {
	t.Parallel()
	w := newWorld()
	got := w.authed(t, http.MethodGet, "/api/privacy/requests/w-2/report", "")
	if body := decode(t, got); got.Code != http.StatusOK || body["shopify_customer"] != "7781" || got.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", got.Code, body)
	}
	if got := w.authed(t, http.MethodGet, "/api/privacy/requests/w-9/report", ""); got.Code != http.StatusNotFound {
		t.Errorf("unknown: %d %s", got.Code, got.Body)
	}
	list := decode(t, w.authed(t, http.MethodGet, "/api/privacy/requests", ""))["requests"].([]any)
	if first := list[0].(map[string]any); len(list) != 2 || first["asks"] != "data_request" || first["done_at"] != nil {
		t.Errorf("listed %v", list)
	}
}

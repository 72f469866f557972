package routes_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/testorders"
)

// testOrderDesk has one run, once it was started.
type testOrderDesk struct{ w *world }

func (d testOrderDesk) Start(_ context.Context, shop shopify.Domain) (testorders.Run, error) {
	d.w.note("test order of " + string(shop))
	return d.Last(context.Background(), shop)
}

func (d testOrderDesk) Last(_ context.Context, shop shopify.Domain) (testorders.Run, error) {
	if shop != demo || len(d.w.did) == 0 {
		return testorders.Run{}, testorders.ErrNotFound
	}
	return testorders.Run{
		Shop: shop, ID: "TEST-000000000000000001", State: testorders.Running, Next: testorders.Find, StartedAt: d.w.now,
		Order: "gid://shopify/Order/5", Name: "TEST-000000000000000001",
		Steps: []testorders.Step{{Name: testorders.Write, Outcome: testorders.OK, Message: "It is in Shopify.", At: d.w.now}},
	}, nil
}

func TestATestOrder(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if got := decode(t, w.authed(t, http.MethodGet, "/api/test-order", "")); got["test_order"] != nil || len(got) != 1 {
		t.Errorf("before the first: %v", got)
	}
	rec := w.authed(t, http.MethodPost, "/api/test-order", "")
	now := w.now.Format(time.RFC3339)
	want := map[string]any{
		"id": "TEST-000000000000000001", "state": "running", "next": "find", "shopify_order_id": "gid://shopify/Order/5",
		"shopify_name": "TEST-000000000000000001", "started_at": now, "finished_at": nil,
		"steps": []any{map[string]any{"name": "write", "outcome": "ok", "message": "It is in Shopify.", "at": now}},
	}
	if diff := cmp.Diff(want, decode(t, rec)); diff != "" || rec.Code != http.StatusAccepted {
		t.Errorf("%d %s", rec.Code, diff)
	}
	got := decode(t, w.authed(t, http.MethodGet, "/api/test-order", ""))
	if diff := cmp.Diff(map[string]any{"test_order": want}, got); diff != "" {
		t.Error(diff)
	}
}

package routes_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func (w *world) Refunds(_ context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Refund, error) {
	return slices.DeleteFunc(slices.Clone(w.refunds), func(r links.Refund) bool { return r.Shop != shop || r.Order != id }), nil
}

func (w *world) RefundsIn(_ context.Context, shop shopify.Domain, state links.RefundState, after shopify.GID, limit int) ([]links.Refund, error) {
	found := slices.DeleteFunc(slices.Clone(w.refunds), func(r links.Refund) bool { return r.Shop != shop || r.State != state || r.ID <= after })
	return found[:min(len(found), limit)], nil
}

func (w *world) RefundCounts(_ context.Context, shop shopify.Domain) (map[links.RefundState]int, error) {
	counts := map[links.RefundState]int{}
	for _, r := range w.refunds {
		if r.Shop == shop {
			counts[r.State]++
		}
	}
	return counts, nil
}

// refundDesk is what a person decides, in memory.
type refundDesk struct{ *world }

func (w refundDesk) Approve(_ context.Context, shop shopify.Domain, ids ...shopify.GID) error {
	for _, id := range ids {
		i := slices.IndexFunc(w.refunds, func(r links.Refund) bool { return r.Shop == shop && r.ID == id })
		if i < 0 {
			return fmt.Errorf("approve: %w", links.ErrNotFound)
		}
		if w.refunds[i].State != links.RefundHeld {
			return fmt.Errorf("approve: %w", refunds.ErrNotHeld)
		}
	}
	w.note(fmt.Sprintf("approve %v", ids))
	return nil
}

func (w refundDesk) Held(_ context.Context, _ shopify.Domain, reason string) ([]refunds.Held, error) {
	if reason == refunds.PushOff {
		return []refunds.Held{{Currency: "USD", Count: 3, Total: "41.10", TooOld: 1}}, nil
	}
	return []refunds.Held{{Currency: "USD", Count: 1, Total: "12.30"}}, nil
}

func (w refundDesk) Reasons(_ context.Context, shop shopify.Domain) ([]mappings.Reason, error) {
	return append([]mappings.Reason{}, w.reasons[shop]...), nil
}

func (w refundDesk) ChangeReasons(_ context.Context, shop shopify.Domain, rows []mappings.Reason) error {
	for _, row := range rows {
		w.reasons[shop] = slices.DeleteFunc(w.reasons[shop], func(r mappings.Reason) bool { return r.Shopify == row.Shopify })
		if row.TikTok != "" {
			w.reasons[shop] = append(w.reasons[shop], row)
		}
	}
	return nil
}

// refunded is a world with a refund that is held, one that is on its way, the
// cancellation of an order, and another shop's.
func refunded() *world {
	w := newWorld()
	at := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	order := w.orders[0].ID
	w.refunds = []links.Refund{
		{Shop: demo, Order: order, ID: "gid://shopify/Refund/7", State: links.RefundHeld, Reason: "push_refunds_off", Units: []tiktok.LineItemID{"1"},
			Amount: "12.30", Currency: "USD", RefundedAt: at, Steps: []links.RefundStep{
				{Number: 1, Kind: links.OpenReturn, State: links.StepPlanned, Units: []tiktok.LineItemID{"1"}, Amount: "12.30", Reason: "r",
					Call: tiktok.Write{Op: "create return", Method: "POST", Path: "/return_refund/202602/returns", Key: "k", Body: json.RawMessage(`{"refund_total":"12.30"}`)}},
			}},
		{Shop: demo, Order: "576461413038785753", ID: "gid://shopify/Refund/8", State: links.RefundSent, Currency: "USD", RefundedAt: at},
		{Shop: demo, Order: "576461413038785753", ID: "gid://shopify/Order/5", State: links.RefundHeld, Currency: "USD", RefundedAt: at},
		{Shop: other, Order: "576461413038785799", ID: "gid://shopify/Refund/9", State: links.RefundHeld, RefundedAt: at},
	}
	return w
}

func TestAnOrderShowsItsRefundsAsTheyWouldBeSent(t *testing.T) {
	t.Parallel()
	w := refunded()
	got := decode(t, w.authed(t, http.MethodGet, "/api/orders/576461413038785752", ""))
	legs, _ := got["legs"].(map[string]any)
	if diff := cmp.Diff(map[string]any{"state": "held", "reason": "push_refunds_off"}, legs["refunds"]); diff != "" {
		t.Error(diff)
	}
	want := []any{map[string]any{
		"id": "7", "tiktok_order_id": "576461413038785752", "shopify_id": "gid://shopify/Refund/7", "state": "held", "reason": "push_refunds_off",
		"amount": "12.30", "completed": "", "currency": "USD", "units": []any{"1"}, "refunded_at": "2026-11-01T10:00:00Z",
		"steps": []any{map[string]any{
			"number": 1.0, "kind": "open_return", "state": "planned", "amount": "12.30", "completed": "", "reason": "r", "units": []any{"1"}, "attempt": 0.0,
			"call": map[string]any{
				"method": "POST", "path": "/return_refund/202602/returns", "idempotency_key": "k", "body": map[string]any{"refund_total": "12.30"},
			},
		}},
	}}
	if diff := cmp.Diff(want, got["refunds"]); diff != "" {
		t.Error(diff)
	}
}

func TestHeldRefundsAreListedAndApproved(t *testing.T) {
	t.Parallel()
	w := refunded()
	list := decode(t, w.authed(t, http.MethodGet, "/api/refunds", ""))
	var ids []string
	for _, one := range list["refunds"].([]any) {
		ids = append(ids, one.(map[string]any)["id"].(string))
	}
	if diff := cmp.Diff([]string{"7", "order-5"}, ids); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"held": 2.0, "sent": 1.0}, list["counts"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{map[string]any{"currency": "USD", "count": 1.0, "total": "12.30", "need_approval": 0.0}}, list["held"]); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"/api/refunds/7/approve", "", http.StatusAccepted},
		{"/api/refunds/order-5/approve", "", http.StatusAccepted},
		{"/api/refunds/8/approve", "", http.StatusConflict},
		{"/api/refunds/9/approve", "", http.StatusNotFound},
		{"/api/refunds/1e3/approve", "", http.StatusNotFound},
		{"/api/refunds/" + strings.Repeat("1", 99) + "/approve", "", http.StatusNotFound},
		{"/api/refunds/approve", `{"refunds":["7","order-5"]}`, http.StatusAccepted},
		{"/api/refunds/approve", `{"refunds":["7","8"]}`, http.StatusConflict},
		{"/api/refunds/approve", `{"refunds":["7","x"]}`, http.StatusNotFound},
		{"/api/refunds/approve", `{"refunds":[]}`, http.StatusUnprocessableEntity},
		{"/api/refunds/approve", `{}`, http.StatusUnprocessableEntity},
		{"/api/refunds/approve", ``, http.StatusBadRequest},
	} {
		if rec := w.authed(t, http.MethodPost, c.path, c.body); rec.Code != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.path, c.body, rec.Code, rec.Body, c.want)
		}
	}
	want := []string{"approve [gid://shopify/Refund/7]", "approve [gid://shopify/Order/5]", "approve [gid://shopify/Refund/7 gid://shopify/Order/5]"}
	if diff := cmp.Diff(want, w.did); diff != "" {
		t.Error(diff)
	}
}

func TestReasonsAreKeptAndListed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.authed(t, http.MethodPut, "/api/mappings/reasons",
		`{"mappings":[{"shopify_reason":"Size too small","tiktok_reason":"ecom_x","note":"n"},{"shopify_reason":"*","tiktok_reason":null}]}`)
	if diff := cmp.Diff(map[string]any{"set": 1.0, "removed": 1.0}, decode(t, rec)); rec.Code != http.StatusOK || diff != "" {
		t.Fatalf("%d %s", rec.Code, diff)
	}
	got := decode(t, w.authed(t, http.MethodGet, "/api/mappings/reasons", ""))
	want := map[string]any{"mappings": []any{
		map[string]any{"shopify_reason": "size_too_small", "tiktok_reason": "ecom_x", "note": "n", "updated_at": "0001-01-01T00:00:00Z"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for body, want := range map[string]int{
		`{"mappings":[{"shopify_reason":"a","tiktok_reason":"x"},{"shopify_reason":"","tiktok_reason":"x"}]}`: http.StatusUnprocessableEntity,
		`{"mappings":{}}`: http.StatusBadRequest, `{}`: http.StatusBadRequest, `nonsense`: http.StatusBadRequest,
	} {
		if rec := w.authed(t, http.MethodPut, "/api/mappings/reasons", body); rec.Code != want || len(w.reasons[demo]) != 1 {
			t.Errorf("%s: %d %s, kept %v", body, rec.Code, rec.Body, w.reasons[demo])
		}
	}
}

func (w refundDesk) Between(_ context.Context, shop shopify.Domain, since, until time.Time) ([]reconcile.Row, []reconcile.Total, error) {
	var rows []reconcile.Row
	for _, r := range w.refunds {
		if r.Shop == shop && !r.RefundedAt.Before(since) && r.RefundedAt.Before(until) {
			books := reconcile.Books{Order: links.Order{ID: r.Order, Total: "20.00", Currency: "USD"}, Refunds: []links.Refund{r}}
			row, err := reconcile.Of(books)
			if err != nil {
				return nil, nil, err
			}
			rows = append(rows, row)
		}
	}
	totals, err := reconcile.Totals(rows)
	return rows, totals, err
}

func TestReconciliation(t *testing.T) {
	t.Parallel()
	w := refunded()
	w.refunds = w.refunds[:1]
	sums := map[string]any{
		"paid": "20.00", "refunded": "12.30", "asked": "0.00", "completed": "0.00", "mirrored": "0.00", "difference": "12.30", "over": "0.00",
		"differences": []any{map[string]any{"code": "push_refunds_off", "refunds": 1.0, "amount": "12.30"}},
	}
	with := func(more map[string]any) map[string]any { maps.Copy(more, sums); return more }
	want := map[string]any{
		"since":  "2026-08-03T12:00:00Z",
		"orders": []any{with(map[string]any{"tiktok_order_id": "576461413038785752", "shopify_name": "", "currency": "USD"})},
		"totals": []any{with(map[string]any{"currency": "USD", "orders": 1.0, "open": 1.0})},
	}
	if diff := cmp.Diff(want, decode(t, w.authed(t, http.MethodGet, "/api/reconciliation", ""))); diff != "" {
		t.Error(diff)
	}
	csv := w.authed(t, http.MethodGet, "/api/reconciliation?format=csv", "")
	if !strings.HasPrefix(csv.Header().Get("Content-Type"), "text/csv") || !strings.Contains(csv.Body.String(), "push_refunds_off 12.30") {
		t.Errorf("%v %s", csv.Header(), csv.Body)
	}
	later := decode(t, w.authed(t, http.MethodGet, "/api/reconciliation?since=2026-11-01T11:00:00Z", ""))
	if diff := cmp.Diff([]any{}, later["totals"]); diff != "" {
		t.Error(diff)
	}
	if rec := w.authed(t, http.MethodGet, "/api/reconciliation?since=yesterday", ""); rec.Code != http.StatusBadRequest {
		t.Errorf("a garbled beginning: %d", rec.Code)
	}
}

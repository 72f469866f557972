package loopsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// call posts to the API and returns the status and the decoded answer.
func call(t *testing.T, s *Sim, key, path, body string) (int, map[string]any) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/"+path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("X-Authorization", key)
	}
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, req)
	var out map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		t.Fatalf("answer %q: %v", rec.Body, err)
	}
	return rec.Code, out
}

func firstCode(answer map[string]any) string {
	list, _ := answer["errors"].([]any)
	if len(list) == 0 {
		return ""
	}
	entry, _ := list[0].(map[string]any)
	return fmt.Sprint(entry["code"])
}

func TestDraftReturn(t *testing.T) {
	t.Parallel()
	s := testSim(Options{})
	status, got := call(t, s, "acme-key", "draft-returns", `{"order_name":"#576461413038785752","secondary_input":"90210","is_gift":false}`)
	want := map[string]any{
		"draft_return": map[string]any{"id": 1.0, "state": "created", "currency": "USD"},
		"context": map[string]any{
			"order": map[string]any{"name": "576461413038785752", "provider_order_id": "9007199254740993", "line_items": []any{
				map[string]any{"id": 1.0, "title": "Mug", "sku": "MUG", "provider_line_item_id": "11", "provider_variant_id": "5"},
				map[string]any{"id": 2.0, "title": "Cap", "sku": "CAP", "provider_line_item_id": "12", "provider_variant_id": "6"},
				map[string]any{"id": 3.0, "title": "Gift wrap", "sku": "GIFT", "provider_line_item_id": "13", "provider_variant_id": nil},
			}},
			"items_eligible_to_return": []any{map[string]any{"order_line_item_id": 1.0, "quantity": 2.0}},
			"items_not_eligible_to_return": []any{
				map[string]any{"order_line_item_id": 2.0, "ineligibility_code": "not-fulfilled"},
				map[string]any{"order_line_item_id": 3.0, "ineligibility_code": "no-product"},
			},
		},
		"links":  []any{map[string]any{"rel": "cancel-draft-return", "method": "POST", "href": "/api/v1/draft-returns/1/cancel"}},
		"errors": []any{},
	}
	if diff := cmp.Diff(want, got); status != 200 || diff != "" {
		t.Fatalf("status %d\n%s", status, diff)
	}
	if status, got := call(t, s, "other-key", "draft-returns/1/cancel", ""); status != 404 {
		t.Errorf("another shop cancels: %d %v", status, got)
	}
	status, got = call(t, s, "acme-key", "draft-returns/1/cancel", "")
	if draft, _ := got["draft_return"].(map[string]any); status != 200 || draft["state"] != "cancelled" {
		t.Errorf("cancel: %d %v", status, got)
	}
	if status, got := call(t, s, "acme-key", "draft-returns/1/cancel", ""); status != 422 {
		t.Errorf("cancel again: %d %v", status, got)
	}
	for _, id := range []string{"0", "2", "x"} {
		if status, _ := call(t, s, "acme-key", "draft-returns/"+id+"/cancel", ""); status != 404 {
			t.Errorf("cancel %s: %d", id, status)
		}
	}
	if v := s.Violations(); len(v) != 0 {
		t.Errorf("violations = %q", v)
	}
}

func TestAPIRefuses(t *testing.T) {
	t.Parallel()
	const lookup = `{"order_name":"576461413038785752","secondary_input":"90210"}`
	for name, tc := range map[string]struct {
		key, path, body string
		status          int
		code            string
		violations      int
	}{
		"no key":            {"", "draft-returns", lookup, 401, "NOT_AUTHORIZED", 0},
		"wrong key":         {"x", "draft-returns", lookup, 401, "NOT_AUTHORIZED", 0},
		"plan without":      {"other-key", "draft-returns", lookup, 422, "draft-returns-not-enabled", 0},
		"unknown order":     {"acme-key", "draft-returns", `{"order_name":"1","secondary_input":"90210"}`, 422, "order-not-found", 0},
		"other ZIP":         {"acme-key", "draft-returns", `{"order_name":"576461413038785752","secondary_input":"1"}`, 422, "secondary-input-mismatch", 0},
		"empty name":        {"acme-key", "draft-returns", `{"order_name":"","secondary_input":"1"}`, 422, "validation-failed", 0},
		"no ZIP":            {"acme-key", "draft-returns", `{"order_name":"1"}`, 422, "validation-failed", 1},
		"unknown field":     {"acme-key", "draft-returns", `{"order_name":"1","secondary_input":"1","zip":"1"}`, 422, "validation-failed", 1},
		"number for text":   {"acme-key", "draft-returns", `{"order_name":576461413038785752,"secondary_input":"1"}`, 422, "validation-failed", 1},
		"two objects":       {"acme-key", "draft-returns", lookup + lookup, 422, "validation-failed", 1},
		"cut short":         {"acme-key", "draft-returns", lookup[:20], 422, "validation-failed", 1},
		"too long":          {"acme-key", "draft-returns", `{"order_name":"` + strings.Repeat("1", maxBody) + `"}`, 422, "validation-failed", 1},
		"query":             {"acme-key", "draft-returns?zip=1", lookup, 422, "validation-failed", 1},
		"no endpoint":       {"acme-key", "returns", lookup, 404, "NOT_FOUND", 1},
		"eligible, no name": {"acme-key", "orders/return-eligibility", `{}`, 422, "validation-failed", 1},
		"eligible, ZIP":     {"acme-key", "orders/return-eligibility", lookup, 422, "validation-failed", 1},
		"eligible, unknown": {"acme-key", "orders/return-eligibility", `{"order_name":"1"}`, 404, "order-not-found", 0},
		"another shop's":    {"other-key", "orders/return-eligibility", `{"order_name":"576461413038785752"}`, 404, "order-not-found", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testSim(Options{})
			status, got := call(t, s, tc.key, tc.path, tc.body)
			if status != tc.status || firstCode(got) != tc.code {
				t.Errorf("%d %v", status, got)
			}
			if v := s.Violations(); len(v) != tc.violations {
				t.Errorf("violations = %q", v)
			}
		})
	}
}

func TestAPIWantsItsContentType(t *testing.T) {
	t.Parallel()
	s := testSim(Options{})
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/orders/return-eligibility", strings.NewReader(`{"order_name":"1"}`))
	req.Header.Set("X-Authorization", "acme-key")
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, req)
	if rec.Code != http.StatusUnprocessableEntity || len(s.Violations()) != 1 {
		t.Errorf("%d, violations %q", rec.Code, s.Violations())
	}
}

func TestEligibility(t *testing.T) {
	t.Parallel()
	s := testSim(Options{})
	status, got := call(t, s, "acme-key", "orders/return-eligibility", `{"order_name":"576461413038785755"}`)
	want := map[string]any{
		"order_id": "9007199254740993", "advisory": true, "as_of": "2026-11-22T12:00:00Z",
		"items": []any{
			map[string]any{"id": 1.0, "external_id": "11", "eligible": true, "ineligibility_code": nil},
			map[string]any{"id": 2.0, "external_id": "12", "eligible": false, "ineligibility_code": "not-fulfilled"},
			map[string]any{"id": 3.0, "external_id": "13", "eligible": false, "ineligibility_code": "no-product"},
		},
	}
	if diff := cmp.Diff(want, got); status != 200 || diff != "" {
		t.Errorf("status %d\n%s", status, diff)
	}
}

func TestAPIRateLimit(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := testSim(Options{Now: func() time.Time { return now }})
	ask := func(key string) int {
		status, _ := call(t, s, key, "orders/return-eligibility", `{"order_name":"576461413038785752"}`)
		return status
	}
	for i := range callsAMinute {
		if status := ask("acme-key"); status != 200 {
			t.Fatalf("call %d: %d", i, status)
		}
	}
	if status := ask("acme-key"); status != 429 {
		t.Errorf("one too many: %d", status)
	}
	if status := ask("other-key"); status != 404 {
		t.Errorf("another key: %d", status)
	}
	now = now.Add(time.Minute)
	if status := ask("acme-key"); status != 200 {
		t.Errorf("a minute later: %d", status)
	}
}

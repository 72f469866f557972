package routes_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// skuTable is a shop's table, in memory.
type skuTable struct{ *world }

func (w skuTable) SKUMappings(_ context.Context, shop shopify.Domain, after tiktok.SKUID, limit int) ([]mappings.SKU, error) {
	found := []mappings.SKU{}
	for _, sku := range w.skus[shop] {
		if sku.SKUID > after && len(found) < limit {
			found = append(found, sku)
		}
	}
	return found, nil
}

func (w skuTable) ChangeSKUs(_ context.Context, shop shopify.Domain, rows []mappings.SKU) error {
	for _, row := range rows {
		w.skus[shop] = slices.DeleteFunc(w.skus[shop], func(s mappings.SKU) bool { return s.SKUID == row.SKUID })
		if row.Variant != "" {
			w.skus[shop] = append(w.skus[shop], row)
		}
	}
	slices.SortFunc(w.skus[shop], func(a, b mappings.SKU) int { return strings.Compare(string(a.SKUID), string(b.SKUID)) })
	return nil
}

// signedIn is a request of demo's, to be changed before it is sent.
func signedIn(t *testing.T, w *world, method, target, body string) *http.Request {
	t.Helper()
	r := request(t, method, target, body)
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	return r
}

func TestSKUMappingsAreKeptAndListed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.authed(t, http.MethodPut, "/api/mappings/skus",
		`{"mappings":[{"sku_id":"2","variant_id":"77","seller_sku":"A","note":"n"},{"sku_id":"1","variant_id":"gid://shopify/ProductVariant/78"},{"sku_id":"3","variant_id":null}]}`)
	if diff := cmp.Diff(map[string]any{"set": 2.0, "removed": 1.0}, decode(t, rec)); rec.Code != http.StatusOK || diff != "" {
		t.Fatalf("%d %s", rec.Code, diff)
	}
	got := decode(t, w.authed(t, http.MethodGet, "/api/mappings/skus", ""))
	const never = "0001-01-01T00:00:00Z"
	want := map[string]any{"next_cursor": "", "mappings": []any{
		map[string]any{"sku_id": "1", "variant_id": "gid://shopify/ProductVariant/78", "seller_sku": "", "note": "", "updated_at": never},
		map[string]any{"sku_id": "2", "variant_id": "gid://shopify/ProductVariant/77", "seller_sku": "A", "note": "n", "updated_at": never},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(w.skus[other]) > 0 {
		t.Errorf("another shop's: %v", w.skus[other])
	}
}

func TestSKUMappingsAsAFileThereAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var file strings.Builder
	file.WriteString("sku_id,variant_id,seller_sku,note\n")
	for n := range 450 {
		fmt.Fprintf(&file, "%d,gid://shopify/ProductVariant/%d,\"A,%d\",\n", 1000+n, n+1, n)
	}
	put := signedIn(t, w, http.MethodPut, "/api/mappings/skus", file.String())
	put.Header.Set("Content-Type", "text/csv; charset=utf-8")
	if rec := w.call(t, put); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	get := signedIn(t, w, http.MethodGet, "/api/mappings/skus", "")
	get.Header.Set("Accept", "text/csv")
	rec := w.call(t, get)
	if rec.Body.String() != file.String() || rec.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%s: %.200s", rec.Header().Get("Content-Type"), rec.Body)
	}
	listed := 0
	for cursor, first := "", true; first || cursor != ""; first = false {
		page := decode(t, w.authed(t, http.MethodGet, "/api/mappings/skus?cursor="+cursor, ""))
		listed += len(page["mappings"].([]any))
		cursor = page["next_cursor"].(string)
	}
	if listed != 450 {
		t.Errorf("pages hold %d", listed)
	}
}

func TestAFaultKeepsEveryRowOut(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.authed(t, http.MethodPut, "/api/mappings/skus", `{"mappings":[{"sku_id":"1","variant_id":"5"},{"sku_id":"x","variant_id":"y"}]}`)
	var body struct {
		Error struct {
			Code, Message string
			Faults        []mappings.Fault
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if f := body.Error.Faults; rec.Code != http.StatusUnprocessableEntity || body.Error.Code != "invalid_mapping" || len(f) != 2 || f[0].Row != 2 || f[1].Field != "variant_id" {
		t.Errorf("%d %+v", rec.Code, body)
	}
	for target, want := range map[string]string{
		`PUT {}`: "invalid_json", `PUT {"mappings":null}`: "invalid_json", `PUT {"mappings":[{"price":1}]}`: "invalid_json",
		`PUT {"mappings":"` + strings.Repeat("x", 4<<20) + `"}`: "too_large",
	} {
		method, sent, _ := strings.Cut(target, " ")
		if code := errorCode(t, w.authed(t, method, "/api/mappings/skus", sent)); code != want {
			t.Errorf("%.60s: %s", target, code)
		}
	}
	if code := errorCode(t, w.authed(t, http.MethodGet, "/api/mappings/skus?cursor=x%27", "")); code != "invalid_cursor" {
		t.Errorf("cursor: %s", code)
	}
	if len(w.skus[demo]) > 0 {
		t.Errorf("kept %v", w.skus[demo])
	}
}

func TestADifferenceIsAChoiceOfItsOwnCode(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.open = append(w.open, exception("e3", demo, "576461413038785753", exceptions.TotalsMismatch))
	if rec := w.authed(t, http.MethodPost, "/api/exceptions/e3/resolve", `{"action":"adopt"}`); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("another code's action: %d", rec.Code)
	}
	if rec := w.authed(t, http.MethodPost, "/api/exceptions/e3/resolve", `{"action":"write_difference"}`); rec.Code != http.StatusAccepted {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if want := []string{"resolve e3 write_difference "}; !cmp.Equal(w.did, want) {
		t.Errorf("did %q", w.did)
	}
}

package routes_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// carrierTable is a shop's answers, in memory.
type carrierTable struct{ *world }

func (w carrierTable) Carriers(_ context.Context, shop shopify.Domain) ([]mappings.Carrier, error) {
	return append([]mappings.Carrier{}, w.carriers[shop]...), nil
}

func (w carrierTable) ChangeCarriers(_ context.Context, shop shopify.Domain, rows []mappings.Carrier) error {
	for _, row := range rows {
		w.carriers[shop] = slices.DeleteFunc(w.carriers[shop], func(c mappings.Carrier) bool { return c.Key() == row.Key() })
		if row.Provider != "" {
			w.carriers[shop] = append(w.carriers[shop], row)
		}
	}
	return nil
}

func TestCarriersAreKeptAndListed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	empty := decode(t, w.authed(t, http.MethodGet, "/api/mappings/carriers", ""))
	if diff := cmp.Diff(map[string]any{"mappings": []any{}}, empty); diff != "" {
		t.Error(diff)
	}
	rec := w.authed(t, http.MethodPut, "/api/mappings/carriers",
		`{"mappings":[{"company":"Zippy","provider":"USPS","note":"n"},{"company":"Own van","provider":null}]}`)
	if diff := cmp.Diff(map[string]any{"set": 1.0, "removed": 1.0}, decode(t, rec)); rec.Code != http.StatusOK || diff != "" {
		t.Fatalf("%d %s", rec.Code, diff)
	}
	got := decode(t, w.authed(t, http.MethodGet, "/api/mappings/carriers", ""))
	want := map[string]any{"mappings": []any{
		map[string]any{"company": "Zippy", "provider": "USPS", "note": "n", "updated_at": "0001-01-01T00:00:00Z"},
	}}
	if diff := cmp.Diff(want, got); diff != "" || len(w.carriers[other]) > 0 {
		t.Errorf("%s, another shop's %v", diff, w.carriers[other])
	}
}

func TestCarriersThatCannotBeTakenChangeNothing(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"mappings":[{"company":"A","provider":"USPS"},{"company":"","provider":"x"}]}`: http.StatusUnprocessableEntity,
		`{"mappings":{}}`: http.StatusBadRequest, `{}`: http.StatusBadRequest, `nonsense`: http.StatusBadRequest,
	} {
		w := newWorld()
		rec := w.authed(t, http.MethodPut, "/api/mappings/carriers", body)
		if rec.Code != want || len(w.carriers[demo]) > 0 || !strings.Contains(rec.Body.String(), `"error"`) {
			t.Errorf("%s: %d %s, kept %v", body, rec.Code, rec.Body, w.carriers[demo])
		}
	}
}

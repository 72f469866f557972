package routes_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/shops"
)

const backfillsAt = "/orders/backfills"

func TestBackfillsPage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	holds(t, w.authed(t, http.MethodGet, backfillsAt, ""), http.StatusOK,
		`action="/orders/backfills"`, "data-refresh", "30 orders found", "20 handed over for import", "15 orders a minute",
		`action="/orders/backfills/b1/stop"`, "Running", "Leave it empty for today, 2026-11-01.")
}

func TestABackfillIsBegunStoppedAndResumed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.shops[demo] = inNewYork(w.shops[demo])
	for _, form := range []struct {
		path string
		form url.Values
		said string
	}{
		{backfillsAt, url.Values{"from": {"2026-10-01"}, "to": {"2026-10-02"}}, "backfill_started"},
		{backfillsAt, url.Values{"from": {"2026-10-01"}, "dry_run": {"yes"}}, "backfill_started"},
		{backfillsAt, url.Values{"from": {"2026-11-01"}, "to": {"2026-11-01"}}, "backfill_started"}, // today
		{backfillsAt + "/b1/stop", nil, "backfill_stopped"},
		{backfillsAt + "/b1/resume", nil, "backfill_resumed"},
	} {
		rec := w.send(t, form.path, form.form)
		if want := backfillsAt + "?said=" + form.said; rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != want {
			t.Errorf("%s: %d to %s", form.path, rec.Code, rec.Header().Get("Location"))
		}
	}
	want := []string{ // days in New York
		"backfill demo.myshopify.com 2026-10-01T04:00:00Z 2026-10-03T04:00:00Z",
		"backfill demo.myshopify.com 2026-10-01T04:00:00Z 2026-11-01T12:00:00Z",
		"backfill demo.myshopify.com 2026-11-01T04:00:00Z 2026-11-01T12:00:00Z",
	}
	if got := without(w.did, "ensure "); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestABackfillThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, form := range []struct {
		path   string
		form   url.Values
		status int
		text   string
	}{
		{backfillsAt, url.Values{"from": {hostile}}, http.StatusUnprocessableEntity, "First day: choose a day."},
		{backfillsAt, url.Values{"from": {"2026-10-01"}, "to": {"soon"}}, http.StatusUnprocessableEntity, `value="2026-10-01"`},
		{backfillsAt, url.Values{"from": {"2026-10-03"}, "to": {"2026-10-01"}}, http.StatusUnprocessableEntity, "must not be after the last"},
		{backfillsAt, url.Values{"from": {"2026-12-03"}}, http.StatusUnprocessableEntity, "has not come yet"},
		{backfillsAt, url.Values{"from": {"2026-10-01"}, "tiktok_shop_id": {"8"}}, http.StatusConflict, "is running"},
		{backfillsAt, url.Values{"from": {"2026-10-01"}, "tiktok_shop_id": {"9"}}, http.StatusNotFound, "belongs to your shop"},
		{backfillsAt + "/b9/stop", nil, http.StatusNotFound, "belongs to your shop"},
		{backfillsAt + "/b9/resume", nil, http.StatusConflict, "Start another one"},
	} {
		holds(t, w.send(t, form.path, form.form), form.status, form.text)
	}
	if got := without(w.did, "ensure "); len(got) > 0 {
		t.Errorf("did %v", got)
	}
}

func inNewYork(shop shops.Shop) shops.Shop {
	shop.TimeZone = "America/New_York"
	return shop
}

package routes_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

// backfillDesk has one running backfill, b1 of the demo shop.
type backfillDesk struct{ *world }

func (d backfillDesk) one(state backfills.State) backfills.Backfill {
	return backfills.Backfill{
		ID: "b1", Shop: demo, TikTokShop: "7", State: state, From: d.now.Add(-time.Hour), To: d.now,
		Counts: backfills.Counts{Found: 30, Imported: 20, Skipped: 10}, Ran: 2 * time.Minute, StartedAt: d.now,
	}
}

func (d backfillDesk) Start(_ context.Context, shop shopify.Domain, want backfills.Wanted) (backfills.Backfill, error) {
	from, to, err := backfills.Span(want.From, want.To, d.now)
	switch {
	case err != nil:
		return backfills.Backfill{}, err
	case want.TikTokShop == "8":
		return backfills.Backfill{}, backfills.ErrRunning
	case want.TikTokShop == "9":
		return backfills.Backfill{}, shops.ErrNotFound
	}
	d.note("backfill " + string(shop) + " " + from.Format(time.RFC3339) + " " + to.Format(time.RFC3339))
	b := d.one(backfills.Running)
	b.From, b.To, b.DryRun = from, to, want.DryRun
	return b, nil
}

func (d backfillDesk) List(_ context.Context, shop shopify.Domain) ([]backfills.Backfill, error) {
	if shop != demo {
		return nil, nil
	}
	return []backfills.Backfill{d.one(backfills.Running)}, nil
}

func (d backfillDesk) Stop(_ context.Context, shop shopify.Domain, id string) (backfills.Backfill, error) {
	if shop != demo || id != "b1" {
		return backfills.Backfill{}, backfills.ErrNotFound
	}
	return d.one(backfills.Stopped), nil
}

func (d backfillDesk) Resume(_ context.Context, shop shopify.Domain, id string) (backfills.Backfill, error) {
	if shop != demo || id != "b1" {
		return backfills.Backfill{}, backfills.ErrOver
	}
	return d.one(backfills.Running), nil
}

func TestBackfillsOverTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.authed(t, http.MethodPost, "/api/backfills", `{"from":"2026-10-01T02:00:00+02:00","dry_run":true}`)
	got := decode(t, rec)
	if rec.Code != http.StatusAccepted || got["id"] != "b1" || got["dry_run"] != true || got["from"] != "2026-10-01T00:00:00Z" || got["to"] != "2026-11-01T12:00:00Z" {
		t.Errorf("%d %v", rec.Code, got)
	}
	if want := "backfill " + string(demo) + " 2026-10-01T00:00:00Z 2026-11-01T12:00:00Z"; !cmp.Equal(w.did, []string{want}) {
		t.Errorf("did %v", w.did)
	}
	rec = w.authed(t, http.MethodGet, "/api/backfills", "")
	list, _ := decode(t, rec)["backfills"].([]any)
	want := []any{map[string]any{
		"id": "b1", "tiktok_shop_id": "7", "state": "running", "dry_run": false, "from": "2026-11-01T11:00:00Z", "to": "2026-11-01T12:00:00Z",
		"found": 30.0, "imported": 20.0, "skipped": 10.0, "rate": 15.0, "started_at": "2026-11-01T12:00:00Z", "finished_at": nil, "message": "",
	}}
	if diff := cmp.Diff(want, list); diff != "" || rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, diff)
	}
	if rec := w.authed(t, http.MethodPost, "/api/backfills/b1/stop", ""); rec.Code != http.StatusAccepted || decode(t, rec)["state"] != "stopped" {
		t.Errorf("stop: %d", rec.Code)
	}
	if rec := w.authed(t, http.MethodPost, "/api/backfills/b1/resume", ""); rec.Code != http.StatusAccepted || decode(t, rec)["state"] != "running" {
		t.Errorf("resume: %d", rec.Code)
	}
}

func TestBackfillsThatCannotBe(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		status int
		code   string
	}{
		`{}`:                    {422, "invalid_range"},
		`{"from":""}`:           {422, "invalid_range"},
		`{"from":"yesterday"}`:  {422, "invalid_range"},
		`{"from":"2026-10-01"}`: {422, "invalid_range"},
		`{"from":5}`:            {400, "invalid_json"},
		`{"from":"2026-10-01T00:00:00Z","to":"2026-10-01T00:00:00Z"}`:             {422, "invalid_range"},
		`{"from":"2026-10-02T00:00:00Z","to":"2026-10-01T00:00:00Z"}`:             {422, "invalid_range"},
		`{"from":"2026-11-02T00:00:00Z"}`:                                         {422, "invalid_range"},
		`{"from":"2026-10-01T00:00:00Z","to":"2026-11-02T00:00:00Z"}`:             {422, "invalid_range"},
		`{"from":"2023-10-01T00:00:00Z"}`:                                         {422, "invalid_range"},
		`{"from":"2026-10-01T00:00:00Z","shop":"x"}`:                              {400, "invalid_json"},
		`{"from":"2026-10-01T00:00:00Z","tiktok_shop_id":"8"}`:                    {409, "backfill_running"},
		`{"from":"2026-10-01T00:00:00Z","tiktok_shop_id":"9"}`:                    {404, "not_found"},
		`{"from":"2026-10-01T00:00:00Z","to":"2026-10-02T00:00:00Z","dry_run":1}`: {400, "invalid_json"},
	} {
		rec := newWorld().authed(t, http.MethodPost, "/api/backfills", body)
		if code := errorCode(t, rec); rec.Code != want.status || code != want.code {
			t.Errorf("%s: %d %s, want %v", body, rec.Code, code, want)
		}
	}
	for path, want := range map[string]int{
		"/api/backfills/b2/stop": 404, "/api/backfills/b2/resume": 409, "/api/backfills/" + strings.Repeat("x", 65) + "/stop": 404,
	} {
		if rec := newWorld().authed(t, http.MethodPost, path, ""); rec.Code != want {
			t.Errorf("%s: %d, want %d", path, rec.Code, want)
		}
	}
}

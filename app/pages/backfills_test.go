package pages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/shops"
)

func TestBackfills(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 2, 1, 6, 0, 0, 0, time.UTC) // midnight in Chicago
	to := from.AddDate(0, 0, 20)
	page := pages.Backfills{
		Frame: frame, Connections: []shops.Connection{{TikTokShop: "7", Name: hostile}, {TikTokShop: "8", Name: "B"}, {TikTokShop: "9", Name: "Not synced", Off: shops.OffByMerchant}},
		All: []backfills.Backfill{
			{ID: "r", TikTokShop: "7", State: backfills.Running, From: from, To: to, Place: backfills.Place{From: from.AddDate(0, 0, 5)}, DryRun: true},
			{ID: "f", TikTokShop: "5", State: backfills.Failed, Message: hostile, From: from, To: to, Place: backfills.Place{From: from}},
			{ID: "d", TikTokShop: "5", State: backfills.Done, From: from, To: to},
		},
	}
	contains(t, page, "data-refresh", "25 % of the days", "Feb 1, 2026 to Feb 20, 2026", "would be imported", "&lt;script&gt;",
		`action="/orders/backfills/r/stop"`, `action="/orders/backfills/f/resume"`, `<s-option value="8">B</s-option>`, "100 % of the days")
	out := draw(t, page)
	for _, wrong := range []string{"/f/stop", "/r/resume", "/d/resume", "Not synced", "<img"} {
		if strings.Contains(out, wrong) {
			t.Errorf("the page holds %s", wrong)
		}
	}
	contains(t, pages.Backfills{Frame: frame}, "No TikTok shop is synced", "No backfill was started yet.")
}

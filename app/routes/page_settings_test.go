package routes_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/shops"
)

func TestSettingsPage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	r := request(t, http.MethodGet, "/settings", "")
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	holds(t, w.call(t, r), http.StatusOK,
		`action="/settings/tiktok/7/off"`, `action="/settings/tiktok/7/disconnect"`, `Apr 1, 2027`, "read_locations",
		"3 refunds, 41.10 USD in all, held", "but for 1 that is older than a week",
		`order=[TT_ORDER_NUM]&amp;zip=[TTS_ZIP_CODE]`, `name="pull_orders"`)
}

func TestSettingsAreSaved(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.shops[demo] = shops.Shop{Domain: demo, Slug: "s", TimeZone: "America/Chicago", InstalledAt: w.now}
	before := w.settings[demo]
	before.PushRefunds = true
	w.settings[demo] = before
	for range 2 { // sent twice, saved once
		rec := w.send(t, "/settings/switches", url.Values{"was": {"mirror_shipments"}, "pull_orders": {"true"}, "mirror_shipments": {"true"}})
		if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || to != "/settings?said=saved" {
			t.Fatalf("%d to %s: %s", rec.Code, to, rec.Body)
		}
	}
	if got := w.settings[demo]; !got.PullOrders || !got.PushRefunds {
		t.Errorf("a switch that nobody moved was moved: %+v", got)
	}
	w.send(t, "/settings/orders", url.Values{
		"order_name_prefix": {" TT- "}, "tags": {"gift, , vip "}, "import_from": {"2026-11-01 00:00"},
		"order_email": {"none"}, "unmapped_sku": {"hold"}, "inventory_behaviour": {"bypass"},
	})
	got := w.settings[demo]
	from := time.Date(2026, 11, 1, 5, 0, 0, 0, time.UTC)
	if got.OrderNamePrefix != "TT-" || !cmp.Equal(got.Tags, []string{"gift", "vip"}) || got.ImportFrom == nil || !got.ImportFrom.Equal(from) ||
		got.OrderEmail != shops.NoEmail || got.InventoryBehaviour != shops.Bypass {
		t.Errorf("saved %+v", got)
	}
	w.send(t, "/settings/returns", url.Values{"return_portal_url": {"https://returns.example.com"}, "loop_api_key": {""}})
	if got := w.settings[demo]; got.ReturnPortalURL != "https://returns.example.com" || got.LoopKey != nil {
		t.Errorf("saved %+v", got)
	}
	w.send(t, "/settings/returns", url.Values{"return_portal_url": {"https://returns.example.com"}, "remove_loop_api_key": {"true"}})
	if got := w.settings[demo]; got.LoopKey == nil || got.LoopKey.Reveal() != "" {
		t.Error("the key is not removed")
	}
}

// What cannot be taken is shown again as it was typed, with the reason beside it.
func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	before := w.settings[demo]
	holds(t, w.send(t, "/settings/returns", url.Values{"return_portal_url": {"http://evil.example/\"><script>"}}), http.StatusUnprocessableEntity,
		`error="want an https address with a host and without a user name"`, `value="http://evil.example/&#34;&gt;&lt;script&gt;"`, "This was not saved")
	holds(t, w.send(t, "/settings/orders", url.Values{"import_from": {"yesterday"}}), http.StatusUnprocessableEntity, `value="yesterday"`, "want a time such as 2026-11-01 00:00")
	holds(t, w.send(t, "/settings/orders", url.Values{"order_email": {"mine@example.com"}}), http.StatusUnprocessableEntity, "This was not saved")
	holds(t, w.send(t, "/settings/nothing", url.Values{}), http.StatusNotFound, "Not found")
	if diff := cmp.Diff(before, w.settings[demo]); diff != "" {
		t.Error(diff)
	}
	r := request(t, http.MethodPost, "/settings/orders", `{"tags":[]}`)
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	r.Header.Set("Content-Type", "application/json")
	holds(t, w.call(t, r), http.StatusBadRequest, "not a form")
}

func TestTikTokShopsAreSwitchedAndParted(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for path, want := range map[string]string{
		"/settings/tiktok/7/on": "tiktok_on", "/settings/tiktok/7/off": "tiktok_off", "/settings/tiktok/7/disconnect": "tiktok_parted",
		"/settings/tiktok/8/disconnect": "tiktok_parted", // it came twice: it is parted
	} {
		if rec := w.send(t, path, nil); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/settings?said="+want {
			t.Errorf("%s: %d to %s", path, rec.Code, rec.Header().Get("Location"))
		}
	}
	holds(t, w.send(t, "/settings/tiktok/7/explode", nil), http.StatusNotFound)
	holds(t, w.send(t, "/settings/tiktok/%3Cb%3E/on", nil), http.StatusNotFound)
}

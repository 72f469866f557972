package routes_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

func TestReconciliationPage(t *testing.T) {
	t.Parallel()
	w := refunded()
	shop := w.shops[demo]
	shop.TimeZone = "America/Chicago"
	w.shops = map[shopify.Domain]shops.Shop{demo: shop}
	w.refunds = w.refunds[:1]
	holds(t, w.authed(t, http.MethodGet, "/reconciliation", ""), http.StatusOK,
		"12.30 USD", "1 of 1 orders differ", `href="/orders/576461413038785752"`, "The switch Push refunds is off", `value="2026-10-03"`, `value="2026-11-01"`,
		"format=csv&amp;since=2026-10-03T05%3A00%3A00Z&amp;until=2026-11-02T06%3A00%3A00Z") // winter time begins on the last day
	holds(t, w.authed(t, http.MethodGet, "/reconciliation?from=2026-09-01&to=2026-09-02", ""), http.StatusOK, "Nothing was refunded in Shopify", `value="2026-09-01"`)
	for target, want := range map[string]string{
		"/reconciliation?from=%3Cimg%3E":                   "First day: choose a day.",
		"/reconciliation?to=x":                             "Last day: choose a day.",
		"/reconciliation?from=2026-10-02&to=2026-10-01":    "must not be after",
		"/reconciliation?from=1999-01-01&to=2026-10-01":    "at most a year",
		"/reconciliation?from=2026-10-01&to=2026-10-01%27": "Last day",
	} {
		holds(t, w.authed(t, http.MethodGet, target, ""), http.StatusBadRequest, want)
	}
	csv := w.authed(t, http.MethodGet, "/api/reconciliation?format=csv&since=2026-09-01T00:00:00Z&until=2026-09-02T00:00:00Z", "")
	if strings.Contains(csv.Body.String(), "576461413038785752") {
		t.Errorf("the file goes beyond its end: %s", csv.Body)
	}
	if rec := w.authed(t, http.MethodGet, "/api/reconciliation?until=now", ""); rec.Code != http.StatusBadRequest {
		t.Errorf("a garbled end: %d", rec.Code)
	}
}

package routes_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
)

func TestOrdersPage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.orders[1].ShopifyName = hostile
	rec := w.authed(t, http.MethodGet, "/orders", "")
	holds(t, rec, http.StatusOK, `href="/orders/576461413038785752"`, "12.34 USD", "Shipped", "Held",
		`href="/orders?cursor=2"`, `action="/orders/import"`, `href="/orders/backfills"`)
	if strings.Contains(rec.Body.String(), "576461413038785799") {
		t.Error("another shop's order is listed")
	}
	holds(t, w.authed(t, http.MethodGet, "/orders?cursor=2", ""), http.StatusOK, `<s-link href="/orders">Newest</s-link>`)
	holds(t, w.authed(t, http.MethodGet, "/orders?query=nothing", ""), http.StatusOK, "None of the orders that were looked through", "query=nothing")
	holds(t, w.authed(t, http.MethodGet, "/orders?cursor=theirs", ""), http.StatusBadRequest, "not one that a list of your shop gave")
	holds(t, w.authed(t, http.MethodGet, "/orders?query="+strings.Repeat("9", 101), ""), http.StatusBadRequest, "at most 100")
}

func TestOrdersAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, target := range []string{
		"/orders?query=+5764&state=held", "/orders?leg=shipments.partly", "/orders?leg=refunds.partly_sent", "/orders?leg=waiting_for_you",
		"/orders?state=%27&leg=x", "/orders?query=" + url.QueryEscape(hostile),
	} {
		holds(t, w.authed(t, http.MethodGet, target, ""), http.StatusOK)
	}
	want := []links.OrderFilter{
		{Text: "5764", State: links.Held}, {Shipments: "partly"}, {Refunds: "partly_sent"}, {Excepted: true},
		{}, // nobody offers such filters
		{Text: hostile},
	}
	if !cmp.Equal(w.listed, want) {
		t.Error(cmp.Diff(want, w.listed))
	}
	// The filters stand in the form, and in the way to older orders.
	holds(t, w.authed(t, http.MethodGet, "/orders?query=57&state=held&leg=refunds.held", ""), http.StatusOK,
		`value="57"`, `<s-option value="held" selected>`, `<s-option value="refunds.held" selected>`, "cursor=2&amp;leg=refunds.held&amp;query=57&amp;state=held")
}

func TestAnOrderIsBroughtInByItsNumber(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.send(t, "/orders/import", url.Values{"number": {" #576461413038780000 "}})
	if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/orders/576461413038780000?") {
		t.Errorf("%d to %s", rec.Code, to)
	}
	holds(t, w.send(t, "/orders/import", url.Values{"number": {"576461413038785799"}}), http.StatusUnprocessableEntity, "No TikTok shop that is connected here", `value="576461413038785799"`)
	holds(t, w.send(t, "/orders/import", url.Values{"number": {hostile}}), http.StatusUnprocessableEntity, "has digits alone")
	want := []string{"import demo.myshopify.com 576461413038780000"}
	if got := without(w.did, "ensure "); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

package routes_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const hostile = `<img src=x onerror=alert(1)>"'`

func (w *world) Lines(_ context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error) {
	if shop != demo || id != "576461413038785752" {
		return nil, nil
	}
	return []links.Line{{
		ShopifyLine: "gid://shopify/LineItem/1", SKU: hostile, Title: hostile, Quantity: 2, UnitPrice: "6.17",
		Units: []links.Unit{{ID: "5773", Status: "DELIVERED", Package: "1153"}, {ID: "5774", Status: hostile, Gone: "k"}},
	}}, nil
}

func (w *world) Intents(context.Context, shopify.Domain, tiktok.OrderID) ([]links.Intent, error) {
	return []links.Intent{{Key: "k", Kind: links.RefundIntent, State: links.IntentDone, Amount: "1.00"}}, nil
}

// send is what Turbo does with a form.
func (w *world) send(t *testing.T, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := request(t, http.MethodPost, path, form.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	return w.call(t, r)
}

// holds checks what a page shows.
func holds(t *testing.T, rec *httptest.ResponseRecorder, status int, want ...string) {
	t.Helper()
	if rec.Code != status || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		t.Errorf("status %d, want %d: %s", rec.Code, status, rec.Header())
	}
	for _, text := range want {
		if !strings.Contains(rec.Body.String(), text) {
			t.Errorf("the page lacks %s:\n%s", text, rec.Body)
		}
	}
	if strings.Contains(rec.Body.String(), "<img") {
		t.Errorf("the page holds what a stranger wrote as markup:\n%s", rec.Body)
	}
}

func unix(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// without leaves out what begins so.
func without(did []string, prefix string) []string {
	return slices.DeleteFunc(slices.Clone(did), func(one string) bool { return strings.HasPrefix(one, prefix) })
}

const (
	orderAt = "/orders/576461413038785752"
	heldAt  = "/orders/576461413038785753"
)

func storied(w *world) {
	w.settings[demo] = func() shops.Settings {
		s := shops.DefaultSettings()
		s.ReturnPortalURL = "https://portal.example"
		s.LoopKey, s.LoopKeySet = new(secret.New("k")), true
		return s
	}()
	w.refunds = []links.Refund{{
		Shop: demo, Order: "576461413038785752", ID: "gid://shopify/Refund/77", State: links.RefundHeld, Reason: "approval_needed",
		Amount: "6.17", Currency: "USD", Units: []tiktok.LineItemID{"5773"}, RefundedAt: w.now,
		Steps: []links.RefundStep{{
			Number: 1, Kind: links.OpenReturn, State: links.StepPlanned, Amount: "6.17", Units: []tiktok.LineItemID{"5773"}, Reason: "ecom_order_changed_mind",
			Call: tiktok.Write{Op: "create return", Method: "POST", Path: "/return_refund/202309/returns", Key: "key-1", Body: json.RawMessage(`{"note":"` + `<img>` + `"}`)},
		}},
	}}
	e := exceptions.New(demo, "576461413038785752", exceptions.ShipmentDiffers, hostile, w.now)
	e.ID = "e7"
	w.open = append(w.open, e)
}

func TestOrderPage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	storied(w)
	rec := w.authed(t, http.MethodGet, orderAt, "")
	holds(t, rec, http.StatusOK,
		"576461413038785752", `data-copy="576461413038785752"`, "https://seller-us.tiktok.com/order/detail?order_no=576461413038785752&amp;shop_region=US", "Sunny",
		`href="https://admin.shopify.com/store/demo/orders/5" target="_top"`, `data-copy="https://portal.example/?order=576461413038785752"`,
		`<s-badge tone="success">In Shopify</s-badge>`, `<s-badge tone="success">Shipped</s-badge>`, `<s-badge tone="warning">Ready to send</s-badge>`,
		`<s-badge tone="success">Yes</s-badge>`, `<s-badge tone="success">Found</s-badge>`,
		"5773", "parcel <span class=\"literal\">1153</span>", "taken out of the Shopify order",
		"12.34 USD", "6.17 USD", "1.00 USD", "The buyer has still to get this.",
		"USPS", "9400", "TikTok remarks: odd number", "Shopify → TikTok",
		"Open a return that pays the buyer", "Ecom order changed mind", "/return_refund/202309/returns", "idempotency_key=key-1",
		`action="`+orderAt+`/refunds/77/approve"`, `action="`+orderAt+`/exceptions/e7/retry"`, `action="`+orderAt+`/exceptions/e7/resolve"`,
		"Mark as handled", `action="`+orderAt+`/import"`, `action="`+orderAt+`/loop-check"`, "shopify OrderCreate", "Outcome", "120ms",
	)
	if strings.Contains(rec.Body.String(), "Fulfillment/1") {
		t.Error("a shipment that was dropped is shown")
	}
}

func TestOrderPageOfOneThatIsHeld(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hidden = []tiktok.OrderID{"576461413038785753"}
	holds(t, w.authed(t, http.MethodGet, heldAt, ""), http.StatusOK,
		`<s-badge tone="warning">Held</s-badge>`, "The lines are known once the order is in Shopify", "The amounts are known once",
		"Not yet: the order is not in Shopify.", "Nothing was refunded.", "has no variant in Shopify. SKU &#34;A&#34;.", "Nothing was shipped yet.")
}

// A page follows the work that was begun on it, for a while.
func TestOrderPageFollowsTheWork(t *testing.T) {
	t.Parallel()
	w := newWorld()
	at := func(age time.Duration) string {
		return orderAt + "?said=import_started&at=" + unix(w.now.Add(-age))
	}
	for path, want := range map[string]bool{
		orderAt: false, at(5 * time.Second): true, at(2 * time.Minute): false, at(-time.Hour): false, orderAt + "?at=soon": false,
	} {
		if got := strings.Contains(w.authed(t, http.MethodGet, path, "").Body.String(), "data-refresh"); got != want {
			t.Errorf("%s: follows: %v", path, got)
		}
	}
}

func TestOrderThatTheShopDoesNotHave(t *testing.T) {
	t.Parallel()
	w := newWorld()
	holds(t, w.authed(t, http.MethodGet, "/orders/576461413038780000", ""), http.StatusNotFound, "Import now", `action="/orders/576461413038780000/import"`)
	holds(t, w.authed(t, http.MethodGet, "/orders/576461413038785799", ""), http.StatusNotFound, "Import now") // another shop's looks the same
	holds(t, w.authed(t, http.MethodGet, "/orders/"+url.PathEscape(hostile), ""), http.StatusNotFound, "Not found")
	// An exception about the number says why it does not come.
	holds(t, w.authed(t, http.MethodGet, "/orders/576461413038785754?at="+unix(w.now), ""), http.StatusOK, "data-refresh", "written by something other than Switchback")
}

func TestOrderPageActs(t *testing.T) {
	t.Parallel()
	w := newWorld()
	storied(w)
	for _, form := range []struct {
		path string
		form url.Values
		said string
	}{
		{orderAt + "/import", nil, "import_started"},
		{"/orders/576461413038780000/import", nil, "import_started"},
		{orderAt + "/loop-check", nil, "loop_not_found"},
		{orderAt + "/refunds/77/approve", nil, "refund_sent"},
		{heldAt + "/exceptions/e1/retry", nil, "retry_started"},
		{"/orders/576461413038785754/exceptions/e2/resolve", url.Values{"action": {"adopt"}, "note": {hostile}}, "choice_taken"},
	} {
		rec := w.send(t, form.path, form.form)
		to, err := url.Parse(rec.Header().Get("Location"))
		page := strings.Join(strings.Split(form.path, "/")[:3], "/")
		if err != nil || rec.Code != http.StatusSeeOther || to.Path != page || to.Host != "" || to.Query().Get("said") != form.said || to.Query().Get("at") == "" {
			t.Errorf("%s: %d to %s", form.path, rec.Code, to)
		}
	}
	want := []string{
		"import demo.myshopify.com 576461413038785752", "import demo.myshopify.com 576461413038780000",
		"approve [gid://shopify/Refund/77]", "retry e1", "resolve e2 adopt " + hostile,
	}
	if got := without(w.did, "ensure "); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// What cannot be done is said on the page; nothing is done.
func TestOrderPageRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld()
	storied(w)
	w.refunds[0].State = links.RefundSent
	for _, form := range []struct {
		path   string
		form   url.Values
		status int
		text   string
	}{
		{"/orders/576461413038785799/import", nil, http.StatusUnprocessableEntity, "No TikTok shop that is connected here"},
		{orderAt + "/refunds/77/approve", nil, http.StatusConflict, "does not wait for approval"},
		{orderAt + "/refunds/9/approve", nil, http.StatusNotFound, "belongs to your shop"},
		{orderAt + "/refunds/x/approve", nil, http.StatusNotFound, "belongs to your shop"},
		{heldAt + "/loop-check", nil, http.StatusConflict, "is not in Shopify yet"},
		{orderAt + "/exceptions/e1/retry", nil, http.StatusNotFound, "belongs to your shop"}, // of another order
		{heldAt + "/exceptions/e9/retry", nil, http.StatusNotFound, "belongs to your shop"},  // of another shop
		{heldAt + "/exceptions/e1/resolve", url.Values{"action": {"adopt"}}, http.StatusUnprocessableEntity, "nothing to choose"},
		{orderAt + "/exceptions/e7/resolve", url.Values{"action": {"adopt"}}, http.StatusUnprocessableEntity, "want one of handled"},
		{orderAt + "/exceptions/e7/resolve", url.Values{"action": {"handled"}, "note": {strings.Repeat("x", 501)}}, http.StatusUnprocessableEntity, "at most 500"},
	} {
		holds(t, w.send(t, form.path, form.form), form.status, form.text)
	}
	if got := without(w.did, "ensure "); len(got) > 0 {
		t.Errorf("did %v", got)
	}
	// Without the header it is not the merchant who sends the form.
	r := request(t, http.MethodPost, orderAt+"/import?shop="+string(demo)+"&id_token="+token(t, "HS256", newHush, claims(w, demo)), "")
	if rec := w.call(t, r); rec.Code != http.StatusUnauthorized || len(without(w.did, "ensure ")) > 0 {
		t.Errorf("%d, did %v", rec.Code, w.did)
	}
}

package tiktoksim

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

// browser presses what the pages of a rig offer.
type browser struct {
	*rig
	pages http.Handler
}

func newBrowser(t *testing.T, change ...func(*Options)) *browser {
	t.Helper()
	r := newRig(t, change...)
	return &browser{r, r.Pages()}
}

func (b *browser) visit(method, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, pagesAt+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for n := 0; n+1 < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	w := httptest.NewRecorder()
	b.pages.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "could not be drawn") {
		b.t.Errorf("%s %s: %s", method, path, w.Body)
	}
	return w
}

// sees opens a page and looks for words on it; those after "not" must be absent.
func (b *browser) sees(path string, words ...string) string {
	b.t.Helper()
	w := b.visit(http.MethodGet, path, nil)
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		b.t.Errorf("%s: %d, policy %q", path, w.Code, w.Header().Get("Content-Security-Policy"))
	}
	absent := false
	for _, word := range words {
		if word == "not" {
			absent = true
		} else if strings.Contains(w.Body.String(), word) == absent {
			b.t.Errorf("%s: %q is there: %v", path, word, absent)
		}
	}
	return w.Body.String()
}

// press sends a form and wants the answer of a button that worked, or the status.
func (b *browser) press(path string, form url.Values, status ...int) *httptest.ResponseRecorder {
	b.t.Helper()
	want := http.StatusSeeOther
	if len(status) > 0 {
		want = status[0]
	}
	w := b.visit(http.MethodPost, path, form)
	if w.Code != want {
		b.t.Fatalf("%s %v: %d, want %d\n%s", path, form, w.Code, want, w.Body)
	}
	return w
}

func TestAnOrderOfOnesOwn(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.sees("", "No orders yet")
	buy := url.Values{"shop": {usShop}, "sku": {SampleUnit().SKUID}, "quantity": {"2"}, "zip": {"78701-1234"}, "start": {"held"}}
	to := b.press("/orders", buy).Header().Get("Location")
	id := b.OrderIDs()[0]
	if to != pagesAt+"/orders/"+id+"?said=placed" {
		t.Errorf("leads to %s", to)
	}
	b.sees("/orders/"+id+"?said=placed", id, "On hold", "The order is placed", "The hour is over", "not", "78701-1234</", "The seller ships")
	b.press("/orders/"+id+"/status", url.Values{"status": {"AWAITING_SHIPMENT"}})
	b.sees("", id, "Awaiting shipment", "78701-1234", "45.46 USD")
	for _, form := range []url.Values{
		{"shop": {usShop}, "sku": {"1"}}, {"shop": {"1"}, "sku": {SampleUnit().SKUID}}, {"shop": {usShop}, "sku": {SampleUnit().SKUID}, "quantity": {"99"}},
		{"shop": {usShop}, "case": {"nothing"}},
	} {
		b.press("/orders", form, http.StatusUnprocessableEntity)
	}
	if n := len(b.OrderIDs()); n != 1 {
		t.Errorf("there are %d orders", n)
	}
}

func TestEveryCaseCanBePlaced(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	offered := regexp.MustCompile(`name="case" value="([^"]+)"`).FindAllStringSubmatch(b.sees("/new"), -1)
	if len(offered) != len(catalog()) || len(offered) < 20 {
		t.Fatalf("the page offers %d of %d cases", len(offered), len(catalog()))
	}
	for _, one := range offered {
		b.press("/orders", url.Values{"shop": {usShop}, "case": {one[1]}, "start": {"released"}})
	}
	for _, id := range b.OrderIDs() {
		b.sees("/orders/"+id, id)
	}
	if n := len(b.OrderIDs()); n != len(offered) {
		t.Errorf("there are %d orders", n)
	}
}

func TestHostileNamesAreText(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.press("/orders", url.Values{"shop": {usShop}, "case": {"hostile"}})
	id := b.OrderIDs()[0]
	for _, path := range []string{"", "/orders/" + id, "/?q=%22%3E%3Cscript%3E", "/notifications", "/orders/%3Cscript%3E"} {
		body := b.visit(http.MethodGet, strings.Replace(path, "/?", "?", 1), nil).Body.String()
		for _, live := range []string{"<script", "<img", "<svg", "<iframe", "<b onmouseover", "javascript:alert"} {
			if strings.Contains(strings.ReplaceAll(body, "javascript:alert(1)&#34;", ""), live) {
				t.Errorf("%s: %s is live", path, live)
			}
		}
	}
}

func TestTheListIsFilteredAndPaged(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	for range ordersOnPage + 2 {
		b.place(OrderSpec{Status: "AWAITING_SHIPMENT"})
	}
	odd := b.place(OrderSpec{Status: "DELIVERED", Address: &Address{Region: "US", PostalCode: "10001"}})
	b.sees("", odd, "1 to 25 of 28", "page=2")
	b.sees("?page=2", "26 to 28 of 28", "page=1", "not", odd)
	b.sees("?page=99", "26 to 28 of 28")
	for _, filter := range []string{"?status=DELIVERED", "?q=10001", "?q=" + odd, "?q=" + odd[10:]} {
		b.sees(filter, odd, "not", "Older")
	}
	b.sees("?shop="+gbShop, "No order fits")
}

func TestTheSellerShipsUnitByUnit(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	id := b.place(OrderSpec{Status: "AWAITING_SHIPMENT", Units: units(2)})
	o, _ := b.Order(id)
	at := "/orders/" + id
	b.press(at+"/ship", url.Values{"line": {o.LineIDs[0]}, "number": {"9400100000000000000001"}, "carrier": {providers["US"][1].ID}})
	b.sees(at, "9400100000000000000001", "UPS", "The seller ships", "The carrier takes it", "Partly shipped")
	parcel := text(object(list(b.detail(id)[0]["line_items"])[0])["package_id"])
	b.press(at+"/track", url.Values{"package": {parcel}, "number": {"1Z000000000000001"}})
	b.press("/packages/"+parcel, url.Values{"status": {"DELIVERED"}})
	b.sees(at, "1Z000000000000001", "not", "The carrier takes it")
	for path, form := range map[string]url.Values{
		at + "/ship": {"line": {o.LineIDs[0]}}, at + "/track": {"package": {parcel}, "number": {"?"}},
		"/packages/" + parcel: {"status": {"IN_TRANSIT"}}, "/packages/1": {"status": {"DELIVERED"}}, at + "/status": {"status": {"SOLD"}},
	} {
		w := b.press(path, form, http.StatusUnprocessableEntity)
		if !strings.Contains(w.Body.String(), `role="alert"`) {
			t.Errorf("%s does not say what was wrong", path)
		}
	}
	b.press(at+"/burn", nil, http.StatusNotFound)
	if w := b.visit(http.MethodGet, "/orders/1", nil); w.Code != http.StatusNotFound {
		t.Errorf("an order that is none: %d", w.Code)
	}
}

func TestTheBuyerChangesAndCancels(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	id := b.place(OrderSpec{Status: "AWAITING_SHIPMENT", Units: units(2), ShippingType: "TIKTOK"})
	o, _ := b.Order(id)
	at := "/orders/" + id
	b.press(at+"/address", url.Values{"zip": {"10001"}})
	b.sees(at, "4*** Example Trail", "10001", "TikTok shows the address")
	b.press(at+"/unmask", nil)
	b.sees(at, "4100 Example Trail", "Austin, Travis, Texas, United States", "not", "TikTok shows the address")
	b.press(at+"/give", url.Values{"kind": {"CANCEL"}, "line": {o.LineIDs[0]}})
	b.press(at+"/ask", url.Values{"kind": {"CANCEL"}})
	b.cases(id, "SELLER CANCEL "+cancelComplete, "BUYER BUYER_CANCEL "+cancelPending)
	b.press("/cases/"+b.Aftersales(id)[1].ID+"/overdue", nil)
	b.sees(at, "Cancelled", "not", "The buyer asks</summary>")
	for path, form := range map[string]url.Values{
		at + "/give": {"kind": {"CANCEL"}, "by": {"NOBODY"}}, at + "/ask": {"kind": {"REFUND"}, "amount": {"1,50"}}, "/orders/1/address": {"zip": {"1"}},
		"/orders/1/rules": nil,
	} {
		b.press(path, form, http.StatusUnprocessableEntity)
	}
}

func TestAReturnFromBothSides(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	id := b.place(OrderSpec{Status: "DELIVERED"})
	at := "/orders/" + id
	b.press(at+"/rules", url.Values{"later": {"on"}})
	b.press(at+"/ask", url.Values{"kind": {"REFUND"}, "amount": {"5.00"}})
	b.press("/cases/"+b.Aftersales(id)[0].ID+"/edit", url.Values{"kind": {"RETURN_AND_REFUND"}})
	one := b.Aftersales(id)[1].ID
	b.sees(at, one, "Seller says yes", "48 hours pass", "TikTok says yes by itself")
	for _, action := range []string{"approve", "ship", "approve"} {
		b.press("/cases/"+one+"/"+action, nil)
	}
	b.sees(at, "The money arrives", "Asked for, or on its way back")
	b.press("/cases/"+one+"/pay", nil)
	b.cases(id, "BUYER REFUND "+returnWithdrawn, "BUYER RETURN_AND_REFUND "+returnComplete)
	b.sees("/cases", one, "19.49 USD", "Paid back")
	for path, want := range map[string]int{"/cases/" + one + "/ship": 422, "/cases/" + one + "/burn": 404, "/cases/1/ship": 422, at + "/ask": 422} {
		b.press(path, nil, want)
	}
}

func TestNotificationsAreSentAgainHeldAndLost(t *testing.T) {
	t.Parallel()
	got := make(chan struct{}, 9)
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got <- struct{}{} }))
	t.Cleanup(app.Close)
	b := newBrowser(t, func(o *Options) { o.WebhookURL = app.URL })
	id := b.place(OrderSpec{})
	b.must(b.Wait(t.Context()))
	all := b.Deliveries()
	last := all[len(all)-1].ID
	b.press("/notifications/again/"+last, nil)
	b.must(b.Wait(t.Context()))
	b.sees("/notifications", "order status change", id, "answered 200, sent 2 times", "Hold them back")
	b.sees("/orders/"+id, "TikTok notified: order status change")
	b.press("/notifications/hold", nil)
	b.must(b.SetStatus(id, "AWAITING_SHIPMENT"))
	b.must(b.SetStatus(id, "DELIVERED"))
	b.sees("/notifications?said=held", "Lose all 2", "held back", "notifications wait here")
	b.press("/notifications/drop/"+b.Held()[0].ID, nil)
	b.press("/notifications/release", nil)
	b.press("/notifications/flow", nil)
	b.must(b.Wait(t.Context()))
	if n := len(got); n != 3 {
		t.Errorf("the app got %d notifications, want 3", n)
	}
	b.press("/notifications/again/none", nil, http.StatusUnprocessableEntity)
	b.press("/notifications/burn", nil, http.StatusNotFound)
	b.press("/notifications/burn/1", nil, http.StatusNotFound)
}

func TestWhatTheAppDidIsOnTheOrdersPage(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, func(o *Options) {
		o.Neighbors = frame.Neighbors{Start: "http://start.test", Order: func(tiktokID, shopifyID, zip string) []frame.Link {
			return []frame.Link{{Text: "Order in Shopify", Href: "http://shop.test/" + tiktokID + "/" + shopifyID + "/" + zip}}
		}}
	})
	id := b.place(OrderSpec{Status: "AWAITING_SHIPMENT"})
	b.detail(id)
	b.detail(id)
	b.must(b.AddExternalReference(id, ExternalReference{Platform: "SHOPIFY", ID: "9007"}))
	b.sees("/orders/"+id, "The app read the order, 2 times", "http://shop.test/"+id+"/9007/73301", "http://start.test")
	b.sees("", "9007")
	b.sees("/calls", "The app read the order", "keeps to TikTok's documents")
}

func TestTheReturnAppLeadsToThePortal(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, func(o *Options) { o.ReturnURL = "http://loop.test/p/?order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]" })
	home := DefaultAddress("US")
	home.PostalCode = "SW1A 2AA"
	id := b.place(OrderSpec{Status: "DELIVERED", Address: &home})
	b.sees("/orders/"+id, "http://loop.test/p/?order="+id+"&amp;zip=SW1A&#43;2AA")
	for _, wrong := range []string{"javascript:alert(1)//[TT_ORDER_NUM]", "portal.test", "https://", "ftp://portal.test"} {
		b.press("/return-app", url.Values{"address": {wrong}}, http.StatusUnprocessableEntity)
	}
	b.press("/return-app", url.Values{"address": {" https://portal.test/[TT_ORDER_NUM] "}})
	b.sees("/return-app?said=return", "https://portal.test/576900000030000001", "Saved")
	b.press("/return-app", url.Values{"address": {""}})
	b.sees("/orders/"+id, "No return URL is set")
}

func TestNobodyElsePressesTheButtons(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	id := b.place(OrderSpec{})
	w := b.visit(http.MethodPost, "/orders/"+id+"/status", url.Values{"status": {"DELIVERED"}}, "Sec-Fetch-Site", "cross-site")
	if o, _ := b.Order(id); w.Code != http.StatusForbidden || o.Status != "ON_HOLD" {
		t.Errorf("another site's form: %d, the order is %s", w.Code, o.Status)
	}
	if w := b.visit(http.MethodPost, "/orders", url.Values{"zip": {strings.Repeat("1", mostForm)}}); w.Code != http.StatusBadRequest {
		t.Errorf("an endless form: %d", w.Code)
	}
}

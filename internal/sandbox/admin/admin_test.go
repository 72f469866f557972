package admin_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/admin"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

const (
	shop  = "stoneware.myshopify.com"
	store = "/store/stoneware"
	// hostile is what a buyer may call themselves.
	hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>`
)

// office is the admin with one shop and one order in it.
type office struct {
	*admin.Admin
	t     testing.TB
	order string // the number of its page
}

func open(t testing.TB, appURL string) office {
	t.Helper()
	shopify := shopifysim.New(shopifysim.Options{APIKey: "key", APISecret: "secret", AppURL: appURL, Scopes: []string{"read_orders"}})
	if err := shopify.AddShop(shopifysim.ShopSpec{Domain: shop, Currency: "USD"}); err != nil {
		t.Fatal(err)
	}
	gid, err := shopify.InjectOrder(shop, shopifysim.Order{
		Name: "TT-1 " + hostile, Note: hostile, Email: hostile, Tags: []string{hostile}, SourceIdentifier: hostile,
		ShippingAddress:  &shopifysim.Address{FirstName: hostile, LastName: hostile, Address1: hostile, City: hostile, Zip: hostile},
		CustomAttributes: []shopifysim.Attribute{{Key: hostile, Value: hostile}},
		Metafields:       []shopifysim.Metafield{{Namespace: "x", Key: hostile, Value: hostile}},
		Lines:            []shopifysim.Line{{SKU: hostile, Title: "Mug " + hostile, Quantity: 2, Price: 1800, RequiresShipping: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := office{&admin.Admin{Shopify: shopify, AppURL: appURL, User: "101"}, t, gid[strings.LastIndex(gid, "/")+1:]}
	return o
}

// send is a browser on a page of the given site.
func (o office) send(method, path, site string, form url.Values) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Sec-Fetch-Site", site)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	o.Handler().ServeHTTP(w, r)
	return w
}

func (o office) get(path string) *httptest.ResponseRecorder {
	return o.send(http.MethodGet, path, "none", nil)
}

// expiry is when a session token ends.
func expiry(t testing.TB, token string) time.Time {
	t.Helper()
	parts := strings.Split(token, ".")
	var claims struct{ Exp int64 }
	if len(parts) != 3 {
		t.Fatalf("%q is no token", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &claims) != nil {
		t.Fatalf("%q is no token: %v", token, err)
	}
	return time.Unix(claims.Exp, 0)
}

func TestWhatBuyersWriteStaysText(t *testing.T) {
	t.Parallel()
	o := open(t, "http://app.test")
	for _, path := range []string{
		"/orders", "/orders?query=TT-1+" + url.QueryEscape(hostile), "/orders/" + o.order, "/orders/" + o.order + "/block",
		"/apps/switchback/orders?said=" + url.QueryEscape(hostile), "/apps/switchback/" + url.PathEscape(hostile),
	} {
		w := o.get(store + path)
		body := w.Body.String()
		if w.Code != http.StatusOK || strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
			t.Errorf("%s: %d\n%s", path, w.Code, body)
		}
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}

func TestButtonsOfTheOrderPage(t *testing.T) {
	t.Parallel()
	o := open(t, "http://app.test")
	page := store + "/orders/" + o.order
	line := o.Shopify.Orders(shop)[0].Lines[0].GID
	for _, c := range []struct {
		name, path, site string
		form             url.Values
		want             int
	}{
		{"another site", page + "/cancel", "cross-site", nil, http.StatusForbidden},
		{"no such order", store + "/orders/1/cancel", "same-origin", nil, http.StatusNotFound},
		{"no such shop", "/store/nobody/orders/" + o.order + "/cancel", "same-origin", nil, http.StatusNotFound},
		{"nothing to ship", page + "/fulfill", "same-origin", nil, http.StatusUnprocessableEntity},
		{"no amount", page + "/refund", "same-origin", url.Values{"amount": {"much"}}, http.StatusUnprocessableEntity},
		{"too long", page + "/refund", "same-origin", url.Values{"note": {strings.Repeat("x", 1<<17)}}, http.StatusNotFound},
		{"ships", page + "/fulfill", "same-origin", url.Values{line: {"1"}, "company": {hostile}, "numbers": {"940"}}, http.StatusSeeOther},
	} {
		w := o.send(http.MethodPost, c.path, c.site, c.form)
		if w.Code != c.want || c.want == http.StatusSeeOther && w.Header().Get("Location") != page {
			t.Errorf("%s: %d to %q, want %d", c.name, w.Code, w.Header().Get("Location"), c.want)
		}
	}
	body := o.get(page).Body.String()
	if !strings.Contains(body, "Partially fulfilled") || !strings.Contains(body, "1 × Mug") || strings.Contains(body, "<script>alert") {
		t.Errorf("the page after it:\n%s", body)
	}
	if _, err := o.Shopify.AddVariant(shop, shopifysim.VariantSpec{SKU: "MUG", ProductTitle: "Mug", Price: 1800, Stock: 1}); err != nil {
		t.Fatal(err)
	}
	bought := o.send(http.MethodPost, store+"/orders", "same-origin", nil)
	if page := bought.Header().Get("Location"); bought.Code != http.StatusSeeOther || !strings.Contains(o.get(page).Body.String(), "June Walker") {
		t.Errorf("bought in the online store: %d to %q", bought.Code, page)
	}
	if w := o.send(http.MethodPost, "/store/nobody/orders", "same-origin", nil); w.Code != http.StatusNotFound {
		t.Errorf("bought at nobody's: %d", w.Code)
	}
	if w := o.get(store + "/orders/1"); w.Code != http.StatusNotFound {
		t.Errorf("unknown order: %d", w.Code)
	}
}

func TestTokensMayBeStale(t *testing.T) {
	t.Parallel()
	o := open(t, "http://app.test")
	fresh := func() bool { return expiry(t, o.get(store+"/session-token").Body.String()).After(time.Now()) }
	if !fresh() {
		t.Error("a token is stale that nobody asked to be")
	}
	if w := o.send(http.MethodPost, "/sandbox/session-tokens", "cross-site", url.Values{"stale": {"1"}}); w.Code != http.StatusForbidden {
		t.Errorf("another site: %d", w.Code)
	}
	for _, n := range []string{"", "-1", "1001", "many"} {
		if w := o.send(http.MethodPost, "/sandbox/session-tokens", "none", url.Values{"stale": {n}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", n, w.Code)
		}
	}
	if w := o.send(http.MethodPost, "/sandbox/session-tokens", "none", url.Values{"stale": {"1"}}); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if fresh() || !fresh() {
		t.Error("one token is to be stale, and one only")
	}
	w := o.get(store + "/session-token")
	if w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a token is given away: %v", w.Header())
	}
	if w := o.get("/store/nobody/session-token"); w.Code != http.StatusNotFound {
		t.Errorf("unknown shop: %d", w.Code)
	}
}

func TestTheAppIsOpenedAsTheAdminDoes(t *testing.T) {
	t.Parallel()
	o := open(t, "http://app.test")
	src := func(path string) *url.URL {
		t.Helper()
		_, after, _ := strings.Cut(o.get(path).Body.String(), `data-src="`)
		text, _, _ := strings.Cut(after, `"`)
		address, err := url.Parse(strings.ReplaceAll(text, "&amp;", "&"))
		if err != nil || text == "" {
			t.Fatalf("%s: frame %q, %v", path, text, err)
		}
		return address
	}
	at := src(store + "/apps/switchback/orders/1?said=x")
	query := at.Query()
	if at.Host != "app.test" || at.Path != "/orders/1" || query.Get("said") != "x" || query.Get("shop") != shop || query.Get("embedded") != "1" ||
		query.Get("host") == "" || !expiry(t, query.Get("id_token")).After(time.Now()) {
		t.Errorf("frame %v", at)
	}
	stale := src(store + "/apps/switchback?stale-token=1").Query()
	if expiry(t, stale.Get("id_token")).After(time.Now()) || stale.Has("stale-token") {
		t.Errorf("a visit with an old token: %v", stale)
	}
	if up := src(store + "/apps/switchback/..%2f..%2fx"); up.Host != "app.test" || up.Path != "/x" {
		t.Errorf("out of the app: %v", up)
	}
	if w := o.get("/store/nobody/apps/switchback"); w.Code != http.StatusNotFound {
		t.Errorf("unknown shop: %d", w.Code)
	}
}

func TestTheBlockOnlyReads(t *testing.T) {
	t.Parallel()
	o := open(t, "http://app.test")
	ask := func(query string) (int, string) {
		body, err := json.Marshal(map[string]any{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, store+"/graphql", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		o.Handler().ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if status, body := ask(`{ order(id: "gid://shopify/Order/` + o.order + `") { name } }`); status != http.StatusOK || !strings.Contains(body, "TT-1") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := ask(`mutation { orderDelete(orderId: "gid://shopify/Order/` + o.order + `") { deletedId } }`); status != http.StatusForbidden {
		t.Errorf("%d %s", status, body)
	}
}

// The sandbox's admin shows a copy of the block's words; `make extension` holds the bundle itself against the build.
func TestTheBlockHasItsWords(t *testing.T) {
	t.Parallel()
	shown, err := os.ReadFile("static/order-block.en.json")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("../../../extensions/order-block/locales/en.default.json")
	if err != nil || string(source) != string(shown) {
		t.Errorf("static/order-block.en.json is not extensions/order-block/locales/en.default.json: %v", err)
	}
}

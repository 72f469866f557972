package shopifysim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	testKey    = "app-key"
	testSecret = "hush"
	testShop   = "acme.myshopify.com"
	otherShop  = "other.myshopify.com"
)

// testClock is a clock that moves only when told to.
type testClock struct {
	mu sync.Mutex
	at time.Time
}

func newTestClock() *testClock {
	return &testClock{at: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func testAuthority() (*authority, *testClock) {
	clock := newTestClock()
	return newAuthority(testKey, testSecret, []string{"write_orders", "read_products"}, clock.now), clock
}

// tokenReply is any answer of the token endpoint.
type tokenReply struct {
	status           int
	AccessToken      string `json:"access_token"`
	Scope            string `json:"scope"`
	ExpiresIn        *int   `json:"expires_in"`
	RefreshToken     string `json:"refresh_token"`
	RefreshExpiresIn *int   `json:"refresh_token_expires_in"`
	Error            string `json:"error"`
}

// askToken posts fields, with the app's credentials unless fields has others, as JSON.
func askToken(t *testing.T, a *authority, shop string, fields map[string]any) tokenReply {
	t.Helper()
	all := map[string]any{"client_id": testKey, "client_secret": testSecret}
	for k, v := range fields {
		all[k] = v
	}
	body, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return postToken(t, a, shop, "application/json", string(body))
}

func postToken(t *testing.T, a *authority, shop, contentType, body string) tokenReply {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/admin/oauth/access_token", strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	rec := httptest.NewRecorder()
	a.ServeAccessToken(rec, req, shop)
	reply := tokenReply{status: rec.Code}
	if err := json.Unmarshal(rec.Body.Bytes(), &reply); err != nil {
		t.Fatalf("answer %q: %v", rec.Body, err)
	}
	return reply
}

func exchange(t *testing.T, a *authority, shop, idToken string) tokenReply {
	t.Helper()
	return askToken(t, a, shop, map[string]any{
		"grant_type": grantTokenExchange, "subject_token": idToken, "subject_token_type": typeIDToken,
		"requested_token_type": typeOfflineToken, "expiring": "1",
	})
}

func refresh(t *testing.T, a *authority, refreshToken string) tokenReply {
	t.Helper()
	return askToken(t, a, testShop, map[string]any{"grant_type": grantRefresh, "refresh_token": refreshToken})
}

func authorize(t *testing.T, a *authority, query url.Values) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/admin/oauth/authorize?"+query.Encode(), nil)
	rec := httptest.NewRecorder()
	a.ServeAuthorize(rec, req, testShop)
	return rec
}

func authorizeQuery() url.Values {
	return url.Values{"client_id": {testKey}, "redirect_uri": {"https://app.test/auth/callback"}, "state": {"a-State_1"}}
}

// callback passes the merchant through the authorization and returns the query the app is called back with.
func callback(t *testing.T, a *authority) url.Values {
	t.Helper()
	resp := authorize(t, a, authorizeQuery())
	to, err := url.Parse(resp.Header().Get("Location"))
	if err != nil || resp.Code != http.StatusFound {
		t.Fatalf("status %d: %v", resp.Code, err)
	}
	return to.Query()
}

func works(a *authority, shop, token string) bool {
	_, ok := a.Scopes(shop, token)
	return ok
}

func wantViolations(t *testing.T, a *authority, n int) {
	t.Helper()
	if got := a.Violations(); len(got) != n {
		t.Errorf("violations = %q, want %d", got, n)
	}
}

func TestAuthorizeSendsBackSigned(t *testing.T) {
	t.Parallel()
	a, clock := testAuthority()
	a.AllowRedirects("https://app.test/auth/callback")
	resp := authorize(t, a, authorizeQuery())
	to, err := url.Parse(resp.Header().Get("Location"))
	if err != nil || resp.Code != http.StatusFound {
		t.Fatalf("status %d, %v", resp.Code, err)
	}
	if got := to.Scheme + "://" + to.Host + to.Path; got != "https://app.test/auth/callback" {
		t.Errorf("sent back to %s", got)
	}
	q := to.Query()
	keys := slices.Sorted(func(yield func(string) bool) {
		for k := range q {
			if !yield(k) {
				return
			}
		}
	})
	if diff := cmp.Diff([]string{"code", "hmac", "host", "shop", "state", "timestamp"}, keys); diff != "" {
		t.Error(diff)
	}
	if q.Get("shop") != testShop || q.Get("state") != "a-State_1" || q.Get("timestamp") != "1795348800" {
		t.Errorf("query = %v at %d", q, clock.now().Unix())
	}
	if q.Get("host") != "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYWNtZQ" {
		t.Errorf("host = %q", q.Get("host"))
	}
	// Nothing may need escaping: whatever a library signs, escaped or not, is the same text.
	if strings.ContainsAny(to.RawQuery, "%+") {
		t.Errorf("query needs escaping: %s", to.RawQuery)
	}
	if q.Get("hmac") != queryHMAC(testSecret, q) {
		t.Error("hmac does not sign the query")
	}
	wantViolations(t, a, 0)
}

// The example of Shopify's page on the authorization code grant.
func TestQueryHMACOfTheDocuments(t *testing.T) {
	t.Parallel()
	q, err := url.ParseQuery("code=0907a61c0c8d55e99db179b68161bc00&hmac=x&shop=some-shop.myshopify.com&state=0.6784241404160823&timestamp=1337178173")
	if err != nil {
		t.Fatal(err)
	}
	if got := queryHMAC("hush", q); got != "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf" {
		t.Errorf("hmac = %s", got)
	}
}

func TestAuthorizeRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(url.Values){
		"another app":             func(q url.Values) { q.Set("client_id", "x") },
		"no state":                func(q url.Values) { q.Del("state") },
		"state to escape":         func(q url.Values) { q.Set("state", "a=b&c") },
		"unknown parameter":       func(q url.Values) { q.Set("access_mode", "offline") },
		"repeated parameter":      func(q url.Values) { q.Add("state", "b") },
		"online access":           func(q url.Values) { q.Set("grant_options[]", "per-user") },
		"scope not configured":    func(q url.Values) { q.Set("scope", "write_orders,read_products,read_customers") },
		"scope missing one":       func(q url.Values) { q.Set("scope", "write_orders") },
		"redirect not listed":     func(q url.Values) { q.Set("redirect_uri", "https://app.test/elsewhere") },
		"redirect not absolute":   func(q url.Values) { q.Set("redirect_uri", "/auth/callback") },
		"redirect of another way": func(q url.Values) { q.Set("redirect_uri", "javascript://x/") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _ := testAuthority()
			a.AllowRedirects("https://app.test/auth/callback")
			q := authorizeQuery()
			change(q)
			resp := authorize(t, a, q)
			if resp.Code != http.StatusBadRequest || resp.Header().Get("Location") != "" {
				t.Errorf("status %d to %q", resp.Code, resp.Header().Get("Location"))
			}
			wantViolations(t, a, 1)
		})
	}
}

func TestAuthorizeAcceptsTheConfiguredScopesInAnyOrder(t *testing.T) {
	t.Parallel()
	a, _ := testAuthority()
	q := authorizeQuery()
	q.Set("scope", "read_products,read_orders,write_orders")
	if resp := authorize(t, a, q); resp.Code != http.StatusFound {
		t.Errorf("status %d", resp.Code)
	}
}

func TestScopesOfATokenIncludeWhatWriteImplies(t *testing.T) {
	t.Parallel()
	a, _ := testAuthority()
	reply := exchange(t, a, testShop, a.SessionToken(testShop, "7"))
	if reply.Scope != "write_orders,read_products" {
		t.Errorf("scope = %q", reply.Scope)
	}
	got, ok := a.Scopes(testShop, reply.AccessToken)
	if diff := cmp.Diff([]string{"write_orders", "read_products", "read_orders"}, got); !ok || diff != "" {
		t.Errorf("ok %v, %s", ok, diff)
	}
	if works(a, otherShop, reply.AccessToken) {
		t.Error("the token opens another shop")
	}
	if works(a, testShop, "shpat_unknown") || works(a, testShop, "") {
		t.Error("an unknown token works")
	}
	previous := a.SetScopes(testShop, "read_orders")
	if diff := cmp.Diff([]string{"write_orders", "read_products"}, previous); diff != "" {
		t.Error(diff)
	}
	if got, _ := a.Scopes(testShop, reply.AccessToken); !slices.Equal(got, []string{"read_orders"}) {
		t.Errorf("after the change the token has %q", got)
	}
}

func TestAuthorityIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	a, _ := testAuthority()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			reply := exchange(t, a, testShop, a.SessionToken(testShop, "7"))
			if !works(a, testShop, reply.AccessToken) {
				t.Error("a fresh token does not work")
			}
			refresh(t, a, reply.RefreshToken)
			callback(t, a)
		})
	}
	wg.Wait()
}

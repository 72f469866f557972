package routes_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/shopify"
)

// badTokens are the session tokens that nothing may let through.
func badTokens(t *testing.T, w *world) map[string]string {
	t.Helper()
	with := func(key string, value any) map[string]any {
		c := claims(w, demo)
		if value == nil {
			delete(c, key)
		} else {
			c[key] = value
		}
		return c
	}
	good := token(t, "HS256", newHush, claims(w, demo))
	return map[string]string{
		"alg none":          token(t, "none", "", claims(w, demo)),
		"other algorithm":   token(t, "HS512", newHush, claims(w, demo)),
		"forged":            token(t, "HS256", "guess", claims(w, demo)),
		"empty key":         token(t, "HS256", "", claims(w, demo)),
		"tampered":          good[:len(good)-4] + "AAAA",
		"wrong audience":    token(t, "HS256", newHush, with("aud", "another-app")),
		"expired":           token(t, "HS256", newHush, with("exp", w.now.Unix()-11)),
		"no expiry":         token(t, "HS256", newHush, with("exp", nil)),
		"not yet":           token(t, "HS256", newHush, with("nbf", w.now.Unix()+60)),
		"issuer elsewhere":  token(t, "HS256", newHush, with("iss", "https://"+string(other)+"/admin")),
		"dest no shop":      token(t, "HS256", newHush, with("dest", "https://demo.myshopify.com.evil.example")),
		"not a token":       "hello",
		"empty":             "",
		"shop without app":  token(t, "HS256", newHush, claims(w, "stranger.myshopify.com")),
		"uninstalled":       token(t, "HS256", newHush, claims(w, gone)),
		"too long":          strings.Repeat("a", 100_000),
		"webhook signature": base64.StdEncoding.EncodeToString(sign(newHush, "{}")),
	}
}

func TestTheAPIRefusesBadTokens(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for name, raw := range badTokens(t, w) {
		for _, route := range []struct{ method, target, body string }{
			{http.MethodGet, "/api/settings", ""}, {http.MethodPut, "/api/settings", `{"pull_orders":true}`},
			{http.MethodPost, "/api/tiktok/connect", ""}, {http.MethodPost, "/api/tiktok/disconnect", ""},
			{http.MethodGet, "/api/orders", ""}, {http.MethodGet, "/api/orders/576461413038785752", ""},
			{http.MethodPost, "/api/orders/576461413038785752/import", ""}, {http.MethodGet, "/api/exceptions", ""},
			{http.MethodPost, "/api/exceptions/e1/retry", ""}, {http.MethodPost, "/api/exceptions/e2/resolve", `{"action":"adopt"}`},
		} {
			r := request(t, route.method, route.target, route.body)
			r.Header.Set("Authorization", "Bearer "+raw)
			rec := w.call(t, r)
			if rec.Code != http.StatusUnauthorized {
				t.Errorf("%s: %s %s: %d", name, route.method, route.target, rec.Code)
			}
			code := errorCode(t, rec)
			if again := rec.Header().Get("X-Shopify-Retry-Invalid-Session-Request"); code == "invalid_session_token" && again != "1" {
				t.Errorf("%s: App Bridge is not asked to retry", name)
			}
		}
	}
	if len(w.did) > 0 || w.settings[demo].PullOrders {
		t.Errorf("something was done: %v", w.did)
	}
}

func TestTheAPIWithoutToken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	good := token(t, "HS256", newHush, claims(w, demo))
	for name, header := range map[string]string{"none": "", "no scheme": good, "basic": "Basic " + good} {
		r := request(t, http.MethodGet, "/api/settings?id_token="+good, "")
		r.Header.Set("Authorization", header)
		if rec := w.call(t, r); rec.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	if rec := w.authed(t, http.MethodGet, "/api/settings?shop="+string(other), ""); rec.Code != http.StatusUnauthorized {
		t.Errorf("another shop in the query: %d", rec.Code)
	}
	if rec := w.authed(t, http.MethodGet, "/api/settings?shop="+string(demo), ""); rec.Code != http.StatusOK {
		t.Errorf("its own shop in the query: %d", rec.Code)
	}
}

func TestTheOldSecretStillOpens(t *testing.T) {
	t.Parallel()
	w := newWorld()
	r := request(t, http.MethodGet, "/api/settings", "")
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", oldHush, claims(w, demo)))
	if rec := w.call(t, r); rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	w := newWorld()
	raw := token(t, "HS256", newHush, claims(w, demo))
	rec := w.call(t, request(t, http.MethodGet, "/?embedded=1&shop="+string(demo)+"&id_token="+raw, ""))
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `<s-page heading="Switchback">`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if !cmp.Equal(w.did, []string{"ensure demo.myshopify.com"}) {
		t.Errorf("did %v", w.did)
	}
	h := rec.Header()
	if got := h.Get("Content-Security-Policy"); !strings.HasPrefix(got, "frame-ancestors https://demo.myshopify.com https://admin.shopify.com;") {
		t.Errorf("policy %q", got)
	}
	if h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" || !strings.Contains(h.Get("Link"), `<https://cdn.shopify.com>; rel="preconnect"`) {
		t.Errorf("headers %v", h)
	}
	if strings.Contains(rec.Body.String(), raw) {
		t.Error("the page repeats the token")
	}
}

// A document without a fresh token fetches one and comes back; nothing is done before.
func TestHomeBounces(t *testing.T) {
	t.Parallel()
	w := newWorld()
	late := claims(w, demo)
	late["exp"] = w.now.Unix() - 60
	late["nbf"], late["iat"] = w.now.Unix()-120, w.now.Unix()-120
	for name, target := range map[string]string{
		"no token":  "/?embedded=1&host=" + ownHost + "&shop=" + string(demo),
		"too late":  "/?embedded=1&host=" + ownHost + "&shop=" + string(demo) + "&id_token=" + token(t, "HS256", newHush, late),
		"no repeat": "/?embedded=1&host=" + ownHost + "&shopify-reload=https://evil.example&shop=" + string(demo),
	} {
		rec := w.call(t, request(t, http.MethodGet, target, ""))
		to, err := url.Parse(rec.Header().Get("Location"))
		if err != nil || rec.Code != http.StatusFound || to.Path != "/auth/session-token" {
			t.Errorf("%s: %d to %s", name, rec.Code, to)
			continue
		}
		want := appURL + "/?embedded=1&host=" + ownHost + "&shop=" + string(demo)
		if got := to.Query()["shopify-reload"]; !cmp.Equal(got, []string{want}) {
			t.Errorf("%s: comes back to %v, want %s", name, got, want)
		}
		page := w.call(t, request(t, http.MethodGet, to.String(), ""))
		if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "app-bridge.js") ||
			!strings.Contains(page.Header().Get("Content-Security-Policy"), "frame-ancestors https://demo.myshopify.com ") {
			t.Errorf("%s: %d %s", name, page.Code, page.Body)
		}
	}
	if len(w.did) > 0 {
		t.Errorf("did %v", w.did)
	}
}

func TestHomeRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld()
	good := token(t, "HS256", newHush, claims(w, demo))
	targets := map[string]int{
		"/?shop=" + string(other) + "&id_token=" + good:                                                     http.StatusUnauthorized,
		"/?shop=evil.example&id_token=" + good:                                                              http.StatusBadRequest,
		"/?shop=" + url.QueryEscape("demo.myshopify.com; script-src *"):                                     http.StatusBadRequest,
		"/auth/session-token?shop=x":                                                                        http.StatusBadRequest,
		"/auth/session-token?shop=" + string(demo):                                                          http.StatusBadRequest,
		"/auth/session-token?shopify-reload=https%3A%2F%2Fevil.example%2F&shop=" + string(demo):             http.StatusBadRequest,
		"/auth/session-token?shopify-reload=https%3A%2F%2Fapp.example.evil.example%2F&shop=" + string(demo): http.StatusBadRequest,
	}
	for name, raw := range badTokens(t, w) {
		switch name {
		case "empty", "shop without app", "uninstalled": // none is a refusal: it is how an installation begins
		default:
			targets["/?shop="+string(demo)+"&id_token="+url.QueryEscape(raw)] = http.StatusUnauthorized
		}
	}
	expired := claims(w, demo)
	expired["exp"] = w.now.Unix() - 11
	delete(targets, "/?shop="+string(demo)+"&id_token="+url.QueryEscape(token(t, "HS256", newHush, expired)))
	for target, want := range targets {
		rec := w.call(t, request(t, http.MethodGet, target, ""))
		if rec.Code != want {
			t.Errorf("%.150s: %d, want %d", target, rec.Code, want)
		}
		errorCode(t, rec)
	}
	if len(w.did) > 0 {
		t.Errorf("did %v", w.did)
	}
}

func TestHomeOutsideTheAdmin(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.call(t, request(t, http.MethodGet, "/", ""))
	policy := rec.Header().Get("Content-Security-Policy")
	if rec.Code != http.StatusOK || !strings.Contains(policy, "default-src 'none'; script-src 'self';") || !strings.Contains(rec.Body.String(), "reopen.js") {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	if len(w.did) > 0 {
		t.Errorf("did %v", w.did)
	}
}

func TestHomeWhenShopifyRefuses(t *testing.T) {
	t.Parallel()
	for want, err := range map[int]error{http.StatusUnauthorized: shopify.ErrGrantRefused, http.StatusServiceUnavailable: errors.New("down")} {
		w := newWorld()
		w.tokenErr = err
		if rec := w.call(t, request(t, http.MethodGet, "/?id_token="+token(t, "HS256", newHush, claims(w, demo)), "")); rec.Code != want {
			t.Errorf("%v: %d", err, rec.Code)
		}
	}
}

// begin starts the authorization code grant and returns its cookie and state.
func begin(t *testing.T, w *world, query string) (*http.Cookie, string) {
	t.Helper()
	rec := w.call(t, request(t, http.MethodGet, "/auth?"+query, ""))
	to, err := url.Parse(rec.Header().Get("Location"))
	if err != nil || rec.Code != http.StatusFound || to.Host != string(demo) || to.Query().Get("redirect_uri") != appURL+"/auth/callback" {
		t.Fatalf("%d to %s", rec.Code, to)
	}
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || !cookies[0].Secure || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("cookies %v", cookies)
	}
	return cookies[0], to.Query().Get("state")
}

func callbackQuery(state string) url.Values {
	return url.Values{
		"code": {"code-1"}, "shop": {string(demo)}, "state": {state},
		"host": {base64.RawStdEncoding.EncodeToString([]byte("admin.shopify.com/store/demo"))},
	}
}

func (w *world) callback(t *testing.T, q url.Values, cookie *http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	r := request(t, http.MethodGet, "/auth/callback?"+q.Encode(), "")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	return w.call(t, r)
}

func TestAuthorizationCodeGrant(t *testing.T) {
	t.Parallel()
	w := newWorld()
	cookie, state := begin(t, w, "shop="+string(demo))
	if len(state) < 43 {
		t.Errorf("state %q is short", state)
	}
	rec := w.callback(t, signQuery(w, callbackQuery(state)), cookie)
	if rec.Code != http.StatusFound || rec.Header().Get("Location") != "https://admin.shopify.com/store/demo/apps/client-1" {
		t.Errorf("%d to %s", rec.Code, rec.Header().Get("Location"))
	}
	if !cmp.Equal(w.did, []string{"install demo.myshopify.com code-1"}) {
		t.Errorf("did %v", w.did)
	}
}

func TestAuthRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld()
	signed := signQuery(w, url.Values{"shop": {string(demo)}})
	begin(t, w, signed.Encode())
	signed.Set("hmac", strings.Repeat("0", 64))
	for query, want := range map[string]int{"": 400, "shop=evil.example": 400, "shop=demo.myshopify.com.evil.example": 400, signed.Encode(): 401} {
		rec := w.call(t, request(t, http.MethodGet, "/auth?"+query, ""))
		if rec.Code != want || rec.Header().Get("Location") != "" {
			t.Errorf("%q: %d", query, rec.Code)
		}
		errorCode(t, rec)
	}
}

func TestCallbackRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld()
	cookie, state := begin(t, w, "shop="+string(demo))
	change := func(name, value string) url.Values {
		q := callbackQuery(state)
		q.Set(name, value)
		return signQuery(w, q)
	}
	tampered := signQuery(w, callbackQuery(state))
	tampered.Set("code", "code-2")
	old := newWorld()
	old.now = w.now.Add(-2 * time.Minute)
	unsigned := callbackQuery(state)
	evil := base64.RawStdEncoding.EncodeToString([]byte("evil.example/store/demo"))
	cases := map[string]struct {
		query  url.Values
		cookie *http.Cookie
		status int
	}{
		"unsigned":          {unsigned, cookie, 401},
		"tampered":          {tampered, cookie, 401},
		"old":               {signQuery(old, callbackQuery(state)), cookie, 401},
		"no cookie":         {signQuery(w, callbackQuery(state)), nil, 401},
		"other state":       {change("state", "another"), cookie, 401},
		"no state":          {change("state", ""), &http.Cookie{Name: cookie.Name, Value: ""}, 401},
		"host elsewhere":    {change("host", evil), cookie, 400},
		"host of a shop":    {change("host", base64.RawStdEncoding.EncodeToString([]byte("admin.shopify.com/store/other"))), cookie, 400},
		"no code":           {change("code", ""), cookie, 400},
		"shop no shop":      {change("shop", "evil.example"), cookie, 400},
		"nothing":           {url.Values{}, cookie, 401},
		"twice a parameter": {func() url.Values { q := signQuery(w, callbackQuery(state)); q.Add("shop", string(other)); return q }(), cookie, 401},
	}
	for name, c := range cases {
		rec := w.callback(t, c.query, c.cookie)
		if rec.Code != c.status || rec.Header().Get("Location") != "" {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
		errorCode(t, rec)
	}
	if len(w.did) > 0 {
		t.Errorf("did %v", w.did)
	}
}

func TestCallbackWhenTheCodeIsSpent(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.tokenErr = shopify.ErrGrantRefused
	cookie, state := begin(t, w, "shop="+string(demo))
	rec := w.callback(t, signQuery(w, callbackQuery(state)), cookie)
	if code := errorCode(t, rec); rec.Code != http.StatusBadRequest || code != "code_refused" {
		t.Errorf("%d %s", rec.Code, code)
	}
}

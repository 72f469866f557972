package main

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// visit is one request of a browser of its own; it returns status, body and where it is sent.
func visit(t *testing.T, client *http.Client, address string) (code int, body, location string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	code, header, body, err := send(client, request)
	if err != nil {
		t.Fatal(err)
	}
	return code, body, header.Get("Location")
}

// begun walks through /auth up to the callback, which it returns unvisited.
func (s *stage) begun(t *testing.T, client *http.Client) *url.URL {
	t.Helper()
	code, body, location := visit(t, client, s.app+"/auth?shop="+sandbox.Shop)
	if code != http.StatusFound || !strings.HasPrefix(location, s.platforms.URL.Shopify+"/"+sandbox.Shop+"/admin/oauth/authorize?") {
		t.Fatalf("/auth: %d %s to %q", code, body, location)
	}
	code, body, location = visit(t, client, location)
	callback, err := url.Parse(location)
	if err != nil || code != http.StatusFound || callback.Path != "/auth/callback" {
		t.Fatalf("authorize: %d %s to %q", code, body, location)
	}
	return callback
}

func TestAuthorizationCodeGrant(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	client := private(t)
	code, body, location := visit(t, client, s.begun(t, client).String())
	if code != http.StatusFound || !strings.HasSuffix(location, "/store/stoneware/apps/"+s.variable("SHOPIFY_API_KEY")) {
		t.Fatalf("callback: %d %s to %q", code, body, location)
	}
	// The callback has done its work when it answers.
	if code, body := s.api(t, sandbox.Shop, http.MethodGet, "/api/settings", ""); code != http.StatusOK {
		t.Errorf("after the callback: %d %s", code, body)
	}
	exchanges := s.counting(10)
	s.open(t, sandbox.Shop)
	if n := exchanges(); n != 0 {
		t.Errorf("the first page after the callback asked for %d tokens", n)
	}
}

// TestCallbackIsRefused changes one thing at a time; all but the first cases
// are signed as Shopify would, so the signature is not what refuses them.
func TestCallbackIsRefused(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	hush := s.variable("SHOPIFY_API_SECRET")
	host := func(admin string) string { return base64.RawStdEncoding.EncodeToString([]byte(admin)) }
	signed := func(change func(url.Values)) func(url.Values) url.Values {
		return func(q url.Values) url.Values { change(q); return signQuery(hush, q) }
	}
	set := func(name, value string) func(url.Values) url.Values {
		return signed(func(q url.Values) { q.Set(name, value) })
	}
	drop := func(name string) func(url.Values) url.Values { return signed(func(q url.Values) { q.Del(name) }) }
	cases := map[string]struct {
		change func(url.Values) url.Values
		want   int
	}{
		"no hmac":           {func(q url.Values) url.Values { q.Del("hmac"); return q }, 401},
		"other secret":      {func(q url.Values) url.Values { return signQuery("guessed", q) }, 401},
		"changed code":      {func(q url.Values) url.Values { q.Set("code", "x"); return q }, 401},
		"an old timestamp":  {set("timestamp", strconv.FormatInt(time.Now().Add(-time.Hour).Unix(), 10)), 401},
		"no timestamp":      {drop("timestamp"), 401},
		"other state":       {set("state", "another"), 401},
		"no state":          {drop("state"), 401},
		"other shop's host": {set("host", host("admin.shopify.com/store/corduroy")), 400},
		"stranger's host":   {set("host", host("evil.example/store/stoneware")), 400},
		"no host":           {drop("host"), 400},
		"no shop":           {drop("shop"), 400},
		"no such shop":      {set("shop", "stoneware.example.com"), 400},
		"no code":           {drop("code"), 400},
		"unknown code":      {set("code", "ffffffffffffffffffffffffffffffff"), 400},
	}
	s.untouched(t, func() {
		for name, c := range cases {
			client := private(t)
			callback := s.begun(t, client)
			callback.RawQuery = c.change(callback.Query()).Encode()
			code, body, _ := visit(t, client, callback.String())
			refusal(t, name, code, body, c.want)
		}
		// Another browser has not begun this installation.
		code, body, _ := visit(t, still, s.begun(t, private(t)).String())
		refusal(t, "no cookie", code, body, http.StatusUnauthorized)
		for query, want := range map[string]int{"": 400, "?shop=evil.example.com": 400, "?shop=" + sandbox.Shop + "&timestamp=1&hmac=00": 401} {
			code, body, _ := visit(t, still, s.app+"/auth"+query)
			refusal(t, "/auth"+query, code, body, want)
		}
	})
	if code, _ := s.api(t, sandbox.Shop, http.MethodGet, "/api/settings", ""); code != http.StatusUnauthorized {
		t.Errorf("the shop counts as installed: %d", code)
	}
}

// A code works once: what a history or a proxy kept of the callback does not.
func TestCallbackTwice(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	client := private(t)
	callback := s.begun(t, client).String()
	if code, body, _ := visit(t, client, callback); code != http.StatusFound {
		t.Fatalf("callback: %d %s", code, body)
	}
	s.untouched(t, func() {
		code, body, _ := visit(t, client, callback)
		refusal(t, "again", code, body, http.StatusUnauthorized)
	})
}

// counting returns what counts Shopify's token grants from now on, up to most.
func (s *stage) counting(most int) func() int {
	// A fault that changes nothing is used up by each call.
	s.platforms.ShopifyFaults.Add("access_token", chaos.Fault{Kind: chaos.Slow}, most)
	return func() int { return most - s.platforms.ShopifyFaults.Pending() }
}

// Many pages that load at once for the first time, and all later ones, cost one exchange.
func TestTokenExchange(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	exchanges := s.counting(30)
	var views sync.WaitGroup
	for range 10 {
		address := s.platforms.Shopify.EmbeddedURL(sandbox.Shop, user)
		views.Go(func() {
			if code, body, err := s.get(address); err != nil || code != http.StatusOK {
				t.Errorf("view: %d %s %v", code, body, err)
			}
		})
	}
	views.Wait()
	asked := len(s.platforms.Shopify.Requests())
	s.open(t, sandbox.Shop)
	if n := exchanges(); n != 1 {
		t.Errorf("%d exchanges, want 1", n)
	}
	if n := len(s.platforms.Shopify.Requests()); n != asked {
		t.Errorf("a later view asked Shopify %d times", n-asked)
	}
}

// While the app's secret is rotated, what was signed with the old one is good too.
func TestSecretRotation(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{environ: []string{"SHOPIFY_API_SECRET=the-next-secret", "SHOPIFY_API_SECRET_OLD=sandbox-shopify-secret"}, hostile: true})
	for _, secret := range []string{"the-next-secret", "sandbox-shopify-secret"} {
		s.taken(t, s.shopifyHook(t, sandbox.Shop, "orders/updated", `{"id":1}`, secret, time.Now()))
	}
	code, body := status(t, s.shopifyHook(t, sandbox.Shop, "orders/updated", `{"id":1}`, "an-older-secret", time.Now()))
	refusal(t, "a secret before those", code, body, http.StatusUnauthorized)
	// A session token of the old secret is read: what is refused is the shop, which is not installed.
	code, body = s.api(t, sandbox.Shop, http.MethodGet, "/api/settings", "")
	if got := refusal(t, "old secret's token", code, body, http.StatusUnauthorized); got != "not_installed" {
		t.Errorf("a session token of the old secret: %s", got)
	}
}

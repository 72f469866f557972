package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// refusal holds an answer to status and the form of errors, and returns its code.
func refusal(t *testing.T, what string, got int, body string, want int) string {
	t.Helper()
	var answer struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Error.Code == "" || answer.Error.Message == "" {
		t.Errorf("%s: %d %q is no error answer", what, got, body)
	}
	if got != want {
		t.Errorf("%s: %d %s, want %d", what, got, body, want)
	}
	return answer.Error.Code
}

// untouched fails the test when doing left anything in the database.
func (s *stage) untouched(t *testing.T, doing func()) {
	t.Helper()
	before := s.trace(t)
	doing()
	if diff := cmp.Diff(before, s.trace(t)); diff != "" {
		t.Errorf("it left a trace (-before +after):\n%s", diff)
	}
}

// TestHostileWebhooks sends what strangers, broken proxies and dying
// connections send, to both addresses: nothing of it is kept.
func TestHostileWebhooks(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	id := s.place(t, "AWAITING_SHIPMENT")
	s.wellWritten(t, id)
	hushTikTok, hushShopify := s.variable("TIKTOK_APP_SECRET"), s.variable("SHOPIFY_API_SECRET")
	uninstalled := `{"id":1}`
	ordered := statusChange(sandbox.TikTokShop, id, "n1", "CANCEL")
	shopify := func(body, secret string) *http.Request {
		return s.shopifyHook(t, sandbox.Shop, "app/uninstalled", body, secret, time.Now())
	}
	tiktok := func(body, secret string) *http.Request { return s.tiktokHook(t, body, secret) }
	big := `{"x":"` + strings.Repeat("a", 1<<20) + `"}`
	cases := map[string]struct {
		request *http.Request
		want    int
	}{
		"shopify forged":           {shopify(uninstalled, "guessed"), 401},
		"shopify with no secret":   {shopify(uninstalled, ""), 401},
		"shopify unsigned":         {without(shopify(uninstalled, hushShopify), "X-Shopify-Hmac-Sha256"), 401},
		"shopify tampered":         {bearing(shopify(uninstalled, hushShopify), `{"id":2}`), 401},
		"shopify malformed":        {shopify(`{"id":`, hushShopify), 400},
		"shopify of no shop":       {without(shopify(uninstalled, hushShopify), "X-Shopify-Shop-Domain"), 400},
		"shopify of no topic":      {without(shopify(uninstalled, hushShopify), "X-Shopify-Topic"), 400},
		"shopify oversized":        {shopify(big, hushShopify), 413},
		"shopify of unknown size":  {chunked(shopify(big, hushShopify)), 413},
		"shopify by TikTok's rule": {signedLike(shopify(uninstalled, ""), tiktok(uninstalled, hushTikTok)), 401},
		"tiktok forged":            {tiktok(ordered, "guessed"), 401},
		"tiktok unsigned":          {without(tiktok(ordered, hushTikTok), "Authorization"), 401},
		"tiktok tampered":          {bearing(tiktok(ordered, hushTikTok), strings.Replace(ordered, "CANCEL", "UNPAID", 1)), 401},
		"tiktok malformed":         {tiktok(`{"type":1,`, hushTikTok), 400},
		"tiktok of no type":        {tiktok(`{"shop_id":"1"}`, hushTikTok), 400},
		"tiktok a list":            {tiktok(`[1,2]`, hushTikTok), 400},
		"tiktok empty":             {tiktok(``, hushTikTok), 400},
		"tiktok oversized":         {tiktok(big, hushTikTok), 413},
		"tiktok of unknown size":   {chunked(tiktok(big, hushTikTok)), 413},
	}
	s.untouched(t, func() {
		for name, c := range cases {
			code, body := status(t, c.request)
			refusal(t, name, code, body, c.want)
		}
	})
	// The same, well signed, is taken: the cases above fail for the reason they name.
	before := s.trace(t)
	s.taken(t, tiktok(ordered, hushTikTok))
	if cmp.Equal(before, s.trace(t)) {
		t.Error("a good notification leaves no trace")
	}
}

func without(r *http.Request, header string) *http.Request { r.Header.Del(header); return r }

func bearing(r *http.Request, body string) *http.Request {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return r
}

func chunked(r *http.Request) *http.Request { r.ContentLength = -1; return r }

func signedLike(r, other *http.Request) *http.Request {
	r.Header.Set("X-Shopify-Hmac-Sha256", other.Header.Get("Authorization"))
	return r
}

// TestBrokenDeliveries promises a body that does not come, or not in time.
func TestBrokenDeliveries(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.untouched(t, func() {
		for _, path := range []string{"/webhooks/shopify", "/webhooks/tiktok"} {
			code, body, took := s.promise(t, path, true)
			refusal(t, path+" truncated", code, body, http.StatusBadRequest)
			if took > 3*time.Second {
				t.Errorf("%s truncated: answered after %v", path, took)
			}
			code, body, took = s.promise(t, path, false)
			refusal(t, path+" slow", code, body, http.StatusRequestTimeout)
			if took > 3*time.Second {
				t.Errorf("%s slow: answered after %v", path, took)
			}
		}
	})
}

// promise announces 100 bytes, sends 20, and then either hangs up or waits.
func (s *stage) promise(t *testing.T, path string, hangUp bool) (code int, body string, took time.Duration) {
	t.Helper()
	start := time.Now()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.app, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(start.Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n%020d", path, 0); err != nil {
		t.Fatal(err)
	}
	if hangUp {
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: no answer after %v: %v", path, time.Since(start), err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(raw), time.Since(start)
}

// neighbors furnishes two shops, each with its own seller, and a third that
// has uninstalled. It returns an order and an exception of the first.
func (s *stage) neighbors(t *testing.T) (order, exception string) {
	t.Helper()
	s.furnished(t)
	err := s.platforms.TikTok.AddSeller(tiktoksim.SellerSpec{OpenID: "SELLER-2", Name: "Corduroy Inc", Shops: []tiktoksim.ShopSpec{
		{ID: "7494000000000030001", Name: "Corduroy US", Cipher: "TTP_corduroyCipher"},
	}})
	if err == nil {
		err = s.platforms.Shopify.AddShop(shopifysim.ShopSpec{Domain: "gone.myshopify.com"})
	}
	if err != nil {
		t.Fatal(err)
	}
	s.open(t, sandbox.SecondShop)
	if code, body := s.connect(t, sandbox.SecondShop, "SELLER-2"); code != http.StatusOK {
		t.Fatalf("connect: %d %s", code, body)
	}
	s.turnOn(t, sandbox.SecondShop)
	s.open(t, "gone.myshopify.com")
	if err := s.platforms.Shopify.Uninstall("gone.myshopify.com"); err != nil {
		t.Fatal(err)
	}
	s.until(t, func() error {
		if code, body := s.api(t, "gone.myshopify.com", http.MethodGet, "/api/settings", ""); code != http.StatusUnauthorized {
			return fmt.Errorf("uninstalled shop: %d %s", code, body)
		}
		return nil
	})
	strange := tiktoksim.SampleUnit()
	strange.SellerSKU = "NOBODY-HAS-THIS"
	order, err = s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{strange}})
	if err != nil {
		t.Fatal(err)
	}
	view := s.orderIs(t, sandbox.Shop, order, "held", "sku_unmatched", "sku_unmatched")
	return order, view.Exceptions[0].ID
}

// guarded are the addresses of the API, as they are for an order and an exception.
func guarded(order, exception string) [][3]string {
	return [][3]string{
		{"GET", "/api/settings", ""}, {"PUT", "/api/settings", `{"pull_orders":false}`},
		{"GET", "/api/orders?query=" + order, ""}, {"GET", "/api/orders/" + order, ""}, {"POST", "/api/orders/" + order + "/import", ""},
		{"GET", "/api/exceptions", ""}, {"POST", "/api/exceptions/" + exception + "/retry", ""},
		{"POST", "/api/exceptions/" + exception + "/resolve", `{"action":"adopt"}`},
		{"POST", "/api/tiktok/connect", ""}, {"POST", "/api/tiktok/disconnect", ""},
	}
}

// TestBadSessionTokens tries every address of the API with tokens that are no good.
func TestBadSessionTokens(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	order, exception := s.neighbors(t)
	mint := func(shop string, opts ...shopifysim.TokenOption) string {
		return s.platforms.Shopify.SessionToken(shop, user, opts...)
	}
	good := mint(sandbox.Shop)
	tokens := map[string]string{
		"none":                   "",
		"no token":               "x",
		"alg none":               mint(sandbox.Shop, shopifysim.Unsigned()),
		"alg none, signed":       mint(sandbox.Shop, shopifysim.WithHeader("alg", "none")),
		"another algorithm":      mint(sandbox.Shop, shopifysim.WithHeader("alg", "HS512")),
		"without its signature":  good[:strings.LastIndex(good, ".")+1],
		"another's signature":    good[:strings.LastIndex(good, ".")] + mint(sandbox.Shop)[strings.LastIndex(good, "."):],
		"other secret":           mint(sandbox.Shop, shopifysim.SignedWith("guessed")),
		"empty secret":           mint(sandbox.Shop, shopifysim.SignedWith("")),
		"wrong audience":         mint(sandbox.Shop, shopifysim.WithClaim("aud", "another-app")),
		"no audience":            mint(sandbox.Shop, shopifysim.WithClaim("aud", nil)),
		"expired":                mint(sandbox.Shop, shopifysim.IssuedAt(time.Now().Add(-5*time.Minute))),
		"never expires":          mint(sandbox.Shop, shopifysim.WithClaim("exp", nil)),
		"from the future":        mint(sandbox.Shop, shopifysim.IssuedAt(time.Now().Add(5*time.Minute))),
		"issued by another shop": mint(sandbox.Shop, shopifysim.WithClaim("iss", "https://"+sandbox.SecondShop+"/admin")),
		"for no shop":            mint("shop.example.com"),
		"of a shop without us":   mint("stranger.myshopify.com"),
		"of an uninstalled shop": mint("gone.myshopify.com"),
	}
	s.untouched(t, func() {
		for name, token := range tokens {
			for _, a := range guarded(order, exception) {
				code, body := s.apiWith(t, token, a[0], a[1], a[2])
				refusal(t, name+" "+a[0]+" "+a[1], code, body, http.StatusUnauthorized)
			}
		}
		code, body := s.apiWith(t, mint(sandbox.SecondShop), http.MethodGet, "/api/settings?shop="+sandbox.Shop, "")
		refusal(t, "another shop's token", code, body, http.StatusUnauthorized)
	})
}

// TestOtherShopsIDs asks with a good token for what is another shop's.
func TestOtherShopsIDs(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	order, exception := s.neighbors(t)
	s.untouched(t, func() {
		for _, a := range [][3]string{
			{"GET", "/api/orders/" + order, ""}, {"POST", "/api/exceptions/" + exception + "/retry", ""}, {"POST", "/api/exceptions/" + exception + "/resolve", `{"action":"adopt"}`},
			{"POST", "/api/tiktok/disconnect", `{"tiktok_shop_id":"` + sandbox.TikTokShop + `"}`},
			{"GET", "/api/orders/1' OR '1'='1", ""}, {"POST", "/api/exceptions/" + strings.Repeat("9", 500) + "/retry", ""},
		} {
			a[1] = strings.ReplaceAll(a[1], " ", "%20")
			code, body := s.api(t, sandbox.SecondShop, a[0], a[1], a[2])
			refusal(t, a[0]+" "+a[1], code, body, http.StatusNotFound)
		}
		for path, list := range map[string]string{"/api/orders?query=" + order: `"orders":[]`, "/api/exceptions": `"exceptions":[]`} {
			if code, body := s.api(t, sandbox.SecondShop, http.MethodGet, path, ""); code != http.StatusOK || !strings.Contains(body, list) {
				t.Errorf("GET %s: %d %s", path, code, body)
			}
		}
	})
}

package tiktok_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func file(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	check(t, err)
	return string(raw)
}

func TestSampleAnswersOfAuthorization(t *testing.T) {
	t.Parallel()
	grant, err := against(t, answering(200, file(t, "token_refresh_response_rotated.json"))).RefreshGrant(t.Context(), secret.New("r"))
	check(t, err)
	want := tiktok.Grant{
		Access: secret.New("TTP_FIXTURE_ACCESS_0002"), Refresh: secret.New("TTP_FIXTURE_REFRESH_0002"),
		AccessExpiresAt: time.Unix(1796309600, 0).UTC(), RefreshExpiresAt: time.Unix(4902000000, 0).UTC(),
		OpenID: "FIXTUREOPENID0001", SellerName: "Fixture Goods US", Region: "US",
		Scopes: []string{"seller.authorization.info", "seller.order.info"},
	}
	same := cmp.Comparer(func(a, b secret.String) bool { return a == b })
	if diff := cmp.Diff(want, grant, same); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	grant, err = against(t, answering(200, file(t, "token_get_response.json"))).ExchangeCode(t.Context(), "c")
	check(t, err)
	if len(grant.Scopes) != 6 || grant.AccessExpiresAt.Unix() != 1795704800 {
		t.Errorf("grant is %+v", grant)
	}
	shops, err := against(t, answering(200, file(t, "authorized_shops_two.json"))).AuthorizedShops(t.Context(), secret.New("a"))
	check(t, err)
	wantShops := []tiktok.AuthorizedShop{
		{ID: usShop, Name: "Fixture Goods US", Region: "US", SellerType: "LOCAL", Cipher: "TTP_fixtureCipherUS01", Code: "USLCFIX001"},
		{ID: gbShop, Name: "Fixture Goods UK", Region: "GB", SellerType: "LOCAL", Cipher: "ROW_fixtureCipherGB01", Code: "GBLCFIX001"},
	}
	if diff := cmp.Diff(wantShops, shops); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPartialRefusalOfASample(t *testing.T) {
	t.Parallel()
	client := against(t, answering(200, file(t, "external_order_reference_response_partial_error.json")))
	err := client.AddExternalOrder(t.Context(), usSeat, "576900000000099999", tiktok.ExternalOrder{ID: "6200000000009"})
	var partial *tiktok.PartialError
	if !errors.As(err, &partial) {
		t.Fatalf("got %v, want a PartialError", err)
	}
	want := tiktok.Refusal{Code: "36020001", Message: "Invalid order_id", Order: "576900000000099999"}
	if len(partial.Refused) != 1 || partial.Refused[0] != want {
		t.Errorf("refused %+v, want %+v", partial.Refused, want)
	}
}

// parrot answers with everything it was sent, as a proxy's error page might.
func parrot(status, code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		heard := r.URL.RawQuery + " " + r.Header.Get("x-tts-access-token")
		for _, values := range r.URL.Query() {
			heard += " " + strings.Join(values, " ")
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"code":%d,"message":%q,"request_id":%q}`, code, heard, r.Header.Get("x-tts-access-token"))
	}
}

func TestNoErrorHoldsASecret(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/else?"+r.URL.RawQuery, http.StatusFound)
	}
	badStatusLine := func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 "+r.URL.RawQuery+r.Header.Get("x-tts-access-token")+"\r\n\r\n")
			_ = conn.Close()
		}
	}
	secrets := []string{appSecret, "access-token-1", "refresh-token-1", "code-1/+", "code-1%2F%2B"}
	signature := regexp.MustCompile("[0-9a-f]{64}")
	for name, handle := range map[string]http.HandlerFunc{
		"refused": parrot(200, 25000000), "bad sign": parrot(401, 106001), "expired": parrot(401, 105002), "limited": parrot(429, 36009002),
		"server": parrot(500, 36009003), "own codes": parrot(200, 36004004), "hangs": hang, "cut": cut, "redirect": redirect,
		"status line": badStatusLine, "not json": func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.RawQuery) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := against(t, handle)
			observed := &strings.Builder{}
			client.Observe = func(_ context.Context, op, requestID string, status int, _ time.Duration, err error) {
				fmt.Fprintln(observed, op, requestID, status, err)
			}
			for call, err := range everyCall(t, client) {
				if err == nil {
					t.Fatalf("%s: no error", call)
				}
				detail := ""
				var act *fault.Act
				if errors.As(err, &act) {
					detail = act.Detail
				}
				text := err.Error() + detail + observed.String()
				observed.Reset()
				if i := slices.IndexFunc(secrets, func(s string) bool { return strings.Contains(text, s) }); i >= 0 || signature.MatchString(text) {
					t.Errorf("%s: a secret or a signature shows in %s", call, text)
				}
			}
		})
	}
}

func everyCall(t *testing.T, c *tiktok.Client) map[string]error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	const id = "576900000000010001"
	return map[string]error{
		"exchange":  second(c.ExchangeCode(ctx, "code-1/+")),
		"refresh":   second(c.RefreshGrant(ctx, secret.New("refresh-token-1"))),
		"shops":     second(c.AuthorizedShops(ctx, secret.New("access-token-1"))),
		"order":     second(c.Order(ctx, usSeat, id)),
		"search":    second(c.SearchOrders(ctx, usSeat, tiktok.OrderSearch{}, "")),
		"externals": second(c.ExternalOrders(ctx, usSeat, id)),
		"external":  c.AddExternalOrder(ctx, usSeat, id, tiktok.ExternalOrder{ID: "1"}),
		"hooks":     second(c.Webhooks(ctx, usSeat)),
		"hook":      c.SetWebhook(ctx, usSeat, tiktok.OrderStatusChange, "https://app.test/x"),
		"unhook":    c.DeleteWebhook(ctx, usSeat, tiktok.OrderStatusChange),
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	t.Cleanup(other.Close)
	client := against(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	if _, err := client.Order(t.Context(), usSeat, "576900000000010001"); err == nil || followed.Load() {
		t.Errorf("the token went on to another host: %t, %v", followed.Load(), err)
	}
}

// A kept connection that turns out to be dead makes net/http repeat a GET by
// itself. The second refresh would come with a used token and be refused, and a
// healthy shop would be disconnected.
func TestGrantCallsAreNeverRepeatedBehindOurBack(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	client := against(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			answering(200, file(t, "token_get_response.json"))(w, r)
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	_, err := client.RefreshGrant(t.Context(), secret.New("r1"))
	check(t, err)
	_, err = client.RefreshGrant(t.Context(), secret.New("r2"))
	if err == nil || errors.Is(err, tiktok.ErrGrantRefused) || calls.Load() != 2 {
		t.Errorf("%d calls, error %v: want 2 and a passing error", calls.Load(), err)
	}
}

func TestRequestsAreSignedOverTheBytesThatAreSent(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]url.Values{}
	client := against(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Method+" "+r.URL.Path] = r.URL.Query()
		if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Tts-Access-Token") != "access-token-1" {
			t.Errorf("%s: headers %v", r.URL.Path, r.Header)
		}
		answering(200, `{"code":0,"data":{}}`)(w, r)
	})
	client.Now = func() time.Time { return time.Unix(1795100000, 0) }
	_, err := client.SearchOrders(t.Context(), usSeat, tiktok.OrderSearch{}, "a/b+c==")
	check(t, err)
	_, err = client.AuthorizedShops(t.Context(), secret.New("access-token-1"))
	check(t, err)
	search := seen["POST /order/202309/orders/search"]
	if search.Get("page_token") != "a/b+c==" || search.Get("timestamp") != "1795100000" || search.Get("shop_cipher") != usSeat.Cipher || len(search.Get("sign")) != 64 {
		t.Errorf("search was sent with %v", search)
	}
	if shops := seen["GET /authorization/202309/shops"]; shops.Has("shop_cipher") || shops.Has("access_token") {
		t.Errorf("shops was sent with %v", shops)
	}
}

func TestObserveSeesEveryRequest(t *testing.T) {
	t.Parallel()
	client := against(t, answering(401, `{"code":105002,"message":"Expired credentials.","request_id":"r-1"}`))
	var seen []string
	client.Observe = func(_ context.Context, op, requestID string, status int, latency time.Duration, err error) {
		seen = append(seen, fmt.Sprint(op, " ", requestID, " ", status, " ", latency > 0, " ", fault.Of(err)))
	}
	_, err := client.Order(t.Context(), usSeat, "576900000000010001")
	if err == nil {
		t.Fatal("no error")
	}
	// The keeper's refresh is refused by the same answer, so nothing is repeated.
	want := []string{"order.detail r-1 401 true act", "token.refresh r-1 401 true act"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	address := listener.Addr().String()
	check(t, listener.Close())
	client := against(t, nil)
	client.BaseURL = "http://" + address
	_, err = client.Order(t.Context(), usSeat, "576900000000010001")
	if fault.Of(err) != fault.Retry || strings.Contains(err.Error(), "sign=") {
		t.Errorf("got %v", err)
	}
}

package tiktok_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// against is a client whose every request is answered by handle.
func against(t *testing.T, handle http.HandlerFunc) *tiktok.Client {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	client := &tiktok.Client{
		BaseURL: server.URL, AuthURL: server.URL, AppKey: "key1", AppSecret: secret.New(appSecret), HTTP: server.Client(),
	}
	client.Tokens = &keeper{client: client, grant: tiktok.Grant{Access: secret.New("access-token-1"), Refresh: secret.New("refresh-token-1")}}
	return client
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// expectation is what an error must be; is is the only one of the helpers that
// says yes to it, or nil where none may.
type expectation struct {
	fate fault.Fate
	code string
	is   func(error) bool
}

func (want expectation) check(t *testing.T, name string, err error) {
	t.Helper()
	if fault.Of(err) != want.fate || actCode(err) != want.code {
		t.Errorf("%s: %s %q, want %s %q: %v", name, fault.Of(err), actCode(err), want.fate, want.code, err)
	}
	matches := 0
	for _, is := range []func(error) bool{tiktok.IsNotFound, tiktok.IsTokenExpired, tiktok.IsScopeMissing, tiktok.IsShopInactive} {
		if is(err) {
			matches++
		}
	}
	if want.is != nil && (!want.is(err) || matches != 1) || want.is == nil && matches != 0 {
		t.Errorf("%s: %d helpers match", name, matches)
	}
}

func TestEveryErrorHasItsFate(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/errors.json")
	check(t, err)
	var samples map[string]struct {
		Status int             `json:"_http_status"`
		Body   json.RawMessage `json:"body"`
	}
	check(t, json.Unmarshal(raw, &samples))
	want := map[string]expectation{
		"token_expired":                 {fault.Asks, "connection_expired", tiktok.IsTokenExpired},
		"token_invalid":                 {fault.Asks, "connection_expired", tiktok.IsTokenExpired},
		"token_shop_mismatch":           {fault.Asks, "connection_expired", nil},
		"scope_denied":                  {fault.Asks, "scope_missing", tiktok.IsScopeMissing},
		"app_key_invalid":               {fault.Asks, "api_rejected", nil},
		"bad_sign":                      {fault.Asks, "api_rejected", nil},
		"missing_shop_cipher":           {fault.Asks, "api_rejected", nil},
		"ip_not_allowed":                {fault.Asks, "api_rejected", nil},
		"bad_path":                      {fault.Asks, "api_rejected", tiktok.IsNotFound},
		"seller_inactive":               {fault.Asks, "api_rejected", tiktok.IsShopInactive},
		"refund_too_high":               {fault.Asks, "api_rejected", nil},
		"reason_mismatch":               {fault.Asks, "api_rejected", nil},
		"reverse_exists":                {fault.Asks, "api_rejected", nil},
		"already_shipped_cannot_cancel": {fault.Asks, "api_rejected", nil},
		"risk_block":                    {fault.Asks, "api_rejected", nil},
		"auth_code_used":                {fault.Asks, "api_rejected", nil},
		"rate_limited":                  {fault.Later, "", nil},
		"timestamp_invalid":             {fault.Retry, "", nil},
		"gateway_timeout":               {fault.Retry, "", nil},
		"internal":                      {fault.Retry, "", nil},
	}
	if len(samples) != len(want) {
		t.Fatalf("%d samples, %d expectations", len(samples), len(want))
	}
	for name, sample := range samples {
		client := against(t, answering(sample.Status, string(sample.Body)))
		// AuthorizedShops renews nothing, so the first answer decides.
		_, err := client.AuthorizedShops(t.Context(), secret.New("access-token-1"))
		want[name].check(t, name, err)
		var e *tiktok.Error
		if !errors.As(err, &e) || e.HTTPStatus != sample.Status || e.RequestID == "" || e.Message == "" || e.Op != "authorization.shops" {
			t.Errorf("%s: %#v lacks something", name, e)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	const limited = `{"code":36009002,"message":"Too many requests.","request_id":"r"}`
	const busy = `{"code":36009003,"message":"Internal error.","request_id":"r"}`
	for name, c := range map[string]struct {
		status       int
		header, body string
		fate         fault.Fate
		least, most  time.Duration
	}{
		"seconds":             {429, "7", limited, fault.Later, 7 * time.Second, 7 * time.Second},
		"fraction":            {429, "0.5", limited, fault.Later, 500 * time.Millisecond, 500 * time.Millisecond},
		"date":                {429, "Sun, 22 Nov 2026 12:02:00 GMT", limited, fault.Later, 2 * time.Minute, 2 * time.Minute},
		"too long":            {429, "86400", limited, fault.Later, 15 * time.Minute, 15 * time.Minute},
		"absurd":              {429, "1e300", limited, fault.Later, 15 * time.Minute, 15 * time.Minute},
		"past date":           {429, "Sun, 22 Nov 2026 11:00:00 GMT", limited, fault.Later, 10 * time.Second, 20 * time.Second},
		"nonsense":            {429, "soon", limited, fault.Later, 10 * time.Second, 20 * time.Second},
		"negative":            {429, "-5", limited, fault.Later, 10 * time.Second, 20 * time.Second},
		"NaN":                 {429, "NaN", limited, fault.Later, 10 * time.Second, 20 * time.Second},
		"none":                {429, "", limited, fault.Later, 10 * time.Second, 20 * time.Second},
		"limit with 200":      {200, "", limited, fault.Later, 10 * time.Second, 20 * time.Second},
		"quota":               {200, "", `{"code":36009037,"message":"x"}`, fault.Later, 10 * time.Second, 20 * time.Second},
		"429 of a proxy":      {429, "9", "<html>slow down</html>", fault.Later, 9 * time.Second, 9 * time.Second},
		"503 with a time":     {503, "30", busy, fault.Later, 30 * time.Second, 30 * time.Second},
		"503 of a proxy":      {503, "30", "<html>back soon</html>", fault.Later, 30 * time.Second, 30 * time.Second},
		"503 without a time":  {503, "", busy, fault.Retry, 0, 0},
		"502 of a proxy":      {502, "", "<html>bad gateway</html>", fault.Retry, 0, 0},
		"500, code of no one": {500, "", `{"code":777,"message":"x"}`, fault.Retry, 0, 0},
	} {
		client := against(t, func(w http.ResponseWriter, _ *http.Request) {
			if c.header != "" {
				w.Header().Set("Retry-After", c.header)
			}
			answering(c.status, c.body)(w, nil)
		})
		client.Now = func() time.Time { return now }
		_, err := client.Order(t.Context(), usSeat, "576900000000010001")
		if fault.Of(err) != c.fate {
			t.Errorf("%s: fate %s, want %s: %v", name, fault.Of(err), c.fate, err)
		}
		var delayed *fault.Delayed
		if errors.As(err, &delayed) && (delayed.Wait < c.least || delayed.Wait > c.most) {
			t.Errorf("%s: waits %v, want %v to %v", name, delayed.Wait, c.least, c.most)
		}
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	const order = "576900000000010001"
	for name, handle := range map[string]http.HandlerFunc{
		"empty":           answering(200, ""),
		"html":            answering(200, "<html>hello</html>"),
		"no code":         answering(200, `{"data":{"orders":[]}}`),
		"null code":       answering(200, `{"code":null}`),
		"code of letters": answering(200, `{"code":"OK"}`),
		"a list":          answering(200, `[]`),
		"cut json":        answering(200, `{"code":0,"data":{"orders":[{"id":"576900000`),
		"other shape":     answering(200, `{"code":0,"data":{"orders":{"id":"1"}}}`),
		"data of text":    answering(200, `{"code":0,"data":"none"}`),
		"too large":       answering(200, `{"code":0,"data":{"orders":["`+strings.Repeat("x", 9<<20)+`"]}}`),
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"code":0,"data":{"orders":[`)
		},
	} {
		_, err := against(t, handle).Order(t.Context(), usSeat, order)
		if !errors.Is(err, tiktok.ErrMalformed) || fault.Of(err) != fault.Retry || len(err.Error()) > 500 {
			t.Errorf("%s: %v (%s), want ErrMalformed to be retried", name, err, fault.Of(err))
		}
	}
	// An answer without data is an empty one, and code 0 may come in quotes.
	for _, body := range []string{`{"code":0}`, `{"code":"0","data":null}`, `{"code":0,"data":{}}`} {
		if _, err := against(t, answering(200, body)).Order(t.Context(), usSeat, order); !errors.Is(err, tiktok.ErrOrderNotFound) {
			t.Errorf("%s: %v, want ErrOrderNotFound", body, err)
		}
	}
}

func TestSearchThatNeverEndsIsNoticed(t *testing.T) {
	t.Parallel()
	client := against(t, answering(200, `{"code":0,"data":{"next_page_token":"same"}}`))
	if _, err := client.SearchOrders(t.Context(), usSeat, tiktok.OrderSearch{}, "same"); !errors.Is(err, tiktok.ErrMalformed) {
		t.Errorf("got %v, want ErrMalformed", err)
	}
}

func TestGrantsThatAreIncomplete(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"code":0}`, `{"code":0,"data":{"access_token":"a","open_id":"o"}}`, `{"code":0,"data":{"access_token":"a","refresh_token":"b"}}`} {
		_, err := against(t, answering(200, body)).RefreshGrant(t.Context(), secret.New("refresh-token-1"))
		if !errors.Is(err, tiktok.ErrMalformed) || errors.Is(err, tiktok.ErrGrantRefused) {
			t.Errorf("%s: %v, want ErrMalformed", body, err)
		}
	}
	client := against(t, answering(200, `{"code":0,"data":{"shops":[{"id":"7494000000000010001","cipher":""}]}}`))
	if _, err := client.AuthorizedShops(t.Context(), secret.New("a")); !errors.Is(err, tiktok.ErrMalformed) {
		t.Errorf("shop without a cipher: %v, want ErrMalformed", err)
	}
}

// The cipher of another shop brings that shop's data without an error.
func TestAnOrderThatWasNotAskedForIsNotTaken(t *testing.T) {
	t.Parallel()
	client := against(t, answering(200, `{"code":0,"data":{"orders":[{"id":"576900000000010002"}]}}`))
	if order, err := client.Order(t.Context(), usSeat, "576900000000010001"); !errors.Is(err, tiktok.ErrOrderNotFound) {
		t.Errorf("got order %s and %v, want ErrOrderNotFound", order.ID, err)
	}
}

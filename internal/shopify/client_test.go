package shopify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/fault"
)

const costOf = `,"extensions":{"cost":{"requestedQueryCost":%v,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":%v,"restoreRate":50}}}`

func graphQLFailure(code, path, message string) string {
	return fmt.Sprintf(`{"data":{"orderCreate":null},"errors":[{"message":%q,"path":[%s],"extensions":{"code":%q}}]}`, message, path, code)
}

// What an answer to orderCreate means: for the job, and for the question whether the order was written.
// mutationAnswer is an answer to orderCreate that gives no order, and the
// error that the client must make of it.
type mutationAnswer struct {
	status  int
	body    string
	fate    fault.Fate
	code    string // of fault.Act
	unknown bool
	wait    time.Duration
}

func (tc mutationAnswer) run(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, saying(tc.status, tc.body))
	in, options := fullOrder(tiktokID)
	created, err := client.CreateOrder(t.Context(), testShop, in, options)
	if err == nil || created.Order != nil {
		t.Fatalf("created %+v, %v", created, err)
	}
	if got := fault.Of(err); got != tc.fate {
		t.Errorf("fate of %v = %s, want %s", err, got, tc.fate)
	}
	if got := OutcomeUnknown(err); got != tc.unknown {
		t.Errorf("OutcomeUnknown(%v) = %v", err, got)
	}
	var act *fault.Act
	if errors.As(err, &act) && act.Code != tc.code {
		t.Errorf("code = %q, want %q", act.Code, tc.code)
	}
	var later *fault.Delayed
	if errors.As(err, &later) && later.Wait != tc.wait {
		t.Errorf("wait = %v, want %v", later.Wait, tc.wait)
	}
}

func TestAnswersToAMutation(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]mutationAnswer{
		"throttled as 200":         {200, `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]` + fmt.Sprintf(costOf, 1000, 0) + `}`, fault.Later, "", false, 20 * time.Second},
		"throttled as 429":         {429, `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]` + fmt.Sprintf(costOf, 600, 100) + `}`, fault.Later, "", false, 10 * time.Second},
		"order limit":              {200, `{"errors":[{"message":"exceeded the maximum number of orders","extensions":{"code":"THROTTLED"}}]` + fmt.Sprintf(costOf, 12, 1900) + `}`, fault.Later, "", false, orderLimitWait},
		"order limit as userError": {200, `{"data":{"orderCreate":{"order":null,"userErrors":[{"message":"Too many requests. Try again later."}]}}}`, fault.Later, "", false, orderLimitWait},
		"absurd wait":              {429, `{"errors":"slow"` + fmt.Sprintf(costOf, 1e300, 0) + `}`, fault.Later, "", false, time.Hour},
		"dead token":               {401, `{"errors":"[API] Invalid API key or access token"}`, fault.Asks, "connection_expired", false, 0},
		"frozen":                   {402, `{"errors":"Unavailable Shop"}`, fault.Later, "", false, frozenWait},
		"locked":                   {423, `<html>locked</html>`, fault.Later, "", false, frozenWait},
		"security":                 {430, ``, fault.Later, "", false, frozenWait},
		"inactive":                 {200, graphQLFailure("SHOP_INACTIVE", `"orderCreate"`, "no"), fault.Later, "", false, frozenWait},
		"approval":                 {403, `{"errors":"[API] This action requires merchant approval for write_orders scope."}`, fault.Asks, "scope_missing", false, 0},
		"forbidden":                {403, `{"errors":"Forbidden"}`, fault.Asks, "api_rejected", false, 0},
		"not found":                {404, `{"errors":"Not Found"}`, fault.Asks, "api_rejected", false, 0},
		"access denied":            {200, graphQLFailure("ACCESS_DENIED", `"orderCreate"`, "Access denied"), fault.Asks, "scope_missing", false, 0},
		"denied below, ran":        {200, graphQLFailure("ACCESS_DENIED", `"orderCreate","order","lineItems"`, "Access denied"), fault.Retry, "", true, 0},
		"bad variable":             {200, `{"errors":[{"message":"Variable $order was provided invalid value","extensions":{"code":"INVALID_VARIABLE"}}]}`, fault.Asks, "api_rejected", false, 0},
		"refused, no data":         {200, `{"errors":[{"message":"Field 'x' doesn't exist"}]}`, fault.Asks, "api_rejected", false, 0},
		"broke inside":             {200, graphQLFailure("INTERNAL_SERVER_ERROR", `"orderCreate"`, "Internal error"), fault.Retry, "", true, 0},
		"null, no code":            {200, `{"data":null,"errors":[{"message":"Internal error. Looks like something went wrong on our end."}]}`, fault.Retry, "", true, 0},
		"bad gateway":              {502, `<html>bad gateway</html>`, fault.Retry, "", true, 0},
		"no JSON":                  {200, `<html>hello</html>`, fault.Retry, "", true, 0},
		"cut JSON":                 {200, `{"data":{"orderCreate":{"order":{"id":"gid://sh`, fault.Retry, "", true, 0},
		"empty":                    {200, ``, fault.Retry, "", true, 0},
		"nothing":                  {200, `{}`, fault.Retry, "", true, 0},
		"wrong type":               {200, `{"data":{"orderCreate":[]}}`, fault.Retry, "", true, 0},
		"null payload":             {200, `{"data":{"orderCreate":null}}`, fault.Retry, "", true, 0},
		"no order, no errors":      {200, `{"data":{"orderCreate":{"order":null,"userErrors":[]}}}`, fault.Retry, "", true, 0},
		"order without a GID":      {200, `{"data":{"orderCreate":{"order":{"id":"1","name":"x"},"userErrors":[]}}}`, fault.Retry, "", true, 0},
		"moved":                    {301, ``, fault.Asks, "api_rejected", false, 0},
		"errors in another form":   {400, `{"errors":{"query":"Required parameter missing or invalid"}}`, fault.Asks, "api_rejected", false, 0},
	} {
		t.Run(name, tc.run)
	}
}

// An order beside errors was written, whatever the errors say.
func TestOrderBesideErrorsCounts(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, saying(200, `{"data":{"orderCreate":{"order":{"id":"gid://shopify/Order/1","name":"x"},"userErrors":[{"message":"m","field":["order","metafields","0"]}]}},
		"errors":[{"message":"Access denied for variant","path":["orderCreate","order","lineItems"],"extensions":{"code":"ACCESS_DENIED"}}]}`))
	in, options := fullOrder(tiktokID)
	created, err := client.CreateOrder(t.Context(), testShop, in, options)
	if err != nil || created.Order == nil || created.Order.ID != "gid://shopify/Order/1" || !created.UserErrors.Concerns("metafields") {
		t.Errorf("created %+v, %v", created, err)
	}
}

func TestQueriesHaveNoOutcome(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"server error": 500, "malformed": 200} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := serve(t, saying(status, "<html>"))
			if _, err := client.ShopInfo(t.Context(), testShop); err == nil || OutcomeUnknown(err) || fault.Of(err) != fault.Retry {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestNeverSentIsKnown(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	client := &Client{ShopURL: "http://" + address, Tokens: &fixedToken{token: "shpat_secret"}}
	in, options := fullOrder(tiktokID)
	if _, err := client.CreateOrder(t.Context(), testShop, in, options); err == nil || OutcomeUnknown(err) {
		t.Errorf("refused connection: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.CreateOrder(ended, testShop, in, options); !errors.Is(err, context.Canceled) || OutcomeUnknown(err) {
		t.Errorf("context ended before: %v", err)
	}
}

func TestAnswerThatNeverComes(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	client, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	in, options := fullOrder(tiktokID)
	if _, err := client.CreateOrder(ctx, testShop, in, options); !OutcomeUnknown(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestOversizedAnswer(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := strings.Repeat(" ", 1<<20)
		for range 9 {
			_, _ = io.WriteString(w, chunk)
		}
	})
	in, options := fullOrder(tiktokID)
	if _, err := client.CreateOrder(t.Context(), testShop, in, options); !OutcomeUnknown(err) || !strings.Contains(err.Error(), "8 MiB") {
		t.Errorf("error = %v", err)
	}
}

// The token must not follow a redirect to wherever it leads.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(elsewhere.Close)
	client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if _, err := client.ShopInfo(t.Context(), testShop); err == nil || reached.Load() {
		t.Errorf("error = %v, reached = %v", err, reached.Load())
	}
}

func TestRequestIsAddressedAndSigned(t *testing.T) {
	t.Parallel()
	client, tokens := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/acme.myshopify.com/admin/api/2026-10/graphql.json" || r.Method != http.MethodPost ||
			r.Header.Get("Content-Type") != "application/json" || !strings.HasPrefix(r.Header.Get("User-Agent"), "Switchback") {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		if r.Header.Get("X-Shopify-Access-Token") != "shpat_secret-renewed" {
			saying(401, `{"errors":"[API] Invalid"}`)(w, r)
			return
		}
		saying(200, `{"data":{"shop":{"name":"Acme","myshopifyDomain":"acme.myshopify.com","currencyCode":"USD"}}}`)(w, r)
	})
	type call struct {
		op, request string
		status      int
		failed      bool
	}
	var seen []call
	client.Observe = func(_ context.Context, op, request string, status int, _ time.Duration, err error) {
		seen = append(seen, call{op, request, status, err != nil})
	}
	if _, err := client.ShopInfo(t.Context(), testShop); err != nil {
		t.Fatal(err)
	}
	if tokens.renewed != 1 || !slices.Equal(seen, []call{{"Shop", "req-1", 401, true}, {"Shop", "req-1", 200, false}}) {
		t.Errorf("renewed %d times, saw %v", tokens.renewed, seen)
	}
}

func TestDeadTokenIsRenewedOnlyOnce(t *testing.T) {
	t.Parallel()
	client, tokens := serve(t, saying(401, `{"errors":"[API] Invalid"}`))
	if _, err := client.ShopInfo(t.Context(), testShop); fault.Of(err) != fault.Asks || tokens.renewed != 1 {
		t.Errorf("%v after %d renewals", err, tokens.renewed)
	}
	refused := errors.New("refused")
	tokens.err = refused
	if _, err := client.ShopInfo(t.Context(), testShop); !errors.Is(err, refused) {
		t.Errorf("error = %v, want the source's", err)
	}
}

// Nothing of a buyer's, and no token, gets into an error's text.
func TestErrorTextIsSafe(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"bad variable": `{"errors":[{"message":"Variable $order of type OrderCreateOrderInput! was provided invalid value for shippingAddress.countryCode (Expected \"Ada Lovelace\" to be one of: AF, AX)","extensions":{"code":"INVALID_VARIABLE","value":{"firstName":"Ada Lovelace"}}}]}`,
		"user error":   `{"data":{"orderCreate":{"order":null,"userErrors":[{"message":"Email ada@lovelace.example and phone +1 (202) 555-0143 are invalid\nfor her","field":["order","email"]}]}}}`,
		"long":         `{"errors":"` + strings.Repeat("x", 5000) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := serve(t, saying(200, body))
			in, options := fullOrder(tiktokID)
			created, err := client.CreateOrder(t.Context(), testShop, in, options)
			text := created.UserErrors.Error()
			if err != nil {
				text = err.Error()
			}
			for _, secret := range []string{"Ada", "lovelace", "555", "shpat", "\n"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q holds %q", text, secret)
				}
			}
			if len(text) > 500 {
				t.Errorf("text of %d bytes", len(text))
			}
		})
	}
}

func TestUserErrors(t *testing.T) {
	t.Parallel()
	u := createErrors([]*admin.OrderCreateOrderCreateOrderCreatePayloadUserErrorsOrderCreateUserError{
		{Code: ptr(admin.OrderCreateUserErrorCodeInventoryClaimFailed), Field: []string{"order", "lineItems", "0"}, Message: "Unable to reserve inventory"},
		{Message: "else"},
	})
	if want := "Unable to reserve inventory [INVENTORY_CLAIM_FAILED] at order.lineItems.0; else"; u.Error() != want {
		t.Errorf("text = %q, want %q", u.Error(), want)
	}
	if !u.Has("INVENTORY_CLAIM_FAILED") || u.Has("INVALID") || !u.Concerns("lineItems") || u.Concerns("customer") {
		t.Error("Has or Concerns is wrong")
	}
}

package loop_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/sandbox/loopsim"
	"github.com/switchbackhq/switchback/internal/secret"
)

var key = secret.New("loop-key-1")

// orders is what the simulated Loop reads: by name.
type orders map[string]loopsim.Order

func (o orders) OrderByName(_, name string) (loopsim.Order, bool) {
	found, ok := o[name]
	return found, ok
}

// simulated is a client of a simulated Loop; what its contract does not allow fails the test.
func simulated(t *testing.T, portal loopsim.Portal) *loop.Client {
	t.Helper()
	sim := loopsim.New(loopsim.Options{Orders: orders{"576900000000000001": {
		ID: "gid://shopify/Order/9007199254740993", Name: "576900000000000001", ZIP: "73301-0042", Currency: "USD",
		Lines: []loopsim.Line{
			{ID: "1", VariantID: "1", Quantity: 2, Fulfilled: 2}, {ID: "2", VariantID: "2", Quantity: 1}, {ID: "3", Quantity: 1, Fulfilled: 1},
		},
	}}})
	portal.Name, portal.Shop, portal.APIKey = "stoneware", "stoneware.myshopify.com", "loop-key-1"
	sim.AddPortal(portal)
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		for _, v := range sim.Violations() {
			t.Errorf("contract violated: %s", v)
		}
	})
	return &loop.Client{BaseURL: server.URL + "/api/v1", HTTP: server.Client(), Limits: &loop.Limits{}}
}

// answering is a client of a server that gives one answer to everything.
func answering(t *testing.T, handler http.HandlerFunc) *loop.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &loop.Client{BaseURL: server.URL + "/api/v1", HTTP: server.Client()}
}

func body(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}

func TestAgainstTheSimulatedLoop(t *testing.T) {
	t.Parallel()
	c, ctx := simulated(t, loopsim.Portal{}), t.Context()
	e, err := c.ReturnEligibility(ctx, key, "576900000000000001")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(loop.Eligibility{Lines: 3, Returnable: 1, Why: []string{"not-fulfilled", "no-product"}}, e); diff != "" {
		t.Error(diff)
	}
	for _, zip := range []string{"73301-0042", "73301"} {
		draft, err := c.DraftReturn(ctx, key, "576900000000000001", zip)
		if err != nil || draft.ID == "" || draft.Lines != 3 || draft.Returnable != 1 {
			t.Fatalf("%+v, %v", draft, err)
		}
		if err := c.CancelDraft(ctx, key, draft); err != nil {
			t.Fatal(err)
		}
		if err := c.CancelDraft(ctx, key, draft); err == nil {
			t.Error("the draft was not taken back the first time")
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const known = "576900000000000001"
	for name, test := range map[string]struct {
		portal              loopsim.Portal
		key, order, zip     string
		code                string
		notFound, keyRefusd bool
	}{
		"another zip":      {order: known, zip: "10001", code: loop.CodeSecondaryInputMismatch},
		"unknown order":    {order: "576900000000000002", zip: "73301", code: loop.CodeOrderNotFound, notFound: true},
		"a wrong key":      {key: "wrong", order: known, zip: "73301", code: "not_authorized", keyRefusd: true},
		"no draft returns": {portal: loopsim.Portal{NoDraftReturns: true}, order: known, zip: "73301", code: loop.CodeDraftsNotEnabled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := key
			if test.key != "" {
				with = secret.New(test.key)
			}
			_, err := simulated(t, test.portal).DraftReturn(t.Context(), with, test.order, test.zip)
			var refused *loop.Error
			if !errors.As(err, &refused) || refused.Code != test.code || refused.NotFound() != test.notFound || refused.KeyRefused() != test.keyRefusd {
				t.Errorf("%v: %+v", err, refused)
			}
			for _, private := range []string{test.zip, with.Reveal()} {
				if strings.Contains(err.Error(), private) {
					t.Errorf("%q shows %q", err, private)
				}
			}
		})
	}
}

// What Loop does not document is read in every form that is likely.
func TestEligibilityIsReadInEveryLikelyForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]loop.Eligibility{
		`{}`: {},
		`{"items":[{"eligible":true},{"eligible":false,"ineligibility_code":"final-sale"}]}`: {Lines: 2, Returnable: 1, Why: []string{"final-sale"}},
		`{"data":{"line_items":[{"id":1}]},"errors":[]}`:                                     {Lines: 1, Returnable: 1},
		`{"items":[{"eligible":false,"ineligibility_code":null}],"future":{"x":[1]}}`:        {Lines: 1},
		`{"items":null,"code":"ok","advisory":"text"}`:                                       {},
	} {
		got, err := answering(t, body(200, text)).ReturnEligibility(t.Context(), key, "1")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
}

func TestErrorsAreReadInEveryLikelyForm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status   int
		text     string
		code     string
		notFound bool
	}{
		{422, `{"errors":[{"code":"order-not-found","message":"no 1 at 73301"}]}`, "order-not-found", true},
		{422, `{"errors":[{"code":" ORDER-NOT-FOUND "}]}`, "order-not-found", true},
		{400, `{"error":{"code":"order-lookup-failed"}}`, "order-lookup-failed", true},
		{400, `{"code":"shop-not-found"}`, "shop-not-found", false},
		{200, `{"errors":[{"code":"secondary-input-mismatch"}]}`, "secondary-input-mismatch", false},
		{404, `<html>`, "", true},
		{404, ``, "", true},
		{400, `{"errors":"order 1 has no ZIP 73301"}`, "", false},
		{400, `{"errors":[{"code":"has 73301 in it"}]}`, "", false},
		{400, `{"errors":[{"code":17}]}`, "", false},
		{503, `{"code":{"a":1}}`, "", false},
	} {
		_, err := answering(t, body(test.status, test.text)).ReturnEligibility(t.Context(), key, "1")
		var refused *loop.Error
		if !errors.As(err, &refused) || refused.Code != test.code || refused.NotFound() != test.notFound || refused.HTTPStatus != test.status {
			t.Errorf("%d %s: %v", test.status, test.text, err)
		} else if strings.Contains(err.Error(), "73301") {
			t.Errorf("%d %s: %q repeats what Loop says", test.status, test.text, err)
		}
	}
}

func TestUnusableAnswers(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat(" ", 2<<20+1)
	for name, handler := range map[string]http.HandlerFunc{
		"not json": body(200, `<html>`),
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{`))
		},
		"far too large": body(200, huge),
		"no id":         body(200, `{"draft_return":{"id":null}}`),
		"a bad id":      body(200, `{"draft_return":{"id":"../../returns"}}`),
	} {
		_, err := answering(t, handler).DraftReturn(t.Context(), key, "1", "73301")
		if !errors.Is(err, loop.ErrMalformed) || fault.Of(err) != fault.Retry {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A link or a redirect that leads elsewhere would take the key along.
func TestTheKeyGoesNowhereElse(t *testing.T) {
	t.Parallel()
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	t.Cleanup(thief.Close)
	for _, href := range []string{
		thief.URL + "/api/v1/draft-returns/7/cancel", "//evil.example/api/v1/x", "/elsewhere", "../../admin", "/api/v1/draft-returns/7/cancel?x=1", "://", "",
	} {
		var paths []string
		c := answering(t, func(w http.ResponseWriter, r *http.Request) {
			paths = append(paths, r.URL.RequestURI())
			_, _ = fmt.Fprintf(w, `{"draft_return":{"id":"7"},"links":[{"rel":"cancel-draft-return","href":%q}]}`, href)
		})
		draft, err := c.DraftReturn(t.Context(), key, "1", "73301")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.CancelDraft(t.Context(), key, draft); err != nil {
			t.Errorf("%s: %v", href, err)
		}
		if want := []string{"/api/v1/draft-returns", "/api/v1/draft-returns/7/cancel"}; !slices.Equal(paths, want) {
			t.Errorf("%q led to %v", href, paths)
		}
	}
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	})
	if _, err := c.ReturnEligibility(t.Context(), key, "1"); err == nil {
		t.Error("a redirect passed for an answer")
	}
	if stolen.Load() > 0 {
		t.Error("the key went elsewhere")
	}
}

func TestALinkWithinLoopIsFollowed(t *testing.T) {
	t.Parallel()
	for _, href := range []string{"/api/v1/drafts/7/void", "drafts/7/void"} {
		var paths []string
		c := answering(t, func(w http.ResponseWriter, r *http.Request) {
			paths = append(paths, r.URL.Path)
			_, _ = fmt.Fprintf(w, `{"data":{"id":9007199254740993,"links":[{"rel":"self","href":"/x"},{"rel":"cancel","method":"post","href":%q}]}}`, href)
		})
		draft, err := c.DraftReturn(t.Context(), key, "1", "73301")
		if err != nil || draft.ID != "9007199254740993" {
			t.Fatalf("%+v, %v", draft, err)
		}
		if err := c.CancelDraft(t.Context(), key, draft); err != nil || paths[1] != "/api/v1/drafts/7/void" {
			t.Errorf("%v: %v", paths, err)
		}
	}
}

func TestALimitedKeyWaits(t *testing.T) {
	t.Parallel()
	for header, least := range map[string]time.Duration{"": 10 * time.Second, "7": 7 * time.Second, "-3": 10 * time.Second, "999999999": 15 * time.Minute} {
		var calls atomic.Int32
		c := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		c.Limits = &loop.Limits{}
		for range 3 { // the second and third are not even sent
			_, err := c.ReturnEligibility(t.Context(), key, "1")
			var later *fault.Delayed
			if !errors.As(err, &later) || later.Wait < least-time.Second || later.Wait > 2*least {
				t.Errorf("Retry-After %q: %v", header, err)
			}
		}
		if calls.Load() != 1 {
			t.Errorf("Retry-After %q: %d calls, want the pause kept", header, calls.Load())
		}
		if _, err := c.ReturnEligibility(t.Context(), secret.New("another"), "1"); err == nil || calls.Load() != 2 {
			t.Error("another shop's key waits too")
		}
	}
}

// A code that is the key is neither shown nor kept.
func TestAQuotedKeyIsNoCode(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `{"error":{"code":%q}}`, r.Header.Get("X-Authorization"))
	}))
	defer server.Close()
	_, err := (&loop.Client{BaseURL: server.URL, HTTP: server.Client()}).ReturnEligibility(t.Context(), key, "1")
	if err == nil || strings.Contains(err.Error(), key.Reveal()) {
		t.Errorf("got %v", err)
	}
}

// An answer that is no HTTP is quoted by net/http, and the key in it is not shown.
func TestAnAnswerThatIsNoHTTPShowsNoKey(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = fmt.Fprintf(conn, "%s\r\n\r\n", r.Header.Get("X-Authorization"))
		_ = conn.Close()
	}))
	defer server.Close()
	_, err := (&loop.Client{BaseURL: server.URL, HTTP: server.Client()}).ReturnEligibility(t.Context(), key, "1")
	if err == nil || strings.Contains(err.Error(), key.Reveal()) || !strings.Contains(err.Error(), "[redacted]") {
		t.Errorf("got %v", err)
	}
}

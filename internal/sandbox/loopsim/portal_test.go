package loopsim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func visit(t *testing.T, s *Sim, method, target string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, target, nil))
	return rec
}

func TestPortal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		target   string
		status   int
		result   Code
		contains string
	}{
		"found":              {"http://127.0.0.1:1/acme?order=576461413038785752&zip=90210", 200, Found, "What would you like to return?"},
		"with slash":         {"http://127.0.0.1:1/acme/?order=%23576461413038785752&zip=90210-4321", 200, Found, "2 can be returned"},
		"by its own host":    {"https://acme.loopreturns.test/?order=576461413038785752&zip=90210", 200, Found, "found"},
		"host and port":      {"https://ACME.loopreturns.test:8443/?order=576461413038785752&zip=90210", 200, Found, "found"},
		"other ZIP":          {"/acme?order=576461413038785752&zip=1", 200, SecondaryInputMismatch, "secondary-input-mismatch"},
		"unknown order":      {"/acme?order=1&zip=1", 200, OrderNotFound, "order-not-found"},
		"only the number":    {"/acme?order=576461413038785752", 200, ValidationFailed, "Both are needed"},
		"nothing asked":      {"/acme/", 200, "", "Find my order"},
		"hostile input":      {"/acme?order=%3Cscript%3E&zip=%22", 200, OrderNotFound, "&lt;script&gt;"},
		"another parameter":  {"/acme?order=1&zip=1&email=x", 400, ValidationFailed, ""},
		"repeated parameter": {"/acme?order=1&zip=1&zip=2", 400, ValidationFailed, ""},
		"broken query":       {"/acme?order=%2", 400, ValidationFailed, ""},
		"unknown portal":     {"/nobody?order=1&zip=1", 404, ShopNotFound, ""},
		"no portal":          {"/?order=1&zip=1", 404, ShopNotFound, ""},
		"below a portal":     {"/acme/orders", 404, ShopNotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testSim(Options{})
			rec := visit(t, s, http.MethodGet, tc.target)
			if rec.Code != tc.status || rec.Header().Get(ResultHeader) != string(tc.result) {
				t.Errorf("status %d, result %q", rec.Code, rec.Header().Get(ResultHeader))
			}
			_, body, _ := strings.Cut(rec.Body.String(), "</style>")
			if !strings.Contains(body, tc.contains) || strings.Contains(body, "<script>") {
				t.Errorf("page:\n%s", body)
			}
			if rec.Code == http.StatusOK && !strings.Contains(rec.Header().Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("policy %q", rec.Header().Get("Content-Security-Policy"))
			}
			want := 0
			if tc.status == 400 {
				want = 1
			}
			if v := s.Violations(); len(v) != want {
				t.Errorf("violations = %q", v)
			}
		})
	}
}

func TestPortalTakesNothingElse(t *testing.T) {
	t.Parallel()
	if rec := visit(t, testSim(Options{}), http.MethodPut, "/acme"); rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("status %d", rec.Code)
	}
}

func TestPortalSaysWhatCannotBeReturned(t *testing.T) {
	t.Parallel()
	page := visit(t, testSim(Options{Start: "http://start.test"}), http.MethodGet, "/acme?order=576461413038785752&zip=90210").Body.String()
	for _, want := range []string{
		"2 can be returned", `name="quantity-1"`, "Cannot be returned: it has not been shipped yet", "Cannot be returned: it is not one of the shop", "http://start.test",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Contains(page, `name="quantity-2"`) {
		t.Error("what cannot be returned is offered")
	}
}

func TestPortalTellsNobodyWhichOfTheTwoIsWrong(t *testing.T) {
	t.Parallel()
	s := testSim(Options{})
	title := func(query string) string {
		_, rest, _ := strings.Cut(visit(t, s, http.MethodGet, "/acme?"+query).Body.String(), `role="alert"`)
		text, _, _ := strings.Cut(rest, "<p class=\"hint\">")
		return text
	}
	if number, zip := title("order=1&zip=90210"), title("order=576461413038785752&zip=1"); number == "" || number != zip {
		t.Errorf("a wrong number: %s\na wrong ZIP: %s", number, zip)
	}
}

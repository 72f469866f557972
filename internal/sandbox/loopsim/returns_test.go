package loopsim

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// till records returns, or refuses them.
type till struct {
	refused error
	took    []Return
}

func (t *till) Refund(r Return) (string, error) {
	if t.refused != nil {
		return "", t.refused
	}
	t.took = append(t.took, r)
	return "gid://shopify/Refund/1", nil
}

func submit(t *testing.T, s *Sim, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{"order": {"576461413038785752"}, "zip": {"90210"}, "outcome": {"refund"}}
	for n := 0; n+1 < len(fields); n += 2 {
		form.Set(fields[n], fields[n+1])
	}
	rec := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/acme", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	s.Handler().ServeHTTP(rec, request)
	return rec
}

func TestAReturnIsRecordedInShopify(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields []string
		want   Return
	}{
		"full":                {[]string{"quantity-1", "2"}, Return{Outcome: ToPayment, Tag: "Refund", Lines: []ReturnedLine{{"gid://shopify/LineItem/11", 2}}}},
		"less a fee":          {[]string{"quantity-1", "1", "fee", "5.25", "reason", "defective"}, Return{Outcome: ToPayment, Tag: "Refund", Reason: "defective", Fee: 525, Lines: []ReturnedLine{{"gid://shopify/LineItem/11", 1}}}},
		"a whole fee":         {[]string{"quantity-1", "1", "fee", "5", "shipping", "yes"}, Return{Outcome: ToPayment, Tag: "Refund", Fee: 500, Shipping: true, Lines: []ReturnedLine{{"gid://shopify/LineItem/11", 1}}}},
		"a gift card":         {[]string{"quantity-1", "1", "quantity-2", "0", "outcome", "gift-card"}, Return{Outcome: ToGiftCard, Tag: "Gift Card", Lines: []ReturnedLine{{"gid://shopify/LineItem/11", 1}}}},
		"an exchange instead": {[]string{"quantity-1", "1", "outcome", "exchange"}, Return{Outcome: ToExchange, Tag: "LE:Exchange", Lines: []ReturnedLine{{"gid://shopify/LineItem/11", 1}}}},
	} {
		kept := &till{}
		s := testSim(Options{Refunds: kept})
		rec := submit(t, s, c.fields...)
		if rec.Code != http.StatusOK || rec.Header().Get(ResultHeader) != string(Submitted) || rec.Header().Get(RefundHeader) != "gid://shopify/Refund/1" {
			t.Fatalf("%s: %d %v %s", name, rec.Code, rec.Header(), rec.Body)
		}
		c.want.Shop, c.want.OrderID = acme, "gid://shopify/Order/9007199254740993"
		if diff := cmp.Diff([]Return{c.want}, kept.took); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		c.want.RefundID = "gid://shopify/Refund/1"
		if diff := cmp.Diff([]Return{c.want}, s.Returns()); diff != "" || len(s.Violations()) > 0 {
			t.Errorf("%s: %s, violations %v", name, diff, s.Violations())
		}
	}
}

func TestWhatCannotBeReturnedIsNot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields []string
		status int
		want   Code
	}{
		"too many":        {[]string{"quantity-1", "3"}, 200, ItemsNotEligible},
		"not shipped":     {[]string{"quantity-2", "1"}, 200, ItemsNotEligible},
		"nothing":         {nil, 200, ItemsNotEligible},
		"less than none":  {[]string{"quantity-1", "-1"}, 200, ItemsNotEligible},
		"no such outcome": {[]string{"quantity-1", "1", "outcome", "cash"}, 200, ItemsNotEligible},
		"a garbled fee":   {[]string{"quantity-1", "1", "fee", "5.2"}, 200, ItemsNotEligible},
		"another ZIP":     {[]string{"quantity-1", "1", "zip", "1"}, 200, SecondaryInputMismatch},
		"another field":   {[]string{"quantity-1", "1", "email", "x"}, 400, ValidationFailed},
	} {
		kept := &till{}
		rec := submit(t, testSim(Options{Refunds: kept}), c.fields...)
		if rec.Code != c.status || rec.Header().Get(ResultHeader) != string(c.want) || len(kept.took) > 0 {
			t.Errorf("%s: %d %q, recorded %v", name, rec.Code, rec.Header().Get(ResultHeader), kept.took)
		}
	}
	if rec := submit(t, testSim(Options{}), "quantity-1", "1"); rec.Header().Get(ResultHeader) != string(returnsNotOffered) {
		t.Errorf("without Shopify: %v", rec.Header())
	}
	refused := testSim(Options{Refunds: &till{refused: errors.New("insufficient funds")}})
	if rec := submit(t, refused, "quantity-1", "1"); rec.Header().Get(ResultHeader) != string(RefundError) || !strings.Contains(rec.Body.String(), "insufficient funds") {
		t.Errorf("refused: %v %s", rec.Header(), rec.Body)
	}
}

func TestWhatCameBackDoesNotComeBackTwice(t *testing.T) {
	t.Parallel()
	o := order("576461413038785752", "90210")
	o.Lines[0].Quantity, o.Lines[0].Fulfilled, o.Lines[0].Returned = 2, 2, 2
	if it := items(o)[0]; it.Eligible || it.IneligibilityCode != returned {
		t.Errorf("got %+v", it)
	}
}

func TestAFormSentTwiceIsOneReturn(t *testing.T) {
	t.Parallel()
	kept := &till{}
	s := testSim(Options{Refunds: kept})
	for range 2 {
		rec := submit(t, s, "quantity-1", "1", "once", "7", "fee", "5.25", "reason", "defective")
		body := rec.Body.String()
		if rec.Header().Get(ResultHeader) != string(Submitted) || rec.Header().Get(RefundHeader) != "gid://shopify/Refund/1" {
			t.Fatalf("%v %s", rec.Header(), body)
		}
		for _, want := range []string{"Your return is on its way", "1 × Mug", "5.25 USD, kept back", "It is broken", "My money back"} {
			if !strings.Contains(body, want) {
				t.Errorf("the confirmation lacks %q", want)
			}
		}
	}
	if rec := submit(t, s, "quantity-1", "1", "once", "7", "zip", "1"); rec.Header().Get(ResultHeader) != string(SecondaryInputMismatch) || rec.Header().Get(RefundHeader) != "" {
		t.Errorf("another ZIP learns of the return: %v", rec.Header())
	}
	submit(t, s, "quantity-1", "1", "once", "8")
	if len(kept.took) != 2 || len(s.Violations()) > 0 {
		t.Errorf("recorded %v, violations %v", kept.took, s.Violations())
	}
}

func TestEachFormIsItsOwn(t *testing.T) {
	t.Parallel()
	s := testSim(Options{Refunds: &till{}})
	once := func() string {
		_, rest, _ := strings.Cut(visit(t, s, http.MethodGet, "/acme?order=576461413038785752&zip=90210").Body.String(), `name="once" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	if a, b := once(), once(); a == "" || a == b {
		t.Errorf("two forms are %q and %q", a, b)
	}
}

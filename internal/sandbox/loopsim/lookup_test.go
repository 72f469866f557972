package loopsim

import (
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	acme  = "acme.myshopify.com"
	other = "other.myshopify.com"
)

// shelf is a shop's orders by exact name.
type shelf map[string]map[string]Order

func (s shelf) OrderByName(shop, name string) (Order, bool) {
	o, ok := s[shop][name]
	return o, ok
}

func order(name, zip string) Order {
	return Order{ID: "gid://shopify/Order/9007199254740993", Name: name, ZIP: zip, Currency: "USD", Lines: []Line{
		{ID: "gid://shopify/LineItem/11", VariantID: "gid://shopify/ProductVariant/5", SKU: "MUG", Title: "Mug", Quantity: 3, Fulfilled: 2},
		{ID: "gid://shopify/LineItem/12", VariantID: "gid://shopify/ProductVariant/6", SKU: "CAP", Title: "Cap", Quantity: 1},
		{ID: "gid://shopify/LineItem/13", SKU: "GIFT", Title: "Gift wrap", Quantity: 1, Fulfilled: 1},
	}}
}

func testSim(opts Options) *Sim {
	opts.Orders = shelf{acme: {
		"576461413038785752": order("576461413038785752", "90210"),
		"576461413038785753": order("576461413038785753", "02134-1234"),
		"576461413038785754": order("576461413038785754", "sw1a 1aa"),
		"576461413038785755": order("576461413038785755", ""),
		"576461413038785756": order("576461413038785756", "9****"),
		"#1001":              order("#1001", "10001"),
	}, other: {
		"576461413038785799": order("576461413038785799", "90210"),
	}}
	if opts.Now == nil {
		opts.Now = func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }
	}
	s := New(opts)
	s.AddPortal(Portal{Name: "acme", Host: "acme.loopreturns.test", Shop: acme, APIKey: "acme-key"})
	s.AddPortal(Portal{Name: "other", Shop: other, APIKey: "other-key", NoDraftReturns: true})
	return s
}

func TestFind(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		shop, number, zip string
		want              Code
	}{
		"as written":                 {acme, "576461413038785752", "90210", Found},
		"with #":                     {acme, "#576461413038785752", "90210", Found},
		"# and spaces":               {acme, " # 576461413038785752 ", " 90210 ", Found},
		"ZIP+4 typed, ZIP stored":    {acme, "576461413038785752", "90210-4321", Found},
		"ZIP typed, ZIP+4 stored":    {acme, "576461413038785753", "02134", Found},
		"ZIP+4 without hyphen":       {acme, "576461413038785753", "021341234", Found},
		"ZIP+4 with a space":         {acme, "576461413038785753", "02134 1234", Found},
		"ZIP+4 with a dash":          {acme, "576461413038785753", "02134–1234", Found},
		"post code, other case":      {acme, "576461413038785754", "SW1A1AA", Found},
		"stored with #":              {acme, "#1001", "10001", Found},
		"stored with #, typed bare":  {acme, "1001", "10001", Found},
		"other ZIP":                  {acme, "576461413038785752", "90211", SecondaryInputMismatch},
		"ZIP cut short":              {acme, "576461413038785752", "9021", SecondaryInputMismatch},
		"leading zero lost":          {acme, "576461413038785753", "2134", SecondaryInputMismatch},
		"post code cut short":        {acme, "576461413038785754", "SW1A 1", SecondaryInputMismatch},
		"no ZIP on the order":        {acme, "576461413038785755", "90210", SecondaryInputMismatch},
		"masked ZIP":                 {acme, "576461413038785756", "9****", SecondaryInputMismatch},
		"unknown order":              {acme, "576461413038785700", "90210", OrderNotFound},
		"number cut short":           {acme, "57646141303878575", "90210", OrderNotFound},
		"another shop's order":       {acme, "576461413038785799", "90210", OrderNotFound},
		"placeholder of the H5 link": {acme, "[TT_ORDER_NUM]", "[TTS_ZIP_CODE]", OrderNotFound},
		"no number":                  {acme, " # ", "90210", ValidationFailed},
		"no ZIP":                     {acme, "576461413038785752", " ", ValidationFailed},
		"unknown shop":               {"x.myshopify.com", "576461413038785752", "90210", ShopNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testSim(Options{})
			o, l := s.Find(tc.shop, tc.number, tc.zip)
			if l.Code != tc.want || l.Why == "" {
				t.Errorf("result = %+v, want %s", l, tc.want)
			}
			if (o.Name != "") != (tc.want == Found) {
				t.Errorf("order = %+v", o)
			}
			if diff := cmp.Diff([]Lookup{l}, s.Lookups()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheOtherReadings(t *testing.T) {
	t.Parallel()
	s := testSim(Options{ExactName: true, ExactZIP: true})
	for _, tc := range []struct {
		number, zip string
		want        Code
	}{
		{"576461413038785752", "90210", Found},
		{" 576461413038785752 ", " 90210 ", Found},
		{"#576461413038785752", "90210", OrderNotFound},
		{"1001", "10001", OrderNotFound},
		{"#1001", "10001", Found},
		{"576461413038785752", "90210-4321", SecondaryInputMismatch},
		{"576461413038785753", "02134", SecondaryInputMismatch},
		{"576461413038785754", "SW1A 1AA", Found},
		{"576461413038785754", "SW1A1AA", SecondaryInputMismatch},
	} {
		if _, l := s.Find(acme, tc.number, tc.zip); l.Code != tc.want {
			t.Errorf("%q with %q: %s, want %s", tc.number, tc.zip, l.Code, tc.want)
		}
	}
}

// A ZIP is found however its own parts are set apart, and never by another ZIP's first five digits.
func TestZIPProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		five := rapid.StringMatching(`[0-9]{5}`).Draw(t, "five")
		four := rapid.StringMatching(`[0-9]{4}`).Draw(t, "four")
		asked := rapid.StringMatching(`[0-9]{5}`).Draw(t, "asked")
		sep := rapid.SampledFrom([]string{"", "-", " ", " - "}).Draw(t, "sep")
		s := New(Options{})
		if !s.sameZIP(five, five+sep+four) || !s.sameZIP(five+sep+four, five) {
			t.Errorf("%s and %s differ", five, five+sep+four)
		}
		if s.sameZIP(five+sep+four, asked) != (five == asked) {
			t.Errorf("%s against %s", five+sep+four, asked)
		}
	})
}

func TestItems(t *testing.T) {
	t.Parallel()
	o := order("1", "90210")
	codes := func(o Order) map[string]string {
		out := map[string]string{}
		for _, it := range items(o) {
			if it.Eligible != (it.IneligibilityCode == "") {
				t.Errorf("%s: eligible %v with code %q", it.SKU, it.Eligible, it.IneligibilityCode)
			}
			out[it.SKU] = it.IneligibilityCode
		}
		return out
	}
	if got := codes(o); !maps.Equal(got, map[string]string{"MUG": "", "CAP": notFulfilled, "GIFT": noProduct}) {
		t.Errorf("codes = %v", got)
	}
	if it := items(o)[0]; it.Quantity != 2 || it.ExternalID != "11" {
		t.Errorf("first item = %+v", it)
	}
	o.Cancelled = true
	if got := codes(o); !maps.Equal(got, map[string]string{"MUG": orderCancelled, "CAP": orderCancelled, "GIFT": orderCancelled}) {
		t.Errorf("cancelled: %v", got)
	}
}

func TestFindFromManyGoroutines(t *testing.T) {
	t.Parallel()
	s := testSim(Options{})
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			s.AddPortal(Portal{Name: "acme", Shop: acme})
			s.Find(acme, "576461413038785752", "90210")
		})
	}
	wg.Wait()
	if n := len(s.Lookups()); n != 16 {
		t.Errorf("%d look-ups", n)
	}
}

package fulfillments_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

var american = []tiktok.ShippingProvider{
	{ID: "1", Name: "USPS"}, {ID: "2", Name: "UPS"}, {ID: "3", Name: "FedEx"}, {ID: "4", Name: "DHL eCommerce US"}, {ID: "5", Name: "OnTrac"},
	{ID: "6", Name: "UPS Mail Innovations"},
}

func TestACarrierIsKnownByAnyOfItsNames(t *testing.T) {
	t.Parallel()
	british := []tiktok.ShippingProvider{{ID: "1", Name: "Royal Mail"}, {ID: "2", Name: "Evri"}, {ID: "3", Name: "DPD UK"}, {ID: "4", Name: "DPD Local"}, {ID: "5", Name: "DHL Parcel UK"}}
	twice := []tiktok.ShippingProvider{{ID: "1", Name: "UPS Ground"}, {ID: "2", Name: "UPS (US)"}}
	for _, c := range []struct {
		company   string
		providers []tiktok.ShippingProvider
		want      tiktok.ProviderID // empty: not known
	}{
		{"USPS", american, "1"},
		{"usps", american, "1"},
		{" U.S.P.S. ", american, "1"},
		{"United States Postal Service", american, "1"},
		{"FedEx Ground", american, "3"},
		{"fed-ex", american, "3"},
		{"DHL eCommerce", american, "4"},
		{"UPS Mail Innovations", american, "6"},
		{"UPS MI", american, "6"},
		{"Hermes", british, "2"},
		{"DPD (UK)", british, "3"},
		{"Interlink Express", british, "4"},
		// Another service of the same house is another carrier.
		{"DHL Express", american, ""},
		{"DHL", british, ""},
		{"DHL", american, ""},
		{"DPD", british, ""},
		{"Speedy Pete", american, ""},
		{"US", american, ""},
		{"Other", american, ""},
		{"", american, ""},
		{"---", american, ""},
		{"USPS", nil, ""},
		// Two that fit are none that is known.
		{"United Parcel Service", twice, ""},
		{"UPS Ground", twice, "1"},
	} {
		got, known := fulfillments.Match(c.company, c.providers)
		if got.ID != c.want || known != (c.want != "") {
			t.Errorf("%q: provider %q, known %v; want %q", c.company, got.ID, known, c.want)
		}
	}
}

// Every spelling that differs in case, spaces and dots means the same, and
// what is matched is always one of TikTok's own providers.
func TestSpellingIsNoMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"USPS", "Federal Express", "DHL eCommerce", "OnTrac", "Nobody Knows", "UPS"}).Draw(t, "name")
		spelled := ""
		for _, r := range name {
			spelled += rapid.SampledFrom([]string{"", " ", ".", "-", "\t"}).Draw(t, "between")
			if rapid.Bool().Draw(t, "lower") && r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			spelled += string(r)
		}
		want, known := fulfillments.Match(name, american)
		if got, also := fulfillments.Match(spelled, american); got != want || also != known {
			t.Fatalf("%q is %v, %q is %v", name, want, spelled, got)
		}
	})
}

func TestAMerchantsChoiceIsANameOrAnID(t *testing.T) {
	t.Parallel()
	for choice, want := range map[string]tiktok.ProviderID{"5": "5", "ontrac": "5", "OnTrac": "5", "DHL": "", "9": "", "": ""} {
		if got, known := fulfillments.Chosen(choice, american); got.ID != want || known != (want != "") {
			t.Errorf("%q: %q, %v", choice, got.ID, known)
		}
	}
}

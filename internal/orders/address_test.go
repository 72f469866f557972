package orders_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestShippingAddress(t *testing.T) {
	t.Parallel()
	level := func(name, value, iso string) tiktok.District {
		return tiktok.District{LevelName: name, Name: value, ISOCode: iso}
	}
	tests := map[string]struct {
		address tiktok.Address
		want    string
	}{
		"nothing known":     {tiktok.Address{}, `{}`},
		"state by ISO code": {districts("US", level("State", "Texas", "US-TX")), `{"countryCode":"US","provinceCode":"TX"}`},
		"state by name":     {districts("US", level("State", "north carolina", "")), `{"countryCode":"US","provinceCode":"NC"}`},
		"state by a code in its name": {
			districts("US", level("State/Province", "ny", "")), `{"countryCode":"US","provinceCode":"NY"}`},
		"name over a code that is none": {
			districts("US", level("State", "Oregon", "ZZ")), `{"countryCode":"US","provinceCode":"OR"}`},
		"masked state":        {districts("US", level("State", "T***", "")), `{"countryCode":"US"}`},
		"territory":           {districts("US", level("State", "Puerto Rico", "PR")), `{"countryCode":"US","provinceCode":"PR"}`},
		"GB has no provinces": {districts("GB", level("Nation", "Scotland", "GB-SCT")), `{"countryCode":"GB"}`},
		"UK is GB":            {districts("UK"), `{"countryCode":"GB"}`},
		"country by district": {districts("", level("Country", "Spain", "ES")), `{"countryCode":"ES"}`},
		"no such country":     {districts("XX", level("City", "Atlantis", "")), `{"city":"Atlantis"}`},
		"Japan keeps its own": {districts("JP", level("Prefecture", "Osaka", "27")), `{"countryCode":"JP","provinceCode":"JP-27"}`},
		"city by level name": {
			districts("US", level("City/Town", "Taos", ""), level("Street", "Main", "")), `{"city":"Taos","countryCode":"US"}`},
		"finest level where none is a city": {
			districts("SG", level("Country", "Singapore", "SG"), level("Planning area", "Bedok", "")), `{"city":"Bedok","countryCode":"SG"}`},
		"post town first": {
			tiktok.Address{RegionCode: "GB", PostTown: "Leeds", DistrictInfo: []tiktok.District{level("City", "Bradford", "")}},
			`{"city":"Leeds","countryCode":"GB"}`},
		"one line forms":      {tiktok.Address{FullAddress: "1 Way, Town"}, `{"address1":"1 Way, Town"}`},
		"gaps between lines":  {tiktok.Address{AddressLine2: "Flat 2", AddressLine4: "Rear", AddressDetail: "x"}, `{"address1":"Flat 2","address2":"Rear"}`},
		"name in one piece":   {tiktok.Address{Name: "Ana María de la Cruz"}, `{"firstName":"Ana María de la","lastName":"Cruz"}`},
		"one name":            {tiktok.Address{FirstName: "Cher"}, `{"lastName":"Cher"}`},
		"ZIP kept exactly":    {tiktok.Address{PostalCode: " sw1a 2aa"}, `{"zip":" sw1a 2aa"}`},
		"masked as it stands": {tiktok.Address{PostalCode: "7****", AddressLine1: "****"}, `{"address1":"****","zip":"7****"}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, converted(t, tt.address)); diff != "" {
				t.Errorf("shipping address (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPhone(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"(+1)5125550143":      "+15125550143",
		"(+1) 512-555-0143":   "+15125550143",
		"+1 (512) 555-0143":   "+15125550143",
		"(+44)07700900123":    "+447700900123",
		"+44 (0)7700 900 123": "+447700900123",
		"(+39)0612345678":     "+390612345678",
		"(+1)512*****43":      "",
		"(+1)213-***-1234":    "",
		"5125550143":          "",
		"0015125550143":       "",
		"+0123456789":         "",
		"+1234":               "",
		"+1234567890123456":   "",
		"call me":             "",
		"":                    "",
	}
	for phone, want := range tests {
		if want != "" {
			want = `"phone":"` + want + `"`
		}
		if got := converted(t, tiktok.Address{PhoneNumber: phone}); got != "{"+want+"}" {
			t.Errorf("phone %q became %s, want {%s}", phone, got, want)
		}
	}
}

func districts(region string, info ...tiktok.District) tiktok.Address {
	return tiktok.Address{RegionCode: region, DistrictInfo: info}
}

// converted is the address on the wire.
func converted(t *testing.T, a tiktok.Address) string {
	t.Helper()
	o := plainOrder()
	o.RecipientAddress = &a
	c, err := orders.Convert(input(o))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(c.Order.ShippingAddress)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestCustomerHasNoPhoneAndNoMaskedName(t *testing.T) {
	t.Parallel()
	o := plainOrder()
	o.RecipientAddress.FirstName, o.RecipientAddress.PhoneNumber = "D***", "(+1)5125550143"
	c, err := orders.Convert(input(o))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(c.Order.Customer)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"toUpsert":{"email":"v4b@scs.tiktokw.us"}}`, string(raw)); diff != "" {
		t.Errorf("customer (-want +got):\n%s", diff)
	}
	if c.Order.BuyerAcceptsMarketing != nil || c.Order.Phone != nil {
		t.Error("consent and phone are never given for the buyer")
	}
}

func TestEmailOfNoForm(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"", "v***@scs.tiktokw.us", "nobody", "a b@c.de", "a@b", "a@b.c\r\nx"} {
		o := plainOrder()
		o.BuyerEmail = email
		c, err := orders.Convert(input(o))
		if err != nil || c.Order.Email != nil || c.Order.Customer != nil {
			t.Errorf("e-mail %q: %v, %v, %v, want none and no customer", email, c.Order.Email, c.Order.Customer, err)
		}
	}
}

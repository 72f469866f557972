package orders_test

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// caseOrders are the golden cases' orders, as TikTok sent them.
func caseOrders(f *testing.F) (all [][]byte) {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "*", "tiktok.json"))
	if err != nil || len(paths) < 40 {
		f.Fatalf("%d cases, %v", len(paths), err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, raw)
	}
	return all
}

// everySKU is a shop that has whatever the order names.
func everySKU(o tiktok.Order) orders.Variants {
	variants := orders.Variants{BySKU: map[string][]shopify.Variant{}}
	for _, unit := range o.LineItems {
		variants.BySKU[unit.SellerSKU] = []shopify.Variant{{ID: "gid://shopify/ProductVariant/1", SKU: unit.SellerSKU}}
	}
	return variants
}

// FuzzConvert: whatever TikTok says, nothing panics; an order that is written
// comes to TikTok's total, to the last digit, and holds each unit once.
func FuzzConvert(f *testing.F) {
	for n, raw := range caseOrders(f) {
		f.Add(raw, []string{"US", "GB", "JP", ""}[n%4], n%2 == 0)
	}
	f.Fuzz(func(t *testing.T, raw []byte, region string, custom bool) {
		var o tiktok.Order
		if json.Unmarshal(raw, &o) != nil {
			return
		}
		in := orders.Input{
			Order: o, Variants: everySKU(o), Shop: shops.Shop{Currency: o.Payment.Currency},
			Connection: shops.Connection{Region: region}, Settings: shops.DefaultSettings(),
		}
		if custom {
			in.Variants, in.Settings.UnmappedSKU = orders.Variants{}, shops.CustomUnmapped
		}
		orders.Decide(o, orders.Context{Connection: in.Connection, Settings: in.Settings, ShopCurrency: in.Shop.Currency})
		c, err := orders.Convert(in)
		if err != nil {
			if codeOf(err) == "" {
				t.Fatalf("an error that tells the merchant nothing: %v", err)
			}
			return
		}
		checkSums(t, c)
		checkUnits(t, o, c)
		want, ok := new(big.Rat).SetString(strings.TrimSpace(o.Payment.TotalAmount))
		got, fine := new(big.Rat).SetString(c.Total.String())
		if !ok || !fine {
			t.Fatalf("total %q was taken for %q", o.Payment.TotalAmount, c.Total)
		}
		cancelled := false
		for _, unit := range o.LineItems {
			cancelled = cancelled || unit.DisplayStatus == tiktok.CancelledStatus
		}
		if diff := got.Cmp(want); diff > 0 || diff < 0 && !cancelled {
			t.Fatalf("the buyer paid %s, Shopify is told %s", o.Payment.TotalAmount, c.Total)
		}
	})
}

// FuzzAddress: whatever the address holds, it holds nothing up, what Shopify gets
// is readable, and its
// post code is TikTok's own.
func FuzzAddress(f *testing.F) {
	var usual tiktok.Order
	for n, raw := range caseOrders(f) {
		var o struct {
			Recipient json.RawMessage `json:"recipient_address"`
		}
		if err := json.Unmarshal(raw, &o); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(o.Recipient))
		if n == 0 {
			if err := json.Unmarshal(raw, &usual); err != nil {
				f.Fatal(err)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var address *tiktok.Address
		if json.Unmarshal(raw, &address) != nil {
			return
		}
		o := usual
		o.RecipientAddress = address
		c, err := orders.Convert(orders.Input{
			Order: o, Variants: everySKU(o), Shop: shops.Shop{Currency: o.Payment.Currency},
			Connection: shops.Connection{Region: "US"}, Settings: shops.DefaultSettings(),
		})
		if err != nil {
			t.Fatalf("an address held up the order: %v", err)
		}
		sent, err := json.Marshal(c.Order.ShippingAddress)
		if err != nil || !utf8.Valid(sent) {
			t.Fatalf("%q: %v", sent, err)
		}
		if to := c.Order.ShippingAddress; to != nil && to.Zip != nil && *to.Zip != address.PostalCode {
			t.Fatalf("post code %q became %q", address.PostalCode, *to.Zip)
		}
	})
}

// FuzzNormalizeZIP: the form that is compared is the same however often and from
// whatever writing it is made.
func FuzzNormalizeZIP(f *testing.F) {
	for _, zip := range []string{"73301", "73301-0042", "73301 0042", "sw1a 2aa", "150-0001", "", "7****", "١٢٣٤٥"} {
		f.Add("US", zip)
		f.Add("", zip)
		f.Add("GB", zip)
	}
	f.Fuzz(func(t *testing.T, region, zip string) {
		once := orders.NormalizeZIP(region, zip)
		if again := orders.NormalizeZIP(region, once); again != once {
			t.Fatalf("%q became %q and then %q", zip, once, again)
		}
		if strings.IndexFunc(once, unicode.IsSpace) >= 0 || strings.Contains(once, "-") {
			t.Fatalf("%q became %q", zip, once)
		}
		for _, written := range []string{strings.Join(strings.Split(zip, ""), " "), " " + zip + "-"} {
			if other := orders.NormalizeZIP(region, written); utf8.ValidString(zip) && other != once {
				t.Fatalf("%q became %q, and %q became %q", zip, once, written, other)
			}
		}
	})
}

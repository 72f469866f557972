package orders_test

import (
	"cmp"
	"encoding/json"
	"fmt"
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
func caseOrders(f testing.TB) (all [][]byte) {
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

// asAgreed is the order's Shopify form; where its total cannot be explained,
// the one that the merchant agrees to. Nil is an order that a person must mend.
func asAgreed(t failer, o tiktok.Order, region string, custom bool) *orders.Conversion {
	t.Helper()
	in := orders.Input{
		Order: o, Variants: everySKU(o), Shop: shops.Shop{Currency: o.Payment.Currency},
		Connection: shops.Connection{Region: region}, Settings: shops.DefaultSettings(),
	}
	if custom {
		in.Variants, in.Settings.UnmappedSKU = orders.Variants{}, shops.CustomUnmapped
	}
	orders.Decide(o, orders.Context{Connection: in.Connection, Settings: in.Settings, ShopCurrency: in.Shop.Currency})
	c, err := orders.Convert(in)
	if _, missing, found := strings.Cut(fmt.Sprint(err), "; the difference is "); found {
		in.Difference = strings.TrimSuffix(missing, ".")
		c, err = orders.Convert(in)
	}
	if err != nil {
		if codeOf(err) == "" {
			t.Fatalf("an error that tells the merchant nothing: %v", err)
		}
		return nil
	}
	return &c
}

// owed is what the Shopify order must come to: TikTok's total less price and tax
// of cancelled units, by arithmetic of the test's own.
func owed(t failer, o tiktok.Order, included bool) *big.Rat {
	t.Helper()
	read := func(text string) *big.Rat {
		n, ok := new(big.Rat).SetString(cmp.Or(strings.TrimSpace(text), "0"))
		if !ok {
			t.Fatalf("%q was taken for an amount", text)
		}
		return n
	}
	sum := read(o.Payment.TotalAmount)
	for _, unit := range o.LineItems {
		if !unit.Cancelled() {
			continue
		}
		sum.Sub(sum, read(unit.SalePrice))
		for _, tax := range unit.ItemTax {
			if !included {
				sum.Sub(sum, read(tax.TaxAmount))
			}
		}
	}
	return sum
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
		c := asAgreed(t, o, region, custom)
		if c == nil {
			return
		}
		checkSums(t, *c)
		checkUnits(t, o, *c)
		got, ok := new(big.Rat).SetString(c.Total.String())
		if want := owed(t, o, *c.Order.TaxesIncluded); !ok || got.Cmp(want) != 0 {
			t.Fatalf("the buyer owes %s, Shopify is told %s", want.FloatString(3), c.Total)
		}
	})
}

// A fuzz target whose inputs are all refused would pass for ever.
func TestWhatIsFuzzedConverts(t *testing.T) {
	t.Parallel()
	for _, custom := range []bool{true, false} {
		written := 0
		for _, raw := range caseOrders(t) {
			var o tiktok.Order
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatal(err)
			}
			if asAgreed(t, o, "US", custom) != nil {
				written++
			}
		}
		if written < 40 {
			t.Errorf("only %d seeds become an order (custom lines: %t)", written, custom)
		}
	}
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

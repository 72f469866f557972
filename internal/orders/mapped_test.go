package orders_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// mapTo maps a SKU to a variant as the merchant does, and runs what follows.
func (s *scene) mapTo(sku tiktok.SKUID, variant shopify.GID) {
	s.Helper()
	mapper := &orders.Mapper{Tables: s.Store}
	s.Must(mapper.ChangeSKUs(s.Context(), shop, []mappings.SKU{{SKUID: sku, Variant: variant}}))
	released := s.Jobs.Take("order_release")
	if len(released) != 2 {
		s.Fatalf("released %v, want what is unmatched and what is ambiguous", released)
	}
	for _, job := range released {
		s.Must((&orders.Releaser{Store: s.Store}).Release(s.Context(), job.(orders.ReleaseArgs)))
	}
	for _, job := range s.Jobs.Take("order_import") {
		s.Must(s.Import(job.(orders.ImportArgs)))
	}
}

func unmatchedUnit() tiktoksim.Unit {
	unit := tiktoksim.SampleUnit()
	unit.SellerSKU = "NOT-IN-SHOPIFY"
	return unit
}

func TestAMappingIsAllThatAHeldOrderNeeds(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	unit := unmatchedUnit()
	id := s.Place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{unit}})
	s.Bring(id)
	if codes := s.Codes(id); len(codes) != 1 || codes[0] != exceptions.SKUUnmatched {
		t.Fatalf("open: %v", codes)
	}
	hat := shopify.GID(s.variant("HAT-RST"))
	s.mapTo(tiktok.SKUID(unit.SKUID), hat)
	row := s.Row(id)
	written := s.InShopify(id)
	if row.State != links.Written || len(written) != 1 || written[0].Lines[0].VariantGID != string(hat) || len(s.Codes(id)) != 0 {
		t.Fatalf("%s (%s), %d in shopify, open: %v", row.State, row.Reason, len(written), s.Codes(id))
	}
	lines, err := s.Store.Lines(t.Context(), shop, id)
	s.Must(err)
	if lines[0].Variant != hat || lines[0].SKU != "HAT-RST" || lines[0].ShopifyLine == "" {
		t.Errorf("the ledger's line: %+v", lines[0])
	}
}

func TestAMappingToAVariantThatIsGoneSaysSo(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	unit := tiktoksim.SampleUnit() // its seller SKU has a variant, but the merchant said another one
	sku := tiktok.SKUID(unit.SKUID)
	s.mapTo(sku, "gid://shopify/ProductVariant/404")
	id := s.Place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{unit}})
	s.Bring(id)
	open, err := s.Store.OrderExceptions(t.Context(), shop, id)
	s.Must(err)
	if len(open) != 1 || open[0].Code != exceptions.SKUUnmatched || !strings.Contains(open[0].Message, "variant 404, which is no longer in Shopify") {
		t.Fatalf("open: %+v", open)
	}
	s.mapTo(sku, "") // removed: the seller SKU counts again
	if row := s.Row(id); row.State != links.Written {
		t.Errorf("%s (%s)", row.State, row.Reason)
	}
}

// TestMappedAlwaysWins: whatever the seller SKUs match, a mapped SKU becomes its mapped variant.
func TestMappedAlwaysWins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := orders.Variants{Mapped: map[tiktok.SKUID]shopify.Variant{}, BySKU: map[string][]shopify.Variant{}}
		gid := func(n int) shopify.GID { return shopify.GID(fmt.Sprintf("gid://shopify/ProductVariant/%d", n)) }
		for _, sku := range []string{"A", "B", "C"} {
			for n := range rapid.IntRange(0, 3).Draw(t, "variants of "+sku) {
				v.BySKU[sku] = append(v.BySKU[sku], shopify.Variant{ID: gid(100*int(sku[0]) + n), SKU: sku})
			}
		}
		o := tiktok.Order{ID: "576900000000010001", Payment: tiktok.Payment{Currency: "USD"}}
		total := 0
		for n := range rapid.IntRange(1, 6).Draw(t, "units") {
			sku := rapid.IntRange(1, 4).Draw(t, "sku")
			o.LineItems = append(o.LineItems, tiktok.LineItem{
				ID: tiktok.LineItemID(fmt.Sprint(n + 1)), SKUID: tiktok.SKUID(fmt.Sprint(sku)), SalePrice: "1.00",
				SellerSKU: rapid.SampledFrom([]string{"", "A", "B", "C"}).Draw(t, "seller sku"),
			})
			total++
		}
		for sku := range 4 {
			if rapid.Bool().Draw(t, "mapped") {
				v.Mapped[tiktok.SKUID(fmt.Sprint(sku+1))] = shopify.Variant{ID: gid(sku + 1), SKU: "M"}
			}
		}
		o.Payment.TotalAmount = fmt.Sprintf("%d.00", total)
		settings := shops.DefaultSettings()
		settings.UnmappedSKU = shops.CustomUnmapped
		c, err := orders.Convert(orders.Input{Order: o, Shop: shops.Shop{Currency: "USD"}, Connection: shops.Connection{Region: "US"}, Settings: settings, Variants: v})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range c.Lines {
			for _, unit := range line.Units {
				if want, mapped := v.Mapped[unit.SKUID]; mapped && line.Variant != want.ID {
					t.Fatalf("unit of SKU %s became %q, mapped to %s", unit.SKUID, line.Variant, want.ID)
				}
			}
		}
	})
}

// lateBook has the merchant map a SKU just after an import has read the table.
type lateBook struct {
	orders.Book
	after func()
}

func (b *lateBook) SKUVariants(ctx context.Context, domain shopify.Domain, skus []tiktok.SKUID) (map[tiktok.SKUID]shopify.GID, error) {
	table, err := b.Book.SKUVariants(ctx, domain, skus)
	if b.after != nil {
		b.after()
		b.after = nil
	}
	return table, err
}

// An order that is held by what was true a moment ago is found by looking again.
func TestAMappingThatComesWhileTheTableIsRead(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	unit := unmatchedUnit()
	hat := shopify.GID(s.variant("HAT-RST"))
	s.Importer.Book = &lateBook{Book: s.Store, after: func() { s.mapTo(tiktok.SKUID(unit.SKUID), hat) }}
	id := s.Place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{unit}})
	s.Bring(id)
	if row := s.Row(id); row.State != links.Held || row.Reason != string(exceptions.SKUUnmatched) {
		t.Fatalf("%s (%s): the mapping was not late", row.State, row.Reason)
	}
	s.look()
	if row := s.Row(id); row.State != links.Written || len(s.Codes(id)) != 0 || s.one(id).Lines[0].VariantGID != string(hat) {
		t.Errorf("%s (%s), open: %v", row.State, row.Reason, s.Codes(id))
	}
}

package shopify

import (
	"fmt"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

func TestVariantsForAPersonToChooseFrom(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	for _, spec := range []shopifysim.VariantSpec{
		{SKU: "MUG-SAGE", ProductTitle: "Stoneware mug", Title: "Sage"}, {SKU: "MUG-RED", ProductTitle: "Stoneware mug", Title: "Red"}, {SKU: "PLATE", ProductTitle: "Plate"},
	} {
		if _, err := b.sim.AddVariant(string(testShop), spec); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]int{
		"mug": 2, "stoneware sage": 1, "PLATE": 1, "": 0, "  ": 0, "nothing": 0,
		`mug" OR sku:"PLATE`: 0, `\`: 0, // words, whatever they look like
	} {
		found, err := b.client.FindVariants(t.Context(), testShop, text, 20)
		if err != nil || len(found) != want {
			t.Errorf("%q: %d variants, want %d (%v)", text, len(found), want, err)
		}
	}
	if found, err := b.client.FindVariants(t.Context(), testShop, "mug", 1); err != nil || len(found) != 1 {
		t.Errorf("not bounded: %v, %v", found, err)
	}
}

// Ids of more than one search; one that the shop has not is left out.
func TestVariantsHaveTitles(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	var ids []GID
	for n := range variantPage + 2 {
		id, err := b.sim.AddVariant(string(testShop), shopifysim.VariantSpec{SKU: fmt.Sprint("SKU-", n), ProductTitle: fmt.Sprint("Mug ", n), Title: "Sage"})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, GID(id.GID))
	}
	found, err := b.client.VariantTitles(t.Context(), testShop, append(ids, "gid://shopify/ProductVariant/404"))
	if err != nil || len(found) != len(ids) {
		t.Fatalf("%d titles of %d, %v", len(found), len(ids), err)
	}
	for n, id := range ids {
		if v := found[id]; v.ProductTitle != fmt.Sprint("Mug ", n) || v.Title != "Sage" {
			t.Errorf("%s is called %+v", id, v)
		}
	}
	if found, err := b.client.VariantTitles(t.Context(), testShop, nil); err != nil || len(found) > 0 {
		t.Errorf("of none: %v, %v", found, err)
	}
}

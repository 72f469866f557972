package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func skuMappings(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	row := func(id int, variant shopify.GID) mappings.SKU {
		return mappings.SKU{SKUID: tiktok.SKUID(fmt.Sprint(id)), Variant: variant, SellerSKU: "A", Note: "n"}
	}
	var many []mappings.SKU
	for n := range 25 {
		many = append(many, row(100+n, "gid://shopify/ProductVariant/1"))
	}
	must(t, b.ChangeSKUMappings(ctx, demo, many, Job{Name: "release"}))
	must(t, b.ChangeSKUMappings(ctx, other, []mappings.SKU{row(100, "gid://shopify/ProductVariant/9")}))
	must(t, b.ChangeSKUMappings(ctx, demo, []mappings.SKU{row(101, ""), row(102, "gid://shopify/ProductVariant/2"), row(999, "")}))
	if diff := cmp.Diff([]string{"release"}, Jobs(t, b.Store)); diff != "" {
		t.Error(diff)
	}
	found, err := b.SKUVariants(ctx, demo, []tiktok.SKUID{"100", "101", "102", "' OR 1=1"})
	want := map[tiktok.SKUID]shopify.GID{"100": "gid://shopify/ProductVariant/1", "102": "gid://shopify/ProductVariant/2"}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if err := b.ChangeSKUMappings(ctx, demo, []mappings.SKU{row(100, ""), row(500, "gid://shopify/ProductVariant/5")}, Job{Broken: func() {}}); err == nil {
		t.Error("a job that cannot be kept was taken")
	}
	var listed []mappings.SKU
	for after := tiktok.SKUID(""); ; {
		page, err := b.SKUMappings(ctx, demo, after, 10)
		must(t, err)
		if len(page) == 0 {
			break
		}
		listed, after = append(listed, page...), page[len(page)-1].SKUID
	}
	if len(listed) != 24 || listed[0].SKUID != "100" || listed[1].Variant != "gid://shopify/ProductVariant/2" || !listed[1].UpdatedAt.Equal(b.Now()) {
		t.Errorf("listed %d: %+v", len(listed), listed)
	}
	_, err = b.UninstallShop(ctx, demo, b.Now())
	must(t, err)
	must(t, b.EraseShop(ctx, demo))
	if left, err := b.SKUMappings(ctx, demo, "", 10); err != nil || len(left) != 0 {
		t.Errorf("left after the erasure: %v, %v", left, err)
	}
	if kept, err := b.SKUMappings(ctx, other, "", 10); err != nil || len(kept) != 1 {
		t.Errorf("another shop's: %v, %v", kept, err)
	}
}

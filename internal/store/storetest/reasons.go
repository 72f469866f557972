package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func refundReasons(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	row := func(shopify, tiktok string) mappings.Reason {
		return mappings.Reason{Shopify: shopify, TikTok: tiktok, Note: "n"}
	}
	must(t, b.ChangeReasons(ctx, demo, []mappings.Reason{row("defective", "a"), row("*", "b")}, Job{Name: "resume"}))
	must(t, b.ChangeReasons(ctx, other, []mappings.Reason{row("*", "c")}))
	must(t, b.ChangeReasons(ctx, demo, []mappings.Reason{row("*", ""), row("defective", "d"), row("never there", "")}))
	if diff := cmp.Diff([]string{"resume"}, Jobs(t, b.Store)); diff != "" {
		t.Error(diff)
	}
	if err := b.ChangeReasons(ctx, demo, []mappings.Reason{row("defective", "e")}, Job{Broken: func() {}}); err == nil {
		t.Error("a job that cannot be kept was taken")
	}
	list, err := b.Reasons(ctx, demo)
	want := []mappings.Reason{{Shopify: "defective", TikTok: "d", Note: "n", UpdatedAt: b.Now()}}
	if diff := cmp.Diff(want, list); err != nil || diff != "" {
		t.Error(err, diff)
	}
	table, err := b.RefundReasons(ctx, other)
	if diff := cmp.Diff(map[string]string{"*": "c"}, table); err != nil || diff != "" {
		t.Error(err, diff)
	}
	_, err = b.UninstallShop(ctx, demo, b.Now())
	must(t, err)
	must(t, b.EraseShop(ctx, demo))
	if left, err := b.Reasons(ctx, demo); err != nil || len(left) != 0 {
		t.Errorf("left after the erasure: %v, %v", left, err)
	}
}

func writtenOrders(t *testing.T, b *bench) {
	b.install(t, demo)
	began := b.Now()
	for n, id := range []tiktok.OrderID{"11", "12", "13", "14"} {
		b.toShip(t, id, func(o *links.Order, _ *links.Unit) {
			if o.ShopifyOrder = "gid://shopify/Order/1"; n == 1 {
				o.ShopifyOrder, o.State = "", links.Held
			}
		})
		b.pass(time.Minute)
	}
	list := func(since time.Time, after tiktok.OrderID, limit int) []tiktok.OrderID {
		t.Helper()
		ids, err := b.WrittenOrders(t.Context(), demo, since, after, limit)
		must(t, err)
		return ids
	}
	for name, got := range map[string][2][]tiktok.OrderID{
		"all":      {list(began, "", 9), {"11", "13", "14"}},
		"a page":   {list(began, "", 2), {"11", "13"}},
		"the next": {list(began, "13", 2), {"14"}},
		"of late":  {list(began.Add(time.Minute), "", 9), {"13", "14"}},
	} {
		if !slices.Equal(got[0], got[1]) {
			t.Errorf("%s: %v, want %v", name, got[0], got[1])
		}
	}
}

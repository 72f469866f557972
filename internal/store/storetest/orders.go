package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func leases(t *testing.T, b *bench) {
	ctx := t.Context()
	var winners atomic.Int32
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			_, err := b.LeaseOrder(ctx, demo, orderID, time.Minute)
			if err == nil {
				winners.Add(1)
			} else if !errors.Is(err, links.ErrLeased) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if winners.Load() != 1 {
		t.Fatalf("%d got the lease", winners.Load())
	}
	if _, err := b.LeaseOrder(ctx, other, orderID, time.Minute); err != nil {
		t.Errorf("another shop's order of that number: %v", err)
	}
	b.pass(time.Minute)
	second := b.lease(t, demo, orderID)
	b.pass(50 * time.Second)
	second, err := b.RenewLease(ctx, second, time.Hour)
	if err != nil || !second.Until.Equal(b.Now().Add(time.Minute)) {
		t.Errorf("renewed until %v, %v: want at most a minute", second.Until, err)
	}
	b.pass(59 * time.Second)
	if _, err := b.LeaseOrder(ctx, demo, orderID, time.Minute); !errors.Is(err, links.ErrLeased) {
		t.Errorf("renewal did not hold: %v", err)
	}
	must(t, b.ReleaseLease(ctx, second))
	third := b.lease(t, demo, orderID)
	if third.Fence <= second.Fence {
		t.Errorf("fence went from %d to %d", second.Fence, third.Fence)
	}
	for name, err := range map[string]error{
		"release": b.ReleaseLease(ctx, second),
		"renew":   func() error { _, err := b.RenewLease(ctx, second, time.Minute); return err }(),
	} {
		if !errors.Is(err, links.ErrFenced) {
			t.Errorf("%s of a lost lease: %v", name, err)
		}
	}
}

func fenced(t *testing.T, b *bench) {
	ctx := t.Context()
	slow := b.lease(t, demo, orderID)
	b.pass(2 * time.Minute)
	order := links.Order{Shop: demo, ID: orderID, State: links.Waiting}
	must(t, b.SaveOrder(ctx, slow, order)) // its time is up, but nobody else was given the order
	quick := b.lease(t, demo, orderID)
	order.State = links.Held
	for name, err := range map[string]error{
		"save":    b.SaveOrder(ctx, slow, order, Job{Name: "never"}),
		"written": b.SaveChange(ctx, slow, order, links.Change{Place: &links.Place{ZIP: "90210"}}, Job{Name: "never"}),
	} {
		if !errors.Is(err, links.ErrFenced) {
			t.Errorf("%s under a lost lease: %v", name, err)
		}
	}
	order.Reason = "kept"
	must(t, b.SaveOrder(ctx, quick, order))
	if got, err := b.Order(ctx, demo, orderID); err != nil || got.Reason != "kept" {
		t.Errorf("got %+v, %v", got, err)
	}
	must(t, b.VoidLeases(ctx))
	if err := b.SaveOrder(ctx, quick, order); !errors.Is(err, links.ErrFenced) {
		t.Errorf("a voided lease still writes: %v", err)
	}
	fresh := b.lease(t, demo, orderID)
	must(t, b.ReleaseLease(ctx, fresh))
	if err := b.SaveOrder(ctx, fresh, order); !errors.Is(err, links.ErrFenced) {
		t.Errorf("a released lease still writes: %v", err)
	}
	foreign := b.lease(t, demo, "576900000000010002")
	if err := b.SaveOrder(ctx, foreign, order); err == nil {
		t.Error("a lease on another order writes this one")
	}
	if len(Jobs(t, b.Store)) != 0 {
		t.Error("a fenced write left a job")
	}
}

func orders(t *testing.T, b *bench) {
	ctx := t.Context()
	if _, err := b.Order(ctx, demo, orderID); !errors.Is(err, links.ErrNotFound) {
		t.Fatalf("unknown order: %v", err)
	}
	lease := b.lease(t, demo, orderID)
	created := b.Now()
	at := created.Add(123456 * time.Microsecond)
	order := links.Order{
		Shop: demo, TikTokShop: "7495000000000000001", ID: orderID, State: links.Waiting, Reason: "on_hold", Status: tiktok.OnHold,
		UpdateTime: 1795100000, OrderedAt: time.Unix(1795000000, 0).UTC(), Currency: "USD", AttemptAt: &at, Lookups: 2, ShipBy: 1795300000,
	}
	must(t, b.SaveOrder(ctx, lease, order))
	b.pass(time.Hour)
	order.State, order.Reason, order.AttemptAt, order.WrittenAt, order.ReferencedAt = links.Written, "", nil, &at, &at
	order.Total, order.ShopifyOrder, order.ShopifyName, order.Duplicate, order.ShipBy = "24.99", "gid://shopify/Order/1", string(orderID), links.WriteOurs, 1795300001
	lines := []links.Line{
		{
			ShopifyLine: "gid://shopify/LineItem/1", Variant: "gid://shopify/ProductVariant/7", SKU: "MUG-1", Title: "Mug · größe", Quantity: 2, UnitPrice: "9.99",
			Units: []links.Unit{{ID: "22", SKUID: "s1", Status: tiktok.AwaitingShipment}, {ID: "11", SKUID: "s1", Status: tiktok.InTransit, Package: "p1"}},
		},
		{SKU: "CAP", Quantity: 1, UnitPrice: "0.00", Units: []links.Unit{{ID: "33", SKUID: "s2"}}},
	}
	for range 2 { // the second time replaces the first
		must(t, b.SaveChange(ctx, lease, order, links.Change{Lines: lines, Place: &links.Place{ZIP: "90210"}}))
	}
	got, err := b.Order(ctx, demo, orderID)
	must(t, err)
	order.CreatedAt, order.UpdatedAt = created, b.Now()
	if diff := cmp.Diff(order, got); diff != "" {
		t.Error(diff)
	}
	kept, err := b.Lines(ctx, demo, orderID)
	must(t, err)
	if diff := cmp.Diff(lines, kept); diff != "" {
		t.Error(diff)
	}
	if found, err := b.OrderByShopifyOrder(ctx, demo, "gid://shopify/Order/1"); err != nil || found.ID != orderID {
		t.Errorf("by Shopify order: %+v, %v", found, err)
	}
	for _, no := range []shopify.GID{"", "gid://shopify/Order/2"} {
		if _, err := b.OrderByShopifyOrder(ctx, demo, no); !errors.Is(err, links.ErrNotFound) {
			t.Errorf("by Shopify order %q: %v", no, err)
		}
	}
	for zip, want := range map[string]bool{"90210": true, "90211": false, "": false} {
		if has, err := b.HasZIP(ctx, demo, orderID, zip); err != nil || has != want {
			t.Errorf("has ZIP %q: %v, %v", zip, has, err)
		}
	}
	if _, err := b.Order(ctx, other, orderID); !errors.Is(err, links.ErrNotFound) {
		t.Errorf("another shop sees the order: %v", err)
	}
	sharedUnit(t, b, lease, order, lines)
}

// sharedUnit: one unit behind two lines is a mistake that must not be kept.
func sharedUnit(t *testing.T, b *bench, lease links.Lease, order links.Order, lines []links.Line) {
	t.Helper()
	ctx := t.Context()
	lines[1].Units[0].ID = "11"
	if err := b.SaveChange(ctx, lease, order, links.Change{Lines: lines}); err == nil {
		t.Error("a unit stands behind two lines")
	}
	if kept, err := b.Lines(ctx, demo, orderID); err != nil || len(kept) != 2 || len(kept[1].Units) != 1 || kept[1].Units[0].ID != "33" {
		t.Errorf("the refused write left %+v, %v", kept, err)
	}
}

func transitions(t *testing.T, b *bench) {
	ctx := t.Context()
	all := []links.State{links.Waiting, links.Held, links.Written, links.Skipped, links.Cancelled}
	n := 0
	for _, from := range all {
		for _, to := range all {
			n++
			order := links.Order{Shop: demo, ID: tiktok.OrderID(fmt.Sprintf("58690000000001%04d", n)), State: from}
			lease := b.lease(t, demo, order.ID)
			if from == links.Cancelled {
				order.State = links.Written
				must(t, b.SaveOrder(ctx, lease, order))
				order.State = from
			}
			must(t, b.SaveOrder(ctx, lease, order))
			order.State = to
			err := b.SaveOrder(ctx, lease, order, Job{Name: "j"})
			if ok := err == nil; ok != from.CanFollow(to) || !ok && !errors.Is(err, links.ErrTransition) {
				t.Errorf("%s after %s: %v", to, from, err)
			}
		}
	}
	lease := b.lease(t, demo, orderID)
	if err := b.SaveOrder(ctx, lease, links.Order{Shop: demo, ID: orderID, State: links.Cancelled}); !errors.Is(err, links.ErrTransition) {
		t.Errorf("a new order that is cancelled: %v", err)
	}
}

func jobsWithCause(t *testing.T, b *bench) {
	ctx := t.Context()
	lease := b.lease(t, demo, orderID)
	order := links.Order{Shop: demo, ID: orderID, State: links.Waiting}
	broken := Job{Name: "broken", Broken: make(chan int)}
	if err := b.SaveOrder(ctx, lease, order, Job{Name: "lost"}, broken); err == nil {
		t.Error("a job that cannot be kept was taken")
	}
	if _, err := b.Order(ctx, demo, orderID); !errors.Is(err, links.ErrNotFound) {
		t.Errorf("the order was kept without its jobs: %v", err)
	}
	must(t, b.SaveOrder(ctx, lease, order, Job{Name: "one"}, Job{Name: "two"}))
	must(t, b.Enqueue(ctx, Job{Name: "three"}))
	must(t, b.Enqueue(ctx))
	if diff := cmp.Diff([]string{"one", "three", "two"}, Jobs(t, b.Store)); diff != "" {
		t.Error(diff)
	}
}

func search(t *testing.T, b *bench) {
	ctx := t.Context()
	for n, name := range []string{"576900000000010000", "#1001", "TT_5769", "%5", ""} {
		id := tiktok.OrderID(fmt.Sprintf("5769%014d", 10000+n))
		b.written(t, links.Order{Shop: demo, ID: id, ShopifyName: name}, "")
		b.written(t, links.Order{Shop: other, ID: id, ShopifyName: name}, "")
		if n%2 == 1 { // some share their time
			b.pass(time.Second)
		}
	}
	find := func(query string) string {
		t.Helper()
		var ends []string
		for cursor, first := "", true; first || cursor != ""; first = false {
			list, next, err := b.Orders(ctx, demo, links.OrderFilter{Text: query}, 2, cursor)
			must(t, err)
			if len(list) > 2 {
				t.Fatalf("a page of %d", len(list))
			}
			for _, order := range list {
				ends = append(ends, string(order.ID[len(order.ID)-1:]))
			}
			cursor = next
		}
		return strings.Join(ends, " ")
	}
	for query, want := range map[string]string{
		"":                        "4 3 2 1 0", // the newest first
		"5769":                    "4 3 2 1 0",
		"576900000000010001":      "1",
		" 1001 ":                  "1",
		"#1001":                   "1",
		"tt_":                     "2",
		"T":                       "2",
		"tta":                     "", // _ stands for itself
		"%":                       "3",
		"9":                       "",
		"\x00":                    "",
		"größe":                   "",
		strings.Repeat("5", 5000): "",
	} {
		if got := find(query); got != want {
			t.Errorf("%.20q found %q, want %q", query, got, want)
		}
	}
	for _, cursor := range []string{"x", "bm8", "b3Blbi4xLjE", strings.Repeat("A", 3000)} {
		if _, _, err := b.Orders(ctx, demo, links.OrderFilter{}, 2, cursor); !errors.Is(err, links.ErrCursor) {
			t.Errorf("cursor %.20q: %v", cursor, err)
		}
	}
}

func atRest(t *testing.T, b *bench) {
	ctx := t.Context()
	for n := range 5 {
		order := links.Order{Shop: demo, ID: tiktok.OrderID(fmt.Sprint(100 + n)), State: links.Held, Reason: "push_orders_off"}
		if n == 4 {
			order.Reason = "sku_unmatched"
		}
		must(t, b.SaveOrder(ctx, b.lease(t, demo, order.ID), order))
	}
	var ids []string
	after := ""
	for {
		page, err := b.OrdersIn(ctx, demo, links.Held, "push_orders_off", after, 3)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, order := range page {
			ids = append(ids, string(order.ID))
		}
		after = ids[len(ids)-1]
	}
	if diff := cmp.Diff([]string{"100", "101", "102", "103"}, ids); diff != "" {
		t.Error(diff)
	}
}

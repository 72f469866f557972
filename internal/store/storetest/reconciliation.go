package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// What a report reads at once is what the reads of one order give, of the orders
// with a refund in the period, and of no others.
func refunded(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.install(t, other)
	day := b.Now().Add(-100 * time.Hour).Truncate(time.Second)
	var ids []tiktok.OrderID
	for n := range 5 { // the refunds of the nth order begin n hours later, two hours apart
		id := tiktok.OrderID(fmt.Sprintf("57690000000077%04d", n))
		ids = append(ids, id)
		for _, shop := range []shopify.Domain{demo, other} {
			refundedOrder(t, b, shop, id, n, day)
		}
	}
	for name, period := range map[string]struct {
		since, until time.Time
		want         []int
	}{
		"all":            {time.Time{}, time.Time{}, []int{0, 1, 2, 3, 4}},
		"the first hour": {day, day.Add(time.Hour), []int{0}},
		"a later hour":   {day.Add(2 * time.Hour), day.Add(3 * time.Hour), []int{0, 2}},
		"from the end":   {day.Add(5 * time.Hour), time.Time{}, []int{3, 4}},
		"no time":        {day, day, nil},
		"before":         {time.Time{}, day, nil},
	} {
		var want []links.Refunded
		for _, n := range period.want {
			want = append(want, oneByOne(t, b, ids[n]))
		}
		got, err := b.Refunded(ctx, demo, period.since, period.until)
		must(t, err)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	lost := b.lease(t, demo, "576900000000779999")
	must(t, b.SaveRefunds(ctx, lost, []links.Refund{{ID: "gid://shopify/Refund/9", State: links.RefundHeld, RefundedAt: day}}, links.Change{}))
	if _, err := b.Refunded(ctx, demo, day, time.Time{}); !errors.Is(err, links.ErrNotFound) {
		t.Errorf("a refund without its order: %v", err)
	}
}

func refundedOrder(t *testing.T, b *bench, shop shopify.Domain, id tiktok.OrderID, n int, day time.Time) {
	t.Helper()
	lease := b.lease(t, shop, id)
	order := links.Order{
		Shop: shop, ID: id, TikTokShop: tiktokShop, State: links.Written, ShopifyOrder: shopify.GID(fmt.Sprintf("gid://shopify/Order/%d", 77000+n)),
		ShopifyName: "#" + string(id), Total: fmt.Sprintf("%d.50", n+20), Currency: "USD",
	}
	must(t, b.SaveChange(t.Context(), lease, order, links.Change{Intents: []links.Intent{
		{Key: "a", Kind: links.RefundIntent, State: links.IntentDone, Amount: "1.25", Body: "{}"}, {Key: "b", Kind: links.CancelIntent, State: links.IntentOpen, Body: "{}"},
	}}))
	var list []links.Refund
	for k := range 2 {
		list = append(list, links.Refund{
			ID: shopify.GID(fmt.Sprintf("gid://shopify/Refund/77%d%d", n, k)), State: links.RefundHeld, Reason: "push_refunds_off", Amount: fmt.Sprintf("%d.10", k+1),
			Completed: "0.40", Currency: "USD", RefundedAt: day.Add(time.Duration(n+2*k) * time.Hour),
			Steps: []links.RefundStep{{Number: 1, Kind: links.OpenReturn, State: links.StepPlanned, Amount: "1.00"}, {Number: 2, Kind: links.CancelUnits, State: links.StepPlanned, Amount: "0.10"}},
		})
	}
	must(t, b.SaveRefunds(t.Context(), lease, list, links.Change{}))
}

// oneByOne is an order's money as the reads of one order give it.
func oneByOne(t *testing.T, b *bench, id tiktok.OrderID) (r links.Refunded) {
	t.Helper()
	order, err := b.Order(t.Context(), demo, id)
	must(t, err)
	r.Order = links.Order{Shop: demo, ID: id, ShopifyOrder: order.ShopifyOrder, ShopifyName: order.ShopifyName, Total: order.Total, Currency: order.Currency}
	list, err := b.Refunds(t.Context(), demo, id)
	must(t, err)
	for _, one := range list {
		kept := links.Refund{Shop: demo, Order: id, ID: one.ID, State: one.State, Reason: one.Reason, Amount: one.Amount, Completed: one.Completed, RefundedAt: one.RefundedAt}
		for _, step := range one.Steps {
			kept.Steps = append(kept.Steps, links.RefundStep{Kind: step.Kind, State: step.State, Amount: step.Amount})
		}
		r.Refunds = append(r.Refunds, kept)
	}
	intents, err := b.Intents(t.Context(), demo, id)
	must(t, err)
	for _, one := range intents {
		r.Intents = append(r.Intents, links.Intent{Shop: demo, Order: id, Kind: one.Kind, State: one.State, Amount: one.Amount})
	}
	return r
}

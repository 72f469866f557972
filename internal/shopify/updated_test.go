package shopify

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// sweep reads all pages and calls between after each.
func (b *simBench) sweep(t *testing.T, since time.Time, between func()) map[string]OrderMarks {
	t.Helper()
	found := map[string]OrderMarks{}
	for after := ""; ; {
		page, err := b.client.UpdatedOrders(t.Context(), testShop, since, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Orders {
			found[o.Name] = o
		}
		if after = page.Next; after == "" {
			return found
		}
		between()
	}
}

// An order that changes while pages are read moves to the end, and nothing behind it is passed over.
func TestASweepMissesNothing(t *testing.T) {
	t.Parallel()
	now := noon
	b := simulated(t, shopifysim.Options{Now: func() time.Time { return now }, IndexLag: 30 * time.Second, BucketSize: 10000}, shopifysim.ShopSpec{})
	b.client.Now, b.app.Now = func() time.Time { return now }, func() time.Time { return now }
	var names []string
	var gids []GID
	for n := range 2*updatedPage + 5 {
		name := fmt.Sprint("57646141303878", n)
		created, err := b.create(t, name)
		if err != nil {
			t.Fatal(err)
		}
		names, gids = append(names, name), append(gids, created.Order.ID)
		now = now.Add(time.Second)
	}
	const shop = string(testShop)
	shipped, err := b.sim.Fulfill(shop, string(gids[3]), shopifysim.ShipSpec{})
	if err != nil {
		t.Fatal(err)
	}
	lines := b.sim.Orders(shop)[4].Lines
	refund, err := b.sim.Refund(shop, string(gids[4]), shopifysim.RefundSpec{Lines: []shopifysim.RefundedLine{{LineGID: lines[0].GID, Quantity: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.sim.CancelOrder(shop, string(gids[5]), shopifysim.CancelSpec{Restock: true}); err != nil {
		t.Fatal(err)
	}
	if found := b.sweep(t, noon, func() {}); len(found) == len(names) {
		t.Error("the index does not lag")
	}
	now = now.Add(time.Minute)
	last := updatedPage - 1 // of the first page: the cursor stands on it
	found := b.sweep(t, noon, func() {
		if err := b.client.AddTags(t.Context(), testShop, gids[last], []string{now.Format("150405")}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
	})
	for _, name := range names {
		if o, ok := found[name]; !ok || o.TikTokOrderID != name || o.UpdatedAt == "" || !slices.Contains(o.Tags, "tiktok-shop") {
			t.Errorf("order %s: %+v", name, o)
		}
	}
	if o := found[names[3]]; len(o.Fulfillments) != 1 || string(o.Fulfillments[0].ID) != shipped[0] || o.Fulfillments[0].Status != "SUCCESS" || o.CancelledAt != "" {
		t.Errorf("shipped: %+v", o)
	}
	if o := found[names[4]]; !slices.Equal(o.Refunds, []GID{GID(refund)}) {
		t.Errorf("refunded: %+v", o)
	}
	if o := found[names[5]]; o.CancelledAt == "" {
		t.Errorf("cancelled: %+v", o)
	}
	if late := b.sweep(t, now.Add(time.Hour), func() {}); len(late) != 0 {
		t.Errorf("changed in the future: %v", late)
	}
}

func TestMoreThanASweepAsksForAtOnce(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{BucketSize: 5000}, shopifysim.ShopSpec{})
	order := b.written(t)
	for range updatedMarks + 2 {
		ids, err := b.sim.Fulfill(string(testShop), string(order.ID), shopifysim.ShipSpec{
			Lines: []shopifysim.ShippedLine{{LineGID: string(order.Lines[0].ID), Quantity: 1}}})
		if err == nil {
			err = b.sim.CancelFulfillment(string(testShop), ids[0])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := b.sweep(t, time.Unix(0, 0), func() {})[order.Name]; len(got.Fulfillments) != updatedMarks+2 || got.Fulfillments[0].Status != "CANCELLED" {
		t.Errorf("%d fulfillments", len(got.Fulfillments))
	}
	if all, err := b.client.OrderFulfillments(t.Context(), testShop, order.ID, 2); err != nil || len(all) != updatedMarks+2 {
		t.Errorf("%d fulfillments, %v", len(all), err)
	}
}

func TestReadHint(t *testing.T) {
	t.Parallel()
	const order = GID("gid://shopify/Order/820982911946154508")
	for topic, tc := range map[string]struct {
		body string
		want Hint
	}{
		"orders/cancelled":    {`{"id":820982911946154508,"admin_graphql_api_id":"gid://shopify/Order/820982911946154508"}`, Hint{Order: order}},
		"orders/updated":      {`{"id":820982911946154508}`, Hint{Order: order}},
		"refunds/create":      {`{"id":9,"order_id":820982911946154508}`, Hint{Order: order, Refund: "gid://shopify/Refund/9"}},
		"fulfillments/update": {`{"id":1,"admin_graphql_api_id":"gid://shopify/Fulfillment/7","order_id":820982911946154508}`, Hint{Order: order, Fulfillment: "gid://shopify/Fulfillment/7"}},
	} {
		if got, err := ReadHint(topic, []byte(tc.body)); err != nil || got != tc.want {
			t.Errorf("%s: %+v, %v", topic, got, err)
		}
	}
	for topic, body := range map[string]string{
		"app/uninstalled":     `{"id":1}`,
		"refunds/create":      `{"id":9}`,
		"fulfillments/create": `{"id":1.5,"order_id":2}`,
		"fulfillments/update": `{"id":1,"admin_graphql_api_id":"gid://shopify/Order/7","order_id":2}`,
		"orders/cancelled":    `[`,
		"orders/updated":      `{"id":{"a":1}}`,
	} {
		if got, err := ReadHint(topic, []byte(body)); !errors.Is(err, ErrBadDelivery) || got != (Hint{}) {
			t.Errorf("%s %s: %+v, %v", topic, body, got, err)
		}
	}
}

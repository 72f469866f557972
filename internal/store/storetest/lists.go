package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// numbers are the last digits of the orders found, page by page.
func (b *bench) numbers(t *testing.T, shop shopify.Domain, filter links.OrderFilter) string {
	t.Helper()
	var ends []string
	for cursor, first := "", true; first || cursor != ""; first = false {
		list, next, err := b.Orders(t.Context(), shop, filter, 2, cursor)
		must(t, err)
		for _, order := range list {
			ends = append(ends, string(order.ID[len(order.ID)-1:]))
		}
		cursor = next
	}
	return strings.Join(ends, " ")
}

func orderLists(t *testing.T, b *bench) {
	ctx := t.Context()
	for n := range 6 {
		id := tiktok.OrderID(fmt.Sprintf("57690000000000001%d", n))
		b.written(t, links.Order{Shop: demo, ID: id, ShopifyName: "#Ü" + string(id), Status: tiktok.InTransit}, []string{"90210", "SW1A1AA"}[n%2])
		b.written(t, links.Order{Shop: other, ID: id}, "90210")
		b.pass(time.Second)
	}
	id := func(n int) tiktok.OrderID { return tiktok.OrderID(fmt.Sprintf("57690000000000001%d", n)) }
	shipment := func(n int, state links.ShipmentState, reason string) {
		t.Helper()
		lease := b.lease(t, demo, id(n))
		must(t, b.SaveShipments(ctx, lease, []links.Shipment{{Key: "k", Direction: links.ToTikTok, State: state, Reason: reason}}))
		must(t, b.ReleaseLease(ctx, lease))
	}
	shipment(1, links.ShipmentPlanned, "push_off")
	shipment(2, links.ShipmentDone, "")
	shipment(3, links.ShipmentDone, "")
	b.written(t, links.Order{Shop: demo, ID: id(3), ShopifyName: "#Ü" + string(id(3)), Status: tiktok.PartiallyShipping}, "SW1A1AA")
	lease := b.lease(t, demo, id(4))
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{{ID: "gid://shopify/Refund/1", State: links.RefundHeld, Reason: "push_refunds_off"}}, links.Change{}))
	must(t, b.ReleaseLease(ctx, lease))
	must(t, b.OpenException(ctx, exceptions.New(demo, id(5), exceptions.ZIPMissing, "x", b.Now())))
	held := b.lease(t, demo, "576900000000000019")
	must(t, b.OpenException(ctx, exceptions.New(demo, "576900000000000019", exceptions.ZIPMissing, "before its order", b.Now())))
	must(t, b.SaveOrder(ctx, held, links.Order{Shop: demo, ID: "576900000000000019", State: links.Held}))

	for _, c := range []struct {
		filter links.OrderFilter
		want   string
	}{
		{links.OrderFilter{}, "9 5 4 3 2 1 0"},
		{links.OrderFilter{State: links.Held}, "9"},
		{links.OrderFilter{State: links.Written}, "5 4 3 2 1 0"},
		{links.OrderFilter{State: links.Cancelled}, ""},
		{links.OrderFilter{Shipments: links.NoShipments}, "9 5 4 0"},
		{links.OrderFilter{Shipments: links.ShipmentsHeld}, "1"},
		{links.OrderFilter{Shipments: links.ShipmentsDone}, "2"},
		{links.OrderFilter{Shipments: links.ShipmentsPartly}, "3"},
		{links.OrderFilter{Refunds: string(links.RefundHeld)}, "4"},
		{links.OrderFilter{Refunds: links.NoRefunds}, "9 5 3 2 1 0"},
		{links.OrderFilter{Excepted: true}, "9 5"},
		{links.OrderFilter{Excepted: true, State: links.Written}, "5"},
		{links.OrderFilter{Text: "ü5769", State: links.Written, Shipments: links.NoShipments}, "5 4 0"},
		{links.OrderFilter{Text: "90210"}, "4 2 0"},
		{links.OrderFilter{Text: " 90210-1234 "}, "4 2 0"},
		{links.OrderFilter{Text: "sw1a 1aa", Excepted: true}, "5"},
		{links.OrderFilter{Text: "9021"}, ""}, // a ZIP is found whole or not at all
	} {
		if got := b.numbers(t, demo, c.filter); got != c.want {
			t.Errorf("%+v found %q, want %q", c.filter, got, c.want)
		}
	}
	must(t, b.ResolveExceptions(ctx, demo, id(5), "done"))
	must(t, b.ResolveExceptions(ctx, demo, "576900000000000019", "done", exceptions.ZIPMissing))
	if got := b.numbers(t, demo, links.OrderFilter{Excepted: true}); got != "" {
		t.Errorf("excepted after all was resolved: %q", got)
	}
	b.legsAreThose(t)
}

// legsAreThose: the legs of the list are those of what was kept.
func (b *bench) legsAreThose(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	list, _, err := b.Orders(ctx, demo, links.OrderFilter{}, 100, "")
	must(t, err)
	for _, got := range list {
		shipments, err := b.Shipments(ctx, demo, got.ID)
		must(t, err)
		refunds, err := b.Refunds(ctx, demo, got.ID)
		must(t, err)
		if diff := cmp.Diff(links.List(got.Order, shipments, refunds), got); diff != "" {
			t.Errorf("order %s: %s", got.ID, diff)
		}
	}
}

// manyNames: a text that begins more orders than are sorted at once still finds each, once.
func manyNames(t *testing.T, b *bench) {
	const orders = 310
	for n := range orders {
		id := tiktok.OrderID(fmt.Sprintf("5769%05d", n))
		must(t, b.SaveOrder(t.Context(), b.lease(t, demo, id), links.Order{Shop: demo, ID: id, State: links.Waiting, ShopifyName: string(id)}))
	}
	seen, pages := map[tiktok.OrderID]bool{}, 0
	for cursor, first := "", true; first || cursor != ""; first = false {
		list, next, err := b.Orders(t.Context(), demo, links.OrderFilter{Text: "5769"}, 100, cursor)
		must(t, err)
		for _, order := range list {
			seen[order.ID] = true
		}
		cursor = next
		pages++
	}
	if len(seen) != orders || pages != 4 {
		t.Errorf("found %d orders on %d pages", len(seen), pages)
	}
}

func glance(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.connectShop(t, demo)
	today := b.Now().Add(-time.Hour)
	order := links.Order{Shop: demo, ID: orderID, State: links.Waiting, OrderedAt: b.Now()}
	must(t, b.SaveOrder(ctx, b.lease(t, demo, orderID), order))
	b.pass(2 * time.Minute)
	for range 2 { // written once, however often it is saved
		b.written(t, order, "")
	}
	late := links.Order{Shop: demo, ID: "576900000000010002", OrderedAt: b.Now().Add(-90 * 24 * time.Hour)}
	b.written(t, late, "") // a backfill's: its delay says nothing
	must(t, b.SaveOrder(ctx, b.lease(t, demo, "1"), links.Order{Shop: demo, ID: "1", State: links.Held}))
	lease := b.lease(t, demo, orderID)
	refund := links.Refund{ID: "gid://shopify/Refund/1", State: links.RefundSending, Amount: "12.50", Currency: "USD"}
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{refund, {ID: "gid://shopify/Refund/2", State: links.RefundSending, Amount: "0.50", Currency: "USD"}}, links.Change{}))
	got, err := b.Glance(ctx, demo, today)
	must(t, err)
	want := links.Glance{WrittenToday: 2, Held: links.Count{N: 1}, InFlight: []links.RefundSum{{Currency: "USD", Amount: "13.00", Count: links.Count{N: 2}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	refund.State, refund.Completed = links.RefundCompleted, "12.50"
	for range 2 {
		must(t, b.SaveRefunds(ctx, lease, []links.Refund{refund}, links.Change{}))
	}
	got, err = b.Glance(ctx, demo, today)
	must(t, err)
	want.InFlight = []links.RefundSum{{Currency: "USD", Amount: "0.50", Count: links.Count{N: 1}}}
	want.Completed = []links.RefundSum{{Currency: "USD", Amount: "12.50", Count: links.Count{N: 1}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	slots, err := b.Statistics(ctx, demo, today)
	must(t, err)
	if diff := cmp.Diff([]links.Slot{{
		At: links.SlotOf(b.Now()), Written: 2, Refunds: 1, Measured: 1, Delay: 2 * time.Minute, LongestDelay: 2 * time.Minute,
	}}, slots); diff != "" {
		t.Error(diff)
	}
	if slots, err := b.Statistics(ctx, other, today); err != nil || len(slots) != 0 {
		t.Errorf("another shop's statistics: %v, %v", slots, err)
	}
	if _, err := b.UninstallShop(ctx, demo, b.Now()); err != nil {
		t.Fatal(err)
	}
	must(t, b.EraseShop(ctx, demo))
	if slots, err := b.Statistics(ctx, demo, time.Unix(0, 0)); err != nil || len(slots) != 0 {
		t.Errorf("left of an erased shop: %v, %v", slots, err)
	}
}

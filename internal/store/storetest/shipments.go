package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func shipments(t *testing.T, b *bench) {
	ctx := t.Context()
	lease := b.lease(t, demo, orderID)
	sent, created := b.Now(), b.Now()
	one := links.Shipment{
		Shop: demo, Order: orderID, Key: "a", Direction: links.ToTikTok, State: links.ShipmentSent, Fulfillment: "gid://shopify/Fulfillment/1",
		Units: []tiktok.LineItemID{"1", "2"}, Company: "USPS", Provider: "711", Number: "9400", Body: `{"x":1}`, SentAt: &sent,
	}
	two := links.Shipment{Shop: demo, Order: orderID, Key: "b", Direction: links.ToShopify, State: links.ShipmentPlanned, Reason: "held", Units: []tiktok.LineItemID{"2"}}
	must(t, b.SaveShipments(ctx, lease, []links.Shipment{one, two}, Job{Name: "next"}))
	b.pass(time.Minute)
	later := b.Now()
	one.State, one.Package, one.Warning, one.Handled, one.ShippedAt, one.DeliveredAt = links.ShipmentDone, "115", "short", "told", &later, &later
	must(t, b.SaveShipments(ctx, lease, []links.Shipment{one}))
	got, err := b.Shipments(ctx, demo, orderID)
	must(t, err)
	one.CreatedAt, two.CreatedAt = created, created
	if diff := cmp.Diff([]links.Shipment{one, two}, got); diff != "" {
		t.Error(diff)
	}
	if got := Jobs(t, b.Store); !slices.Equal(got, []string{"next"}) {
		t.Errorf("jobs: %v", got)
	}
	two.State = links.ShipmentSent
	if err := b.SaveShipments(ctx, lease, []links.Shipment{two}, Job{Name: "never"}); !errors.Is(err, links.ErrClaimed) {
		t.Errorf("a unit was let into two shipments: %v", err)
	}
	if kept, _ := b.Shipments(ctx, demo, orderID); kept[1].State != links.ShipmentPlanned {
		t.Errorf("what was refused was kept: %v", kept[1])
	}
	// One gives the unit up in the moment in which the other takes it.
	one.State = links.ShipmentUndone
	must(t, b.SaveShipments(ctx, lease, []links.Shipment{two, one}))
	slow := lease
	slow.Fence--
	if err := b.SaveShipments(ctx, slow, []links.Shipment{{Key: "late"}}); !errors.Is(err, links.ErrFenced) {
		t.Errorf("under a lost lease: %v", err)
	}
	must(t, b.ShipmentsLookedAt(ctx, lease, later))
	if err := b.ShipmentsLookedAt(ctx, slow, b.Now().Add(time.Hour)); !errors.Is(err, links.ErrFenced) {
		t.Errorf("a look under a lost lease: %v", err)
	}
	must(t, b.SaveShipments(ctx, lease, []links.Shipment{one})) // a look is not forgotten with the next change
	got, err = b.Shipments(ctx, demo, orderID)
	must(t, err)
	for _, shipment := range got {
		if shipment.LookedAt == nil || !shipment.LookedAt.Equal(later) {
			t.Errorf("%s was looked at %v, want %v", shipment.Key, shipment.LookedAt, later)
		}
	}
	if others, err := b.Shipments(ctx, other, orderID); err != nil || len(others) != 0 {
		t.Errorf("another shop sees %v, %v", others, err)
	}
}

// shipmentLists are where a switch looks for what it held back.
func shipmentLists(t *testing.T, b *bench) {
	ctx := t.Context()
	order := func(id tiktok.OrderID, status tiktok.OrderStatus, gone string, claimed bool, reason string) {
		t.Helper()
		lease := b.lease(t, demo, id)
		line := links.Line{SKU: "MUG", Quantity: 1, Units: []links.Unit{{ID: tiktok.LineItemID(id + "1"), Status: status, Gone: gone}}}
		row := links.Order{Shop: demo, ID: id, State: links.Written, Status: status}
		must(t, b.SaveChange(ctx, lease, row, links.Change{Lines: []links.Line{line}}))
		shipment := links.Shipment{Key: "k", State: links.ShipmentPlanned, Reason: reason, Units: []tiktok.LineItemID{line.Units[0].ID}}
		if claimed {
			shipment.State = links.ShipmentDone
		}
		if claimed || reason != "" {
			must(t, b.SaveShipments(ctx, lease, []links.Shipment{shipment}))
		}
		must(t, b.ReleaseLease(ctx, lease))
	}
	order("11", tiktok.AwaitingShipment, "", false, "push_off")
	order("12", tiktok.PartiallyShipping, "", false, "other")
	order("13", tiktok.InTransit, "", false, "")
	order("14", tiktok.InTransit, "", true, "")
	order("15", tiktok.Delivered, "k", false, "")
	order("16", tiktok.CancelledStatus, "", false, "")
	same := func(what string, got []tiktok.OrderID, err error, want ...tiktok.OrderID) {
		t.Helper()
		if must(t, err); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	ids, err := b.UnshippedOrders(ctx, demo, "", 10)
	same("unshipped", ids, err, "11", "12")
	ids, err = b.UnshippedOrders(ctx, demo, "11", 10)
	same("unshipped after 11", ids, err, "12")
	ids, err = b.UnmirroredOrders(ctx, demo, "", 10)
	same("unmirrored", ids, err, "13")
	ids, err = b.OrdersHolding(ctx, demo, "push_off", "", 10)
	same("held", ids, err, "11")
	ids, err = b.OrdersHolding(ctx, other, "push_off", "", 10)
	same("held elsewhere", ids, err)
	for _, c := range []struct {
		shop shopify.Domain
		want int
	}{{demo, 1}, {other, 0}} {
		n, err := b.CountShipmentsHolding(ctx, c.shop, "push_off")
		if must(t, err); n != c.want {
			t.Errorf("%s: %d shipments held, want %d", c.shop, n, c.want)
		}
	}
}

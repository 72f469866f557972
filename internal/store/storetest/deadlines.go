package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// toShip keeps an order with one unit, as change leaves it.
func (b *bench) toShip(t *testing.T, id tiktok.OrderID, change func(*links.Order, *links.Unit)) {
	t.Helper()
	lease := b.lease(t, demo, id)
	row := links.Order{Shop: demo, TikTokShop: tiktokShop, ID: id, State: links.Written, ShipBy: b.Now().Unix() + 60, OrderedAt: b.Now()}
	unit := links.Unit{ID: tiktok.LineItemID(id + "1"), Status: tiktok.AwaitingShipment}
	change(&row, &unit)
	must(t, b.SaveChange(t.Context(), lease, row, links.Change{Lines: []links.Line{{Quantity: 1, Units: []links.Unit{unit}}}}))
	must(t, b.ReleaseLease(t.Context(), lease))
}

func (b *bench) shipment(t *testing.T, id tiktok.OrderID, state links.ShipmentState) {
	t.Helper()
	lease := b.lease(t, demo, id)
	must(t, b.SaveShipments(t.Context(), lease, []links.Shipment{{Key: "k", State: state, Units: []tiktok.LineItemID{tiktok.LineItemID(id + "1")}}}))
	must(t, b.ReleaseLease(t.Context(), lease))
}

func deadlines(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.connectShop(t, demo)
	plain := func(*links.Order, *links.Unit) {}
	b.toShip(t, "11", plain)
	b.toShip(t, "12", func(o *links.Order, _ *links.Unit) { o.ShipBy-- })
	b.toShip(t, "13", func(o *links.Order, _ *links.Unit) { o.State = links.Held })
	b.toShip(t, "14", func(o *links.Order, _ *links.Unit) { o.ShipBy += 3600 })
	for id, change := range map[tiktok.OrderID]func(*links.Order, *links.Unit){
		"21": func(o *links.Order, _ *links.Unit) { o.ShipBy = 0 },
		"22": func(o *links.Order, _ *links.Unit) { o.State, o.Reason = links.Held, "push_orders_off" },
		"23": func(o *links.Order, _ *links.Unit) { o.State = links.Skipped },
		"24": func(_ *links.Order, u *links.Unit) { u.Status = tiktok.AwaitingCollection },
		"25": func(_ *links.Order, u *links.Unit) { u.Gone = links.GoneElsewhere },
		"26": func(o *links.Order, _ *links.Unit) { o.TikTokShop = "7495000000000000999" },
		"27": plain,
	} {
		b.toShip(t, id, change)
	}
	b.shipment(t, "27", links.ShipmentDone)
	b.shipment(t, "11", links.ShipmentSent) // nobody knows yet
	list := func(before time.Time, after links.Deadline, limit int) (ids []tiktok.OrderID, last links.Deadline) {
		t.Helper()
		page, err := b.OrdersToShip(ctx, before, after, limit)
		must(t, err)
		for _, d := range page {
			ids, last = append(ids, d.Order), d
		}
		return ids, last
	}
	soon := b.Now().Add(time.Hour)
	first, last := list(soon, links.Deadline{}, 2)
	rest, _ := list(soon, last, 10)
	if !slices.Equal(first, []tiktok.OrderID{"12", "11"}) || !slices.Equal(rest, []tiktok.OrderID{"13"}) {
		t.Errorf("pages %v, %v", first, rest)
	}
	want := links.Deadline{Shop: demo, Order: "11", ShipBy: b.Now().Unix() + 60, OrderedAt: b.Now()}
	got, err := b.OrderToShip(ctx, demo, "11")
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := b.OrderToShip(ctx, demo, "27"); !errors.Is(err, links.ErrNotFound) {
		t.Errorf("one that TikTok knows: %v", err)
	}
	must(t, b.SetConnectionOff(ctx, demo, tiktokShop, shops.OffDeauthorized))
	if ids, _ := list(soon, links.Deadline{}, 10); len(ids) != 3 {
		t.Errorf("of a connection that ended: %v", ids)
	}
	must(t, b.SetConnectionOff(ctx, demo, tiktokShop, shops.OffByMerchant))
	if ids, _ := list(soon, links.Deadline{}, 10); len(ids) != 0 {
		t.Errorf("of a connection that is off: %v", ids)
	}
}

func openOnes(t *testing.T, b *bench) {
	ctx := t.Context()
	for _, e := range []exceptions.Exception{
		exceptions.New(demo, "1", exceptions.ShipBySoon, "", b.Now()), exceptions.New(other, "2", exceptions.ShipBySoon, "", b.Now().Add(time.Second)),
		exceptions.New(demo, "3", exceptions.ShipBySoon, "", b.Now()), exceptions.New(demo, "1", exceptions.ShipByMissed, "", b.Now()),
	} {
		must(t, b.OpenException(ctx, e))
	}
	must(t, b.ResolveExceptions(ctx, demo, "3", exceptions.CauseGone))
	first, err := b.OpenExceptions(ctx, exceptions.ShipBySoon, "", 1)
	must(t, err)
	rest, err := b.OpenExceptions(ctx, exceptions.ShipBySoon, first[0].ID, 10)
	must(t, err)
	if len(rest) != 1 || first[0].Order != "1" || rest[0].Order != "2" || rest[0].Shop != other {
		t.Errorf("pages %+v, %+v", first, rest)
	}
}

func firstWritten(t *testing.T, b *bench) {
	began := b.Now()
	for _, id := range []tiktok.OrderID{"1", "2", "3"} {
		b.pass(time.Hour)
		at := b.Now()
		b.written(t, links.Order{Shop: demo, ID: id, WrittenAt: &at}, "")
	}
	for since, want := range map[time.Duration]time.Time{0: began.Add(time.Hour), 2 * time.Hour: began.Add(2 * time.Hour), 4 * time.Hour: {}} {
		if got, err := b.FirstWritten(t.Context(), demo, began.Add(since)); err != nil || !got.Equal(want) {
			t.Errorf("since %v: %v, %v; want %v", since, got, err, want)
		}
	}
	if got, err := b.FirstWritten(t.Context(), other, began); err != nil || !got.IsZero() {
		t.Errorf("another shop's: %v, %v", got, err)
	}
}

package shopify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// open reads the order's fulfillment orders, which must be one.
func (b *simBench) open(t *testing.T, order GID) FulfillmentOrder {
	t.Helper()
	open, err := b.client.FulfillmentOrders(t.Context(), testShop, order, 2)
	if err != nil || len(open) != 1 {
		t.Fatalf("fulfillment orders of %s: %v, %v", order, open, err)
	}
	return open[0]
}

func (b *simBench) written(t *testing.T) *FoundOrder {
	t.Helper()
	created, err := b.create(t, tiktokID)
	if err != nil || created.Order == nil {
		t.Fatalf("create: %v, %v", err, created.UserErrors)
	}
	return created.Order
}

func TestAShipmentFromOpenToDelivered(t *testing.T) {
	t.Parallel()
	now := noon
	b := simulated(t, shopifysim.Options{Now: func() time.Time { return now }}, shopifysim.ShopSpec{})
	b.client.Now, b.app.Now = func() time.Time { return now }, func() time.Time { return now }
	order := b.written(t)
	place, err := b.client.ShippingLocation(t.Context(), testShop)
	if err != nil || place.Name != "Warehouse" {
		t.Fatalf("location %+v, %v", place, err)
	}
	open := b.open(t, order.ID)
	if open.Status != "OPEN" || !open.Fulfillable || open.Location != place.ID || open.LocationName != "Warehouse" || len(open.Lines) != 2 ||
		open.Lines[0].Line != order.Lines[0].ID || open.Lines[0].Total != 2 || open.Lines[0].Remaining != 2 || !open.Lines[0].RequiresShipping {
		t.Fatalf("fulfillment order %+v", open)
	}
	parcels := Parcels{Company: "USPS", Numbers: []string{"9400", "9401"}}
	one := Shipment{Units: []ShippedUnits{{open.ID, open.Lines[0].ID, 1}}, Parcels: parcels}
	id, err := b.client.CreateFulfillment(t.Context(), testShop, one)
	if err != nil {
		t.Fatal(err)
	}
	if left := b.open(t, order.ID); left.Status != "IN_PROGRESS" || !left.Fulfillable || left.Lines[0].Remaining != 1 || left.Lines[1].Remaining != 1 {
		t.Errorf("after one unit: %+v", left)
	}
	if s := b.standing(t, order.ID); s.FulfillmentStatus != "PARTIALLY_FULFILLED" || s.Lines[0].Unfulfilled != 1 || s.Lines[0].Current != 2 {
		t.Errorf("after one unit: %+v", s)
	}
	made, err := b.client.Fulfillment(t.Context(), testShop, id)
	want := &Fulfillment{
		ID: id, Order: order.ID, Name: order.Name + "-F1", Status: "SUCCESS", DisplayStatus: "FULFILLED",
		CreatedAt: "2026-11-22T12:00:00Z", UpdatedAt: "2026-11-22T12:00:00Z",
		Tracking: []Tracking{{Company: "USPS", Number: "9400"}, {Company: "USPS", Number: "9401"}},
		Lines:    []FulfillmentLine{{Line: order.Lines[0].ID, Quantity: 1}},
	}
	if diff := cmp.Diff(want, made); diff != "" || err != nil || !made.Stands() {
		t.Errorf("fulfillment, %v (-want +got):\n%s", err, diff)
	}
	now = now.Add(time.Hour)
	for _, status := range []admin.FulfillmentEventStatus{admin.FulfillmentEventStatusInTransit, admin.FulfillmentEventStatusDelivered} {
		if err := b.client.AddFulfillmentEvent(t.Context(), testShop, id, status, now.Add(-time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.client.UpdateTracking(t.Context(), testShop, id, Parcels{Company: "UPS", Numbers: []string{"1Z"}, URLs: []string{"https://ups.example.com/1Z"}}); err != nil {
		t.Fatal(err)
	}
	made, err = b.client.Fulfillment(t.Context(), testShop, id)
	if err != nil || made.DisplayStatus != "DELIVERED" || made.DeliveredAt != "2026-11-22T12:59:00Z" || made.InTransitAt != made.DeliveredAt ||
		made.UpdatedAt != "2026-11-22T13:00:00Z" || !slices.Equal(made.Tracking, []Tracking{{"UPS", "1Z", "https://ups.example.com/1Z"}}) {
		t.Errorf("delivered: %+v, %v", made, err)
	}
	if emails := b.sim.Emails(); len(emails) != 0 {
		t.Errorf("the customer was told: %v", emails)
	}
}

func TestAFulfillmentIsTakenBack(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	order := b.written(t)
	open := b.open(t, order.ID)
	all := Shipment{Units: []ShippedUnits{{open.ID, open.Lines[0].ID, 2}, {open.ID, open.Lines[1].ID, 1}}}
	id, err := b.client.CreateFulfillment(t.Context(), testShop, all)
	if err != nil {
		t.Fatal(err)
	}
	var refused UserErrors
	if _, err := b.client.CreateFulfillment(t.Context(), testShop, all); !errors.As(err, &refused) || !refused.Mentions("unfulfillable status") || OutcomeUnknown(err) {
		t.Errorf("shipped twice: %v", err)
	}
	if closed := b.open(t, order.ID); closed.Status != "CLOSED" || closed.Fulfillable || closed.Lines[0].Remaining != 0 {
		t.Errorf("closed: %+v", closed)
	}
	if err := b.client.CancelFulfillment(t.Context(), testShop, id); err != nil {
		t.Fatal(err)
	}
	if again := b.open(t, order.ID); again.Status != "OPEN" || !again.Fulfillable || again.Lines[0].Remaining != 2 {
		t.Errorf("after the cancellation: %+v", again)
	}
	all2, err := b.client.OrderFulfillments(t.Context(), testShop, order.ID, 2)
	if err != nil || len(all2) != 1 || all2[0].Status != "CANCELLED" || all2[0].Stands() || all2[0].DisplayStatus != "CANCELED" || len(all2[0].Lines) != 2 {
		t.Errorf("fulfillments %+v, %v", all2, err)
	}
	for name, err := range map[string]error{
		"cancelled twice":     b.client.CancelFulfillment(t.Context(), testShop, id),
		"tracked afterwards":  b.client.UpdateTracking(t.Context(), testShop, id, Parcels{Numbers: []string{"1"}}),
		"an event afterwards": b.client.AddFulfillmentEvent(t.Context(), testShop, id, admin.FulfillmentEventStatusDelivered, noon),
	} {
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, s := range map[string]Shipment{"nothing": {}, "no quantity": {Units: []ShippedUnits{{open.ID, open.Lines[0].ID, 0}}}} {
		if _, err := b.client.CreateFulfillment(t.Context(), testShop, s); err == nil || OutcomeUnknown(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A fulfillment has no idempotency key: the client says what is not known and never sends it again.
func TestALostAnswerToAFulfillment(t *testing.T) {
	t.Parallel()
	script := &chaos.Script{}
	b := simulated(t, shopifysim.Options{Script: script}, shopifysim.ShopSpec{})
	order := b.written(t)
	open := b.open(t, order.ID)
	script.Add("fulfillmentCreate", chaos.Fault{Kind: chaos.CutAfter}, 1)
	_, err := b.client.CreateFulfillment(t.Context(), testShop, Shipment{Units: []ShippedUnits{{open.ID, open.Lines[0].ID, 1}}})
	if !OutcomeUnknown(err) {
		t.Errorf("error %v", err)
	}
	if made, err := b.client.OrderFulfillments(t.Context(), testShop, order.ID, 2); err != nil || len(made) != 1 {
		t.Errorf("%d fulfillments, %v", len(made), err)
	}
}

// Many fulfillments, many lines, many locations: what does not fit into one answer is read all the same.
func TestShipmentsComeInPages(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{BucketSize: 20000, RestoreRate: 10000}, shopifysim.ShopSpec{})
	in, options := fullOrder(tiktokID)
	in.Transactions, in.ShippingLines, in.LineItems = nil, nil, nil
	const places, lines = 6, 130
	for n := range lines {
		spec := shopifysim.VariantSpec{SKU: fmt.Sprint("S", n), Price: 100}
		if n < places {
			spec.Location, _ = b.sim.AddLocation(string(testShop), shopifysim.LocationSpec{Name: fmt.Sprint("Place ", n)})
		}
		v, err := b.sim.AddVariant(string(testShop), spec)
		if err != nil {
			t.Fatal(err)
		}
		in.LineItems = append(in.LineItems, &admin.OrderCreateLineItemInput{VariantId: ptr(v.GID), Quantity: 1, RequiresShipping: ptr(true)})
	}
	created, err := b.client.CreateOrder(t.Context(), testShop, in, options)
	if err != nil || created.Order == nil {
		t.Fatal(err, created.UserErrors)
	}
	order := created.Order
	open, err := b.client.FulfillmentOrders(t.Context(), testShop, order.ID, len(order.Lines))
	if err != nil || len(open) != places+1 {
		t.Fatalf("%d fulfillment orders, %v", len(open), err)
	}
	seen := map[GID]bool{}
	for _, o := range open {
		for _, l := range o.Lines {
			seen[l.Line] = true
		}
	}
	if len(seen) != lines {
		t.Fatalf("%d lines of %d", len(seen), lines)
	}
	for n := range 10 {
		if _, err := b.sim.Fulfill(string(testShop), string(order.ID), shopifysim.ShipSpec{
			Lines: []shopifysim.ShippedLine{{LineGID: string(order.Lines[places+n].ID), Quantity: 1}}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.sim.Fulfill(string(testShop), string(order.ID), shopifysim.ShipSpec{}); err != nil {
		t.Fatal(err)
	}
	shipped, err := b.client.OrderFulfillments(t.Context(), testShop, order.ID, len(order.Lines))
	if err != nil || len(shipped) != 10+places+1 {
		t.Fatalf("%d fulfillments, %v", len(shipped), err)
	}
	units := 0
	for _, f := range shipped {
		units += len(f.Lines)
	}
	if units != lines {
		t.Errorf("%d units shipped of %d", units, lines)
	}
	if s := b.standing(t, order.ID); s.FulfillmentStatus != "FULFILLED" {
		t.Errorf("order is %s", s.FulfillmentStatus)
	}
}

func TestWhereTheShopShipsFrom(t *testing.T) {
	t.Parallel()
	location := func(name string, active, ships, online bool) string {
		return fmt.Sprintf(`{"id":"gid://shopify/Location/%d","name":%q,"isActive":%t,"shipsInventory":%t,"fulfillsOnlineOrders":%t}`, len(name), name, active, ships, online)
	}
	closed, till, online, dock := location("closed", false, true, true), location("till", true, false, false), location("on", true, false, true), location("a dock", true, true, true)
	for want, nodes := range map[string][]string{
		"":       {closed},
		"till":   {closed, till},
		"on":     {till, online},
		"a dock": {closed, till, online, dock},
	} {
		client, _ := serve(t, saying(200, `{"data":{"locations":{"nodes":[`+strings.Join(nodes, ",")+`]}}}`))
		got, err := client.ShippingLocation(t.Context(), testShop)
		if got.Name != want || errors.Is(err, ErrNoLocation) != (want == "") {
			t.Errorf("%q, %v, want %q", got.Name, err, want)
		}
	}
}

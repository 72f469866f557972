package shopifysim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const fulfillMutation = `mutation($in: FulfillmentInput!) { fulfillmentCreate(fulfillment: $in) {
	fulfillment { id status totalQuantity trackingInfo { company number url } } userErrors { field message } } }`

// shippable writes an order of three mugs and one download.
func (b *bench) shippable() Order {
	b.t.Helper()
	b.mustCreate(b.simple(map[string]any{
		"lineItems": []any{
			map[string]any{"title": "Mug", "quantity": 3, "priceSet": cash("10.00"), "requiresShipping": true},
			map[string]any{"title": "Recipe", "quantity": 1, "priceSet": cash("5.00")},
		},
		"transactions": []any{map[string]any{"amountSet": cash("35.00"), "gateway": "TikTok Shop", "kind": "SALE", "status": "SUCCESS"}},
	}))
	return b.last()
}

func (b *bench) last() Order {
	orders := b.sim.Orders(testShop)
	return orders[len(orders)-1]
}

// part is the input for some units of a line of a fulfillment order; 0 units stand for the whole fulfillment order.
func part(o FulfillmentOrder, line, quantity int) map[string]any {
	in := map[string]any{"fulfillmentOrderId": o.GID}
	if quantity != 0 {
		in["fulfillmentOrderLineItems"] = []any{map[string]any{"id": o.Lines[line].GID, "quantity": quantity}}
	}
	return in
}

func (b *bench) fulfill(parts ...any) reply {
	b.t.Helper()
	return b.query(fulfillMutation, map[string]any{"in": map[string]any{
		"lineItemsByFulfillmentOrder": parts, "trackingInfo": map[string]any{"company": "USPS", "number": "1", "numbers": []any{"1", "2"}, "url": "https://usps.example.com/1"},
	}})
}

func TestWhatFulfillmentCreateRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	other := b.shippable().FulfillmentOrders
	elsewhere, err := b.sim.AddLocation(testShop, LocationSpec{Name: "Annex"})
	if err != nil {
		t.Fatal(err)
	}
	far, err := b.sim.AddVariant(testShop, VariantSpec{SKU: "FAR", Price: 100, Location: elsewhere})
	if err != nil {
		t.Fatal(err)
	}
	b.mustCreate(b.simple(map[string]any{"lineItems": []any{
		map[string]any{"title": "Mug", "quantity": 3, "priceSet": cash("10.00"), "requiresShipping": true},
		map[string]any{"variantId": far.GID, "quantity": 1, "requiresShipping": true},
	}}))
	order := b.last()
	open := order.FulfillmentOrders
	if len(open) != 2 || open[1].LocationGID != elsewhere {
		t.Fatalf("fulfillment orders %+v", open)
	}
	unknown := FulfillmentOrder{GID: "gid://shopify/FulfillmentOrder/1"}
	for want, parts := range map[string][]any{
		"can't be blank":                 {},
		"order does not exist":           {part(unknown, 0, 0)},
		"line item does not exist":       {map[string]any{"fulfillmentOrderId": open[0].GID, "fulfillmentOrderLineItems": []any{map[string]any{"id": open[1].Lines[0].GID, "quantity": 1}}}},
		"Invalid fulfillment order line": {part(open[0], 0, 4)},
		"belong to the same order":       {part(open[0], 0, 1), part(other[0], 0, 1)},
		"assigned to the same location":  {part(open[0], 0, 1), part(open[1], 0, 1)},
		"order is named twice":           {part(open[0], 0, 1), part(open[0], 0, 2)},
	} {
		r := b.fulfill(parts...)
		if got := r.userErrors("fulfillmentCreate"); !strings.Contains(got, want) {
			t.Errorf("want %q, got %q %s", want, got, r.text())
		}
	}
	if err := b.sim.HoldFulfillment(testShop, order.GID, true); err != nil {
		t.Fatal(err)
	}
	if got := b.fulfill(part(open[0], 0, 1)).userErrors("fulfillmentCreate"); !strings.Contains(got, "unfulfillable status= ON_HOLD") {
		t.Errorf("on hold: %s", got)
	}
	if err := b.sim.HoldFulfillment(testShop, order.GID, false); err != nil {
		t.Fatal(err)
	}
	if o := b.last(); len(o.Fulfillments) != 0 || o.FulfillmentOrders[0].Lines[0].Remaining != 3 {
		t.Errorf("something was shipped: %+v", o)
	}
	if r := b.fulfill(part(open[0], 0, 0)); r.userErrors("fulfillmentCreate") != "" {
		t.Error(r.userErrors("fulfillmentCreate"))
	}
	b.wantNoViolations()
}

func TestShippingTakesItsScopes(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Scopes: []string{"write_orders"}})
	order := b.shippable()
	f, err := b.sim.Fulfill(testShop, order.GID, ShipSpec{})
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`mutation { fulfillmentCreate(fulfillment: {lineItemsByFulfillmentOrder: []}) { userErrors { message } } }`,
		`mutation { fulfillmentCancel(id: "` + f[0] + `") { userErrors { message } } }`,
		`mutation { fulfillmentTrackingInfoUpdate(fulfillmentId: "` + f[0] + `", trackingInfoInput: {number: "2"}) { userErrors { message } } }`,
		`mutation { fulfillmentEventCreate(fulfillmentEvent: {fulfillmentId: "` + f[0] + `", status: DELIVERED}) { userErrors { message } } }`,
		`{ order(id: "` + order.GID + `") { fulfillmentOrders(first: 1) { nodes { id } } } }`,
		`{ locations(first: 1) { nodes { id } } }`,
	} {
		if r := b.query(query, nil); r.code() != "ACCESS_DENIED" {
			t.Errorf("%s: %v %s", query, r.Data, r.text())
		}
	}
	if r := b.query(`{ fulfillment(id: "`+f[0]+`") { id } }`, nil); r.Errors != nil { // read_orders is enough
		t.Error(r.text())
	}
}

// What an order's parts look like after each step, and which webhooks went out.
func TestPartsOfAnOrderAreShipped(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	order := b.shippable()
	mugs, download := order.FulfillmentOrders[0], order.FulfillmentOrders[1]
	if len(order.FulfillmentOrders) != 2 || !mugs.RequiresShipping || download.RequiresShipping {
		t.Fatalf("fulfillment orders %+v", order.FulfillmentOrders)
	}
	state := func() string {
		o := b.last()
		out := o.FulfillmentStatus
		for _, part := range o.FulfillmentOrders {
			out += fmt.Sprintf(" %s %d/%d", part.Status, part.Lines[0].Remaining, part.Lines[0].Total)
		}
		return out
	}
	step := func(want string, err error) {
		t.Helper()
		if got := state(); got != want || err != nil {
			t.Fatalf("%s, %v, want %s", got, err, want)
		}
	}
	step("UNFULFILLED OPEN 3/3 OPEN 1/1", nil)
	r := b.fulfill(part(mugs, 0, 1))
	first, _ := r.at("fulfillmentCreate", "fulfillment", "id").(string)
	tracking := []any{
		map[string]any{"company": "USPS", "number": "1", "url": "https://usps.example.com/1"}, map[string]any{"company": "USPS", "number": "2", "url": nil},
	}
	if diff := cmp.Diff(tracking, r.at("fulfillmentCreate", "fulfillment", "trackingInfo")); diff != "" || first == "" {
		t.Errorf("tracking (-want +got):\n%s", diff)
	}
	step("PARTIALLY_FULFILLED IN_PROGRESS 2/3 OPEN 1/1", nil)
	_, err := b.sim.Refund(testShop, order.GID, RefundSpec{Lines: []RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1, RestockType: "CANCEL"}}})
	step("PARTIALLY_FULFILLED IN_PROGRESS 1/2 OPEN 1/1", err)
	_, err = b.sim.Fulfill(testShop, order.GID, ShipSpec{Lines: []ShippedLine{{order.Lines[1].GID, 1}}})
	step("PARTIALLY_FULFILLED IN_PROGRESS 1/2 CLOSED 0/1", err)
	_, err = b.sim.Refund(testShop, order.GID, RefundSpec{Lines: []RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1, RestockType: "NO_RESTOCK"}}})
	step("PARTIALLY_FULFILLED IN_PROGRESS 1/2 CLOSED 0/1", err) // money went back, and the unit is still to be shipped
	err = b.sim.CancelFulfillment(testShop, first)
	step("PARTIALLY_FULFILLED OPEN 2/2 CLOSED 0/1", err)
	_, err = b.sim.Fulfill(testShop, order.GID, ShipSpec{})
	step("FULFILLED CLOSED 0/2 CLOSED 0/1", err)
	_, err = b.sim.Refund(testShop, order.GID, RefundSpec{Lines: []RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1}}})
	step("FULFILLED CLOSED 0/2 CLOSED 0/1", err)
	if got := b.last().Refunds[2].Lines[0].RestockType; got != "RETURN" {
		t.Errorf("a shipped unit came back with %s", got)
	}
	if _, err := b.sim.Fulfill(testShop, order.GID, ShipSpec{}); err == nil {
		t.Error("shipped out of nothing")
	}
	b.wantTopics(
		"orders/create", "fulfillments/create", "orders/partially_fulfilled", "orders/updated", "refunds/create", "orders/updated",
		"fulfillments/create", "orders/updated", "refunds/create", "orders/updated",
		"fulfillments/update", "orders/updated", "fulfillments/create", "orders/fulfilled", "orders/updated",
		"refunds/create", "orders/updated",
	)
	b.wantNoViolations()
}

func (b *bench) wantTopics(want ...string) {
	b.t.Helper()
	var topics []string
	for _, d := range b.sim.Deliveries() {
		topics = append(topics, d.Topic)
	}
	if diff := cmp.Diff(want, topics); diff != "" {
		b.t.Errorf("webhooks (-want +got):\n%s", diff)
	}
}

func TestACancelledOrderHasNothingToShip(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	order := b.shippable()
	if err := b.sim.CancelOrder(testShop, order.GID, CancelSpec{Reason: "INVENTORY", Refund: true, Restock: true}); err != nil {
		t.Fatal(err)
	}
	after := b.last()
	if after.Canceled.IsZero() || after.CancelReason != "INVENTORY" || after.Refunded != 3500 || len(after.Refunds) != 1 || len(after.Refunds[0].Lines) != 2 {
		t.Errorf("order %+v", after)
	}
	for _, o := range after.FulfillmentOrders {
		if o.Status != "CANCELLED" || o.Lines[0].Remaining != 0 {
			t.Errorf("fulfillment order %+v", o)
		}
	}
	if err := b.sim.CancelOrder(testShop, order.GID, CancelSpec{}); err == nil {
		t.Error("cancelled twice")
	}
}

// Whatever is shipped, taken back and refunded in whatever order: each unit is in one place.
func TestUnitsAreInOnePlace(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	rapid.Check(t, func(rt *rapid.T) {
		order := b.shippable()
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			line := rapid.SampledFrom(order.Lines).Draw(rt, "line").GID
			n := rapid.IntRange(1, 3).Draw(rt, "units")
			// What cannot be done is refused and changes nothing.
			switch rapid.SampledFrom([]string{"ship", "unship", "refund"}).Draw(rt, "do") {
			case "ship":
				_, _ = b.sim.Fulfill(testShop, order.GID, ShipSpec{Lines: []ShippedLine{{line, n}}})
			case "refund":
				kind := rapid.SampledFrom([]string{"", "CANCEL", "RETURN", "NO_RESTOCK"}).Draw(rt, "restock")
				_, _ = b.sim.Refund(testShop, order.GID, RefundSpec{Lines: []RefundedLine{{line, n, kind, rapid.Bool().Draw(rt, "removal")}}})
			default:
				if made := b.last().Fulfillments; len(made) > 0 {
					_ = b.sim.CancelFulfillment(testShop, rapid.SampledFrom(made).Draw(rt, "fulfillment").GID)
				}
			}
			b.checkUnits(rt)
		}
	})
}

func (b *bench) checkUnits(rt *rapid.T) {
	o := b.last()
	all, open := true, 0
	for _, l := range o.Lines {
		shipped, waiting := 0, 0
		for _, f := range o.Fulfillments {
			for _, fl := range f.Lines {
				if f.Status == "SUCCESS" && fl.LineGID == l.GID {
					shipped += fl.Quantity
				}
			}
		}
		for _, part := range o.FulfillmentOrders {
			for _, pl := range part.Lines {
				if pl.LineGID == l.GID {
					waiting += pl.Remaining
				}
			}
		}
		if shipped != l.Shipped || waiting != l.unfulfilled() || waiting < 0 || l.Removed > l.Quantity || l.Returned > shipped {
			rt.Fatalf("line %+v: %d shipped, %d waiting", l, shipped, waiting)
		}
		all, open = all && waiting == 0, open+shipped
	}
	want := "PARTIALLY_FULFILLED"
	switch {
	case open == 0:
		want = "UNFULFILLED"
	case all:
		want = "FULFILLED"
	}
	if o.FulfillmentStatus != want {
		rt.Fatalf("order is %s, want %s", o.FulfillmentStatus, want)
	}
}

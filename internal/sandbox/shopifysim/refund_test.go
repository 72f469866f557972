package shopifysim

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const refundMutation = `mutation($in: RefundInput!, $key: String!) {
	refundCreate(input: $in) @idempotent(key: $key) { refund { id totalRefundedSet { shopMoney { amount } } } userErrors { field message } } }`

// paid writes an order of two units at 10.00 with its sale.
func (b *bench) paid() {
	b.mustCreate(b.simple(map[string]any{
		"lineItems":    []any{map[string]any{"title": "Mug", "quantity": 2, "priceSet": cash("10.00"), "requiresShipping": true}},
		"transactions": []any{map[string]any{"amountSet": cash("20.00"), "gateway": "TikTok Shop", "kind": "SALE", "status": "SUCCESS"}},
	}))
}

// refundOfOne is one unit of the order for ten dollars, with some fields changed.
func refundOfOne(o Order, changes map[string]any) map[string]any {
	in := map[string]any{
		"orderId": o.GID, "refundLineItems": []any{map[string]any{"lineItemId": o.Lines[0].GID, "quantity": 1, "restockType": "CANCEL"}},
		"transactions": []any{map[string]any{
			"orderId": o.GID, "parentId": o.Transactions[0].GID, "gateway": "TikTok Shop", "kind": "REFUND", "amount": "10.00",
		}},
	}
	maps.Copy(in, changes)
	return in
}

func TestWhatRefundCreateRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.paid()
	order := b.sim.Orders(testShop)[0]
	line := func(quantity int, restock string) []any {
		return []any{map[string]any{"lineItemId": order.Lines[0].GID, "quantity": quantity, "restockType": restock}}
	}
	money := func(changes map[string]any) []any {
		t := refundOfOne(order, nil)["transactions"].([]any)[0].(map[string]any)
		maps.Copy(t, changes)
		return []any{t}
	}
	for want, changes := range map[string]map[string]any{
		"Order does not exist":                   {"orderId": "gid://shopify/Order/1"},
		"Line item does not belong to the order": {"refundLineItems": []any{map[string]any{"lineItemId": "gid://shopify/LineItem/1", "quantity": 1}}},
		"Quantity cannot refund more":            {"refundLineItems": line(3, "CANCEL")},
		"Restock type does not fit":              {"refundLineItems": line(1, "RETURN")},
		"Restock type does not fit the":          {"refundLineItems": append(line(1, "NO_RESTOCK"), line(1, "RETURN")...)},
		"Line item is refunded twice":            {"refundLineItems": append(line(1, "CANCEL"), line(1, "CANCEL")...)},
		"Refund must have":                       {"refundLineItems": []any{}, "transactions": []any{}},
		"greater than the amount":                {"transactions": money(map[string]any{"amount": "20.01"})},
		"must be greater than zero":              {"transactions": money(map[string]any{"amount": "0.00"})},
		"kind must be refund":                    {"transactions": money(map[string]any{"kind": "SALE"})},
		"Parent transaction":                     {"transactions": money(map[string]any{"parentId": "gid://shopify/OrderTransaction/1"})},
		"Gateway does not match":                 {"transactions": money(map[string]any{"gateway": "manual"})},
		"Shipping amount":                        {"shipping": map[string]any{"amount": "5.00"}},
	} {
		r := b.query(refundMutation, map[string]any{"in": refundOfOne(order, changes), "key": want})
		if got := r.userErrors("refundCreate"); !strings.Contains(got, want) {
			t.Errorf("want %q, got %q", want, got)
		}
	}
	if o := b.sim.Orders(testShop)[0]; len(o.Refunds) != 0 || o.Lines[0].Removed != 0 {
		t.Errorf("a refused refund was written: %+v", o)
	}
	b.wantNoViolations()
}

func TestARefundWithoutAKeyIsAViolation(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.paid()
	in := refundOfOne(b.sim.Orders(testShop)[0], nil)
	b.query(`mutation($in: RefundInput!) { refundCreate(input: $in) { refund { id } userErrors { message } } }`, map[string]any{"in": in})
	if v := b.sim.Violations(); len(v) != 1 || len(b.sim.Orders(testShop)[0].Refunds) != 0 {
		t.Errorf("violations %v", v)
	}
}

func TestARefundAndACancellation(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.paid()
	order := b.sim.Orders(testShop)[0]
	for range 2 { // the second is a repetition
		r := b.query(refundMutation, map[string]any{"in": refundOfOne(order, nil), "key": "one"})
		if got := r.at("refundCreate", "refund", "totalRefundedSet", "shopMoney", "amount"); got != "10.0" {
			t.Errorf("refunded %v", got)
		}
	}
	b.query(`mutation($id: ID!) { orderCancel(orderId: $id, reason: CUSTOMER, restock: true) { job { id done } orderCancelUserErrors { message } } }`,
		map[string]any{"id": order.GID})
	after := b.sim.Orders(testShop)[0]
	if after.FinancialStatus != "PARTIALLY_REFUNDED" || after.current() != 1000 || after.Canceled.IsZero() || after.CancelReason != "CUSTOMER" || len(after.Refunds) != 1 {
		t.Errorf("order %+v", after)
	}
	b.wantNoViolations()
}

// One line, one unit of it shipped: each restock type takes what it means, and a person in the admin can take units off
// without restocking.
func TestRestockTypes(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.mustCreate(b.simple(map[string]any{
		"lineItems":    []any{map[string]any{"variantId": b.variant.GID, "quantity": 5, "requiresShipping": true}},
		"transactions": []any{map[string]any{"amountSet": cash("64.95"), "gateway": "TikTok Shop", "kind": "SALE", "status": "SUCCESS"}},
	}))
	order := b.sim.Orders(testShop)[0]
	line := order.Lines[0].GID
	if _, err := b.sim.Fulfill(testShop, order.GID, ShipSpec{Lines: []ShippedLine{{line, 1}}}); err != nil {
		t.Fatal(err)
	}
	part := func(restock string) map[string]any {
		return map[string]any{"lineItemId": line, "quantity": 1, "restockType": restock}
	}
	in := refundOfOne(order, map[string]any{"refundLineItems": []any{part("CANCEL"), part("RETURN"), part("NO_RESTOCK")}})
	if got := b.query(refundMutation, map[string]any{"in": in, "key": "one"}).userErrors("refundCreate"); got != "" {
		t.Fatal(got)
	}
	want := Line{Quantity: 5, Removed: 3, Returned: 1, Dropped: 1, Shipped: 1}
	check := func() {
		t.Helper()
		o := b.sim.Orders(testShop)[0]
		got := Line{Quantity: 5, Removed: o.Lines[0].Removed, Returned: o.Lines[0].Returned, Dropped: o.Lines[0].Dropped, Shipped: o.Lines[0].Shipped}
		if diff := cmp.Diff(want, got); diff != "" || o.FulfillmentOrders[0].Lines[0].Remaining != got.unfulfilled() {
			t.Errorf("units, %+v (-want +got):\n%s", o.FulfillmentOrders, diff)
		}
	}
	check()
	if stock := b.sim.Variants(testShop)[0].Stock; stock != 5 {
		t.Errorf("stock %d, want 3 and the two that were put back", stock)
	}
	if err := b.sim.InjectRefund(testShop, order.GID, line, 1); err != nil {
		t.Fatal(err)
	}
	want.Removed, want.Dropped = 4, 2
	check()
	b.wantNoViolations()
}

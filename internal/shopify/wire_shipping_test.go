package shopify

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// shippingCalls are the golden calls of shipments, whole refunds and the sweep.
func shippingCalls(order GID) map[string]func(*testing.T, *Client) {
	const fulfillment, open = GID("gid://shopify/Fulfillment/2"), GID("gid://shopify/FulfillmentOrder/3")
	return map[string]func(*testing.T, *Client){
		"fulfillment_orders": func(t *testing.T, c *Client) { _, _ = c.FulfillmentOrders(t.Context(), testShop, order, 3) },
		"fulfillment_order_lines": func(t *testing.T, c *Client) {
			_, _ = admin.FulfillmentOrderLines(t.Context(), c.at(testShop, 1), string(open), pageLines, nil)
		},
		"fulfillment":        func(t *testing.T, c *Client) { _, _ = c.Fulfillment(t.Context(), testShop, fulfillment) },
		"order_fulfillments": func(t *testing.T, c *Client) { _, _ = c.OrderFulfillments(t.Context(), testShop, order, 3) },
		"fulfillment_create": func(t *testing.T, c *Client) {
			_, _ = c.CreateFulfillment(t.Context(), testShop, Shipment{
				Units: []ShippedUnits{
					{FulfillmentOrder: open, Line: "gid://shopify/FulfillmentOrderLineItem/4", Quantity: 2},
					{FulfillmentOrder: "gid://shopify/FulfillmentOrder/6", Line: "gid://shopify/FulfillmentOrderLineItem/7", Quantity: 1},
					{FulfillmentOrder: open, Line: "gid://shopify/FulfillmentOrderLineItem/5", Quantity: 1},
				},
				Parcels: Parcels{Company: "USPS", Numbers: []string{"9400", "9401"}},
			})
		},
		"fulfillment_create_untracked": func(t *testing.T, c *Client) {
			_, _ = c.CreateFulfillment(t.Context(), testShop, Shipment{Units: []ShippedUnits{{open, "gid://shopify/FulfillmentOrderLineItem/4", 2}}})
		},
		"fulfillment_tracking": func(t *testing.T, c *Client) {
			_ = c.UpdateTracking(t.Context(), testShop, fulfillment, Parcels{Company: "UPS", Numbers: []string{"1Z"}, URLs: []string{"https://ups.example.com/1Z"}})
		},
		"fulfillment_cancel": func(t *testing.T, c *Client) { _ = c.CancelFulfillment(t.Context(), testShop, fulfillment) },
		"fulfillment_event": func(t *testing.T, c *Client) {
			_ = c.AddFulfillmentEvent(t.Context(), testShop, fulfillment, admin.FulfillmentEventStatusDelivered, noon.In(time.FixedZone("", 3600)))
		},
		"locations": func(t *testing.T, c *Client) { _, _ = c.Locations(t.Context(), testShop) },
		"refund":    func(t *testing.T, c *Client) { _, _ = c.Refund(t.Context(), testShop, "gid://shopify/Refund/8", 2) },
		"refund_lines": func(t *testing.T, c *Client) {
			_, _ = admin.RefundLines(t.Context(), c.at(testShop, 1), "gid://shopify/Refund/8", pageLines, ptr("cursor"))
		},
		"updated_orders": func(t *testing.T, c *Client) { _, _ = c.UpdatedOrders(t.Context(), testShop, noon, "") },
		"order_marks":    func(t *testing.T, c *Client) { _, _ = c.OrderMarks(t.Context(), testShop, order) },
	}
}

package tiktok

// OrderStatus is where an order or one of its units stands. Values this list
// lacks may come at any time and are kept as they are.
type OrderStatus string

// The statuses of the order API (`/order/202507/orders`).
const (
	Unpaid             OrderStatus = "UNPAID"
	OnHold             OrderStatus = "ON_HOLD"
	AwaitingShipment   OrderStatus = "AWAITING_SHIPMENT"
	PartiallyShipping  OrderStatus = "PARTIALLY_SHIPPING"
	AwaitingCollection OrderStatus = "AWAITING_COLLECTION"
	InTransit          OrderStatus = "IN_TRANSIT"
	Delivered          OrderStatus = "DELIVERED"
	Completed          OrderStatus = "COMPLETED"
	CancelledStatus    OrderStatus = "CANCELLED"
)

// ParseOrderStatus maps the webhook's spelling `CANCEL` to the order API's `CANCELLED`.
func ParseOrderStatus(s string) OrderStatus {
	if s == "CANCEL" {
		return CancelledStatus
	}
	return OrderStatus(s)
}

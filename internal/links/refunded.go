package links

// Refunded is the money of an order of which something was refunded in Shopify:
// Order has its ids, name, total and currency alone; each of Refunds its id,
// state, reason, amounts, moment, and steps with kind, state and amount; each of
// Intents its kind, state and amount.
type Refunded struct {
	Order   Order
	Refunds []Refund
	Intents []Intent
}

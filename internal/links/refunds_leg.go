package links

// The states of an order's leg of refunds that are not a refund's own.
const (
	// NoRefunds: nothing was refunded in Shopify.
	NoRefunds = "none"
	// RefundsRecorded: all that was refunded in Shopify records what TikTok gave back.
	RefundsRecorded = "recorded"
)

// urgency orders refunds' states: what a person must see comes first.
var urgency = []RefundState{
	RefundPartlySent, RefundStopped, RefundHeld, RefundWaiting, RefundSending, RefundSent, RefundCompleted, RefundSatisfied, RefundHandled,
}

// RefundsLeg sums up an order's refunds in a word, the state of the one that
// matters most, and why it is in it.
func RefundsLeg(refunds []Refund) (state, reason string) {
	for _, wanted := range urgency {
		for _, refund := range refunds {
			switch {
			case refund.State != wanted:
			case wanted.Over() && wanted != RefundCompleted:
				return string(RefundCompleted), refund.Reason
			default:
				return string(wanted), refund.Reason
			}
		}
	}
	if len(refunds) > 0 {
		return RefundsRecorded, ""
	}
	return NoRefunds, ""
}

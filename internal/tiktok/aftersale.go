package tiktok

// RequestType is what may be asked for units after the sale.
type RequestType string

// The request types of eligibility and calculation. The documents list RETURN
// for what the platform's own samples call REFUND.
const (
	RequestCancel          RequestType = "CANCEL"
	RequestRefund          RequestType = "REFUND"
	RequestReturnAndRefund RequestType = "RETURN_AND_REFUND"
)

// Role is who made a return or a cancellation. Others may come.
type Role string

// Values of Role.
const (
	RoleBuyer    Role = "BUYER"
	RoleSeller   Role = "SELLER"
	RoleOperator Role = "OPERATOR"
	RoleSystem   Role = "SYSTEM"
)

// RefundAmount is money that goes back, or would: decimal strings in Currency,
// empty where TikTok gave none. RefundTotal is the whole.
type RefundAmount struct {
	// Currency is an ISO 4217 code, the order's.
	Currency          string `json:"currency"`
	RefundTotal       string `json:"refund_total"`
	RefundSubtotal    string `json:"refund_subtotal"`
	RefundShippingFee string `json:"refund_shipping_fee"`
	RefundTax         string `json:"refund_tax"`
	RetailDeliveryFee string `json:"retail_delivery_fee"`
	BuyerServiceFee   string `json:"buyer_service_fee"`
}

// NextAction is what TikTok awaits of the seller.
type NextAction struct {
	// Action is SELLER_RESPOND_REFUND, _RETURN, _RECEIVE_PACKAGE, _REPLACEMENT or _CANCEL.
	Action string `json:"action"`
	// Deadline is when TikTok decides by itself, unix seconds.
	Deadline int64 `json:"deadline"`
}

// Reason is one that TikTok takes, and its words in English.
type Reason struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

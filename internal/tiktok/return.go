package tiktok

import "slices"

// Return is one request to return goods, money, or both, as the search gives it
// (`/return_refund/202309/returns/search`). Times are unix seconds, 0 where
// TikTok gave none; enumerations are kept as they come.
type Return struct {
	ID      ReturnID     `json:"return_id"`
	OrderID OrderID      `json:"order_id"`
	Type    ReturnType   `json:"return_type"`
	Status  ReturnStatus `json:"return_status"`
	Role    Role         `json:"role"`
	// ArbitrationStatus is IN_PROGRESS, SUPPORT_BUYER, SUPPORT_SELLER, CLOSED or empty.
	ArbitrationStatus string `json:"arbitration_status"`
	Reason            string `json:"return_reason"`
	ReasonText        string `json:"return_reason_text"`
	// Previous and Next join the versions of a request that was edited: each has its own id.
	Previous ReturnID `json:"pre_return_id"`
	Next     ReturnID `json:"next_return_id"`
	// CombinedID is "0" where the return is not part of a combined one.
	CombinedID string `json:"combined_return_id"`
	IsCombined bool   `json:"is_combined_return"`

	CanBuyerKeepItem bool `json:"can_buyer_keep_item"`
	// SellerProposed is PARTIAL_REFUND while the seller's offer stands, and
	// PartialRefund is that offer.
	SellerProposed       string         `json:"seller_proposed_return_type"`
	PartialRefund        *PartialAmount `json:"partial_refund"`
	BuyerRejectedPartial bool           `json:"buyer_rejected_partial_refund"`

	// ShipmentType is PLATFORM or BUYER_ARRANGE.
	ShipmentType   string `json:"shipment_type"`
	HandoverMethod string `json:"handover_method"`
	// Method is SELLER_SHIPPED, BUYER_SHIPPED or PLATFORM_SHIPPED.
	Method         string `json:"return_method"`
	TrackingNumber string `json:"return_tracking_number"`
	ProviderID     string `json:"return_provider_id"`
	ProviderName   string `json:"return_provider_name"`

	// Amount is what goes back to the buyer; it is paid once Status says so.
	Amount      RefundAmount `json:"refund_amount"`
	Lines       []ReturnLine `json:"return_line_items"`
	NextActions []NextAction `json:"seller_next_action_response"`

	CreateTime int64 `json:"create_time"`
	UpdateTime int64 `json:"update_time"`
}

// ReturnLine is one unit of a return and its share of the amount.
type ReturnLine struct {
	ID        string       `json:"return_line_item_id"`
	Unit      LineItemID   `json:"order_line_item_id"`
	SKUID     SKUID        `json:"sku_id"`
	SellerSKU string       `json:"seller_sku"`
	Amount    RefundAmount `json:"refund_amount"`
}

// PartialAmount is part of the money, a decimal string.
type PartialAmount struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// Units are the order's units that the return is about, each once: of a virtual
// bundle there may be a line for each of its components.
//
// Whole bundles are asked for by the id of their line, which is the unit that the
// buyer paid for and that stands behind one line in Shopify. Only the 202602
// version can name a component (`order_line_list`, `sub_order_line_item_id`), and
// a refund in Shopify never does. That the older version takes a bundle's line is
// unconfirmed: a refusal becomes an exception with TikTok's answer.
func (r Return) Units() []LineItemID {
	var units []LineItemID
	for _, line := range r.Lines {
		if !slices.Contains(units, line.Unit) {
			units = append(units, line.Unit)
		}
	}
	return units
}

// ReturnType is what a return asks for.
type ReturnType string

// Values of ReturnType; others may come.
const (
	ReturnRefund      ReturnType = "REFUND"
	ReturnAndRefund   ReturnType = "RETURN_AND_REFUND"
	ReturnReplacement ReturnType = "REPLACEMENT"
)

// ReturnStatus is where a return stands. The word order is TikTok's own.
type ReturnStatus string

// The statuses of the documents; exchanges have more, which are not documented.
const (
	ReturnPending         ReturnStatus = "RETURN_OR_REFUND_REQUEST_PENDING"
	ReturnRejected        ReturnStatus = "REFUND_OR_RETURN_REQUEST_REJECT"
	ReturnAwaitsBuyerShip ReturnStatus = "AWAITING_BUYER_SHIP"
	ReturnBuyerShipped    ReturnStatus = "BUYER_SHIPPED_ITEM"
	ReturnPackageRejected ReturnStatus = "REJECT_RECEIVE_PACKAGE"
	ReturnAwaitsBuyer     ReturnStatus = "AWAITING_BUYER_RESPONSE"
	// ReturnSuccess is approved: the money is not back yet.
	ReturnSuccess ReturnStatus = "RETURN_OR_REFUND_REQUEST_SUCCESS"
	// ReturnComplete alone says that the buyer has the money.
	ReturnComplete             ReturnStatus = "RETURN_OR_REFUND_REQUEST_COMPLETE"
	ReturnWithdrawn            ReturnStatus = "RETURN_OR_REFUND_REQUEST_CANCEL"
	ReplacementPending         ReturnStatus = "REPLACEMENT_REQUEST_PENDING"
	ReplacementRejected        ReturnStatus = "REPLACEMENT_REQUEST_REJECT"
	ReplacementRefundSuccess   ReturnStatus = "REPLACEMENT_REQUEST_REFUND_SUCCESS"
	ReplacementWithdrawn       ReturnStatus = "REPLACEMENT_REQUEST_CANCEL"
	ReplacementRequestComplete ReturnStatus = "REPLACEMENT_REQUEST_COMPLETE"
)

// Phase is what a status means for the buyer's money.
type Phase string

// Values of Phase.
const (
	// PhaseOpen still awaits a decision, a parcel or an answer.
	PhaseOpen Phase = "open"
	// PhaseApproved is decided: the money is on its way.
	PhaseApproved Phase = "approved"
	// PhasePaid is over: the buyer has the money.
	PhasePaid Phase = "paid"
	// PhaseClosed is over without money.
	PhaseClosed Phase = "closed"
	// PhaseUnknown is a status that is not documented.
	PhaseUnknown Phase = "unknown"
)

// Phase maps the status; a replacement that is complete gave goods, not money.
func (s ReturnStatus) Phase() Phase {
	switch s {
	case ReturnPending, ReturnAwaitsBuyerShip, ReturnBuyerShipped, ReturnPackageRejected, ReturnAwaitsBuyer, ReplacementPending:
		return PhaseOpen
	case ReturnSuccess, ReplacementRefundSuccess:
		return PhaseApproved
	case ReturnComplete:
		return PhasePaid
	case ReturnRejected, ReturnWithdrawn, ReplacementRejected, ReplacementWithdrawn, ReplacementRequestComplete:
		return PhaseClosed
	default:
		return PhaseUnknown
	}
}

package tiktok

import "slices"

// Cancellation is one cancellation of an order or some of its units
// (`/return_refund/202309/cancellations/search`). Times are unix seconds.
type Cancellation struct {
	ID      CancelID     `json:"cancel_id"`
	OrderID OrderID      `json:"order_id"`
	Type    CancelType   `json:"cancel_type"`
	Status  CancelStatus `json:"cancel_status"`
	Role    Role         `json:"role"`

	Reason     string `json:"cancel_reason"`
	ReasonText string `json:"cancel_reason_text"`

	// Amount is what goes back to the buyer; it is paid once Status says so.
	Amount      RefundAmount `json:"refund_amount"`
	Lines       []CancelLine `json:"cancel_line_items"`
	NextActions []NextAction `json:"seller_next_action_response"`

	CreateTime int64 `json:"create_time"`
	UpdateTime int64 `json:"update_time"`
}

// CancelLine is one unit of a cancellation and its share of the amount.
type CancelLine struct {
	ID        string       `json:"cancel_line_item_id"`
	Unit      LineItemID   `json:"order_line_item_id"`
	SKUID     SKUID        `json:"sku_id"`
	SellerSKU string       `json:"seller_sku"`
	Amount    RefundAmount `json:"refund_amount"`
}

// Units are the order's units that the cancellation is about, each once.
func (c Cancellation) Units() []LineItemID {
	var units []LineItemID
	for _, line := range c.Lines {
		if !slices.Contains(units, line.Unit) {
			units = append(units, line.Unit)
		}
	}
	return units
}

// CancelType tells a cancellation that needs the seller's answer from one that does not.
type CancelType string

// Values of CancelType; others may come.
const (
	// CancelPlain is done at once: by the seller, by TikTok, or by the buyer in the hour of remorse.
	CancelPlain CancelType = "CANCEL"
	// CancelByBuyer is the buyer's request, which the seller answers.
	CancelByBuyer CancelType = "BUYER_CANCEL"
)

// CancelStatus is where a cancellation stands.
type CancelStatus string

// The statuses of the documents.
const (
	CancelPending CancelStatus = "CANCELLATION_REQUEST_PENDING"
	// CancelSuccess is accepted: the money is not back yet.
	CancelSuccess   CancelStatus = "CANCELLATION_REQUEST_SUCCESS"
	CancelWithdrawn CancelStatus = "CANCELLATION_REQUEST_CANCEL"
	// CancelComplete alone says that the buyer has the money.
	CancelComplete CancelStatus = "CANCELLATION_REQUEST_COMPLETE"
)

// ParseCancelStatus maps the spelling of answers and webhooks,
// CANCELLATION_REQUEST_CANCELLED, to that of the search's filter.
func ParseCancelStatus(s string) CancelStatus {
	if s == "CANCELLATION_REQUEST_CANCELLED" {
		return CancelWithdrawn
	}
	return CancelStatus(s)
}

// Phase maps the status to what it means for the buyer's money.
func (s CancelStatus) Phase() Phase {
	switch s {
	case CancelPending:
		return PhaseOpen
	case CancelSuccess:
		return PhaseApproved
	case CancelComplete:
		return PhasePaid
	case CancelWithdrawn:
		return PhaseClosed
	default:
		return PhaseUnknown
	}
}

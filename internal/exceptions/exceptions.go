// Package exceptions is the list of everything that may stop an order and that
// a person can mend: a stable code, a sentence that says what happened, and the
// next step.
//
// Features open and resolve exceptions through the store, pages and the JSON
// API show them. An exception resolves itself when its cause is gone: whoever
// finds the cause gone calls resolve, nobody has to click.
package exceptions

import (
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Code is the stable name of a kind of exception. Codes are never renamed:
// merchants' notes and operators' alerts rely on them.
type Code string

// The codes in use.
const (
	SKUUnmatched       Code = "sku_unmatched"
	SKUAmbiguous       Code = "sku_ambiguous"
	TotalsMismatch     Code = "totals_mismatch"
	CurrencyMismatch   Code = "currency_mismatch"
	MarketUnsupported  Code = "market_unsupported"
	ZIPMissing         Code = "zip_missing"
	ZIPMasked          Code = "zip_masked"
	AddressMissing     Code = "address_missing"
	DuplicateOrder     Code = "duplicate_order"
	InventoryRefused   Code = "inventory_refused"
	APIRejected        Code = "api_rejected"
	ConnectionExpired  Code = "connection_expired"
	ConnectionExpiring Code = "connection_expiring"
	ScopeMissing       Code = "scope_missing"
	OrderNotFound      Code = "order_not_found"
	OrderNotUnderstood Code = "order_not_understood"
	AddressConflict    Code = "address_conflict"
	CancelRefused      Code = "cancel_refused"
	CancelNotMirrored  Code = "cancel_not_mirrored"
	OrderEdited        Code = "order_edited"
	LoopKeyRefused     Code = "loop_key_refused"
	PrivacyRequest     Code = "privacy_request"

	// Of shipments.
	CarrierUnknown         Code = "carrier_unknown"
	TrackingMissing        Code = "tracking_missing"
	TrackingRefused        Code = "tracking_refused"
	TrackingLate           Code = "tracking_late"
	FulfillmentCancelled   Code = "fulfillment_cancelled"
	CancelPending          Code = "cancel_pending"
	ShipBySoon             Code = "ship_by_soon"
	ShipByMissed           Code = "ship_by_missed"
	ReturnWindowNotStarted Code = "return_window_not_started"
	ShipmentRefused        Code = "shipment_refused"
	ShipmentDiffers        Code = "shipment_differs"

	// Of refunds.
	RefundNoMoney           Code = "refund_no_money"
	OutcomeNotRefund        Code = "outcome_not_refund"
	RefundWithoutLines      Code = "refund_without_lines"
	RefundCurrency          Code = "refund_currency"
	RefundNotUnderstood     Code = "refund_not_understood"
	RefundDiffers           Code = "refund_differs"
	RefundOrderCompleted    Code = "refund_order_completed"
	RefundIneligible        Code = "refund_ineligible"
	RefundExceedsRefundable Code = "refund_exceeds_refundable"
	RefundPartialUnshipped  Code = "refund_partial_unshipped"
	RefundAmountRefused     Code = "refund_amount_refused"
	RefundRefused           Code = "refund_refused"
	RefundReasonNeeded      Code = "refund_reason_needed"
	CancelReasonNeeded      Code = "cancel_reason_needed"
	CancelTooLate           Code = "cancel_too_late"
	ReturnOpenAtTikTok      Code = "return_open_at_tiktok"
	CancelOpenAtTikTok      Code = "cancel_open_at_tiktok"
	SecondConnector         Code = "second_connector"
	PartlySent              Code = "partly_sent"
	RefundNotMirrored       Code = "refund_not_mirrored"
	MirrorRefused           Code = "mirror_refused"
)

// CauseGone is the resolution of an exception that cleared itself.
const CauseGone = "cause_gone"

// OfOrders lists the codes that an order's import may open, and that its next
// import therefore clears when it finds the cause gone.
func OfOrders() []Code {
	return []Code{
		SKUUnmatched, SKUAmbiguous, TotalsMismatch, CurrencyMismatch, ZIPMissing, ZIPMasked,
		AddressMissing, DuplicateOrder, InventoryRefused, APIRejected, ConnectionExpired, ScopeMissing,
		OrderNotFound, OrderNotUnderstood, AddressConflict, CancelRefused, CancelNotMirrored, OrderEdited,
	}
}

// OfShipments lists the codes that following an order's shipments may open and
// clears. The import leaves them alone, as following leaves the import's.
func OfShipments() []Code {
	return []Code{
		CarrierUnknown, TrackingMissing, TrackingRefused, TrackingLate, FulfillmentCancelled, CancelPending,
		ReturnWindowNotStarted, ShipmentRefused, ShipmentDiffers,
	}
}

// OfRefunds lists the codes that settling an order's refunds may open and clears.
func OfRefunds() []Code {
	return []Code{
		RefundNoMoney, OutcomeNotRefund, RefundWithoutLines, RefundCurrency, RefundNotUnderstood, RefundDiffers, RefundOrderCompleted,
		RefundIneligible, RefundExceedsRefundable, RefundPartialUnshipped, RefundAmountRefused, RefundRefused, RefundReasonNeeded,
		CancelReasonNeeded, CancelTooLate, ReturnOpenAtTikTok, CancelOpenAtTikTok, SecondConnector, PartlySent, RefundNotMirrored, MirrorRefused,
	}
}

// OfDeadlines lists the codes that watching TikTok's deadlines opens and clears.
func OfDeadlines() []Code { return []Code{ShipBySoon, ShipByMissed} }

// OfShops lists the codes that concern a whole shop; a review of its connections,
// of its key for Loop, or of what its customers asked for, clears them.
func OfShops() []Code {
	return []Code{ConnectionExpired, ConnectionExpiring, MarketUnsupported, LoopKeyRefused, PrivacyRequest}
}

// All lists every code in use.
func All() []Code {
	all := slices.Concat(OfOrders(), OfShipments(), OfRefunds(), OfDeadlines(), OfShops())
	slices.Sort(all)
	return slices.Compact(all)
}

// Status of an exception.
type Status string

// Values of Status.
const (
	Open     Status = "open"
	Resolved Status = "resolved"
)

// Exception is one thing that a person can mend. Order is empty for one that
// concerns the whole shop.
type Exception struct {
	ID    string
	Shop  shopify.Domain
	Order tiktok.OrderID
	Code  Code
	// Message is the code's sentence followed by what was found; Fix is the next step.
	Message    string
	Fix        string
	Status     Status
	OpenedAt   time.Time
	ResolvedAt *time.Time
	// Resolution is how it ended: "cause_gone", or what the merchant chose.
	Resolution string
}

// New is an open exception with its code's sentence and fix. Detail is added to
// the sentence and holds no buyer's data.
func New(shop shopify.Domain, order tiktok.OrderID, code Code, detail string, at time.Time) Exception {
	text := Describe(code)
	message := text.Sentence
	if detail != "" {
		message += " " + detail
	}
	return Exception{Shop: shop, Order: order, Code: code, Message: message, Fix: text.Fix, Status: Open, OpenedAt: at}
}

// Package exceptions is the list of everything that may stop an order and that
// a person can mend: a stable code, a sentence that says what happened, and the
// next step.
//
// Features open and resolve exceptions through the store, pages and the JSON
// API show them. An exception resolves itself when its cause is gone: whoever
// finds the cause gone calls resolve, nobody has to click.
package exceptions

import (
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

// OfShops lists the codes that concern a whole shop; a review of its connections,
// or of its key for Loop, clears them.
func OfShops() []Code {
	return []Code{ConnectionExpired, ConnectionExpiring, MarketUnsupported, LoopKeyRefused}
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

// Package links is the ledger: which TikTok order is which Shopify order, which
// units stand behind which line, and how far each is.
//
// Features read and write these types through the store. Nothing here calls a
// platform or decides anything; the one rule kept here is which state may
// follow which:
//
//	           ┌─────────► skipped ◄────────┐
//	(new) ──► waiting ◄──────► held ────► written ──► cancelled
//
// Waiting is released by TikTok alone, held by the merchant or by the cause
// going away. Written and cancelled orders are never written again. A skipped
// order that is asked for by hand starts over as waiting.
package links

import (
	"errors"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// State is how far an order is.
type State string

// The states of an order.
const (
	Waiting   State = "waiting"
	Held      State = "held"
	Written   State = "written"
	Skipped   State = "skipped"
	Cancelled State = "cancelled"
)

// CanFollow tells whether an order in state s may go to next.
func (s State) CanFollow(next State) bool {
	switch s {
	case "", Waiting, Held:
		return next != Cancelled
	case Written:
		return next == Written || next == Cancelled
	case Skipped:
		return next == Skipped || next == Waiting || next == Held || next == Written
	case Cancelled:
		return next == Cancelled
	}
	return false
}

var (
	// ErrNotFound is returned for an order the ledger does not know.
	ErrNotFound = errors.New("order is not in the ledger")
	// ErrLeased is returned while another job holds the order.
	ErrLeased = errors.New("order is leased by another job")
	// ErrFenced is returned when a lease was lost: whoever gets it stops before the next call.
	ErrFenced = errors.New("lease on the order was lost")
)

// Lease is the right to work on one order, for every leg. Each ledger write
// names it and fails with ErrFenced once a newer lease was given out.
type Lease struct {
	Shop  shopify.Domain
	Order tiktok.OrderID
	// Fence grows with every lease of the order.
	Fence int64
	Until time.Time
}

// Order is the ledger's row for one TikTok order.
type Order struct {
	Shop       shopify.Domain
	TikTokShop tiktok.ShopID
	ID         tiktok.OrderID
	State      State
	// Reason is why the order waits, is held or was skipped: a stable word.
	Reason string
	// Status is TikTok's as last read; UpdateTime, in unix seconds, is the moment up to which every change is in it.
	Status     tiktok.OrderStatus
	UpdateTime int64
	// OrderedAt is when the buyer ordered; zero until TikTok was asked.
	OrderedAt time.Time
	// Total is the order's total as written, a decimal string in Currency.
	Total    string
	Currency string

	ShopifyOrder shopify.GID
	ShopifyName  string
	WrittenAt    *time.Time
	// AttemptAt is set before orderCreate is sent and cleared when its outcome
	// is known: while it is set the order may exist in Shopify.
	AttemptAt *time.Time
	// Lookups counts how often an unknown outcome was looked up in vain.
	Lookups int
	// Duplicate is what the merchant chose when another connector had written the order.
	Duplicate DuplicateChoice
	// Totals is what the merchant chose when the order's total could not be explained.
	Totals TotalsChoice
	// ReferencedAt is when TikTok took the external order reference.
	ReferencedAt *time.Time
	// ShipBy is when TikTok wants the seller to have shipped what is left to ship,
	// in unix seconds; 0 where nothing is left for the seller.
	ShipBy int64

	CreatedAt time.Time
	UpdatedAt time.Time
	// DeliveredAt is when TikTok said that the buyer has the order, or that it was cancelled. RedactedAt is when the
	// buyer's data was deleted. Both are the store's to give.
	DeliveredAt, RedactedAt *time.Time
}

// DuplicateChoice answers the exception duplicate_order.
type DuplicateChoice string

// Values of DuplicateChoice; empty until somebody chose.
const (
	AdoptTheirs DuplicateChoice = "adopt"
	WriteOurs   DuplicateChoice = "write_ours"
	IgnoreOrder DuplicateChoice = "ignore"
)

// TotalsChoice answers the exception totals_mismatch, such as "write_difference
// 3.00 USD"; empty until somebody chose.
type TotalsChoice string

const writeDifference = "write_difference"

// WriteDifference has the order written with a line for that difference and no
// other: who agreed to an amount did not agree to whatever is missing later.
func WriteDifference(amount string) TotalsChoice { return TotalsChoice(writeDifference + " " + amount) }

// Difference is the amount that was agreed to; empty for none.
func (c TotalsChoice) Difference() string {
	amount, _ := strings.CutPrefix(string(c), writeDifference+" ")
	if amount == string(c) {
		return ""
	}
	return amount
}

// Line is one line of the Shopify order and the units behind it.
type Line struct {
	ShopifyLine shopify.GID
	Variant     shopify.GID
	SKU         string
	Title       string
	Quantity    int
	// UnitPrice is the price of one unit as written, a decimal string.
	UnitPrice string
	// UnitTax is the tax on one unit on top of its price, a decimal string; empty where prices hold the tax.
	UnitTax string `json:",omitempty"`
	// TookStock tells whether writing the line took its units from the shop's stock.
	TookStock bool `json:",omitempty"`
	Units     []Unit
}

// Unit is one TikTok line item: one thing in the parcel.
type Unit struct {
	ID     tiktok.LineItemID
	SKUID  tiktok.SKUID
	Status tiktok.OrderStatus
	// Package is TikTok's parcel, empty before it was shipped.
	Package tiktok.PackageID
	// Gone is the key of the intent that took the unit out of the Shopify order,
	// or GoneElsewhere; empty while it stands. A unit goes once.
	Gone string `json:",omitempty"`
}

// GoneElsewhere marks a unit that somebody else took out of the Shopify order.
const GoneElsewhere = "elsewhere"

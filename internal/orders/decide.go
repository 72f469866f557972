package orders

import (
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Action is what is done with an order that was never written.
type Action string

// The actions.
const (
	// Write: the order is converted and created in Shopify.
	Write Action = "write"
	// Wait: TikTok's status will release it.
	Wait Action = "wait"
	// Skip: it is not to be written.
	Skip Action = "skip"
	// Hold: a person must mend what Code names.
	Hold Action = "hold"
)

// Reasons why an order waits or is skipped: the words that the ledger keeps.
const (
	WaitUnpaid      = "unpaid"
	WaitOnHold      = "on_hold"
	WaitFulfillment = "tiktok_not_shipped"
	SkipCancelled   = "cancelled"
	SkipBeforeStart = "before_start"
	// NewStatus: the order is written although its status is none that we know.
	NewStatus = "unknown_status"
	// CancelPending: the order is written although the buyer asked to cancel it: until the seller or TikTok
	// answers it stands.
	CancelPending = "buyer_asks_to_cancel"
)

// Context is what a decision needs beside the order.
type Context struct {
	Connection shops.Connection
	Settings   shops.Settings
	// ShopCurrency is the Shopify shop's own, ISO 4217.
	ShopCurrency string
	// StartLine is the moment before which orders are not written by themselves.
	StartLine time.Time
	// Asked tells that a person asked for this very order.
	Asked bool
}

// Decision is what to do with an order and why.
type Decision struct {
	Action Action
	// Reason is one of the words above; the code's own word when Action is Hold.
	Reason string
	// Code and Detail say what holds the order.
	Code   exceptions.Code
	Detail string
	// Notices are what a written order is listed under all the same.
	Notices []Notice
}

// Notice is something a merchant should know of an order that is written all
// the same. Detail holds no buyer's data.
type Notice struct {
	Code   exceptions.Code
	Detail string
}

// Decide says what becomes of an order that is not in Shopify. What TikTok's
// status rules out comes first, then the start line, then what a person must mend.
func Decide(o tiktok.Order, c Context) Decision {
	switch {
	case cancelled(o):
		return Decision{Action: Skip, Reason: SkipCancelled}
	case !c.Asked && beforeStart(o, c.StartLine):
		return Decision{Action: Skip, Reason: SkipBeforeStart}
	case o.Status == tiktok.Unpaid:
		return Decision{Action: Wait, Reason: WaitUnpaid}
	case o.Status == tiktok.OnHold:
		return Decision{Action: Wait, Reason: WaitOnHold}
	case byPlatform(o) && !allShipped(o):
		return Decision{Action: Wait, Reason: WaitFulfillment}
	case len(o.LineItems) == 0:
		return hold(exceptions.OrderNotUnderstood, "TikTok names no units.")
	}
	if detail := otherCurrency(o, c.ShopCurrency); detail != "" {
		return hold(exceptions.CurrencyMismatch, detail)
	}
	notices := addressNotices(o)
	if code := addressProblem(o.RecipientAddress); code != "" && !o.ShippedByTikTok() && !byPlatform(o) {
		return hold(code, "")
	}
	d := Decision{Action: Write, Notices: notices}
	if o.IsBuyerRequestCancel {
		d.Reason, d.Detail = CancelPending, "The buyer asked to cancel this order: do not ship it before the request is answered at TikTok."
	}
	if !known(o.Status) {
		d.Reason, d.Detail = NewStatus, fmt.Sprintf("TikTok's status %.40q is new to Switchback.", o.Status)
	}
	return d
}

// beforeStart tells whether an order is older than the start line. TikTok tells whole seconds.
func beforeStart(o tiktok.Order, line time.Time) bool {
	return o.CreateTime != 0 && o.CreatedAt().Before(line.Truncate(time.Second))
}

func hold(code exceptions.Code, detail string) Decision {
	return Decision{Action: Hold, Reason: string(code), Code: code, Detail: detail}
}

// cancelled tells whether nothing of the order will be delivered. TikTok says
// so of the order only after saying it of every unit.
func cancelled(o tiktok.Order) bool {
	for _, unit := range o.LineItems {
		if !unit.Cancelled() {
			return o.Status == tiktok.CancelledStatus
		}
	}
	return len(o.LineItems) > 0 || o.Status == tiktok.CancelledStatus
}

// byPlatform tells whether the goods lie in a warehouse of TikTok's, so that nobody else may pick them.
func byPlatform(o tiktok.Order) bool {
	return o.FulfillmentType == tiktok.FulfillmentByTikTok || o.FulfillmentType == tiktok.FulfillmentByTokopedia
}

// allShipped tells whether every unit that will be delivered is on its way or there.
func allShipped(o tiktok.Order) bool {
	if shipped(o, o.Status) {
		return true
	}
	live := 0
	for _, unit := range o.LineItems {
		if unit.Cancelled() {
			continue
		}
		if !shipped(o, unit.DisplayStatus) {
			return false
		}
		live++
	}
	return live > 0
}

// shipped tells whether a status of this order, or of a unit of it, says that
// it is out of the warehouse's hands. "Mark package as shipped" makes an order
// await collection, so that counts where the seller packs; in TikTok's own
// warehouse it is one step more before the parcel leaves.
func shipped(o tiktok.Order, s tiktok.OrderStatus) bool {
	switch s {
	case tiktok.InTransit, tiktok.Delivered, tiktok.Completed:
		return true
	case tiktok.AwaitingCollection:
		return !byPlatform(o)
	default:
		return false
	}
}

func known(s tiktok.OrderStatus) bool {
	switch s {
	case tiktok.AwaitingShipment, tiktok.PartiallyShipping, tiktok.AwaitingCollection, tiktok.InTransit, tiktok.Delivered, tiktok.Completed:
		return true
	default:
		return false
	}
}

// otherCurrency is empty when the order is in the shop's currency.
func otherCurrency(o tiktok.Order, shop string) string {
	if shop == "" || o.Payment.Currency == shop {
		return ""
	}
	return fmt.Sprintf("The order is in %.8q, the shop sells in %q.", o.Payment.Currency, shop)
}

// addressNotices lists what keeps buyers from finding a written order.
func addressNotices(o tiktok.Order) []Notice {
	switch a := o.RecipientAddress; {
	case a == nil || blank(a.PostalCode):
		return []Notice{{Code: exceptions.ZIPMissing}}
	case Masked(a.PostalCode):
		return []Notice{{Code: exceptions.ZIPMasked}}
	default:
		return nil
	}
}

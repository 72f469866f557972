package links

import (
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Intent is a change that Switchback is about to make in Shopify, or made. It
// is kept before the call, so that the change is later known as our own, in
// whatever order Shopify's webhook and answer arrive, and so that what is
// repeated is what was sent.
type Intent struct {
	Shop  shopify.Domain
	Order tiktok.OrderID
	// Key is derived from the order and the units; it is the call's idempotency key where there is one.
	Key  string
	Kind IntentKind
	// Units are TikTok's, the ones that the change takes out of the order.
	Units []tiktok.LineItemID
	// Amount is the money that the change records as given back, a decimal in the order's currency; empty for none.
	Amount string
	// Body is the call's input as it was stored before it was sent. It holds no buyer's data.
	Body  string
	State IntentState
	// Result is Shopify's id of what came of it: a refund's or, while it runs, a job's.
	Result string
	// SentAt is set before the call and cleared when it is known that nothing came of it.
	SentAt    *time.Time
	CreatedAt time.Time
}

// IntentKind is what an intent does in Shopify.
type IntentKind string

// The kinds of intents.
const (
	// RefundIntent records money that TikTok gave back and takes units out of the order.
	RefundIntent IntentKind = "refund"
	// CancelIntent cancels the order.
	CancelIntent IntentKind = "cancel"
	// HandledIntent changes nothing: it keeps that something which is no refund in
	// Shopify was noticed, or that a person has said it was dealt with.
	HandledIntent IntentKind = "handled"
)

// IntentState is how far an intent is.
type IntentState string

// The states of an intent.
const (
	IntentOpen    IntentState = "open"
	IntentDone    IntentState = "done"
	IntentRefused IntentState = "refused"
)

// Change is what a follow-up of a written order leaves in the ledger, kept at
// once. The order's zip and address are hashed and not kept themselves.
type Change struct {
	// Lines replace the order's lines and units; nil leaves them.
	Lines []Line
	// Intents are added, or replace those of the same key.
	Intents []Intent
	// Place replaces what is known of where the order goes; nil leaves it.
	Place *Place
}

// Place is where an order goes, in the forms that are compared: kept as keyed
// hashes alone.
type Place struct {
	// ZIP is normalized, empty when unknown.
	ZIP string
	// Seen is TikTok's address as last followed, Written the one that Shopify was given.
	Seen, Written string
}

// SamePlace says which parts of a Place are those that the ledger has.
type SamePlace struct {
	Seen, Written bool
	// HasZIP tells whether the order was written with a ZIP, whatever it is.
	HasZIP bool
	// Forgotten tells that the buyer's data was deleted: there is nothing to compare with.
	Forgotten bool
}

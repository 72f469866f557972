package fulfillments

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// StepKind is what a step does.
type StepKind string

// The kinds of steps. The first four read what the plan cannot be made without.
const (
	ReadFulfillments  StepKind = "read_fulfillments"
	ReadOpen          StepKind = "read_fulfillment_orders"
	ReadCancellations StepKind = "read_cancellations"
	ReadCarrier       StepKind = "read_carrier"
	// Keep changes the ledger alone.
	Keep StepKind = "keep"
	// Report tells TikTok of a parcel, Correct of its right number.
	Report  StepKind = "report"
	Correct StepKind = "correct"
	// Mirror makes a fulfillment in Shopify, Track gives one its number, Deliver says that it arrived.
	Mirror  StepKind = "mirror"
	Track   StepKind = "track"
	Deliver StepKind = "deliver"
	// Wait: a call's outcome shows by At.
	Wait StepKind = "wait"
	// Ask has a person mend what Code and Detail say.
	Ask StepKind = "ask"
)

// Step is one thing that is missing to agreement.
type Step struct {
	Kind StepKind
	// Shipment is what the ledger keeps with the step: before its call, or as it is. An Ask without
	// units or fulfillment keeps nothing.
	Shipment links.Shipment
	// Why says in a few words why the ledger changes.
	Why string
	// Company is the carrier to look up.
	Company string
	// From are the units of fulfillment orders that Mirror takes.
	From []shopify.ShippedUnits
	// At is when the parcels arrived, or when to look again.
	At     time.Time
	Code   exceptions.Code
	Detail string
}

// Refusal is what a platform refused, as the merchant is told.
type Refusal struct {
	Code   exceptions.Code
	Detail string
}

// handled is what the ledger keeps of an Ask that a person has dealt with.
func (s Step) handled() string { return string(s.Code) + ": " + s.Detail }

// Plan says what is missing to agreement between both sides, in the order in
// which it may be done. Where something has to be read first, that comes first
// and Plan is asked again; so it is after steps that changed something. An
// empty plan, but for what a person must mend, is agreement.
func Plan(t Truth) []Step {
	b := newBoard(t)
	if t.Fulfillments == nil {
		if b.settled() {
			return nil
		}
		return []Step{{Kind: ReadFulfillments}}
	}
	b.outcomes()
	b.cancelled()
	b.parcels()
	b.incoming()
	b.corrections()
	b.mirrors()
	b.deliveries()
	b.shortages()
	return b.ordered()
}

// ordered puts what has to be read first.
func (b *board) ordered() []Step {
	reads := func(s Step) bool {
		return s.Kind == ReadOpen || s.Kind == ReadCancellations || s.Kind == ReadCarrier
	}
	var first, then []Step
	for _, step := range b.steps {
		switch {
		case !reads(step):
			then = append(then, step)
		case !slices.ContainsFunc(first, func(s Step) bool { return s.Kind == step.Kind && s.Company == step.Company }):
			first = append(first, step)
		}
	}
	return append(first, then...)
}

// keyOf names a shipment by what it is made of, so that the same shipment has the same key after a restart.
func keyOf(o tiktok.OrderID, direction links.ShipmentDirection, of string, units []tiktok.LineItemID) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s|%s|%s", o, direction, of)
	for _, unit := range slices.Sorted(slices.Values(units)) {
		text.WriteString("|" + string(unit))
	}
	h := sha256.Sum256([]byte(text.String()))
	return fmt.Sprintf("%x", h[:12])
}

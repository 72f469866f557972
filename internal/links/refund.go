package links

import (
	"errors"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ErrRefundTransition is returned for a refund that may not go from its state to the one asked for.
var ErrRefundTransition = errors.New("a refund cannot change its state so")

// Refund is a refund in Shopify on its way to the buyer through TikTok.
type Refund struct {
	Shop  shopify.Domain
	Order tiktok.OrderID
	// ID is Shopify's refund; the Shopify order's own id for a cancellation there that came without one.
	ID    shopify.GID
	State RefundState
	// Reason is why the refund is where it is: a stable word, an exception's code where a person must act.
	// Detail says more to a person.
	Reason, Detail string
	// Units are those that the refund took out of the Shopify order, in the ledger's order.
	Units []tiktok.LineItemID
	// Amount is what Shopify says was given back, Completed what TikTok has paid
	// of it: decimals in Currency.
	Amount, Completed, Currency string
	// Case is TikTok's return or cancellation that gave the money back without us.
	Case string
	// RefundedAt is Shopify's time of the refund, ApprovedAt a person's of its plan.
	RefundedAt time.Time
	ApprovedAt *time.Time
	Steps      []RefundStep

	CreatedAt time.Time
	UpdatedAt time.Time
}

// RefundState is how far a refund is.
//
//	            ┌────────────► ignored, satisfied
//	(new) ──► waiting ◄─► held ──► sending ──► sent ──► completed
//	            ▲ ▼        ▲ ▼       ▲ ▼        ▼           ▲
//	            stopped ◄──┴─────── partly_sent ┴───────────┘
//
// A person may end any that is not over as handled. One that is sending goes back
// to held only while nothing of it is at TikTok.
type RefundState string

// The states of a refund.
const (
	// RefundWaiting needs something that comes by itself: a payment that is pending, a switch, TikTok's side.
	RefundWaiting RefundState = "waiting"
	// RefundHeld is planned and waits to be released by a person.
	RefundHeld RefundState = "held"
	// RefundStopped waits for a person: Reason is the exception's code. Nothing of it is at TikTok.
	RefundStopped RefundState = "stopped"
	// RefundSending: a step was sent, or is about to be.
	RefundSending RefundState = "sending"
	// RefundPartlySent: TikTok took a step and refused a later one.
	RefundPartlySent RefundState = "partly_sent"
	// RefundSent: TikTok took every step and has not paid all of it.
	RefundSent RefundState = "sent"
	// RefundCompleted: the buyer has the money.
	RefundCompleted RefundState = "completed"
	// RefundIgnored: it is the record of what happened at TikTok, made by us, or nothing of ours.
	RefundIgnored RefundState = "ignored"
	// RefundSatisfied: TikTok gave the money back without us.
	RefundSatisfied RefundState = "satisfied"
	// RefundHandled: a person dealt with it outside.
	RefundHandled RefundState = "handled"
)

// CancelledBefore is the Reason of a refund whose units went with the
// cancellation of the whole order: that one, not this, went to TikTok.
const CancelledBefore = "cancelled_before"

// Over tells whether nothing is left to do.
func (s RefundState) Over() bool {
	switch s {
	case RefundCompleted, RefundIgnored, RefundSatisfied, RefundHandled:
		return true
	}
	return false
}

// CanFollow tells whether a refund in state s may go to next.
func (s RefundState) CanFollow(next RefundState) bool {
	switch s {
	case "", RefundWaiting, RefundHeld, RefundStopped:
		return next != "" && next != RefundSent && next != RefundPartlySent && next != RefundCompleted
	case RefundSending, RefundPartlySent, RefundSent:
		// What may be at TikTok is never forgotten.
		return next != "" && next != RefundWaiting && next != RefundHeld && next != RefundIgnored
	}
	return next == s
}

// CanBeHeldBack tells whether a refund in state s may go to next where no step
// of it may be at TikTok: a call that was known not to be made leaves it sending,
// and the switch may be turned off before it is made again.
func (s RefundState) CanBeHeldBack(next RefundState) bool {
	return s == RefundSending && next == RefundHeld
}

// RefundStep is one call to TikTok for a refund, or units that need none. It is
// kept before it is made.
type RefundStep struct {
	Number int
	Kind   StepKind
	Units  []tiktok.LineItemID
	// Amount is what the step gives back, Completed what TikTok paid for it:
	// decimals in the refund's currency.
	Amount, Completed string
	// Reason is one of TikTok's names; empty where the buyer gave it.
	Reason string
	// Call is what is sent, to the byte, also when it is repeated; without an Op
	// nothing is: the step is done with the others.
	Call  tiktok.Write
	State StepState
	// Attempt counts the calls that TikTok refused before this one; it is part of the key.
	Attempt int
	// SentAt is set before the call and cleared when it is known that nothing came of it.
	SentAt *time.Time
	// Case is TikTok's return or cancellation that came of it.
	Case string
	// Answer is what TikTok said, without the buyer's data.
	Answer string
}

// StepKind is what a step asks of TikTok.
type StepKind string

// The kinds of steps.
const (
	CancelUnits         StepKind = "cancel_units"
	OpenReturn          StepKind = "open_return"
	ApproveReturn       StepKind = "approve_return"
	ApproveCancellation StepKind = "approve_cancellation"
	// GivenByTikTok needs no call: TikTok gave the money back without us.
	GivenByTikTok StepKind = "given_by_tiktok"
)

// StepState is how far a step is.
type StepState string

// The states of a step.
const (
	StepPlanned StepState = "planned"
	// StepSent: its outcome is not known yet.
	StepSent      StepState = "sent"
	StepAccepted  StepState = "accepted"
	StepCompleted StepState = "completed"
	// StepRefused: TikTok said no, or took its yes back; nothing was paid.
	StepRefused StepState = "refused"
)

// Stands tells whether a step may have moved money, or will.
func (s StepState) Stands() bool { return s == StepSent || s == StepAccepted || s == StepCompleted }

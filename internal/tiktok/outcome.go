package tiktok

import (
	"errors"
	"net/http"
	"strings"
)

// Outcome is what is known of a call that moves money once it has returned.
type Outcome string

// Values of Outcome.
const (
	// OutcomeDone is an answer that says yes.
	OutcomeDone Outcome = "done"
	// OutcomeRefused is an answer that says no for good: the same call will not be taken later.
	OutcomeRefused Outcome = "refused"
	// OutcomeNotDone never came to be decided on: a limit, a token, a permission
	// stood in its way. The same call may be made again.
	OutcomeNotDone Outcome = "not_done"
	// OutcomeUnknown may have been done: it must be looked up before it is repeated.
	OutcomeUnknown Outcome = "unknown"
)

// OutcomeOf tells what an error of Send leaves open. An answer that refuses part
// of a call leaves open what became of the rest.
// A refusal with ObjectsInProgress may speak of the very call that was repeated.
func OutcomeOf(err error) Outcome {
	var refused *Error
	var sent *transportError
	switch {
	case err == nil:
		return OutcomeDone
	case errors.As(err, &refused):
		return refused.outcome()
	case errors.As(err, &sent), errors.Is(err, ErrMalformed), isPartial(err):
		return OutcomeUnknown
	default:
		// Our own checks and limits, the token, the context: before anything was sent.
		return OutcomeNotDone
	}
}

func isPartial(err error) bool {
	var partial *PartialError
	return errors.As(err, &partial)
}

func (e *Error) outcome() Outcome {
	switch {
	case e.rateLimited(), e.staleToken(), e.Code == codeOrderLocked:
		return OutcomeNotDone
	case e.Code == codeInternal, e.Code == codeTimeout, e.Code == codeAftersaleInternal, e.Code == codeShipInternal, e.HTTPStatus >= http.StatusInternalServerError:
		return OutcomeUnknown
	}
	switch e.Code {
	case codeShopMismatch, codeTokenInvalid, codeTokenRevoked, codeTokenForeign, codeScopeMissing, codeBadSign, codeBadCipher,
		codeBadPath, codeBadMethod, codeBadVersion, codeIPNotAllowed, codeShopInactive, codeSellerInactive:
		return OutcomeNotDone
	case 0:
		return OutcomeUnknown // no envelope, or success under a status that says otherwise
	}
	if e.badClock() || e.names("app_key") {
		return OutcomeNotDone
	}
	return OutcomeRefused
}

// Codes of returns and cancellations (Partner Center, the error tables of
// create return, cancel order and approve return).
const (
	codeAftersaleParam    = 25001001
	codeOrderStatus       = 25001003
	codeReturnExists      = 25001010
	codeReverseInProgress = 25001011
	codeReasonBad         = 25001014
	codeReasonForeign     = 25001015
	codeReasonOffline     = 25001020
	codeReasonStatus      = 25001021
	codeOrderLocked       = 25001028
	codeShipped           = 25001045
	codeRiskBlock         = 25001046
	codeOrderFinished     = 25001051
	codeAmountTooHigh     = 25005005
	codeUnitsBad          = 25005010
	codeUnitsLimit        = 25005011
	codeNoPartial         = 25005020
	codePartialOneSKU     = 25005021
	codeAftersaleNoOrder  = 25007006
	codeMovedToPlatform   = 25011010
	codeRejectBlocked     = 25011011
	codeNotApprovable     = 25011012
	codeNotApprovableYet  = 25011013
	codeDecisionMismatch  = 25020004
	codeAftersaleScope    = 25020005
	codeAftersaleInternal = 25020008
)

// Objection is why TikTok refuses a return or a cancellation.
type Objection string

// Values of Objection.
const (
	ObjectsNot Objection = ""
	// ObjectsInProgress: a return or cancellation of the same units exists already.
	ObjectsInProgress Objection = "in_progress"
	// ObjectsShipped: too late to cancel.
	ObjectsShipped Objection = "shipped"
	// ObjectsStatus: the order's status does not allow it, or the order is over.
	ObjectsStatus Objection = "status"
	// ObjectsAmount: more than TikTok gives back.
	ObjectsAmount Objection = "amount_too_high"
	// ObjectsPartial: less than the whole is not taken here.
	ObjectsPartial Objection = "no_partial_amount"
	ObjectsReason  Objection = "reason"
	ObjectsUnits   Objection = "units"
	// ObjectsDecision: the request is not, or no longer, to be decided so.
	ObjectsDecision Objection = "decision"
	ObjectsRisk     Objection = "risk"
	// ObjectsPermission: the shop or its market may not do this.
	ObjectsPermission Objection = "permission"
	// ObjectsKey: the idempotency key was used with another body. TikTok documents
	// no code for it; a parameter error that names the key is taken for it.
	ObjectsKey   Objection = "key_reused"
	ObjectsOrder Objection = "order_unknown"
	// ObjectsElse is a refusal for any other reason.
	ObjectsElse Objection = "other"
)

var objections = map[int64]Objection{
	codeOrderStatus: ObjectsStatus, codeOrderFinished: ObjectsStatus,
	codeReturnExists: ObjectsInProgress, codeReverseInProgress: ObjectsInProgress,
	codeReasonBad: ObjectsReason, codeReasonForeign: ObjectsReason, codeReasonOffline: ObjectsReason, codeReasonStatus: ObjectsReason,
	codeShipped: ObjectsShipped, codeRiskBlock: ObjectsRisk, codeAmountTooHigh: ObjectsAmount,
	codeUnitsBad: ObjectsUnits, codeUnitsLimit: ObjectsUnits, codeNoPartial: ObjectsPartial, codePartialOneSKU: ObjectsPartial,
	codeAftersaleNoOrder: ObjectsOrder, codeMovedToPlatform: ObjectsDecision, codeRejectBlocked: ObjectsDecision,
	codeNotApprovable: ObjectsDecision, codeNotApprovableYet: ObjectsDecision, codeDecisionMismatch: ObjectsDecision,
	codeAftersaleScope: ObjectsPermission,
}

// ObjectionOf tells why TikTok refused; ObjectsNot where err is no refusal for good.
func ObjectionOf(err error) Objection {
	var e *Error
	if !errors.As(err, &e) || e.outcome() != OutcomeRefused {
		return ObjectsNot
	}
	if e.Code == codeAftersaleParam && strings.Contains(strings.ToLower(e.Message), "idempotency") || e.names("idempotency") {
		return ObjectsKey
	}
	if objection, listed := objections[e.Code]; listed {
		return objection
	}
	return ObjectsElse
}

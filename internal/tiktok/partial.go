package tiktok

import (
	"fmt"

	"github.com/switchbackhq/switchback/internal/fault"
)

// PartialError is an answer with code 0 that refuses some of what was asked:
// newer batch endpoints list refusals under `data.errors`.
type PartialError struct {
	Op        string
	RequestID string
	Refused   []Refusal
}

// Refusal is one refused part. Order is empty where TikTok does not name it.
type Refusal struct {
	Code    string
	Message string
	Order   OrderID
}

func (e *PartialError) Error() string {
	first := e.Refused[0]
	return fmt.Sprintf("tiktok %s: request %s: %d refused, first with code %s: %s",
		e.Op, e.RequestID, len(e.Refused), first.Code, first.Message)
}

// wireRefusals is the part of `data` that batch endpoints share.
type wireRefusals struct {
	Errors []wireRefusal `json:"errors"`
}

type wireRefusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Detail  struct {
		OrderID OrderID `json:"order_id"`
	} `json:"detail"`
}

// err is nil where nothing was refused.
func (w wireRefusals) err(op, requestID string) error {
	if len(w.Errors) == 0 {
		return nil
	}
	partial := &PartialError{Op: op, RequestID: requestID}
	for _, e := range w.Errors {
		partial.Refused = append(partial.Refused, Refusal{Code: clip(e.Code), Message: clipMessage(e.Message), Order: e.Detail.OrderID})
	}
	return fault.NeedsMerchant(askRejected, fmt.Sprintf("TikTok refused part of %s (code %s, request %s).", op, partial.Refused[0].Code, requestID), partial)
}

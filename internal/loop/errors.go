package loop

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// ErrMalformed marks an answer that is cut off, too large or not JSON. Another try may get a better one.
var ErrMalformed = errors.New("answer is malformed")

// Loop's codes (docs.loopreturns.com/reference/error-codes) that mean something to us.
const (
	CodeOrderNotFound          = "order-not-found"
	CodeLookupFailed           = "order-lookup-failed"
	CodeRetrieving             = "error-retrieving-order"
	CodeSecondaryInputMismatch = "secondary-input-mismatch"
	CodeShopNotFound           = "shop-not-found"
	CodeValidationFailed       = "validation-failed"
	CodeDraftsNotEnabled       = "draft-returns-not-enabled"
	CodeAddressUnavailable     = "returns-unavailable-from-order-address"
)

// Error is an answer in which Loop says no. It holds no text of Loop's, which
// may repeat what was sent; the code says enough.
type Error struct {
	Op         string
	HTTPStatus int
	// Code is Loop's, in lower case; empty where the answer has none.
	Code string
	// RetryAfter is how long to wait before the next call, 0 where nobody said.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("loop %s: http %d", e.Op, e.HTTPStatus)
	}
	return fmt.Sprintf("loop %s: http %d: %s", e.Op, e.HTTPStatus, e.Code)
}

// NotFound tells that Loop does not have the order, or could not get it from Shopify just now.
func (e *Error) NotFound() bool {
	if e.HTTPStatus == http.StatusNotFound && e.Code == "" {
		return true
	}
	return slices.Contains([]string{CodeOrderNotFound, CodeLookupFailed, CodeRetrieving}, e.Code)
}

// Limited tells that the key was used too often.
func (e *Error) Limited() bool { return e.HTTPStatus == http.StatusTooManyRequests }

// KeyRefused tells that the key is wrong, was withdrawn, or may not do this.
func (e *Error) KeyRefused() bool {
	return e.HTTPStatus == http.StatusUnauthorized || e.HTTPStatus == http.StatusForbidden && e.Code == ""
}

// Broken tells that Loop itself failed: another try may do better.
func (e *Error) Broken() bool { return e.HTTPStatus >= http.StatusInternalServerError }

package tiktok

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
)

var (
	// ErrOrderNotFound is returned where TikTok knows no such order in this shop.
	ErrOrderNotFound = errors.New("tiktok has no such order in this shop")
	// ErrGrantRefused is returned when TikTok takes neither the code nor the
	// refresh token: the seller must authorize the app again.
	ErrGrantRefused = errors.New("tiktok refused the authorization")
	// ErrMalformed marks an answer that is cut off, too large, or not what the
	// API documents describe. Another try may get a better one.
	ErrMalformed = errors.New("answer is malformed")
)

// Error is an answer in which TikTok says no. Message is clipped and holds no
// secret. HTTPStatus may well be 200: TikTok's own code decides.
type Error struct {
	Op         string
	HTTPStatus int
	Code       int64
	Message    string
	RequestID  string
	// RetryAfter is how long TikTok asked to wait, 0 where it did not.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	return fmt.Sprintf("tiktok %s: code %d, http %d, request %s: %s", e.Op, e.Code, e.HTTPStatus, e.RequestID, e.Message)
}

// Codes of the gateway (Partner Center, "Common errors").
const (
	codeShopMismatch   = 101000
	codeTokenInvalid   = 105001
	codeTokenExpired   = 105002
	codeTokenRevoked   = 105003
	codeTokenForeign   = 105004
	codeScopeMissing   = 105005
	codeBadSign        = 106001
	codeBadCipher      = 106013
	codeRateLimited    = 36009002
	codeInternal       = 36009003
	codeBadParameter   = 36009004
	codeTimeout        = 36009007
	codeBadPath        = 36009009
	codeBadMethod      = 36009010
	codeBadVersion     = 36009014
	codeIPNotAllowed   = 36009033
	codeQuota          = 36009037
	codeShopInactive   = 36009043
	codeSellerInactive = 36009044
)

// The codes of package exceptions that this client can cause.
const (
	askReconnect = "connection_expired"
	askScope     = "scope_missing"
	askRejected  = "api_rejected"
)

// withFate marks the error with what becomes of the job.
func (e *Error) withFate() error {
	switch {
	case e.rateLimited():
		return fault.After(e.RetryAfter, e)
	case e.staleToken():
		return fault.NeedsMerchant(askReconnect, "TikTok no longer accepts the connection's token.", e)
	}
	switch e.Code {
	case codeTokenInvalid, codeTokenRevoked, codeTokenForeign:
		return fault.NeedsMerchant(askReconnect, e.finding("TikTok does not accept the connection"), e)
	case codeShopMismatch:
		return fault.NeedsMerchant(askReconnect, e.finding("TikTok says that the connection does not belong to this shop"), e)
	case codeScopeMissing:
		return fault.NeedsMerchant(askScope, e.finding("TikTok misses a permission for "+e.Op), e)
	case codeInternal, codeTimeout, codeOrderLocked, codeAftersaleInternal, codeShipInternal:
		return e.again()
	}
	if e.HTTPStatus >= http.StatusInternalServerError || e.badClock() {
		return e.again()
	}
	return fault.NeedsMerchant(askRejected, e.finding(e.hint()), e)
}

// again is a plain retry, unless TikTok said when.
func (e *Error) again() error {
	if e.RetryAfter > 0 {
		return fault.After(e.RetryAfter, e)
	}
	return e
}

func (e *Error) rateLimited() bool {
	// 36009037 is taken for a quota by several connectors; TikTok does not document it.
	return e.HTTPStatus == http.StatusTooManyRequests || e.Code == codeRateLimited || e.Code == codeQuota
}

// staleToken tells whether a renewed token may help. 36009004 is TikTok's code
// for any bad parameter: only its text tells that the token was meant, and
// taking it for a dead token whenever it comes would disconnect healthy shops.
func (e *Error) staleToken() bool {
	return e.Code == codeTokenExpired || e.names("x-tts-access-token")
}

// badClock tells that our clock is off, or the request was long on its way: the
// window is five minutes back and half a minute ahead.
func (e *Error) badClock() bool { return e.names("timestamp") }

func (e *Error) names(parameter string) bool {
	return e.Code == codeBadParameter && strings.Contains(strings.ToLower(e.Message), parameter)
}

// finding is a sentence for the merchant. TikTok's own message stays out of it:
// it may quote what was sent.
func (e *Error) finding(what string) string {
	return fmt.Sprintf("%s (code %d, request %s).", what, e.Code, e.RequestID)
}

func (e *Error) hint() string {
	switch {
	case e.Code == codeBadSign:
		return "TikTok refused the signature: the app secret may be wrong"
	case e.Code == codeBadCipher:
		return "TikTok refused the shop's cipher: connecting again reads it anew"
	case e.Code == codeIPNotAllowed:
		return "The app's IP allow list in Partner Center leaves this server out"
	case e.inactive():
		return "TikTok says that the shop or its seller is inactive"
	case e.names("app_key"):
		return "TikTok does not know the app key"
	case e.unknownEndpoint():
		return "TikTok does not know the endpoint of " + e.Op
	default:
		return "TikTok refused " + e.Op
	}
}

func (e *Error) inactive() bool { return e.Code == codeShopInactive || e.Code == codeSellerInactive }

func (e *Error) unknownEndpoint() bool {
	return e.Code == codeBadPath || e.Code == codeBadMethod || e.Code == codeBadVersion
}

// IsNotFound tells whether what was asked for does not exist: the order, or the
// whole endpoint.
func IsNotFound(err error) bool {
	return errors.Is(err, ErrOrderNotFound) || said(err, func(e *Error) bool {
		return e.HTTPStatus == http.StatusNotFound || e.unknownEndpoint()
	})
}

// IsTokenExpired tells whether TikTok called the access token expired or invalid.
func IsTokenExpired(err error) bool { return said(err, (*Error).staleToken) }

// IsPageRefused tells whether TikTok does not take the page token any more: the
// search must begin again.
func IsPageRefused(err error) bool {
	return said(err, func(e *Error) bool { return e.names("page_token") })
}

// IsScopeMissing tells whether the seller has not granted what the call needs.
func IsScopeMissing(err error) bool {
	return said(err, func(e *Error) bool { return e.Code == codeScopeMissing })
}

// IsShopInactive tells whether TikTok has closed the shop or its seller for API calls.
func IsShopInactive(err error) bool { return said(err, (*Error).inactive) }

func said(err error, what func(*Error) bool) bool {
	var e *Error
	return errors.As(err, &e) && what(e)
}

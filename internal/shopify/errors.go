package shopify

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
)

// Error is a call that Shopify refused, or that got no usable answer.
type Error struct {
	// Op is the operation's name in graphql/admin, or the grant's.
	Op string
	// HTTPStatus is 0 when no answer came.
	HTTPStatus int
	// Codes are those of the answer's errors; empty where Shopify gave none.
	Codes []string
	// Message is Shopify's text, cut short and without what a buyer typed.
	Message string
	// RequestID is Shopify's own.
	RequestID string
	// Err is the cause below HTTP, if any.
	Err error

	// unknown: a mutation that may have happened all the same.
	unknown bool
	// malformed: an answer came but could not be read.
	malformed bool
	// withData: the answer also held data, which was read.
	withData bool
	// throttled: nothing was done, and retryAfter says when to ask again.
	throttled  bool
	retryAfter time.Duration
}

func (e *Error) Error() string {
	text := "shopify " + e.Op
	if e.HTTPStatus != 0 && e.HTTPStatus != http.StatusOK {
		text += fmt.Sprintf(": HTTP %d", e.HTTPStatus)
	}
	if len(e.Codes) > 0 {
		text += ": " + strings.Join(e.Codes, ", ")
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// OutcomeUnknown tells whether err leaves open if a mutation happened: the
// answer was lost, broken, or a failure of Shopify's own. Whoever sent it must
// look before sending it again.
func OutcomeUnknown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.unknown
}

// say takes over what Shopify's errors say.
func (e *Error) say(errs []graphQLError) {
	var messages []string
	for _, one := range errs {
		code := one.Extensions.Code
		if code != "" && !slices.Contains(e.Codes, code) {
			e.Codes = append(e.Codes, clip(code))
		}
		message := scrub(one.Message)
		if code == codeBadVariable {
			message = quoted.ReplaceAllString(message, `"…"`)
		}
		if len(messages) < 3 && !slices.Contains(messages, message) {
			messages = append(messages, message)
		}
	}
	e.Message = strings.Join(messages, "; ")
	if e.Message == "" {
		e.Message = strings.ToLower(http.StatusText(e.HTTPStatus))
	}
	if e.Message == "" {
		e.Message = "refused without a reason"
	}
}

const (
	// frozenWait is how long a shop that is frozen, locked or under review is left alone.
	frozenWait = 15 * time.Minute
	// blindWait is the wait after a throttled answer that gives no reason for a longer one.
	blindWait = time.Second
	// orderLimitWait spreads orders where Shopify allows five a minute (trial and development shops).
	orderLimitWait = 15 * time.Second
	// maxWaitSeconds bounds every wait that an answer asks for.
	maxWaitSeconds = 3600
)

// throttle works out how long a throttled call has to wait: what the header
// says, else what the bucket lacks, else a guess.
func (e *Error) throttle(spent *cost) {
	if !e.has(codeThrottled) && e.HTTPStatus != http.StatusTooManyRequests {
		return
	}
	e.throttled = true
	switch {
	case e.retryAfter > 0:
	case orderLimit.MatchString(e.Message):
		e.retryAfter = orderLimitWait
	case spent == nil || spent.Throttle.Rate <= 0 || spent.Throttle.Available >= spent.Requested:
		e.retryAfter = blindWait
	default:
		missing := (spent.Requested - spent.Throttle.Available) / spent.Throttle.Rate
		e.retryAfter = time.Duration(min(missing, maxWaitSeconds) * float64(time.Second))
	}
}

func (e *Error) has(code string) bool { return slices.Contains(e.Codes, code) }

// withFate marks what becomes of the job. The codes are words of package
// exceptions, which builds on this package and so cannot be named here.
func (e *Error) withFate() error {
	switch {
	case e.unknown, e.malformed, e.HTTPStatus == 0, e.HTTPStatus >= http.StatusInternalServerError, slices.ContainsFunc(serverCodes, e.has):
		return e.later()
	case e.throttled:
		return fault.After(e.retryAfter, e)
	case e.HTTPStatus == http.StatusUnauthorized:
		return fault.NeedsMerchant("connection_expired", "Shopify no longer accepts the app's access to this shop.", e)
	case e.has(codeAccessDenied), e.HTTPStatus == http.StatusForbidden && asksForAccess.MatchString(e.Message):
		return fault.NeedsMerchant("scope_missing", "Shopify says: "+e.Message, e)
	case e.has(codeShopInactive), slices.Contains(frozen, e.HTTPStatus):
		return fault.After(frozenWait, e)
	}
	return fault.NeedsMerchant("api_rejected", "Shopify says: "+e.Message, e)
}

// later leaves the wait to the queue unless Shopify named one.
func (e *Error) later() error {
	if e.retryAfter > 0 {
		return fault.After(e.retryAfter, e)
	}
	return e
}

// frozen are statuses of a shop that cannot be used for now: payment due,
// locked, and 430, which Shopify answers to traffic that looks like an attack.
var frozen = []int{http.StatusPaymentRequired, http.StatusLocked, 430}

var (
	asksForAccess = regexp.MustCompile(`(?i)scope|approv|access`)
	// orderLimit is how a shop that may create five orders a minute says so. The
	// platform documents the limit and not the words.
	orderLimit = regexp.MustCompile(`(?i)maximum number of orders|order api rate limit|too many (orders|requests|attempts)`)
	quoted     = regexp.MustCompile(`"[^"]*"?`)
	// personal is what a buyer may have typed and Shopify may repeat: e-mail addresses and phone numbers.
	personal = regexp.MustCompile(`[^\s"'<>(),:;]+@[^\s"'<>(),:;]+|\+[0-9][0-9 ().-]{5,}[0-9]`)
)

// scrub bounds a text of Shopify's and takes out what may be a buyer's.
func scrub(s string) string {
	const most = 300
	s = personal.ReplaceAllString(strings.ToValidUTF8(s, "?"), "…")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

package tiktok

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

// answer is what came back, before it is understood.
type answer struct {
	op      string
	status  int
	header  http.Header
	raw     []byte
	now     time.Time
	secrets []secret.String
}

// envelope surrounds every answer. Code 0 means success, whatever the HTTP status.
type envelope struct {
	Code      json.RawMessage `json:"code"`
	Message   string          `json:"message"`
	RequestID string          `json:"request_id"`
	Data      json.RawMessage `json:"data"`
}

// readAnswer decodes `data` into out, or says with its fate what is wrong.
func readAnswer(a answer, out any) (requestID string, err error) {
	if len(a.raw) > largestAnswer {
		return "", fmt.Errorf("tiktok %s: http %d: %w: more than %d bytes", a.op, a.status, ErrMalformed, largestAnswer)
	}
	var wire envelope
	if err := json.Unmarshal(a.raw, &wire); err != nil {
		return "", a.unreadable(fmt.Errorf("%w: %w", ErrMalformed, hideValue(err)))
	}
	requestID = clip(printable(secret.Redact(wire.RequestID, a.secrets...)))
	code, err := strconv.ParseInt(strings.Trim(string(wire.Code), `"`), 10, 64)
	if err != nil {
		return requestID, a.unreadable(fmt.Errorf("%w: no code", ErrMalformed))
	}
	if code != 0 || a.status >= http.StatusMultipleChoices {
		return requestID, a.refusal(code, secret.Redact(wire.Message, a.secrets...), requestID).withFate()
	}
	if out == nil {
		return requestID, nil
	}
	if err := decodeData(wire.Data, out); err != nil {
		return requestID, fmt.Errorf("tiktok %s: request %s: %w: data: %w", a.op, requestID, ErrMalformed, err)
	}
	return requestID, nil
}

// decodeData takes an absent `data` for an empty one: success without content.
func decodeData(raw json.RawMessage, out any) error {
	if len(raw) == 0 {
		return nil
	}
	return decodeLenient(raw, out)
}

// unreadable is an answer without an envelope: something before the gateway
// spoke, whose status may still say that it is busy.
func (a answer) unreadable(cause error) error {
	e := a.refusal(0, "", "")
	if e.rateLimited() || e.RetryAfter > 0 {
		return e.again()
	}
	return fmt.Errorf("tiktok %s: http %d: %w", a.op, a.status, cause)
}

func (a answer) refusal(code int64, message, requestID string) *Error {
	e := &Error{Op: a.op, HTTPStatus: a.status, Code: code, Message: clipMessage(message), RequestID: requestID}
	e.RetryAfter = retryAfter(a.header.Get("Retry-After"), a.now)
	if e.RetryAfter == 0 && e.rateLimited() {
		e.RetryAfter = unaskedWait + rand.N(unaskedWait) //nolint:gosec // spreads callers, keeps no secret
	}
	return e
}

const (
	// unaskedWait is the least wait after a rate limit that names none; as much again is drawn by lot.
	unaskedWait = 10 * time.Second
	// longestRetryAfter bounds what an answer may ask for, so that a wrong header cannot park an order for days.
	longestRetryAfter = 15 * time.Minute
)

// retryAfter reads the header in both its forms, seconds and a date (RFC 9110,
// section 10.2.3); 0 where it asks for nothing.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(header, 64); err == nil {
		if !(seconds > 0) { // also NaN
			return 0
		}
		return time.Duration(min(seconds, longestRetryAfter.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(now), 0), longestRetryAfter)
	}
	return 0
}

// personal is what a buyer may have typed and TikTok may repeat: e-mail addresses and phone numbers.
var personal = regexp.MustCompile(`[^\s"'<>(),:;]+@[^\s"'<>(),:;]+|\(?\+[0-9][0-9 ().-]{5,}[0-9]`)

// clipMessage bounds a message of TikTok's, keeps it on one line and takes out
// what may be a buyer's.
func clipMessage(message string) string {
	const most = 200
	message = personal.ReplaceAllString(printable(message), "…")
	if len(message) > most {
		return strings.ToValidUTF8(message[:most], "") + "…"
	}
	return message
}

func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

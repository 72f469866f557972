// Package chaos says how a simulated platform misbehaves on its next call: cut connections, throttling, broken or
// late answers. Simulators ask a Script (what a test wrote down) for a Fault per call and act on it; tests and the
// sandbox's story fill the Script, or give it a Plan that draws faults by a seed. Webhooks decides likewise what happens to
// notifications on their way. The package never performs a platform's work itself and knows no platform.
package chaos

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// Kind names one way of failing.
type Kind string

const (
	// CutBefore closes the connection with nothing done and no complete answer.
	CutBefore Kind = "cut_before"
	// CutAfter does the work, then closes the connection without a complete answer.
	CutAfter Kind = "cut_after"
	// ServerError answers Fault.Status (503 when unset) with nothing done.
	ServerError Kind = "server_error"
	// Throttled refuses the call as the platform refuses a caller that is too fast: Fault.Status (429 when unset; 200
	// where a platform throttles inside a successful HTTP answer), with Fault.RetryAfter when it is positive.
	Throttled Kind = "throttled"
	// Malformed does the work and answers 200 with a body that is not complete JSON.
	Malformed Kind = "malformed"
	// Slow waits Fault.After, or until the caller gives up, then works as usual.
	Slow Kind = "slow"
	// TokenExpired answers as if the access token had just expired; nothing done.
	TokenExpired Kind = "token_expired"
	// LateCommit closes the connection without an answer and lets the effect appear Fault.After later. Only the Shopify
	// simulator knows it; others treat it as CutAfter.
	LateCommit Kind = "late_commit"
	// TimedOut does the work and answers 504 with the platform's own "request timeout". Only the TikTok simulator knows it;
	// others answer as usual.
	TimedOut Kind = "timed_out"
)

// Kinds lists every kind, in a fixed order.
func Kinds() []Kind {
	return []Kind{CutBefore, CutAfter, ServerError, Throttled, Malformed, Slow, TokenExpired, LateCommit, TimedOut}
}

// Fault is one misbehavior for one call. Fields that a kind does not use are ignored.
type Fault struct {
	Kind       Kind
	Status     int           // HTTP status of ServerError and Throttled; 0 means the kind's default
	After      time.Duration // how long Slow waits; when LateCommit's effect appears
	RetryAfter time.Duration // Throttled: Retry-After, rounded up to whole seconds; 0 leaves the header out
}

// HTTPStatus is the status to answer ServerError and Throttled with.
func (f Fault) HTTPStatus() int {
	switch {
	case f.Status != 0:
		return f.Status
	case f.Kind == Throttled:
		return http.StatusTooManyRequests
	default:
		return http.StatusServiceUnavailable
	}
}

// SetRetryAfter writes the Retry-After header when the fault has one.
func (f Fault) SetRetryAfter(h http.Header) {
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
}

// Cut ends the connection without a usable answer. It does not return: it panics with http.ErrAbortHandler, which
// net/http takes as "close, and log nothing". Call it with no lock held, or with the unlock deferred.
//
// Where the connection can be taken over, a few bytes of an answer are sent first: net/http's client silently repeats
// a GET whose reused connection closed without a single byte, and then the caller under test would never see the cut.
func Cut(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_, _ = conn.Write([]byte("HTTP/1.1 2")) // a failed write is a cut all the same
			_ = conn.Close()
		}
	}
	panic(http.ErrAbortHandler)
}

// Wait blocks for d or until the request's caller has gone; it reports whether the caller is still there.
func Wait(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

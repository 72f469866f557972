// Package timeline is the story of one order as a solution engineer reads it:
// every event that came in, every decision with its reason, every call that
// went out with its ids and its latency.
//
// Features and the store write entries; `switchback explain` and the order's
// page read them. An entry never holds a buyer's name, address, e-mail or any
// secret: only ids, codes, states and amounts.
package timeline

import (
	"context"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// MostRead bounds what one order's story returns: the newest.
const MostRead = 500

// Kind sorts entries for the reader.
type Kind string

// The kinds of entries.
const (
	EventIn   Kind = "event"     // a webhook, a poll, a click
	Decision  Kind = "decision"  // what was decided and why
	CallOut   Kind = "call"      // a request to a platform and its outcome
	Change    Kind = "change"    // the ledger's state changed
	Exception Kind = "exception" // opened or resolved
)

// Entry is one line of an order's story.
type Entry struct {
	Shop  shopify.Domain    `json:"-"`
	Order tiktok.OrderID    `json:"-"`
	At    time.Time         `json:"at"`
	Kind  Kind              `json:"kind"`
	Text  string            `json:"text"`
	Facts map[string]string `json:"facts,omitempty"`
	// Latency of a call; zero for anything else.
	Latency time.Duration `json:"-"`
}

// Writer keeps entries. The store is one.
type Writer interface {
	AppendTimeline(ctx context.Context, entries ...Entry) error
}

type scopeKey struct{}

// Scope is the order that the work at hand is for.
type Scope struct {
	Shop  shopify.Domain
	Order tiktok.OrderID
}

// With names the order that calls made under the returned context belong to.
// A context value is right here and only here: clients are shared by all
// orders and know nothing of them, as with a trace.
func With(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) context.Context {
	return context.WithValue(ctx, scopeKey{}, Scope{Shop: shop, Order: order})
}

// ScopeOf returns the order named by With, if any.
func ScopeOf(ctx context.Context) (Scope, bool) {
	scope, ok := ctx.Value(scopeKey{}).(Scope)
	return scope, ok
}

// Call is one finished request to a platform.
type Call struct {
	// Platform is "tiktok" or "shopify"; Op names the operation, not the URL.
	Platform, Op string
	// RequestID is the platform's own, for its support.
	RequestID string
	Status    int
	Latency   time.Duration
	// Outcome is "ok" or the error's text without any payload.
	Outcome string
}

// Recorder turns finished calls into entries of the order they were made for.
type Recorder struct {
	Writer Writer
	Now    func() time.Time
	// Failed is told when an entry could not be kept: a story with a hole must not stop the work.
	Failed func(error)
}

// Observe is what a platform's client tells its calls to. An error's text is
// the client's own, which holds no payload.
func (r *Recorder) Observe(platform string) func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error) {
	return func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error) {
		call := Call{Platform: platform, Op: op, RequestID: requestID, Status: status, Latency: latency, Outcome: "ok"}
		if err != nil {
			call.Outcome = err.Error()
		}
		r.Call(ctx, call)
	}
}

// Call records c when the context names an order.
func (r *Recorder) Call(ctx context.Context, c Call) {
	scope, ok := ScopeOf(ctx)
	if !ok {
		return
	}
	facts := map[string]string{"outcome": c.Outcome}
	if c.RequestID != "" {
		facts["request_id"] = c.RequestID
	}
	entry := Entry{
		Shop: scope.Shop, Order: scope.Order, At: r.Now(), Kind: CallOut,
		Text: c.Platform + " " + c.Op, Facts: facts, Latency: c.Latency,
	}
	// The call is done even when its caller gave up meanwhile.
	if err := r.Writer.AppendTimeline(context.WithoutCancel(ctx), entry); err != nil && r.Failed != nil {
		r.Failed(err)
	}
}

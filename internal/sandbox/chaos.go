package sandbox

import (
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// Chaos makes both platforms misbehave now and then: roughly one call in eight
// fails in one way or another, and every second notification is lost, repeated,
// late or overtaken. The seed decides which; the same seed decides the same.
type Chaos struct{ Seed uint64 }

// How long things take when they go wrong. They stay below the waits of a
// program whose first retry comes after 100 ms, so that a story is told in minutes.
const (
	chaosAfter      = 600 * time.Millisecond
	chaosRetryAfter = time.Second
	chaosLongest    = 1500 * time.Millisecond
)

// plan fails calls. A call that hands out tokens is never cut off after it was
// done: the platform has then spent the code or the refresh token, and only the
// merchant can mend that, which is another story.
func (c *Chaos) plan() *chaos.Plan {
	if c == nil {
		return nil
	}
	grants := map[chaos.Kind]float64{chaos.CutBefore: 0.04, chaos.ServerError: 0.04, chaos.Throttled: 0.04, chaos.Slow: 0.04}
	return &chaos.Plan{
		Seed: c.Seed, After: chaosAfter, RetryAfter: chaosRetryAfter,
		Probabilities: map[chaos.Kind]float64{
			chaos.CutBefore: 0.02, chaos.CutAfter: 0.02, chaos.ServerError: 0.02, chaos.Throttled: 0.02,
			chaos.Malformed: 0.01, chaos.Slow: 0.02, chaos.TokenExpired: 0.01, chaos.LateCommit: 0.01,
		},
		Operations: map[string]map[chaos.Kind]float64{
			"access_token": grants, tiktoksim.OpTokenGet: grants, tiktoksim.OpTokenRefresh: grants,
		},
	}
}

// webhooks disturbs notifications on their way.
func (c *Chaos) webhooks() *chaos.Webhooks {
	if c == nil {
		return nil
	}
	return &chaos.Webhooks{Seed: c.Seed, Lose: 0.15, Repeat: 0.25, Delay: 0.15, Overtake: 0.15, MostCopies: 5, Longest: chaosLongest}
}

// Calm lets both platforms answer and notify as they should from now on.
func (w *World) Calm() {
	w.TikTokFaults.Calm()
	w.ShopifyFaults.Calm()
	for _, way := range w.ways {
		way.Calm()
	}
}

// Disturbed counts the calls that a platform did not answer as it should.
func (w *World) Disturbed() int {
	n := 0
	for _, r := range w.TikTok.Requests() {
		if r.Fault != "" {
			n++
		}
	}
	for _, r := range w.Shopify.Requests() {
		if r.Fault != "" {
			n++
		}
	}
	return n
}

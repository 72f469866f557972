package tiktok

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/switchbackhq/switchback/internal/fault"
)

// pace is how often an endpoint may be called for one shop.
type pace struct {
	perSecond rate.Limit
	burst     int
}

// TikTok publishes no fixed limits: they depend on app, shop, endpoint and the
// platform's load. These are cautious guesses; a 429 slows the endpoint down
// for as long as TikTok asks.
var (
	brisk  = pace{perSecond: 5, burst: 20}
	steady = pace{perSecond: 2, burst: 10}
)

// longestWait is how long a call waits for its turn before the job is put off
// instead: a waiting call holds a worker and an order's lease.
const longestWait = 5 * time.Second

var errPaced = errors.New("rate limit: no call to spare")

// Limits paces calls per shop and endpoint. The zero value is ready; one is
// shared by everything that calls TikTok in a process.
type Limits struct {
	mu    sync.Mutex
	lanes map[laneKey]*lane
}

type laneKey struct {
	shop ShopID
	op   string
}

type lane struct {
	limiter     *rate.Limiter
	pausedUntil time.Time
}

// wait returns when the call may be made. A nil Limits never waits. An error is
// the context's, or says how long to put the job off.
func (l *Limits) wait(ctx context.Context, shop ShopID, ep endpoint) error {
	if l == nil {
		return nil
	}
	delay, cancel := l.reserve(shop, ep)
	if delay == 0 {
		return nil
	}
	deadline, bounded := ctx.Deadline()
	if delay > longestWait || bounded && time.Until(deadline) < delay {
		cancel()
		return fault.After(delay, fmt.Errorf("tiktok %s: %w", ep.op, errPaced))
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		cancel()
		return fmt.Errorf("tiktok %s: wait for a turn: %w", ep.op, ctx.Err())
	}
}

// reserve takes a turn and tells how far off it is; cancel gives it back.
func (l *Limits) reserve(shop ShopID, ep endpoint) (delay time.Duration, cancel func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	current := l.lane(shop, ep)
	if pause := time.Until(current.pausedUntil); pause > 0 {
		return pause, func() {}
	}
	turn := current.limiter.Reserve()
	return turn.Delay(), turn.Cancel
}

// pause stops calls of this endpoint for this shop: TikTok asked for it.
func (l *Limits) pause(shop ShopID, ep endpoint, wait time.Duration) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lane(shop, ep).pausedUntil = time.Now().Add(wait)
}

func (l *Limits) lane(shop ShopID, ep endpoint) *lane {
	key := laneKey{shop, ep.op}
	if l.lanes == nil {
		l.lanes = map[laneKey]*lane{}
	}
	if l.lanes[key] == nil {
		l.lanes[key] = &lane{limiter: rate.NewLimiter(ep.pace.perSecond, ep.pace.burst)}
	}
	return l.lanes[key]
}

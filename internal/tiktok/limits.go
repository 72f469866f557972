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

// pace is how often an endpoint may be called for one shop, to begin with.
type pace struct {
	perSecond rate.Limit
	burst     int
}

// TikTok publishes no fixed limits: they depend on app, shop, endpoint and the
// platform's load. So an endpoint begins at a cautious guess and finds its own
// rate: while calls wait for their turn each good answer makes it faster, and a
// 429 halves it. Before the first 429 it grows quickly, tenfold in about 12
// seconds, and after it by a percent a second, so that a limit which TikTok
// holds to is touched about once a minute.
var (
	brisk  = pace{perSecond: 5, burst: 20}
	steady = pace{perSecond: 2, burst: 10}
)

const (
	quickGrowth, slowGrowth rate.Limit = 0.2, 0.01
	// fastestPace bounds what an endpoint may find: it is more orders than the largest
	// Shopify plan takes in the same second. It never falls below its first guess,
	// at which all workers still get their turn within longestWait: the waits that come
	// with each 429 are pace enough there.
	fastestPace rate.Limit = 100
	// cutOnce is how long one refusal stands for those that were under way beside it.
	cutOnce = time.Second
)

// longestWait is how long a call waits for its turn before the job is put off
// instead: a waiting call holds a worker and an order's lease.
const longestWait = 5 * time.Second

var errPaced = errors.New("rate limit: no call to spare")

// Limits paces calls per shop and endpoint. The zero value is ready; one is
// shared by everything that calls TikTok in a process.
type Limits struct {
	mu sync.Mutex
	// waiting is how many calls wait for their turn.
	waiting int
	lanes   map[laneKey]*lane
}

type laneKey struct {
	shop ShopID
	op   string
}

type lane struct {
	limiter     *rate.Limiter
	growth      rate.Limit
	pausedUntil time.Time
	cutAt       time.Time
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
	defer l.await()()
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

// answered makes the endpoint faster for this shop, if its pace is what calls wait for.
func (l *Limits) answered(shop ShopID, ep endpoint) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	current := l.lane(shop, ep)
	if current.limiter.Tokens() < 1 {
		current.limiter.SetLimit(min(fastestPace, current.limiter.Limit()+current.growth))
	}
}

// pause stops calls of this endpoint for this shop, as TikTok asked, and halves its pace.
func (l *Limits) pause(shop ShopID, ep endpoint, wait time.Duration) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	current, now := l.lane(shop, ep), time.Now()
	current.pausedUntil = now.Add(wait)
	if now.Sub(current.cutAt) < cutOnce {
		return
	}
	current.cutAt, current.growth = now, slowGrowth
	current.limiter.SetLimit(max(ep.pace.perSecond, current.limiter.Limit()/2))
}

func (l *Limits) lane(shop ShopID, ep endpoint) *lane {
	key := laneKey{shop, ep.op}
	if l.lanes == nil {
		l.lanes = map[laneKey]*lane{}
	}
	if l.lanes[key] == nil {
		l.lanes[key] = &lane{limiter: rate.NewLimiter(ep.pace.perSecond, ep.pace.burst), growth: quickGrowth}
	}
	return l.lanes[key]
}

// await counts a call that waits until done is called.
func (l *Limits) await() (done func()) {
	add := func(n int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.waiting += n
	}
	add(1)
	return func() { add(-1) }
}

// Level tells what is left to an endpoint and shop that has least, from 0 to 1, and how many
// calls wait for their turn.
func (l *Limits) Level() (level float64, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	level = 1
	for _, one := range l.lanes {
		left := max(0, one.limiter.Tokens()) / float64(one.limiter.Burst())
		if time.Now().Before(one.pausedUntil) {
			left = 0
		}
		level = min(level, left)
	}
	return level, l.waiting
}

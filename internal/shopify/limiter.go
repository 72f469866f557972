package shopify

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
)

const (
	// firstBucket and firstRate are assumed until the first answer tells the shop's
	// own: they are below what any plan has.
	firstBucket, firstRate = 1000, 50
	// patience is the longest wait inside a call; what takes longer goes back to the queue.
	patience = 2 * time.Second
	// A refusal cuts the share, which answers let grow again.
	shareCut, shareGrowth, leastShare = 0.8, 0.01, 0.1
)

var errBucketEmpty = errors.New("the shop's query budget is used up for now")

// limiter keeps one shop's calls within Shopify's leaky bucket: it knows what an
// operation costs from its last answer, takes that much from its own count of
// the bucket before the call, and lets calls wait in line for what is missing.
//
// Every answer corrects the count. While other calls are in flight, Shopify may
// not have charged them yet, so the lower of both counts is believed; other
// processes of the same app draw from the same bucket, which the answers show; a
// refusal tells that they do so now, and less of what flows in is counted on.
type limiter struct {
	mu                    sync.Mutex
	size, rate, available float64
	// share is how much of the rate is counted on: less while others draw too.
	share float64
	// at is when available was last brought up to date.
	at       time.Time
	inFlight int
	// line are the calls that wait, first come first served.
	line []*waiter
	// changed is closed, and replaced, whenever a waiter should look again.
	changed chan struct{}
	asked   map[costKey]float64
}

type waiter struct{ need float64 }

// costKey names what has a price: the same operation costs by how much it asks for.
type costKey struct {
	op   string
	size int
}

func newLimiter() *limiter {
	return &limiter{
		size: firstBucket, rate: firstRate, available: firstBucket, share: 1, at: time.Now(),
		changed: make(chan struct{}), asked: map[costKey]float64{},
	}
}

// reserve waits until the bucket holds what op will cost and takes it. A wait
// beyond patience or beyond ctx's end is not begun.
func (l *limiter) reserve(ctx context.Context, op operation) (float64, error) {
	w, wait := l.join(op)
	limit := patience
	if end, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(end))
	}
	if wait > limit {
		l.leave(w)
		return 0, fault.After(wait, errBucketEmpty)
	}
	for {
		granted, wait, changed := l.take(w)
		if granted {
			return w.need, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			l.leave(w)
			return 0, ctx.Err()
		case <-changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// join enters the line and tells how long it is.
func (l *limiter) join(op operation) (*waiter, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refill()
	w := &waiter{need: min(l.estimate(op), l.size)}
	l.line = append(l.line, w)
	ahead := 0.0
	for _, one := range l.line {
		ahead += one.need
	}
	return w, l.untilHolding(ahead)
}

// take grants the points to the first in line once they are there. Otherwise it
// says how long to sleep at most, and what ends the sleep sooner.
func (l *limiter) take(w *waiter) (granted bool, wait time.Duration, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refill()
	w.need = min(w.need, l.size) // the bucket may have turned out smaller
	switch {
	case l.line[0] != w:
		return false, patience, l.changed
	case l.available < w.need:
		return false, l.untilHolding(w.need), l.changed
	}
	l.available -= w.need
	l.inFlight++
	l.line = l.line[1:]
	l.wake()
	return true, 0, nil
}

func (l *limiter) leave(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = slices.DeleteFunc(l.line, func(one *waiter) bool { return one == w })
	l.wake()
}

// settle corrects the count by an answer. Without one the points stay spent: the
// bucket refills by itself, while a count too high would be paid with a refusal.
func (l *limiter) settle(op operation, reserved float64, spent *cost) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.wake()
	l.inFlight--
	l.refill()
	if spent == nil {
		return
	}
	status := spent.Throttle
	if status.Maximum <= 0 || status.Rate <= 0 {
		return
	}
	if spent.Requested > 0 {
		l.asked[costKey{op.name, op.size}] = spent.Requested
	}
	charged := 0.0
	if spent.Actual != nil {
		charged = *spent.Actual
		l.share = min(1, l.share+shareGrowth)
	} else {
		l.share = max(leastShare, l.share*shareCut)
	}
	l.size, l.rate = status.Maximum, status.Rate
	counted := l.available + reserved - charged
	if l.inFlight == 0 {
		counted = status.Available
	}
	l.available = max(0, min(counted, status.Available, l.size))
}

// estimate is what the operation asked for last time; before that a mutation's
// base price and two objects a record.
func (l *limiter) estimate(op operation) float64 {
	if known, ok := l.asked[costKey{op.name, op.size}]; ok {
		return known
	}
	return 20 + 2*float64(op.size)
}

func (l *limiter) refill() {
	now := time.Now()
	l.available = min(l.size, l.available+max(0, now.Sub(l.at).Seconds())*l.rate*l.share)
	l.at = now
}

// untilHolding is how long until the bucket holds that many points.
func (l *limiter) untilHolding(points float64) time.Duration {
	missing := max(0, points-l.available)
	// A millisecond more, so that rounding does not wake the waiter a moment early.
	if missing == 0 {
		return 0
	}
	return time.Duration(missing/(l.rate*l.share)*float64(time.Second)) + time.Millisecond
}

// Budget tells how much of the query budget is left at the shop where least is,
// from 0 to 1, and how many calls wait in line at all shops.
func (c *Client) Budget() (level float64, waiting int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	level = 1
	for _, l := range c.limiters {
		share, line := l.state()
		level, waiting = min(level, share), waiting+line
	}
	return level, waiting
}

func (l *limiter) state() (share float64, line int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refill()
	return l.available / l.size, len(l.line)
}

func (l *limiter) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

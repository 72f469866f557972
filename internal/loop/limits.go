package loop

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
)

// Loop takes 300 requests a minute per key. What refills in a minute and what
// may go at once add up to that, so that no minute, wherever it begins, has more.
const (
	aMinute = 270
	burst   = 30
)

// longestWait is how long a call waits for its turn before the job is put off instead.
const longestWait = 5 * time.Second

var errPaced = errors.New("rate limit: no call to spare")

// Limits paces calls per key. The zero value is ready; one is shared by
// everything that calls Loop in a process.
type Limits struct {
	mu sync.Mutex
	// waiting is how many calls wait for their turn.
	waiting int
	lanes   map[secret.String]*lane
}

type lane struct {
	limiter     *rate.Limiter
	pausedUntil time.Time
}

// wait returns when the call may be made. A nil Limits never waits. An error is
// the context's, or says how long to put the job off.
func (l *Limits) wait(ctx context.Context, key secret.String, op string) error {
	if l == nil {
		return nil
	}
	delay, cancel := l.reserve(key)
	if delay == 0 {
		return nil
	}
	deadline, bounded := ctx.Deadline()
	if delay > longestWait || bounded && time.Until(deadline) < delay {
		cancel()
		return fault.After(delay, fmt.Errorf("loop %s: %w", op, errPaced))
	}
	defer l.await()()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		cancel()
		return fmt.Errorf("loop %s: wait for a turn: %w", op, ctx.Err())
	}
}

// reserve takes a turn and tells how far off it is; cancel gives it back.
func (l *Limits) reserve(key secret.String) (delay time.Duration, cancel func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	current := l.lane(key)
	if pause := time.Until(current.pausedUntil); pause > 0 {
		return pause, func() {}
	}
	turn := current.limiter.Reserve()
	return turn.Delay(), turn.Cancel
}

// pause stops calls with this key: Loop asked for it.
func (l *Limits) pause(key secret.String, wait time.Duration) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lane(key).pausedUntil = time.Now().Add(wait)
}

func (l *Limits) lane(key secret.String) *lane {
	if l.lanes == nil {
		l.lanes = map[secret.String]*lane{}
	}
	if l.lanes[key] == nil {
		l.lanes[key] = &lane{limiter: rate.NewLimiter(rate.Every(time.Minute/aMinute), burst)}
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

// Level tells what is left to a key that has least, from 0 to 1, and how many
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

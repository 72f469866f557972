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
	mu    sync.Mutex
	lanes map[secret.String]*lane
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

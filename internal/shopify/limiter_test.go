package shopify

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
)

// answered is an answer's cost: what was asked, what was charged, and the bucket after it.
func answered(requested, actual, available float64) *cost {
	c := &cost{Requested: requested, Actual: &actual}
	c.Throttle.Maximum, c.Throttle.Available, c.Throttle.Rate = 1000, available, 100
	return c
}

func TestLimiterLearnsWhatAnOperationCosts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, op := newLimiter(), operation{name: "Op", size: 5}
		points, err := l.reserve(t.Context(), op)
		if err != nil || points != 30 {
			t.Fatalf("first guess %v, %v", points, err)
		}
		l.settle(op, points, answered(400, 100, 900))
		if points, _ = l.reserve(t.Context(), op); points != 400 {
			t.Errorf("reserved %v, want what the last answer asked for", points)
		}
		if other, _ := l.reserve(t.Context(), operation{name: "Op", size: 6}); other == 400 {
			t.Error("another size has another price")
		}
	})
}

func TestLimiterWaitsForTheBucket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, op := newLimiter(), operation{name: "Op"}
		points, _ := l.reserve(t.Context(), op)
		l.settle(op, points, answered(150, 150, 50))
		start := time.Now()
		if _, err := l.reserve(t.Context(), op); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start).Round(10 * time.Millisecond); waited != time.Second {
			t.Errorf("waited %v for 100 points at 100 a second", waited)
		}
	})
}

// A refund in an answer lets the next one go before its time.
func TestLimiterWakesOnARefund(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, op := newLimiter(), operation{name: "Op"}
		points, _ := l.reserve(t.Context(), op)
		l.settle(op, points, answered(600, 600, 600))
		first, _ := l.reserve(t.Context(), op)
		start := time.Now()
		time.AfterFunc(100*time.Millisecond, func() { l.settle(op, first, answered(100, 10, 700)) })
		l.asked[costKey{"Op", 0}] = 100
		if _, err := l.reserve(t.Context(), op); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != 100*time.Millisecond {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestLimiterDoesNotBeginALongWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, op := newLimiter(), operation{name: "Op"}
		points, _ := l.reserve(t.Context(), op)
		l.settle(op, points, answered(500, 500, 100))
		start := time.Now()
		_, err := l.reserve(t.Context(), op)
		var later *fault.Delayed
		if !errors.As(err, &later) || later.Wait.Round(time.Second) != 4*time.Second || time.Since(start) != 0 {
			t.Errorf("error = %v after %v", err, time.Since(start))
		}
		l.asked[costKey{"Op", 0}] = 200
		short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if _, err := l.reserve(short, op); fault.Of(err) != fault.Later || time.Since(start) != 0 {
			t.Errorf("a wait beyond the deadline was begun: %v", err)
		}
	})
}

func TestLimiterHeedsTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, op := newLimiter(), operation{name: "Op"}
		points, _ := l.reserve(t.Context(), op)
		l.settle(op, points, answered(150, 150, 0))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		if _, err := l.reserve(ctx, op); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v", err)
		}
		if _, err := l.reserve(t.Context(), op); err != nil { // whoever left the line holds nobody up
			t.Errorf("the next in line: %v", err)
		}
	})
}

// While calls are in flight the bucket in an answer may not know of them yet.
func TestLimiterCountsWhatIsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, op := newLimiter(), operation{name: "Op"}
		points, _ := l.reserve(t.Context(), op)
		l.settle(op, points, answered(300, 300, 1000))
		a, _ := l.reserve(t.Context(), op)
		b, _ := l.reserve(t.Context(), op)
		l.settle(op, a, answered(300, 300, 1000))
		if l.available != 400 {
			t.Errorf("available = %v: the call in flight was forgotten", l.available)
		}
		l.settle(op, b, answered(300, 300, 600))
		if l.available != 600 {
			t.Errorf("available = %v: with nothing in flight Shopify's word counts", l.available)
		}
	})
}

// Callers of all sizes get through in turn, and together never take more than flows in.
func TestLimiterNeverOverdraws(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter()
		warm := operation{name: "Warm"}
		points, _ := l.reserve(t.Context(), warm)
		l.settle(warm, points, answered(1, 1, 1000))
		start := time.Now()
		var mu sync.Mutex
		taken := 0.0
		var wait sync.WaitGroup
		for n := range 40 {
			wait.Go(func() {
				op := operation{name: "Op", size: n % 10}
				points, err := l.reserve(t.Context(), op)
				if err != nil {
					t.Errorf("call %d: %v", n, err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				taken += points
				if most := 1000 + time.Since(start).Seconds()*100 + 1; taken > most {
					t.Errorf("%v points taken, only %v there", taken, most)
				}
			})
		}
		wait.Wait()
	})
}

func TestLimiterDistrustsNonsense(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, op := newLimiter(), operation{name: "Op"}
		points, _ := l.reserve(t.Context(), op)
		bad := answered(-5, -1e300, -4)
		bad.Throttle.Rate = 0
		l.settle(op, points, bad)
		l.settle(op, 0, nil)
		points, err := l.reserve(t.Context(), op)
		if err != nil || points != 20 || l.rate != firstRate {
			t.Errorf("reserved %v at rate %v, %v", points, l.rate, err)
		}
		huge := answered(1e9, 1, 1000)
		l.settle(op, points, huge)
		if points, err = l.reserve(t.Context(), op); err != nil || points != 1000 {
			t.Errorf("an estimate beyond the bucket must not wait for ever: %v, %v", points, err)
		}
	})
}

// Operators see the shop that has least left.
func TestBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &Client{}
		if level, waiting := c.Budget(); level != 1 || waiting != 0 {
			t.Errorf("no shop: %v, %d", level, waiting)
		}
		c.limiter("full.myshopify.com")
		if _, err := c.limiter("used.myshopify.com").reserve(t.Context(), operation{name: "op", size: 365}); err != nil {
			t.Fatal(err)
		}
		if level, _ := c.Budget(); level != 0.25 {
			t.Errorf("750 of 1,000 points are taken: %v", level)
		}
	})
}

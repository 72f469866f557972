package queue

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/fault"
)

func TestBackoffIsTheTable(t *testing.T) {
	t.Parallel()
	want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600}
	for n, seconds := range want {
		if got := backoff(time.Second, n+1); got != seconds*time.Second {
			t.Errorf("attempt %d waits %v, want %v", n+1, got, seconds*time.Second)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		base := time.Duration(rapid.Int64Range(1, int64(24*time.Hour)).Draw(t, "base"))
		attempt := rapid.IntRange(1, 1000).Draw(t, "attempt")
		wait, later := backoff(base, attempt), backoff(base, attempt+1)
		if wait <= 0 || wait > longestWait || later < wait {
			t.Fatalf("attempt %d waits %v, the next %v", attempt, wait, later)
		}
	})
}

func TestNobodySpins(t *testing.T) {
	t.Parallel()
	if got := waitOf(fault.After(0, errors.New("again"))); got <= 0 {
		t.Errorf("waits %v", got)
	}
}

// stuck is a client whose jobs end only when they are told to, or never.
type stuck struct{ deaf bool }

func (stuck) Start(context.Context) error { return nil }

func (stuck) Stop(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func (s stuck) StopAndCancel(ctx context.Context) error {
	if s.deaf {
		<-ctx.Done()
	}
	return ctx.Err()
}

func TestStopEndsWithin25Seconds(t *testing.T) {
	t.Parallel()
	for _, c := range []stuck{{deaf: false}, {deaf: true}} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			err := (&Queue{client: c}).Stop(t.Context())
			if took := time.Since(began); took > 25*time.Second || (err != nil) != c.deaf {
				t.Errorf("deaf %v: %v after %v", c.deaf, err, took)
			}
		})
	}
}

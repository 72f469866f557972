package loop

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
)

// No minute, wherever it begins, has more than 300 calls, and no time is wasted.
func TestAMinuteHasThreeHundredCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const calls = 1200
		l, key := &Limits{}, secret.New("k")
		started := time.Now()
		var at []time.Time
		for range calls {
			if err := l.wait(t.Context(), key, "op"); err != nil {
				t.Fatal(err)
			}
			at = append(at, time.Now())
		}
		for first := 0; first+300 < calls; first++ {
			if span := at[first+300].Sub(at[first]); span < time.Minute {
				t.Fatalf("301 calls within %v", span)
			}
		}
		if took := time.Since(started); took > 4*time.Minute+30*time.Second {
			t.Errorf("%d calls took %v", calls, took)
		}
	})
}

func TestALongQueuePutsTheJobOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, key := &Limits{}, secret.New("k")
		l.pause(key, time.Minute)
		if err := l.wait(t.Context(), key, "op"); fault.Of(err) != fault.Later {
			t.Errorf("got %v", err)
		}
		<-time.After(time.Minute)
		if err := l.wait(t.Context(), key, "op"); err != nil {
			t.Error(err)
		}
	})
}

// Operators see how near the limit is, and that calls wait for it.
func TestLevel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, key := &Limits{}, secret.New("k")
		if level, waiting := l.Level(); level != 1 || waiting != 0 {
			t.Errorf("unused: %v, %d", level, waiting)
		}
		for range burst {
			if err := l.wait(t.Context(), key, "op"); err != nil {
				t.Fatal(err)
			}
		}
		go func() { _ = l.wait(t.Context(), key, "op") }()
		synctest.Wait()
		if level, waiting := l.Level(); level != 0 || waiting != 1 {
			t.Errorf("used up: %v, %d", level, waiting)
		}
		<-time.After(time.Minute)
		if level, waiting := l.Level(); level != 1 || waiting != 0 {
			t.Errorf("after a minute: %v, %d", level, waiting)
		}
		l.pause(key, time.Minute)
		if level, _ := l.Level(); level != 0 {
			t.Errorf("paused: %v", level)
		}
	})
}

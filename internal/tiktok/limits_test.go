package tiktok

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
)

func TestLimitsPacePerShopAndEndpoint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := &Limits{}
		began := time.Now()
		take := func(shop ShopID, ep endpoint) {
			if err := limits.wait(t.Context(), shop, ep); err != nil {
				t.Fatal(err)
			}
		}
		for range orderDetail.pace.burst {
			take("1", orderDetail)
		}
		take("2", orderDetail)
		take("1", orderSearch)
		if waited := time.Since(began); waited != 0 {
			t.Fatalf("a burst waited %v", waited)
		}
		take("1", orderDetail)
		if waited := time.Since(began); waited != 200*time.Millisecond {
			t.Fatalf("the call after the burst waited %v, want a fifth of a second", waited)
		}
	})
}

func TestLimitsPutOffWhatWouldWaitTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := &Limits{}
		limits.pause("1", orderDetail, time.Minute)
		err := limits.wait(t.Context(), "1", orderDetail)
		var delayed *fault.Delayed
		if !errors.As(err, &delayed) || delayed.Wait != time.Minute {
			t.Fatalf("got %v, want to be put off for a minute", err)
		}
		if err := limits.wait(t.Context(), "2", orderDetail); err != nil {
			t.Fatalf("another shop is paused too: %v", err)
		}
		<-time.After(time.Minute) // the bubble's time
		if err := limits.wait(t.Context(), "1", orderDetail); err != nil {
			t.Fatalf("after the pause: %v", err)
		}
	})
}

func TestLimitsHeedTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := &Limits{}
		limits.pause("1", orderDetail, 3*time.Second)
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := limits.wait(short, "1", orderDetail); fault.Of(err) != fault.Later || time.Since(began) != 0 {
			t.Fatalf("a deadline before the turn: %v after %v, want to be put off at once", err, time.Since(began))
		}
		gone, cancelNow := context.WithCancel(t.Context())
		cancelNow()
		if err := limits.wait(gone, "1", orderDetail); !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled: %v", err)
		}
	})
}

func TestNilLimitsNeverWait(t *testing.T) {
	t.Parallel()
	var limits *Limits
	limits.pause("1", orderDetail, time.Hour)
	if err := limits.wait(t.Context(), "1", orderDetail); err != nil {
		t.Fatal(err)
	}
}

// under calls an endpoint as often as it may for a time, against a platform that
// refuses what goes beyond most calls in a second.
func under(t *testing.T, limits *Limits, most int, span time.Duration) (taken, refused int) {
	t.Helper()
	began, second, inSecond := time.Now(), 0, 0
	for {
		if err := limits.wait(t.Context(), "1", orderDetail); err != nil {
			t.Fatal(err)
		}
		since := time.Since(began)
		if since >= span {
			return taken, refused
		}
		if now := int(since / time.Second); now != second {
			second, inSecond = now, 0
		}
		if inSecond++; inSecond > most {
			refused++
			limits.pause("1", orderDetail, time.Second)
			continue
		}
		taken++
		limits.answered("1", orderDetail)
	}
}

// The platform's limit is told by nobody: it is found, used and hardly ever touched.
func TestLimitsFindThePlatformsOwn(t *testing.T) {
	t.Parallel()
	for _, most := range []int{10, 30} {
		synctest.Test(t, func(t *testing.T) {
			limits := &Limits{}
			under(t, limits, most, time.Minute)
			taken, refused := under(t, limits, most, 10*time.Minute)
			if part := float64(taken) / float64(most*600); part < 0.6 {
				t.Errorf("%d a second: %d calls in ten minutes, %.0f %% of what is allowed", most, taken, 100*part)
			}
			if part := float64(refused) / float64(taken+refused); part >= 0.01 {
				t.Errorf("%d a second: %d of %d calls were refused", most, refused, taken+refused)
			}
		})
	}
}

func TestLimitsStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := &Limits{}
		if taken, _ := under(t, limits, 1_000, time.Minute); taken > int(fastestPace)*60+orderDetail.pace.burst {
			t.Errorf("%d calls in a minute", taken)
		}
		if got := limits.lane("1", orderDetail).limiter.Limit(); got != fastestPace {
			t.Errorf("pace %v where nothing is refused, want %v", got, fastestPace)
		}
		for range 20 { // refusals of calls that were under way together count once
			limits.pause("1", orderDetail, 0)
		}
		if got := limits.lane("1", orderDetail).limiter.Limit(); got != fastestPace/2 {
			t.Errorf("pace %v after one moment of refusals, want half", got)
		}
		for range 20 {
			<-time.After(cutOnce)
			limits.pause("1", orderDetail, 0)
		}
		if got := limits.lane("1", orderDetail).limiter.Limit(); got != orderDetail.pace.perSecond {
			t.Errorf("pace %v after many refusals, want %v", got, orderDetail.pace.perSecond)
		}
	})
}

// Answers alone say nothing about how many more TikTok would take.
func TestLimitsGrowOnlyWithDemand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := &Limits{}
		for range 100 {
			if err := limits.wait(t.Context(), "1", orderDetail); err != nil {
				t.Fatal(err)
			}
			limits.answered("1", orderDetail)
			<-time.After(time.Second)
		}
		if got := limits.lane("1", orderDetail).limiter.Limit(); got != orderDetail.pace.perSecond {
			t.Errorf("pace %v, want %v", got, orderDetail.pace.perSecond)
		}
	})
}

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

package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
)

func TestOf(t *testing.T) {
	t.Parallel()
	plain := errors.New("no route to host")
	cases := map[string]struct {
		err  error
		want fault.Fate
	}{
		"nil":                      {nil, fault.None},
		"plain":                    {plain, fault.Retry},
		"wrapped plain":            {fmt.Errorf("fetch: %w", plain), fault.Retry},
		"after":                    {fault.After(time.Second, plain), fault.Later},
		"wrapped after":            {fmt.Errorf("fetch: %w", fault.After(time.Second, plain)), fault.Later},
		"permanent":                {fault.Permanent(plain), fault.Dead},
		"merchant":                 {fault.NeedsMerchant("sku_unmatched", "", nil), fault.Asks},
		"outermost wins":           {fault.Permanent(fault.After(time.Second, plain)), fault.Dead},
		"joined, none marked":      {errors.Join(plain, plain), fault.Retry},
		"joined, one marked":       {errors.Join(plain, fault.Permanent(plain)), fault.Dead},
		"wrapped joined is walked": {fmt.Errorf("both: %w", errors.Join(plain, fault.NeedsMerchant("x_y", "", nil))), fault.Asks},
	}
	for name, c := range cases {
		if got := fault.Of(c.err); got != c.want {
			t.Errorf("%s: fate %q, want %q", name, got, c.want)
		}
	}
}

func TestAfterKeepsCauseAndNeverWaitsBackwards(t *testing.T) {
	t.Parallel()
	cause := errors.New("throttled")
	err := fault.After(-time.Second, cause)
	var delayed *fault.Delayed
	if !errors.As(err, &delayed) || delayed.Wait != 0 {
		t.Fatalf("got %#v, want a wait of 0", err)
	}
	if !errors.Is(err, cause) {
		t.Fatal("the cause is lost")
	}
}

package fulfillments_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestSwitchesReleaseWhatTheyHeld(t *testing.T) {
	t.Parallel()
	off, on := shops.Settings{}, shops.Settings{PullFulfillments: true, PushFulfillments: true, MirrorShipments: true}
	want := []fulfillments.Job{
		fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.PullOff},
		fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.PushOff},
		fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.MirrorOff},
	}
	if diff := cmp.Diff(want, fulfillments.Released(shop, off, on)); diff != "" {
		t.Error(diff)
	}
	if jobs := append(fulfillments.Released(shop, on, on), fulfillments.Released(shop, on, off)...); len(jobs) > 0 {
		t.Errorf("nothing was turned on: %v", jobs)
	}
}

func TestRetryAndResolve(t *testing.T) {
	t.Parallel()
	ours := exceptions.Exception{ID: "e1", Shop: shop, Order: "5769", Code: exceptions.TrackingLate}
	want := fulfillments.FollowArgs{Shop: shop, Order: "5769", Cause: "retry:e1"}
	if got := fulfillments.Retry(ours); got != want {
		t.Errorf("retry: %+v", got)
	}
	want.Cause, want.Handled, want.Note = "handled:e1", exceptions.TrackingLate, "called"
	if got := fulfillments.Resolve(ours, fulfillments.Handled, "called"); got != want {
		t.Errorf("resolve: %+v", got)
	}
	for _, theirs := range []exceptions.Exception{{Order: "5769", Code: exceptions.SKUUnmatched}, {Code: exceptions.TrackingLate}, {Order: "5769", Code: exceptions.ShipBySoon}} {
		if fulfillments.Retry(theirs) != nil || fulfillments.Resolve(theirs, fulfillments.Handled, "") != nil {
			t.Errorf("%+v is no exception of this leg", theirs)
		}
	}
	if fulfillments.Resolve(ours, "adopt", "") != nil {
		t.Error("another leg's choice was taken")
	}
}

// waiting is a store with 450 orders on each list.
type waiting struct {
	asked []string
	jobs  []fulfillments.Job
}

func (w *waiting) page(list, after string, limit int) ([]tiktok.OrderID, error) {
	w.asked = append(w.asked, list)
	var page []tiktok.OrderID
	for n := range 450 {
		if id := fmt.Sprintf("%03d", n); id > after && len(page) < limit {
			page = append(page, tiktok.OrderID(id))
		}
	}
	return page, nil
}

func (w *waiting) UnshippedOrders(_ context.Context, _ shopify.Domain, after string, limit int) ([]tiktok.OrderID, error) {
	return w.page("unshipped", after, limit)
}

func (w *waiting) UnmirroredOrders(_ context.Context, _ shopify.Domain, after string, limit int) ([]tiktok.OrderID, error) {
	return w.page("unmirrored", after, limit)
}

func (w *waiting) OrdersHolding(_ context.Context, _ shopify.Domain, reason, after string, limit int) ([]tiktok.OrderID, error) {
	return w.page("holding "+reason, after, limit)
}

func (w *waiting) OrdersWithException(_ context.Context, _ shopify.Domain, code exceptions.Code, after string, limit int) ([]tiktok.OrderID, error) {
	return w.page("with "+string(code), after, limit)
}

func (w *waiting) TakeDueExceptions(_ context.Context, code exceptions.Code, _ links.State, _ time.Time, _ time.Duration, _ int, job func(exceptions.Exception) fulfillments.Job) (int, error) {
	w.jobs = append(w.jobs, job(exceptions.Exception{Shop: shop, Order: "5769", Code: code}))
	return 1, nil
}

func (w *waiting) Enqueue(_ context.Context, jobs ...fulfillments.Job) error {
	w.jobs = append(w.jobs, jobs...)
	return nil
}

func TestWaitingOrdersAreLookedAtOnce(t *testing.T) {
	t.Parallel()
	for list, start := range map[string]func(context.Context, *fulfillments.Releaser) error{
		"unshipped": func(ctx context.Context, r *fulfillments.Releaser) error {
			return r.Release(ctx, fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.PullOff})
		},
		"holding push_fulfillments_off": func(ctx context.Context, r *fulfillments.Releaser) error {
			return r.Release(ctx, fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.PushOff})
		},
		"unmirrored": func(ctx context.Context, r *fulfillments.Releaser) error {
			return r.Release(ctx, fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.MirrorOff})
		},
		"with carrier_unknown": func(ctx context.Context, r *fulfillments.Releaser) error {
			return r.Resume(ctx, fulfillments.ResumeArgs{Shop: shop, Code: exceptions.CarrierUnknown})
		},
	} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			w := &waiting{}
			if err := start(t.Context(), &fulfillments.Releaser{Store: w}); err != nil {
				t.Fatal(err)
			}
			if got := slices.Compact(w.asked); !slices.Equal(got, []string{list}) {
				t.Errorf("asked for %v", got)
			}
			seen := map[tiktok.OrderID]bool{}
			for _, job := range w.jobs {
				seen[job.(fulfillments.FollowArgs).Order] = true
			}
			if len(w.jobs) != 450 || len(seen) != 450 {
				t.Errorf("%d jobs for %d orders", len(w.jobs), len(seen))
			}
		})
	}
}

func TestRecheckLooksAtEveryCodeOfTheLeg(t *testing.T) {
	t.Parallel()
	w := &waiting{}
	r := &fulfillments.Releaser{Store: w, Interval: time.Minute, Now: func() time.Time { return noon }}
	if err := r.Recheck(t.Context(), fulfillments.RecheckArgs{}); err != nil {
		t.Fatal(err)
	}
	if len(w.jobs) != len(exceptions.OfShipments()) {
		t.Errorf("%d jobs, want one for each code", len(w.jobs))
	}
}

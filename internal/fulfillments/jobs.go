package fulfillments

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ReleaseArgs ask for all that a switch held back to be looked at: Reason is
// PullOff, PushOff or MirrorOff.
type ReleaseArgs struct {
	Shop   shopify.Domain `json:"shop"`
	Reason string         `json:"reason"`
}

// Kind is the job's frozen name.
func (ReleaseArgs) Kind() string { return "fulfillment_release" }

// ResumeArgs ask for every order with one kind of exception to be looked at
// again at once: somebody did what the exception asked for.
type ResumeArgs struct {
	Shop shopify.Domain  `json:"shop"`
	Code exceptions.Code `json:"code"`
}

// Kind is the job's frozen name.
func (ResumeArgs) Kind() string { return "fulfillment_resume" }

// RecheckArgs ask whether what stopped shipments is gone; it comes again every POLL_INTERVAL.
type RecheckArgs struct{}

// Kind is the job's frozen name.
func (RecheckArgs) Kind() string { return "fulfillment_recheck" }

// Released lists the jobs that follow from switches that were turned on.
func Released(shop shopify.Domain, before, after shops.Settings) []Job {
	var jobs []Job
	if after.PullFulfillments && !before.PullFulfillments {
		jobs = append(jobs, ReleaseArgs{Shop: shop, Reason: PullOff})
	}
	if after.PushFulfillments && !before.PushFulfillments {
		jobs = append(jobs, ReleaseArgs{Shop: shop, Reason: PushOff})
	}
	if after.MirrorShipments && !before.MirrorShipments {
		jobs = append(jobs, ReleaseArgs{Shop: shop, Reason: MirrorOff})
	}
	return jobs
}

// Renewed lists what may go on once a shop's access was renewed or widened.
func Renewed(shop shopify.Domain) []Job {
	return []Job{ResumeArgs{Shop: shop, Code: exceptions.ShipmentRefused}}
}

// Retry is the job that tries again what an exception of this leg stopped; nil
// for an exception of another leg.
func Retry(e exceptions.Exception) Job {
	if e.Order == "" || !slices.Contains(exceptions.OfShipments(), e.Code) {
		return nil
	}
	return FollowArgs{Shop: e.Shop, Order: e.Order, Cause: "retry:" + e.ID}
}

// Resolve is the job that carries out a person's choice about an exception of
// this leg; nil for an exception of another. The one choice is Handled.
func Resolve(e exceptions.Exception, action, note string) Job {
	if Retry(e) == nil || action != Handled {
		return nil
	}
	return FollowArgs{Shop: e.Shop, Order: e.Order, Cause: "handled:" + e.ID, Handled: e.Code, Note: note}
}

// Stopped lists orders whose shipments were stopped and puts jobs into the queue.
type Stopped interface {
	// UnshippedOrders are written orders of which TikTok still awaits units, UnmirroredOrders those with a unit on
	// its way at TikTok and in no shipment, OrdersHolding those with a shipment that is kept for a reason. All list ids
	// greater than after, in their order.
	UnshippedOrders(ctx context.Context, shop shopify.Domain, after string, limit int) ([]tiktok.OrderID, error)
	UnmirroredOrders(ctx context.Context, shop shopify.Domain, after string, limit int) ([]tiktok.OrderID, error)
	OrdersHolding(ctx context.Context, shop shopify.Domain, reason, after string, limit int) ([]tiktok.OrderID, error)
	OrdersWithException(ctx context.Context, shop shopify.Domain, code exceptions.Code, after string, limit int) ([]tiktok.OrderID, error)
	// TakeDueExceptions hands each that is due to job and keeps the jobs and the look at it together.
	TakeDueExceptions(ctx context.Context, code exceptions.Code, state links.State, since time.Time, pause time.Duration, most int, job func(exceptions.Exception) Job) (int, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Releaser starts looking at orders that waited.
type Releaser struct {
	Store Stopped
	// Interval is POLL_INTERVAL: no order is looked at again more often by itself.
	Interval time.Duration
	Now      func() time.Time
}

const (
	releasePage = 200
	// recheckMost bounds how many of one code are looked at in one round.
	recheckMost = 100
	// always is longer than any exception is open.
	always = 100 * 365 * 24 * time.Hour
)

// Release looks at what a switch held back. Each plan is made anew from the
// truth, so nothing stale is released.
func (r *Releaser) Release(ctx context.Context, args ReleaseArgs) error {
	return r.all(ctx, args.Shop, "released:"+args.Reason, func(after string) ([]tiktok.OrderID, error) {
		switch args.Reason {
		case PullOff:
			return r.Store.UnshippedOrders(ctx, args.Shop, after, releasePage)
		case MirrorOff:
			return r.Store.UnmirroredOrders(ctx, args.Shop, after, releasePage)
		default:
			return r.Store.OrdersHolding(ctx, args.Shop, args.Reason, after, releasePage)
		}
	})
}

// Resume looks at each order with the exception.
func (r *Releaser) Resume(ctx context.Context, args ResumeArgs) error {
	return r.all(ctx, args.Shop, "resumed:"+string(args.Code), func(after string) ([]tiktok.OrderID, error) {
		return r.Store.OrdersWithException(ctx, args.Shop, args.Code, after, releasePage)
	})
}

// all pages through a list. A crash half-way repeats some looks, which is harmless.
func (r *Releaser) all(ctx context.Context, shop shopify.Domain, cause string, list func(after string) ([]tiktok.OrderID, error)) error {
	after := ""
	for {
		page, err := list(after)
		if err != nil {
			return fmt.Errorf("list orders (%s): %w", cause, err)
		}
		if len(page) == 0 {
			return nil
		}
		jobs := make([]Job, len(page))
		for n, id := range page {
			jobs[n] = FollowArgs{Shop: shop, Order: id, Cause: cause}
		}
		if err := r.Store.Enqueue(ctx, jobs...); err != nil {
			return fmt.Errorf("look at orders (%s): %w", cause, err)
		}
		after = string(page[len(page)-1])
	}
}

// Recheck looks at what is due: the cause of any of them may go away without a
// sign. The longer something is stopped, the more seldom.
func (r *Releaser) Recheck(ctx context.Context, _ RecheckArgs) error {
	for _, code := range exceptions.OfShipments() {
		_, err := r.Store.TakeDueExceptions(ctx, code, "", r.Now().Add(-always), r.Interval, recheckMost, func(e exceptions.Exception) Job {
			return FollowArgs{Shop: e.Shop, Order: e.Order, Cause: "recheck:" + string(e.Code)}
		})
		if err != nil {
			return fmt.Errorf("look again at %s: %w", code, err)
		}
	}
	return nil
}

package refunds

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

// MirrorOff is why what TikTok gave back is not recorded in Shopify.
const MirrorOff = "mirror_refunds_off"

// Kind is the job's frozen name.
func (ReleaseArgs) Kind() string { return "refund_release" }

// ResumeArgs ask for every order with one kind of exception to be looked at
// again at once: somebody did what the exception asked for.
type ResumeArgs struct {
	Shop shopify.Domain  `json:"shop"`
	Code exceptions.Code `json:"code"`
}

// Kind is the job's frozen name.
func (ResumeArgs) Kind() string { return "refund_resume" }

// RecheckArgs ask whether what stopped refunds is gone; it comes again every POLL_INTERVAL.
type RecheckArgs struct{}

// Kind is the job's frozen name.
func (RecheckArgs) Kind() string { return "refund_recheck" }

// Released lists the jobs that follow from switches that were turned on.
func Released(shop shopify.Domain, before, after shops.Settings) []Job {
	var jobs []Job
	if after.PullRefunds && !before.PullRefunds {
		jobs = append(jobs, ReleaseArgs{Shop: shop, Reason: PullOff})
	}
	if after.PushRefunds && !before.PushRefunds {
		jobs = append(jobs, ReleaseArgs{Shop: shop, Reason: PushOff})
	}
	if after.MirrorRefunds && !before.MirrorRefunds {
		jobs = append(jobs, ResumeArgs{Shop: shop, Code: exceptions.RefundNotMirrored})
	}
	return jobs
}

// Renewed lists what may go on once a shop's access was renewed or widened.
func Renewed(shop shopify.Domain) []Job {
	return []Job{ResumeArgs{Shop: shop, Code: exceptions.RefundRefused}}
}

// Retry is the job that tries again what an exception of this leg stopped; nil
// for an exception of another leg.
func Retry(e exceptions.Exception) Job {
	if e.Order == "" || !slices.Contains(exceptions.OfRefunds(), e.Code) {
		return nil
	}
	return ForwardArgs{Shop: e.Shop, Order: e.Order, Cause: "retry:" + e.ID}
}

// Handled is the one choice that a person has about an exception of this leg:
// the money was dealt with elsewhere.
const Handled = "handled"

// Resolve is the job that carries out a person's choice; nil for an exception of another leg.
func Resolve(e exceptions.Exception, action, note string) Job {
	if Retry(e) == nil || action != Handled {
		return nil
	}
	return ForwardArgs{Shop: e.Shop, Order: e.Order, Cause: "handled:" + e.ID, Handled: e.Code, Note: note}
}

// Approve is the job that sends a refund whose plan is held.
func Approve(refund links.Refund) Job {
	return ForwardArgs{Shop: refund.Shop, Order: refund.Order, Cause: "approved:" + string(refund.ID), Approved: refund.ID}
}

// Stopped lists refunds and orders that were stopped and puts jobs into the queue.
type Stopped interface {
	RefundsIn(ctx context.Context, shop shopify.Domain, state links.RefundState, after shopify.GID, limit int) ([]links.Refund, error)
	// WrittenOrders are orders in Shopify with an id greater than after that changed since, in the order of their ids.
	WrittenOrders(ctx context.Context, shop shopify.Domain, since time.Time, after tiktok.OrderID, limit int) ([]tiktok.OrderID, error)
	OrdersWithException(ctx context.Context, shop shopify.Domain, code exceptions.Code, after string, limit int) ([]tiktok.OrderID, error)
	// TakeDueExceptions hands each that is due to job and keeps the jobs and the look at it together.
	TakeDueExceptions(ctx context.Context, code exceptions.Code, state links.State, since time.Time, pause time.Duration, most int, job func(exceptions.Exception) Job) (int, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Releaser starts looking at orders whose refunds waited.
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
	// pullBack is how old an order may be that is looked at when pull_refunds is
	// turned on: buyers' rights at TikTok end before.
	pullBack = 180 * 24 * time.Hour
)

// Release looks at what a switch held back. Each plan is made anew from the
// truth, so nothing stale is released; what is too old waits for approval.
func (r *Releaser) Release(ctx context.Context, args ReleaseArgs) error {
	cause := "released:" + args.Reason
	if args.Reason == PullOff {
		since := r.Now().Add(-pullBack)
		return r.all(ctx, args.Shop, cause, func(after string) ([]tiktok.OrderID, string, error) {
			ids, err := r.Store.WrittenOrders(ctx, args.Shop, since, tiktok.OrderID(after), releasePage)
			return ids, lastOf(ids), err
		})
	}
	return r.all(ctx, args.Shop, cause, func(after string) ([]tiktok.OrderID, string, error) {
		page, err := r.Store.RefundsIn(ctx, args.Shop, links.RefundHeld, shopify.GID(after), releasePage)
		ids := make([]tiktok.OrderID, len(page))
		next := ""
		for n, refund := range page {
			ids[n], next = refund.Order, string(refund.ID)
		}
		return ids, next, err
	})
}

// Resume looks at each order with the exception.
func (r *Releaser) Resume(ctx context.Context, args ResumeArgs) error {
	return r.all(ctx, args.Shop, "resumed:"+string(args.Code), func(after string) ([]tiktok.OrderID, string, error) {
		ids, err := r.Store.OrdersWithException(ctx, args.Shop, args.Code, after, releasePage)
		return ids, lastOf(ids), err
	})
}

func lastOf(ids []tiktok.OrderID) string {
	if len(ids) == 0 {
		return ""
	}
	return string(ids[len(ids)-1])
}

// all pages through a list. A crash half-way repeats some looks, which is harmless.
func (r *Releaser) all(ctx context.Context, shop shopify.Domain, cause string, list func(after string) ([]tiktok.OrderID, string, error)) error {
	after := ""
	for {
		page, next, err := list(after)
		if err != nil {
			return fmt.Errorf("list orders (%s): %w", cause, err)
		}
		if len(page) == 0 {
			return nil
		}
		var jobs []Job
		for _, id := range slices.Compact(page) {
			jobs = append(jobs, ForwardArgs{Shop: shop, Order: id, Cause: cause})
		}
		if err := r.Store.Enqueue(ctx, jobs...); err != nil {
			return fmt.Errorf("look at orders (%s): %w", cause, err)
		}
		after = next
	}
}

// Recheck looks at what is due: the cause of any of them may go away without a
// sign. The longer something is stopped, the more seldom.
func (r *Releaser) Recheck(ctx context.Context, _ RecheckArgs) error {
	for _, code := range exceptions.OfRefunds() {
		_, err := r.Store.TakeDueExceptions(ctx, code, "", r.Now().Add(-always), r.Interval, recheckMost, func(e exceptions.Exception) Job {
			return ForwardArgs{Shop: e.Shop, Order: e.Order, Cause: "recheck:" + string(e.Code)}
		})
		if err != nil {
			return fmt.Errorf("look again at %s: %w", code, err)
		}
	}
	return nil
}

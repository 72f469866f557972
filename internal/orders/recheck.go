package orders

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// RecheckArgs ask whether what stopped orders is gone; it comes again every POLL_INTERVAL.
type RecheckArgs struct{}

// Kind is the job's frozen name.
func (RecheckArgs) Kind() string { return "order_recheck" }

// ResumeArgs ask for every order with one kind of exception to be looked at
// again at once: somebody did what the exception asked for.
type ResumeArgs struct {
	Shop shopify.Domain  `json:"shop"`
	Code exceptions.Code `json:"code"`
}

// Kind is the job's frozen name.
func (ResumeArgs) Kind() string { return "order_resume" }

// Renewed lists what may go on once a shop's access was renewed or widened.
func Renewed(shop shopify.Domain) []Job {
	return []Job{
		ResumeArgs{Shop: shop, Code: exceptions.ConnectionExpired},
		ResumeArgs{Shop: shop, Code: exceptions.ScopeMissing},
	}
}

// recheck says how one code is looked at again.
type recheck struct {
	code exceptions.Code
	// state, where set, is the only one worth a look.
	state links.State
	// within is how long after it was opened; 0 means for ever.
	within time.Duration
}

// rechecked lists the codes whose cause may go away without a sign: somebody
// gives a variant its SKU, counts the stock, or TikTok corrects an order. A ZIP
// that is missing on a written order is not among them: TikTok tells when it
// changes the address. Nor is a duplicate, which a person decides.
func rechecked() []recheck {
	return []recheck{
		{code: exceptions.SKUUnmatched}, {code: exceptions.SKUAmbiguous}, {code: exceptions.InventoryRefused},
		{code: exceptions.TotalsMismatch}, {code: exceptions.CurrencyMismatch}, {code: exceptions.OrderNotUnderstood},
		{code: exceptions.APIRejected}, {code: exceptions.ScopeMissing}, {code: exceptions.ConnectionExpired},
		{code: exceptions.ZIPMissing, state: links.Held}, {code: exceptions.ZIPMasked, state: links.Held},
		{code: exceptions.AddressMissing, state: links.Held},
		// Somebody may mend these in Shopify.
		{code: exceptions.AddressConflict}, {code: exceptions.CancelRefused}, {code: exceptions.CancelNotMirrored}, {code: exceptions.OrderEdited},
		// A number that TikTok does not know may be one that it knows a little later, or a typing error.
		{code: exceptions.OrderNotFound, within: 3 * 24 * time.Hour},
	}
}

const (
	// recheckMost bounds how many of one code are looked at in one round.
	recheckMost = 100
	// always is longer than any exception is open.
	always = 100 * 365 * 24 * time.Hour
)

// Stopped lists orders that an exception has stopped and puts jobs into the queue.
type Stopped interface {
	// TakeDueExceptions hands each that is due to job and keeps the jobs and the look at it together. Due is what was
	// opened since then, and not looked at for pause nor for a tenth of its age; an empty state means any.
	TakeDueExceptions(ctx context.Context, code exceptions.Code, state links.State, since time.Time, pause time.Duration, most int, job func(exceptions.Exception) Job) (int, error)
	// OrdersWithException lists orders with an id greater than after, in the order of their ids.
	OrdersWithException(ctx context.Context, shop shopify.Domain, code exceptions.Code, after string, limit int) ([]tiktok.OrderID, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Rechecker starts imports of orders that were stopped; an import that finds
// the cause gone goes on and resolves the exception.
type Rechecker struct {
	Store Stopped
	// Interval is POLL_INTERVAL: no order is looked at more often.
	Interval time.Duration
	Now      func() time.Time
}

// Recheck looks at what is due. The longer something is stopped, the more
// seldom: after a day every two and a half hours, after a month every three days.
func (r *Rechecker) Recheck(ctx context.Context, _ RecheckArgs) error {
	for _, check := range rechecked() {
		within := check.within
		if within == 0 {
			within = always
		}
		_, err := r.Store.TakeDueExceptions(ctx, check.code, check.state, r.Now().Add(-within), r.Interval, recheckMost, func(e exceptions.Exception) Job {
			return ImportArgs{Shop: e.Shop, Order: e.Order, Cause: "recheck:" + string(e.Code)}
		})
		if err != nil {
			return fmt.Errorf("look again at %s: %w", check.code, err)
		}
	}
	return nil
}

// Resume starts an import of each order with the exception.
func (r *Rechecker) Resume(ctx context.Context, args ResumeArgs) error {
	after := ""
	for {
		page, err := r.Store.OrdersWithException(ctx, args.Shop, args.Code, after, releasePage)
		if err != nil {
			return fmt.Errorf("list orders with %s: %w", args.Code, err)
		}
		if len(page) == 0 {
			return nil
		}
		jobs := make([]Job, len(page))
		for n, id := range page {
			jobs[n] = ImportArgs{Shop: args.Shop, Order: id, Cause: "resumed:" + string(args.Code)}
		}
		if err := r.Store.Enqueue(ctx, jobs...); err != nil {
			return fmt.Errorf("resume orders with %s: %w", args.Code, err)
		}
		after = string(page[len(page)-1])
	}
}

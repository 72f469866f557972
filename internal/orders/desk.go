package orders

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/leases"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Files is what the desk reads, and the queue it hands work to.
type Files interface {
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Desk takes what a person asks for in the admin or the API. What it accepts is
// kept as a job before it returns.
type Desk struct {
	Files Files
	// Open is what RetryPage reads.
	Open Excepted
	// Review lists the jobs that look again at an exception of a whole shop.
	Review func(ctx context.Context, e exceptions.Exception) ([]Job, error)
	// Legs know the exceptions of other features than the import.
	Legs []Leg
}

// Leg starts what a person wants done about an exception of one feature. Both
// return nil for an exception of another.
type Leg struct {
	Retry   func(e exceptions.Exception) Job
	Resolve func(e exceptions.Exception, action, note string) Job
}

// ImportOrder starts bringing one order in, also one from before the start
// line. It returns links.ErrNotFound where the order cannot be the shop's.
func (d *Desk) ImportOrder(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) error {
	row, err := d.Files.Order(ctx, shop, id)
	if errors.Is(err, links.ErrNotFound) {
		err = d.mayAsk(ctx, shop)
	}
	if err != nil {
		return fmt.Errorf("import order %s: %w", id, err)
	}
	return d.Files.Enqueue(ctx, ImportArgs{Shop: shop, TikTokShop: row.TikTokShop, Order: id, Cause: "asked", Asked: true})
}

// mayAsk refuses a number that no connected TikTok shop could have given. Whether
// another shop has the order is not looked up: the answer would tell.
func (d *Desk) mayAsk(ctx context.Context, shop shopify.Domain) error {
	connections, err := d.Files.Connections(ctx, shop)
	if err != nil {
		return err
	}
	if len(connections) == 0 {
		return links.ErrNotFound
	}
	return nil
}

// RetryException tries again what an exception stopped, or looks whether the
// cause of one that concerns the whole shop is gone.
func (d *Desk) RetryException(ctx context.Context, e exceptions.Exception) error {
	jobs, err := d.retries(ctx, e)
	if err != nil {
		return err
	}
	return d.Files.Enqueue(ctx, jobs...)
}

// retries are the jobs that do it.
func (d *Desk) retries(ctx context.Context, e exceptions.Exception) ([]Job, error) {
	if e.Order == "" {
		jobs, err := d.Review(ctx, e)
		if err != nil {
			return nil, fmt.Errorf("look again at %s of %s: %w", e.Code, e.Shop, err)
		}
		return jobs, nil
	}
	for _, leg := range d.Legs {
		if job := leg.Retry(e); job != nil {
			return []Job{job}, nil
		}
	}
	return []Job{ImportArgs{Shop: e.Shop, Order: e.Order, Cause: "retry:" + e.ID, Asked: true}}, nil
}

// ResolveException starts what the person chose. It returns
// exceptions.ErrNoChoice for a total to which no single amount is missing.
func (d *Desk) ResolveException(ctx context.Context, e exceptions.Exception, action, note string) error {
	for _, leg := range d.Legs {
		if job := leg.Resolve(e, action, note); job != nil {
			return d.Files.Enqueue(ctx, job)
		}
	}
	args := ChoiceArgs{Shop: e.Shop, Order: e.Order, Note: note}
	if e.Code == exceptions.TotalsMismatch {
		amount := differenceIn(e.Message)
		if amount == "" {
			return fmt.Errorf("resolve %s of order %s: %w", e.Code, e.Order, exceptions.ErrNoChoice)
		}
		args.Totals = links.WriteDifference(amount)
	} else {
		args.Choice = links.DuplicateChoice(action)
	}
	return d.Files.Enqueue(ctx, args)
}

// ChoiceArgs carry a person's answer to duplicate_order (Choice) or to totals_mismatch (Totals).
type ChoiceArgs struct {
	Shop   shopify.Domain        `json:"shop"`
	Order  tiktok.OrderID        `json:"order_id"`
	Choice links.DuplicateChoice `json:"choice,omitempty"`
	Totals links.TotalsChoice    `json:"totals,omitempty"`
	Note   string                `json:"note,omitempty"`
}

// Kind is the job's frozen name.
func (ChoiceArgs) Kind() string { return "order_choice" }

// answer is what was chosen, about what, and in words.
func (a ChoiceArgs) answer(row *links.Order) (choice string, about exceptions.Code, text string) {
	if a.Totals != "" {
		row.Totals = a.Totals
		return string(a.Totals), exceptions.TotalsMismatch, "the merchant agreed to write what TikTok does not explain of the total"
	}
	row.Duplicate = a.Choice
	return string(a.Choice), exceptions.DuplicateOrder, "the merchant chose what becomes of the duplicate"
}

// Choose keeps the answer and starts the import that acts on it.
func (i *Importer) Choose(ctx context.Context, args ChoiceArgs) error {
	return leases.Hold(ctx, i.Ledger, args.Shop, args.Order, func(ctx context.Context, lease links.Lease) error {
		row, err := i.Ledger.Order(ctx, args.Shop, args.Order)
		if err != nil {
			return fmt.Errorf("read order %s: %w", args.Order, err)
		}
		if row.State == links.Written || row.State == links.Cancelled {
			return fault.Permanent(fmt.Errorf("order %s is %s: there is nothing left to choose", args.Order, row.State))
		}
		choice, about, text := args.answer(&row)
		next := ImportArgs{Shop: args.Shop, TikTokShop: row.TikTokShop, Order: args.Order, Cause: "chosen:" + choice, Asked: true}
		if err := i.Ledger.SaveOrder(ctx, lease, row, next); err != nil {
			return fmt.Errorf("save choice for order %s: %w", args.Order, err)
		}
		if err := i.Exceptions.ResolveExceptions(ctx, args.Shop, args.Order, choice, about); err != nil {
			return fmt.Errorf("resolve %s of order %s: %w", about, args.Order, err)
		}
		return i.Timeline.AppendTimeline(ctx, timeline.Entry{
			Shop: args.Shop, Order: args.Order, At: i.Now(), Kind: timeline.Decision, Text: text,
			Facts: map[string]string{"choice": choice, "note": args.Note},
		})
	})
}

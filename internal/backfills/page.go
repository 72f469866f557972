package backfills

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Args asks for one page of a backfill.
type Args struct {
	Shop shopify.Domain `json:"shop"`
	ID   string         `json:"backfill_id"`
	Turn int64          `json:"turn"`
}

// Kind is the job's frozen name.
func (Args) Kind() string { return "order_backfill" }

// Ledger tells what is known of an order.
type Ledger interface {
	// Order returns links.ErrNotFound for an order that was never seen.
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
}

const (
	// mostUnfinished imports of a backfill may wait before the next page is read.
	mostUnfinished = 500
	// queueWait is how long a page then waits.
	queueWait = 2 * time.Second
	// patience is how long a page may fail in ways that pass by themselves.
	patience = 24 * time.Hour
)

var errQueueFull = errors.New("enough of the backfill's imports are waiting")

// Runner reads pages.
type Runner struct {
	Book        Book
	Connections Connections
	Ledger      Ledger
	TikTok      Searcher
	// Unfinished counts the imports with that cause that are not done with.
	Unfinished func(ctx context.Context, cause string) (int, error)
	Now        func() time.Time
	Log        *slog.Logger
}

// Page reads one page and hands its orders over, together with the job of the next.
func (r *Runner) Page(ctx context.Context, args Args) error {
	b, err := r.Book.Backfill(ctx, args.Shop, args.ID)
	if errors.Is(err, ErrNotFound) {
		return fault.Permanent(fmt.Errorf("backfill %s: %w", args.ID, err))
	}
	if err != nil {
		return fmt.Errorf("read backfill %s: %w", args.ID, err)
	}
	if b.State != Running || b.Turn != args.Turn {
		return nil
	}
	waiting, err := r.Unfinished(ctx, b.Cause())
	if err != nil {
		return fmt.Errorf("count imports of backfill %s: %w", b.ID, err)
	}
	if waiting >= mostUnfinished {
		return fault.After(queueWait, errQueueFull)
	}
	if err := r.page(ctx, b); err != nil {
		return r.settle(ctx, b, err)
	}
	return nil
}

func (r *Runner) page(ctx context.Context, b Backfill) error {
	connection, err := Choose(ctx, r.Connections, b.Shop, b.TikTokShop)
	if err != nil {
		return err
	}
	place, found, token, err := read(ctx, r.TikTok, seatOf(connection), b.Place)
	if err != nil {
		return err
	}
	if place.Page == "" { // begun again, or not begun
		b.Counts = b.minus(b.Place.Seen)
	}
	counts, jobs, err := r.sort(ctx, b, found)
	if err != nil {
		return err
	}
	b.Counts = b.plus(counts)
	b.progress(r.Now())
	var more bool
	if b.Place, more = place.next(counts, token, b.To); more {
		jobs = append(jobs, b.turned().job())
	} else {
		b.over(Done, "", r.Now())
	}
	if err := r.save(ctx, b, jobs...); err != nil {
		return fmt.Errorf("save page of backfill %s: %w", b.ID, err)
	}
	if !more {
		r.Log.InfoContext(ctx, "backfill.done", "shop", b.Shop, "backfill_id", b.ID, "found", b.Found, "imported", b.Imported, "skipped", b.Skipped)
	}
	return nil
}

// sort counts a page's orders and makes the imports of those that need one.
func (r *Runner) sort(ctx context.Context, b Backfill, found []tiktok.Order) (Counts, []orders.Job, error) {
	counts := Counts{Found: len(found)}
	var jobs []orders.Job
	for _, order := range found {
		row, err := r.Ledger.Order(ctx, b.Shop, order.ID)
		if err != nil && !errors.Is(err, links.ErrNotFound) {
			return Counts{}, nil, fmt.Errorf("read order %s: %w", order.ID, err)
		}
		if !needed(order, row) {
			counts.Skipped++
			continue
		}
		counts.Imported++
		if !b.DryRun {
			jobs = append(jobs, orders.ImportArgs{Shop: b.Shop, TikTokShop: b.TikTokShop, Order: order.ID, Cause: b.Cause(), Asked: true})
		}
	}
	return counts, jobs, nil
}

// needed tells whether an import could have something to do. The row is empty
// for an order that was never seen.
func needed(order tiktok.Order, row links.Order) bool {
	switch row.State {
	case links.Cancelled:
		return false
	case links.Written:
		return order.UpdateTime > row.UpdateTime
	case "", links.Skipped:
		// Of somebody who asks, only cancelled orders are skipped.
		return orders.Decide(order, orders.Context{ShopCurrency: order.Payment.Currency, Asked: true}).Action != orders.Skip
	default:
		return true
	}
}

// settle fails the backfill when another try cannot help, or none has for long.
func (r *Runner) settle(ctx context.Context, b Backfill, err error) error {
	var message string
	var act *fault.Act
	switch fate := fault.Of(err); {
	case errors.Is(err, shops.ErrNotFound), errors.Is(err, ErrNoTikTokShop), errors.Is(err, ErrShopOff):
		message = "The TikTok shop is no longer connected, or not synced any more. Connect it, then resume."
	case fate == fault.Asks && errors.As(err, &act):
		message = cmp.Or(act.Detail, exceptions.Describe(exceptions.Code(act.Code)).Sentence) + " Mend this, then resume."
	case fate == fault.Dead:
		message = "TikTok's answer cannot be used. Resume to try again."
	case r.Now().Sub(b.ProgressedAt) > patience:
		message = "No page could be read for a day. Resume to try again."
	default:
		return err
	}
	r.Log.WarnContext(ctx, "backfill.failed", "shop", b.Shop, "backfill_id", b.ID, "error", err)
	b.over(Failed, message, r.Now())
	return r.save(ctx, b)
}

// save keeps a turn; one that was overtaken is somebody else's now.
func (r *Runner) save(ctx context.Context, b Backfill, jobs ...orders.Job) error {
	if err := r.Book.SaveBackfill(ctx, b, jobs...); !errors.Is(err, ErrOvertaken) {
		return err
	}
	return nil
}

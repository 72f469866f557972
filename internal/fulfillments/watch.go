package fulfillments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// WatchArgs ask for all orders to be held against TikTok's deadlines; it comes again every POLL_INTERVAL.
type WatchArgs struct{}

// Kind is the job's frozen name.
func (WatchArgs) Kind() string { return "ship_by_watch" }

// Deadlines lists what TikTok awaits, and what was opened about it.
type Deadlines interface {
	Exceptions
	// OrdersToShip lists orders that are due until a time, those behind after, the earliest first.
	OrdersToShip(ctx context.Context, until time.Time, after links.Deadline, limit int) ([]links.Deadline, error)
	// OrderToShip returns links.ErrNotFound for an order of which TikTok awaits nothing.
	OrderToShip(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Deadline, error)
	// OpenExceptions lists those of a code with an id greater than after.
	OpenExceptions(ctx context.Context, code exceptions.Code, after string, limit int) ([]exceptions.Exception, error)
}

// Watcher lists orders that TikTok wants shipped soon, or wanted shipped, and
// of which no shipment has reached it: also those that are not in Shopify yet
// because they wait for a person. It alone opens and ends these exceptions.
type Watcher struct {
	Store Deadlines
	Now   func() time.Time
}

// orderKey names an order of any shop.
type orderKey struct {
	shop  shopify.Domain
	order tiktok.OrderID
}

// Watch ends what is over, then opens what has come. It asks the ledger alone,
// which follows TikTok by webhook and poll.
func (w *Watcher) Watch(ctx context.Context, _ WatchArgs) error {
	now, said := w.Now(), map[orderKey]string{}
	for _, code := range exceptions.OfDeadlines() {
		if err := w.review(ctx, code, now, said); err != nil {
			return err
		}
	}
	var last links.Deadline
	for {
		page, err := w.Store.OrdersToShip(ctx, now.Add(mostNotice), last, releasePage)
		if err != nil {
			return fmt.Errorf("list orders to ship: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		for _, d := range page {
			if err := w.warn(ctx, d, now, said); err != nil {
				return err
			}
		}
		last = page[len(page)-1]
	}
}

// review ends exceptions that no longer say what is the case, and notes what the others say.
func (w *Watcher) review(ctx context.Context, code exceptions.Code, now time.Time, said map[orderKey]string) error {
	after := ""
	for {
		page, err := w.Store.OpenExceptions(ctx, code, after, releasePage)
		if err != nil {
			return fmt.Errorf("list open %s: %w", code, err)
		}
		if len(page) == 0 {
			return nil
		}
		for _, e := range page {
			d, err := w.Store.OrderToShip(ctx, e.Shop, e.Order)
			awaited := !errors.Is(err, links.ErrNotFound)
			if err != nil && awaited {
				return fmt.Errorf("read deadline of order %s: %w", e.Order, err)
			}
			if is, _ := overdue(d, now); awaited && is == code {
				said[orderKey{e.Shop, e.Order}] = e.Message
				continue
			}
			if err := w.Store.ResolveExceptions(ctx, e.Shop, e.Order, exceptions.CauseGone, code); err != nil {
				return fmt.Errorf("resolve %s of order %s: %w", code, e.Order, err)
			}
		}
		after = page[len(page)-1].ID
	}
}

// warn opens what an order is to be listed under, or brings it up to date.
func (w *Watcher) warn(ctx context.Context, d links.Deadline, now time.Time, said map[orderKey]string) error {
	code, detail := overdue(d, now)
	if code == "" {
		return nil
	}
	e := exceptions.New(d.Shop, d.Order, code, detail, now)
	if said[orderKey{d.Shop, d.Order}] == e.Message {
		return nil
	}
	if err := w.Store.OpenException(ctx, e); err != nil {
		return fmt.Errorf("open %s on order %s: %w", code, d.Order, err)
	}
	return nil
}

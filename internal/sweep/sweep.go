// Package sweep looks at what changed in Shopify and no webhook told of: a lost
// webhook is never a lost shipment, and never a lost refund.
//
// The queue calls it every POLL_INTERVAL for each shop. It lists the orders that
// changed, whoever wrote them, and asks each feature, its Legs, what of it the
// ledger lacks; what they answer are the jobs that the webhooks would have
// started. It never reads more of an order than ids and times, never talks to
// TikTok, and decides nothing about an order itself.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// Args ask for every shop to be swept; it comes again every POLL_INTERVAL.
type Args struct{}

// Kind is the job's frozen name.
func (Args) Kind() string { return "shopify_sweep" }

// ShopArgs ask for one shop to be swept.
type ShopArgs struct {
	Shop shopify.Domain `json:"shop"`
}

// Kind is the job's frozen name.
func (ShopArgs) Kind() string { return "shopify_sweep_shop" }

// Once tells the queue that one unfinished sweep of a shop is enough.
func (ShopArgs) Once() bool { return true }

// Leg is a feature that follows what happens to an order in Shopify.
type Leg interface {
	// Missing lists a job for what the marks show and the feature does not know of the order. Cause is what asked, in
	// the form "sweep:…". An order comes again while it is in the overlap: what is known must not give a job.
	Missing(ctx context.Context, settings shops.Settings, order links.Order, marks shopify.OrderMarks, cause string) ([]Job, error)
}

// Book is what the sweep reads and keeps.
type Book interface {
	// Shops are those that have the app now.
	Shops(ctx context.Context) ([]shops.Shop, error)
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error)
	// OrderByShopifyOrder returns links.ErrNotFound for an order that is not ours.
	OrderByShopifyOrder(ctx context.Context, shop shopify.Domain, id shopify.GID) (links.Order, error)
	// FirstWritten is when the oldest of a shop's orders that were written since then was; zero for none.
	FirstWritten(ctx context.Context, shop shopify.Domain, since time.Time) (time.Time, error)
	// Cursor is how far the sweep has come; one that never ran is at 0.
	Cursor(ctx context.Context, shop shopify.Domain, id tiktok.ShopID, name string) (links.Cursor, error)
	// SaveCursor keeps it together with the jobs for what it has passed. The value never goes back.
	SaveCursor(ctx context.Context, c links.Cursor, jobs ...Job) error
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Shopify lists a shop's changed orders, the longest unchanged first.
type Shopify interface {
	UpdatedOrders(ctx context.Context, shop shopify.Domain, since time.Time, after string) (shopify.UpdatedPage, error)
}

// Sweeper finds what no webhook told of.
//
// A pass reads everything that changed from the watermark, less an overlap, up
// to now. Each page begins at the moment at which the one before ended, so that
// a pass that was cut short needs nothing but that moment to go on; Shopify's
// own cursor leads on where a whole page has one and the same moment. An order
// that changes meanwhile comes again at the end. The watermark moves, to when
// the pass began, after the last page.
type Sweeper struct {
	Store   Book
	Shopify Shopify
	Legs    []Leg
	// Interval is POLL_INTERVAL: a sweep that failed waits as long.
	Interval time.Duration
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	cursorName = "shopify_sweep"
	// overlap is read again in each pass: Shopify's search index runs behind, and its clock is not ours.
	overlap = 10 * time.Minute
	// farthest is how far back a first pass goes: Shopify shows apps no older orders.
	farthest = 60 * 24 * time.Hour
	// A job reads a few pages and leaves the rest of the shop's query budget to the others.
	mostPages = 10
	sweepFor  = 12 * time.Second
	breather  = 5 * time.Second
)

// errMorePages is why a long pass comes back soon.
var errMorePages = errors.New("there are more pages")

// Sweep starts a sweep of each shop that follows Shopify in any way.
func (s *Sweeper) Sweep(ctx context.Context, _ Args) error {
	all, err := s.Store.Shops(ctx)
	if err != nil {
		return fmt.Errorf("list shops: %w", err)
	}
	var jobs []Job
	for _, shop := range all {
		settings, err := s.Store.Settings(ctx, shop.Domain)
		if err != nil {
			return fmt.Errorf("read settings of %s: %w", shop.Domain, err)
		}
		if follows(settings) {
			jobs = append(jobs, ShopArgs{Shop: shop.Domain})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := s.Store.Enqueue(ctx, jobs...); err != nil {
		return fmt.Errorf("start sweeps: %w", err)
	}
	return nil
}

// follows tells whether anything that happens in Shopify is passed on. Until it
// is, the watermark stays where it was.
func follows(settings shops.Settings) bool { return settings.PullFulfillments || settings.PullRefunds }

// SweepShop makes or continues one pass.
func (s *Sweeper) SweepShop(ctx context.Context, args ShopArgs) error {
	shop, err := s.Store.Shop(ctx, args.Shop)
	if errors.Is(err, shops.ErrNotFound) || err == nil && !shop.Installed() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read shop %s: %w", args.Shop, err)
	}
	settings, err := s.Store.Settings(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("read settings of %s: %w", args.Shop, err)
	}
	if !follows(settings) {
		return nil
	}
	cursor, err := s.Store.Cursor(ctx, args.Shop, "", cursorName)
	if err != nil {
		return fmt.Errorf("read how far %s was swept: %w", args.Shop, err)
	}
	p := &pass{Sweeper: s, shop: args.Shop, settings: settings, cursor: cursor}
	return s.again(p.read(ctx))
}

// again has a sweep that failed come back after one interval: the queue's own
// waits would grow to an hour and keep newer sweeps out.
func (s *Sweeper) again(err error) error {
	if fault.Of(err) == fault.Retry {
		return fault.After(s.Interval, err)
	}
	return err
}

// pass is one reading of what changed.
type pass struct {
	*Sweeper
	shop     shopify.Domain
	settings shops.Settings
	cursor   links.Cursor
}

func (p *pass) read(ctx context.Context) error {
	began := p.Now()
	if p.cursor.Until == 0 {
		if err := p.begin(ctx, began); err != nil {
			return err
		}
	}
	for range mostPages {
		page, err := p.Shopify.UpdatedOrders(ctx, p.shop, time.Unix(p.cursor.Reached, 0), p.cursor.Page)
		if err != nil {
			return errors.Join(fmt.Errorf("sweep %s: %w", p.shop, err), p.withdraw(ctx, err))
		}
		jobs, err := p.missing(ctx, page.Orders)
		if err != nil {
			return err
		}
		if len(jobs) > 0 {
			p.Log.InfoContext(ctx, "sweep.found", "shop", p.shop, "jobs", len(jobs))
		}
		if err := p.advance(page); err != nil {
			return err
		}
		if err := p.Store.SaveCursor(ctx, p.cursor, jobs...); err != nil {
			return fmt.Errorf("keep how far %s was swept: %w", p.shop, err)
		}
		switch {
		case p.cursor.Until == 0:
			return nil
		case p.Now().Sub(began) > sweepFor:
			return fault.After(breather, errMorePages)
		}
	}
	return fault.After(breather, errMorePages)
}

// begin opens the window. A first pass, also the first after the app was
// installed again, goes back to where the shop's orders begin.
func (p *pass) begin(ctx context.Context, now time.Time) error {
	oldest := now.Add(-farthest)
	from := time.Unix(p.cursor.Value, 0)
	if p.cursor.Value == 0 {
		first, err := p.Store.FirstWritten(ctx, p.shop, oldest)
		if err != nil {
			return fmt.Errorf("sweep %s: %w", p.shop, err)
		}
		if from = first; first.IsZero() {
			from = now
		}
	}
	if from = from.Add(-overlap); from.Before(oldest) {
		from = oldest
	}
	p.cursor.Until, p.cursor.Reached, p.cursor.Page = now.Unix(), from.Unix(), ""
	return nil
}

// withdraw gives a place up that Shopify may no longer take: the pass goes on from the moment it had reached.
func (p *pass) withdraw(ctx context.Context, err error) error {
	if p.cursor.Page == "" || fault.Of(err) != fault.Asks {
		return nil
	}
	p.cursor.Page = ""
	return p.Store.SaveCursor(ctx, p.cursor)
}

// missing asks the legs about those of the orders that are ours.
func (p *pass) missing(ctx context.Context, page []shopify.OrderMarks) ([]Job, error) {
	var jobs []Job
	for _, marks := range page {
		row, err := p.Store.OrderByShopifyOrder(ctx, p.shop, marks.ID)
		if errors.Is(err, links.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read order of %s: %w", marks.ID, err)
		}
		for _, leg := range p.Legs {
			found, err := leg.Missing(ctx, p.settings, row, marks, "sweep:"+strconv.FormatInt(p.cursor.Until, 10))
			if err != nil {
				return nil, fmt.Errorf("compare order %s: %w", row.ID, err)
			}
			jobs = append(jobs, found...)
		}
	}
	return jobs, nil
}

// advance moves the cursor behind a page that was read.
func (p *pass) advance(page shopify.UpdatedPage) error {
	if page.Next == "" {
		p.cursor.Value, p.cursor.Until, p.cursor.Reached, p.cursor.Page = p.cursor.Until, 0, 0, ""
		return nil
	}
	p.cursor.Page = page.Next
	if len(page.Orders) == 0 {
		return nil
	}
	last := page.Orders[len(page.Orders)-1]
	at, err := time.Parse(time.RFC3339, last.UpdatedAt)
	if err != nil {
		return fmt.Errorf("read when %s changed: %w", last.ID, err)
	}
	if at.Unix() > p.cursor.Reached {
		p.cursor.Reached, p.cursor.Page = at.Unix(), ""
	}
	return nil
}

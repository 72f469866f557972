package backfills

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Book keeps backfills. Saving names the turn that was read: somebody else's
// change in between gives ErrOvertaken, so each turn happens once.
type Book interface {
	// AddBackfill returns ErrRunning while another one of the TikTok shop runs.
	AddBackfill(ctx context.Context, b Backfill, jobs ...orders.Job) error
	// Backfill returns ErrNotFound where the shop has none of that id.
	Backfill(ctx context.Context, shop shopify.Domain, id string) (Backfill, error)
	// Backfills lists the newest first.
	Backfills(ctx context.Context, shop shopify.Domain, limit int) ([]Backfill, error)
	// SaveBackfill keeps b as the turn after b.Turn, with the jobs that follow.
	// It returns ErrRunning when b would be the second running one of its TikTok shop.
	SaveBackfill(ctx context.Context, b Backfill, jobs ...orders.Job) error
}

// Connections lists the TikTok shops of a Shopify shop.
type Connections interface {
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
}

// mostListed bounds the list of backfills.
const mostListed = 100

// Desk takes what people ask for.
type Desk struct {
	Book        Book
	Connections Connections
	Now         func() time.Time
}

// Wanted is a backfill as somebody asks for it.
type Wanted struct {
	// TikTokShop may be empty where only one is connected.
	TikTokShop tiktok.ShopID
	// From is inclusive, To is not; zero means now.
	From, To time.Time
	DryRun   bool
}

// Start begins a backfill. Its errors are a *RangeError, shops.ErrNotFound for a
// TikTok shop that is not the shop's, and those of this package.
func (d *Desk) Start(ctx context.Context, shop shopify.Domain, want Wanted) (Backfill, error) {
	now := d.Now()
	from, to, err := Span(want.From, want.To, now)
	if err != nil {
		return Backfill{}, err
	}
	connection, err := Choose(ctx, d.Connections, shop, want.TikTokShop)
	if err != nil {
		return Backfill{}, err
	}
	b := Backfill{
		ID: fmt.Sprintf("%x%s", now.UnixMicro(), strings.ToLower(rand.Text()[:10])), Shop: shop, TikTokShop: connection.TikTokShop,
		From: from, To: to, DryRun: want.DryRun, State: Running, StartedAt: now, ProgressedAt: now, Place: begin(from, to),
	}
	if err := d.Book.AddBackfill(ctx, b, b.job()); err != nil {
		return Backfill{}, fmt.Errorf("start backfill: %w", err)
	}
	return b, nil
}

// List is the shop's backfills, the newest first.
func (d *Desk) List(ctx context.Context, shop shopify.Domain) ([]Backfill, error) {
	return d.Book.Backfills(ctx, shop, mostListed)
}

// Stop ends a running backfill after the page at hand. Imports that it asked
// for go on. One that is not running stays as it is.
func (d *Desk) Stop(ctx context.Context, shop shopify.Domain, id string) (Backfill, error) {
	return d.change(ctx, shop, id, func(b *Backfill) (bool, error) {
		if b.State != Running {
			return false, nil
		}
		b.over(Stopped, "", d.Now())
		return true, nil
	})
}

// Resume lets a stopped or failed backfill go on where it was. One that is
// running stays as it is; one that is done gives ErrOver.
func (d *Desk) Resume(ctx context.Context, shop shopify.Domain, id string) (Backfill, error) {
	return d.change(ctx, shop, id, func(b *Backfill) (bool, error) {
		switch b.State {
		case Running:
			return false, nil
		case Done:
			return false, ErrOver
		}
		if _, err := Choose(ctx, d.Connections, shop, b.TikTokShop); err != nil {
			return false, err
		}
		b.State, b.Message, b.FinishedAt, b.ProgressedAt = Running, "", nil, d.Now()
		return true, nil
	})
}

// change applies edit to the row, again when a page landed in between.
func (d *Desk) change(ctx context.Context, shop shopify.Domain, id string, edit func(*Backfill) (bool, error)) (Backfill, error) {
	const tries = 20
	for range tries {
		b, err := d.Book.Backfill(ctx, shop, id)
		if err != nil {
			return Backfill{}, err
		}
		changed, err := edit(&b)
		if err != nil || !changed {
			return b, err
		}
		var jobs []orders.Job
		if b.State == Running {
			jobs = append(jobs, b.turned().job())
		}
		if err = d.Book.SaveBackfill(ctx, b, jobs...); !errors.Is(err, ErrOvertaken) {
			return b.turned(), err
		}
	}
	return Backfill{}, ErrOvertaken
}

// turned is the backfill as it is once it was saved.
func (b Backfill) turned() Backfill {
	b.Turn++
	return b
}

func (b Backfill) job() orders.Job { return Args{Shop: b.Shop, ID: b.ID, Turn: b.Turn} }

// Choose is the shop's TikTok shop of that id or, when id is empty, its only
// one that is synced.
func Choose(ctx context.Context, from Connections, shop shopify.Domain, id tiktok.ShopID) (shops.Connection, error) {
	all, err := from.Connections(ctx, shop)
	if err != nil {
		return shops.Connection{}, fmt.Errorf("list connections of %s: %w", shop, err)
	}
	var on []shops.Connection
	for _, c := range all {
		switch {
		case id != "" && c.TikTokShop != id:
			continue
		case c.Off == shops.On:
			on = append(on, c)
		case id != "" || len(all) == 1:
			return c, fmt.Errorf("%w (%s)", ErrShopOff, c.Off)
		}
	}
	switch {
	case len(on) == 1:
		return on[0], nil
	case len(on) > 1:
		return shops.Connection{}, ErrWhichShop
	case id != "":
		return shops.Connection{}, fmt.Errorf("tiktok shop %.32q: %w", id, shops.ErrNotFound)
	default:
		return shops.Connection{}, ErrNoTikTokShop
	}
}

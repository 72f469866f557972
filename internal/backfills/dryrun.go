package backfills

import (
	"context"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Details is what a dry run asks TikTok beside the search: an import converts
// what the detail says, so a dry run must too.
type Details interface {
	Searcher
	// Orders reads up to tiktok.MostOrders orders; those it has not are left out.
	Orders(ctx context.Context, seat tiktok.Seat, ids []tiktok.OrderID) ([]tiktok.Order, error)
}

// DryRun shows what a backfill would do. It keeps nothing, not even its place.
type DryRun struct {
	TikTok Details
	// Preview tells what an import would do with one order.
	Preview func(ctx context.Context, connection shops.Connection, order tiktok.Order) (orders.Preview, error)
}

// Run walks the span of want and gives each order's preview to show, the oldest first.
func (d *DryRun) Run(ctx context.Context, connection shops.Connection, want Wanted, show func(orders.Preview) error) error {
	seat := seatOf(connection)
	for place, more := begin(want.From, want.To), true; more; {
		at, found, token, err := read(ctx, d.TikTok, seat, place)
		if err != nil {
			return err
		}
		if err := d.page(ctx, connection, found, show); err != nil {
			return err
		}
		place, more = at.next(Counts{Found: len(found)}, token, want.To)
	}
	return nil
}

func (d *DryRun) page(ctx context.Context, connection shops.Connection, found []tiktok.Order, show func(orders.Preview) error) error {
	for some := range slices.Chunk(found, tiktok.MostOrders) {
		ids := make([]tiktok.OrderID, len(some))
		for n, order := range some {
			ids[n] = order.ID
		}
		details, err := d.TikTok.Orders(ctx, seatOf(connection), ids)
		if err != nil {
			return fmt.Errorf("fetch %d tiktok orders: %w", len(ids), err)
		}
		for _, id := range ids {
			n := slices.IndexFunc(details, func(o tiktok.Order) bool { return o.ID == id })
			if n < 0 {
				continue // gone since the search
			}
			p, err := d.Preview(ctx, connection, details[n])
			if err != nil {
				return err
			}
			if err := show(p); err != nil {
				return err
			}
		}
	}
	return nil
}

package orders

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/leases"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// ReferenceArgs asks for the Shopify order's id to be kept at TikTok, where
// other systems look before they write the same order again.
type ReferenceArgs struct {
	Shop  shopify.Domain `json:"shop"`
	Order tiktok.OrderID `json:"order_id"`
}

// Kind is the job's frozen name.
func (ReferenceArgs) Kind() string { return "order_reference" }

// References is what TikTok offers for it.
type References interface {
	AddExternalOrder(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID, external tiktok.ExternalOrder) error
}

// Referrer writes external order references. The step is optional: an answer
// that will not get better is noted in the order's timeline and left at that.
// While the connection waits for its seller, the step waits with it.
type Referrer struct {
	Book     Book
	Ledger   Ledger
	Timeline timeline.Writer
	TikTok   References
	// Interval is how long a connection that expired is left alone.
	Interval time.Duration
	Now      func() time.Time
}

// Reference tells TikTok which Shopify order the order became.
func (r *Referrer) Reference(ctx context.Context, args ReferenceArgs) error {
	ctx = timeline.With(ctx, args.Shop, args.Order)
	return leases.Hold(ctx, r.Ledger, args.Shop, args.Order, func(ctx context.Context, lease links.Lease) error {
		row, err := r.Ledger.Order(ctx, args.Shop, args.Order)
		if err != nil {
			return fmt.Errorf("read order %s: %w", args.Order, err)
		}
		if row.ReferencedAt != nil || row.ShopifyOrder == "" {
			return nil
		}
		connection, err := connectionOf(ctx, r.Book, args.Shop, row.TikTokShop)
		if errors.Is(err, shops.ErrNotFound) {
			return fault.Permanent(fmt.Errorf("reference order %s: %w", args.Order, err))
		}
		if err != nil {
			return fmt.Errorf("reference order %s: %w", args.Order, err)
		}
		return r.add(ctx, lease, row, seatOf(connection))
	})
}

func (r *Referrer) add(ctx context.Context, lease links.Lease, row links.Order, seat tiktok.Seat) error {
	lines, err := r.Ledger.Lines(ctx, row.Shop, row.ID)
	if err != nil {
		return fmt.Errorf("read lines of order %s: %w", row.ID, err)
	}
	err = r.TikTok.AddExternalOrder(ctx, seat, row.ID, externalOrder(row, lines))
	switch fate := fault.Of(err); {
	case expired(err):
		return fault.After(r.Interval, fmt.Errorf("reference order %s at tiktok: %w", row.ID, err))
	case fate == fault.None:
		now := r.Now()
		row.ReferencedAt = &now
		if err := r.Ledger.SaveOrder(ctx, lease, row); err != nil {
			return fmt.Errorf("save reference of order %s: %w", row.ID, err)
		}
		return nil
	case fate == fault.Dead || fate == fault.Asks:
		entry := timeline.Entry{
			Shop: row.Shop, Order: row.ID, At: r.Now(), Kind: timeline.Decision,
			Text:  "TikTok took no external order reference; the order is complete without it",
			Facts: map[string]string{"answer": err.Error()},
		}
		return errors.Join(r.Timeline.AppendTimeline(ctx, entry))
	default:
		return fmt.Errorf("reference order %s at tiktok: %w", row.ID, err)
	}
}

// expired tells whether only the seller can bring the connection back.
func expired(err error) bool {
	var act *fault.Act
	return errors.As(err, &act) && act.Code == string(exceptions.ConnectionExpired)
}

// externalOrder names the Shopify line behind each unit.
func externalOrder(row links.Order, lines []links.Line) tiktok.ExternalOrder {
	external := tiktok.ExternalOrder{ID: row.ShopifyOrder.LegacyID()}
	for _, line := range lines {
		for _, unit := range line.Units {
			external.Lines = append(external.Lines, tiktok.ExternalLine{ID: line.ShopifyLine.LegacyID(), Origin: unit.ID})
		}
	}
	return external
}

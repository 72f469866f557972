package orders

import (
	"context"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Written is what the importer asks and changes of an order that is in Shopify.
type Written interface {
	// Standing reads what is left of an order; nil when it is not there.
	Standing(ctx context.Context, shop shopify.Domain, order shopify.GID, lines int) (*shopify.Standing, error)
	OrderAddress(ctx context.Context, shop shopify.Domain, order shopify.GID) (shopify.Address, error)
	UpdateAddress(ctx context.Context, shop shopify.Domain, order shopify.GID, address admin.MailingAddressInput) error
	// CreateRefund is repeated under the same key only with the same input.
	CreateRefund(ctx context.Context, shop shopify.Domain, refund admin.RefundInput, key string) (shopify.GID, error)
	// CancelOrder returns the job that does it.
	CancelOrder(ctx context.Context, shop shopify.Domain, order shopify.GID, reason admin.OrderCancelReason, restock bool, note string) (string, error)
	JobDone(ctx context.Context, shop shopify.Domain, job string) (bool, error)
}

// MirrorOff is why a written order lacks what was cancelled at TikTok: the
// merchant does not mirror it.
const MirrorOff = "mirror_refunds_off"

// follow brings a written order up to what happened at TikTok since: statuses
// and parcels into the ledger, cancellations and a new address into Shopify.
func (r *run) follow(ctx context.Context) error {
	lines, err := r.Ledger.Lines(ctx, r.args.Shop, r.args.Order)
	if err != nil {
		return fmt.Errorf("read lines of order %s: %w", r.args.Order, err)
	}
	r.lines = refreshed(lines, r.order)
	r.row.Reason = ""
	if err := r.keep(ctx, links.Change{Lines: r.lines}); err != nil {
		return err
	}
	if err := r.followCancellations(ctx); err != nil || r.row.State == links.Cancelled {
		return err
	}
	if err := r.followAddress(ctx); err != nil {
		return err
	}
	if r.row.Reason != "" {
		if err := r.keep(ctx, links.Change{}); err != nil {
			return err
		}
	}
	return r.note(ctx, timeline.Decision, "already in Shopify", "tiktok_status", string(r.row.Status))
}

// keep saves the order with a part of what became of it.
func (r *run) keep(ctx context.Context, change links.Change) error {
	if err := r.Ledger.SaveChange(ctx, r.lease, r.row, change); err != nil {
		return fmt.Errorf("save order %s: %w", r.row.ID, err)
	}
	return nil
}

// refreshed gives units the status and the parcel that TikTok shows now.
func refreshed(lines []links.Line, o tiktok.Order) []links.Line {
	out := slices.Clone(lines)
	for n := range out {
		out[n].Units = slices.Clone(out[n].Units)
		for m := range out[n].Units {
			unit := &out[n].Units[m]
			for _, item := range o.LineItems {
				if item.ID == unit.ID {
					unit.Status, unit.Package = item.DisplayStatus, item.PackageID
				}
			}
		}
	}
	return out
}

// left marks units as taken out of the Shopify order.
func left(lines []links.Line, units []tiktok.LineItemID, by string) []links.Line {
	out := slices.Clone(lines)
	for n := range out {
		out[n].Units = slices.Clone(out[n].Units)
		for m := range out[n].Units {
			if unit := &out[n].Units[m]; unit.Gone == "" && slices.Contains(units, unit.ID) {
				unit.Gone = by
			}
		}
	}
	return out
}

// withoutStock is for an order that somebody else wrote: what it took from the
// shop's stock is not ours to put back.
func withoutStock(lines []links.Line) []links.Line {
	out := slices.Clone(lines)
	for n := range out {
		out[n].TookStock = false
	}
	return out
}

// revived is the order before anything of it was cancelled.
func revived(o tiktok.Order) tiktok.Order {
	o.LineItems = slices.Clone(o.LineItems)
	for n := range o.LineItems {
		if o.LineItems[n].Cancelled() {
			o.LineItems[n].DisplayStatus = tiktok.AwaitingShipment
		}
	}
	return o
}

// sameTotal tells whether the Shopify order adds up to what the conversion does.
func sameTotal(c Conversion, found shopify.FoundOrder) bool {
	total, err := money.Parse(found.Total, c.Total.Currency())
	return err == nil && total.Equal(c.Total)
}

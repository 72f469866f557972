package orders

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// followAddress gives Shopify the address that TikTok has now, unless somebody
// changed the one that we wrote. Shopify's address is read only when TikTok's
// is another than the one last followed.
func (r *run) followAddress(ctx context.Context) error {
	theirs := addressOf(r.order.RecipientAddress)
	seen := comparableAddress(theirs)
	same, err := r.Ledger.ComparePlace(ctx, r.args.Shop, r.args.Order, links.Place{Seen: seen})
	if err != nil {
		return fmt.Errorf("compare address of order %s: %w", r.args.Order, err)
	}
	if same.Forgotten {
		return nil // whatever TikTok tells of the buyer now is not taken in again
	}
	if !same.HasZIP {
		r.notices = append(r.notices, addressNotices(r.order)...)
	}
	if same.Seen || seen == "" {
		return nil
	}
	current, err := r.Shopify.OrderAddress(ctx, r.args.Shop, r.row.ShopifyOrder)
	if err != nil {
		return fmt.Errorf("read address of order %s: %w", r.args.Order, err)
	}
	wanted := readdress(current, theirs)
	if comparableAddress(wanted) == comparableAddress(current) {
		return r.settleAddress(ctx, seen, current, current.ZIP, "")
	}
	same, err = r.Ledger.ComparePlace(ctx, r.args.Shop, r.args.Order, links.Place{Written: comparableAddress(current)})
	switch {
	case err != nil:
		return fmt.Errorf("compare address of order %s: %w", r.args.Order, err)
	case !same.Written:
		r.notices = append(r.notices, Notice{Code: exceptions.AddressConflict})
		return nil
	case !r.settings.PullOrders || !r.settings.PushOrders:
		r.row.Reason = PushOff
		return nil
	}
	return r.readdress(ctx, seen, wanted)
}

func (r *run) readdress(ctx context.Context, seen string, wanted shopify.Address) error {
	err := r.Shopify.UpdateAddress(ctx, r.args.Shop, r.row.ShopifyOrder, addressInput(wanted))
	var refused shopify.UserErrors
	if errors.As(err, &refused) {
		// Shopify's words may repeat the address: the timeline's call has its request id.
		r.notices = append(r.notices, Notice{Code: exceptions.APIRejected, Detail: "Shopify refused the address that the buyer changed to."})
		return nil
	}
	if err != nil {
		return fmt.Errorf("update address of order %s: %w", r.args.Order, err)
	}
	return r.settleAddress(ctx, seen, wanted, wanted.ZIP, "the address was changed at TikTok; Shopify has it now")
}

// settleAddress keeps what address Shopify has, once it agrees with TikTok's.
func (r *run) settleAddress(ctx context.Context, seen string, written shopify.Address, zip, why string) error {
	place := &links.Place{Seen: seen, Written: comparableAddress(written)}
	if !Masked(zip) {
		place.ZIP = NormalizeZIP(written.CountryCode, zip)
	}
	if err := r.keep(ctx, links.Change{Place: place}); err != nil {
		return err
	}
	if place.ZIP != "" {
		r.notices = withoutZIPNotices(r.notices)
	}
	if why == "" {
		return nil
	}
	r.Log.InfoContext(ctx, "order.readdressed", "shop", r.args.Shop, "tiktok_order_id", r.args.Order, "shopify_order_id", r.row.ShopifyOrder)
	return r.note(ctx, timeline.Change, why, "shopify_order_id", string(r.row.ShopifyOrder))
}

// withoutZIPNotices drops what an address that arrived has mended.
func withoutZIPNotices(notices []Notice) []Notice {
	var rest []Notice
	for _, notice := range notices {
		if notice.Code != exceptions.ZIPMissing && notice.Code != exceptions.ZIPMasked {
			rest = append(rest, notice)
		}
	}
	return rest
}

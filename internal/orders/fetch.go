package orders

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// fetch asks TikTok for the order, in the shop that took it or, when nobody
// knows which that is, in each connected shop. It reports false when the order
// was left at rest instead.
func (r *run) fetch(ctx context.Context) (bool, error) {
	connections, err := r.Book.Connections(ctx, r.args.Shop)
	if err != nil {
		return false, fmt.Errorf("list connections of %s: %w", r.args.Shop, err)
	}
	for _, c := range connections {
		if r.row.TikTokShop != "" && c.TikTokShop != r.row.TikTokShop {
			continue
		}
		if leftAlone(c.Off) && !r.args.Asked {
			if r.row.State == links.Written {
				return false, nil
			}
			return false, r.rest(ctx, links.Waiting, ConnectionOff)
		}
		asked := r.Now()
		order, err := r.TikTok.Order(ctx, seatOf(c), r.args.Order)
		if errors.Is(err, tiktok.ErrOrderNotFound) {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("fetch tiktok order %s: %w", r.args.Order, err)
		}
		if order.ID != r.args.Order {
			return false, fault.NeedsMerchant(string(exceptions.OrderNotUnderstood), "TikTok answered with another order.", nil)
		}
		r.connection, r.order = c, order
		r.row.TikTokShop, r.row.Status, r.row.UpdateTime = c.TikTokShop, order.Status, seenUpTo(order, asked)
		r.row.OrderedAt, r.row.Currency, r.row.ShipBy = time.Unix(order.CreateTime, 0).UTC(), order.Payment.Currency, shipBy(order)
		return true, nil
	}
	return false, notFound(r.row.TikTokShop, connections)
}

// settledAfter is how long an answer may lack a further change of the second that
// it names: TikTok tells whole seconds, and its clock is not ours.
const settledAfter = 5 * time.Second

// seenUpTo is the second up to which TikTok's answer surely holds every change.
// Of one that was hardly over more may follow under the same number, so polling
// finds the order newer than the ledger and has it read once more.
func seenUpTo(o tiktok.Order, asked time.Time) int64 {
	if asked.Sub(time.Unix(o.UpdateTime, 0)) < settledAfter {
		return o.UpdateTime - 1
	}
	return o.UpdateTime
}

// leftAlone tells whether a TikTok shop's orders are not the merchant's concern:
// its webhooks come all the same, because TikTok sends those of every shop that
// the seller's permission covers.
func leftAlone(off shops.OffReason) bool {
	return off == shops.OffByMerchant || off == shops.OffNoMarket
}

// notFound tells a number that TikTok does not know from a shop that is no longer connected.
func notFound(took tiktok.ShopID, connections []shops.Connection) error {
	for _, c := range connections {
		if took == "" || c.TikTokShop == took {
			return fault.NeedsMerchant(string(exceptions.OrderNotFound), "", nil)
		}
	}
	return fault.NeedsMerchant(string(exceptions.ConnectionExpired), "No TikTok shop that could have taken this order is connected.", nil)
}

// seatOf is where calls for this connection are made.
func seatOf(c shops.Connection) tiktok.Seat {
	return tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
}

// connectionOf finds one connection of a shop.
func connectionOf(ctx context.Context, book Book, shop shopify.Domain, id tiktok.ShopID) (shops.Connection, error) {
	connections, err := book.Connections(ctx, shop)
	if err != nil {
		return shops.Connection{}, fmt.Errorf("list connections of %s: %w", shop, err)
	}
	for _, c := range connections {
		if c.TikTokShop == id {
			return c, nil
		}
	}
	return shops.Connection{}, fmt.Errorf("tiktok shop %s of %s: %w", id, shop, shops.ErrNotFound)
}

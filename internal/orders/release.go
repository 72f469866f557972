package orders

import (
	"context"
	"fmt"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// Reasons why an order rests although TikTok would let it be written.
const (
	// PullOff: orders are not to be read yet.
	PullOff = "pull_orders_off"
	// PushOff: the order is planned and waits for the merchant's go.
	PushOff = "push_orders_off"
	// ConnectionOff: the TikTok shop that took the order is not synced, by choice or because of its market.
	ConnectionOff = "connection_off"
	// Ignored: the merchant left the order to another connector.
	Ignored = "ignored_by_merchant"
)

// releasePage bounds one round of releasing.
const releasePage = 200

// ReleaseArgs asks for everything that rests for one reason to be looked at again.
type ReleaseArgs struct {
	Shop   shopify.Domain `json:"shop"`
	State  links.State    `json:"state"`
	Reason string         `json:"reason"`
}

// Kind is the job's frozen name.
func (ReleaseArgs) Kind() string { return "order_release" }

// Resting lists orders by why they rest and puts jobs into the queue.
type Resting interface {
	// OrdersIn lists orders in that state for that reason with an id greater than after, in the order of their ids.
	OrdersIn(ctx context.Context, shop shopify.Domain, state links.State, reason, after string, limit int) ([]links.Order, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Releaser starts an import for each resting order. The order's plan is made
// anew from what TikTok says now, so nothing stale is released.
type Releaser struct{ Store Resting }

// Release pages through what rests. A crash half-way repeats some imports,
// which is harmless: an import that has nothing to do does nothing.
func (r *Releaser) Release(ctx context.Context, args ReleaseArgs) error {
	after := ""
	for {
		page, err := r.Store.OrdersIn(ctx, args.Shop, args.State, args.Reason, after, releasePage)
		if err != nil {
			return fmt.Errorf("list orders at rest (%s): %w", args.Reason, err)
		}
		if len(page) == 0 {
			return nil
		}
		jobs := make([]Job, len(page))
		for n, order := range page {
			jobs[n] = ImportArgs{Shop: order.Shop, TikTokShop: order.TikTokShop, Order: order.ID, Cause: "released:" + args.Reason}
		}
		if err := r.Store.Enqueue(ctx, jobs...); err != nil {
			return fmt.Errorf("release orders at rest (%s): %w", args.Reason, err)
		}
		after = string(page[len(page)-1].ID)
	}
}

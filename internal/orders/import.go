package orders

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/leases"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// ImportArgs asks for one TikTok order to be brought to where it should be.
// Webhook, poll, click and release all ask with it, so they meet in one place.
type ImportArgs struct {
	Shop shopify.Domain `json:"shop" river:"unique"`
	// TikTokShop is empty when nobody knows yet which connected shop took the order.
	TikTokShop tiktok.ShopID  `json:"tiktok_shop,omitempty"`
	Order      tiktok.OrderID `json:"order_id" river:"unique"`
	// Cause is what asked: "webhook:…", "poll:…", "recheck:…", "resumed:…", "released:…", "retry:…", "asked".
	Cause string `json:"cause"`
	// Asked tells that a person asked for this very order: the start line does not hold it off.
	Asked bool `json:"asked,omitempty"`
	// Seen is the order's update_time, in unix seconds, that a poll saw; 0 for all others.
	Seen int64 `json:"seen,omitempty" river:"unique"`
}

// Kind is the job's frozen name.
func (ImportArgs) Kind() string { return "order_import" }

// Once tells the queue that one unfinished import of what was seen is enough,
// however many polls see it. A webhook's is never left out.
func (a ImportArgs) Once() bool { return a.Seen > 0 }

// Patient tells that the order is one of a backlog: what happens now goes
// first, and so does what an order of the backlog leaves to be done.
func (a ImportArgs) Patient() bool {
	why, _, _ := strings.Cut(a.Cause, ":")
	return why == "released" || why == "resumed" || why == "backfill" || why == "poll"
}

// Book is what is known of the Shopify shop.
type Book interface {
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error)
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
	// SKUVariants are the merchant's own mappings of these SKUs; a SKU without one has no entry.
	SKUVariants(ctx context.Context, domain shopify.Domain, skus []tiktok.SKUID) (map[tiktok.SKUID]shopify.GID, error)
}

// Ledger keeps orders; every write names the lease it is made under.
type Ledger interface {
	leases.Keeper
	// Order returns links.ErrNotFound for an order that was never seen.
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	Lines(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error)
	SaveOrder(ctx context.Context, lease links.Lease, order links.Order, jobs ...Job) error
	// SaveChange keeps what became of a written order; its place is hashed for search and not kept itself.
	SaveChange(ctx context.Context, lease links.Lease, order links.Order, change links.Change, jobs ...Job) error
	// Intents are what was intended for an order in Shopify, the oldest first.
	Intents(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Intent, error)
	// ComparePlace says which parts of a place are those that were kept of the order.
	ComparePlace(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, place links.Place) (links.SamePlace, error)
}

// Exceptions opens and resolves what a person must mend.
type Exceptions interface {
	OpenException(ctx context.Context, e exceptions.Exception) error
	// ResolveExceptions ends the order's open exceptions, all or those of the codes named.
	ResolveExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID, resolution string, codes ...exceptions.Code) error
}

// TikTok is what the importer asks TikTok.
type TikTok interface {
	Order(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID) (tiktok.Order, error)
	ExternalOrders(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID) ([]tiktok.ExternalOrder, error)
}

// Shipments follows what was shipped, under the lease that the import holds:
// what TikTok shipped is never left for a warehouse to ship again.
type Shipments interface {
	// FollowUnderLease looks at a written order, as TikTok shows it, or at one that was cancelled.
	FollowUnderLease(ctx context.Context, lease links.Lease, settings shops.Settings, seat tiktok.Seat, order tiktok.Order) error
	// Together is the fulfillment that orderCreate makes with the order where one parcel holds all of it; nil for none.
	Together(ctx context.Context, shop shopify.Domain, settings shops.Settings, order tiktok.Order) (*admin.OrderCreateFulfillmentInput, error)
}

// Importer brings TikTok orders into Shopify.
type Importer struct {
	Book       Book
	Ledger     Ledger
	Exceptions Exceptions
	Timeline   timeline.Writer
	TikTok     TikTok
	Shopify    Shopify
	Now        func() time.Time
	// RetryBase is the unit of the waits between lookups of an unknown outcome.
	RetryBase time.Duration
	// Shipments, where set, brings the shipments of a written order along.
	Shipments Shipments
	// LoopCheck, where set, is the job that asks Loop for a written order in a shop that gave a key for Loop's API.
	LoopCheck func(shop shopify.Domain, id tiktok.OrderID) Job
	// Returns, where set, is the job that records what came back of an order before it was written.
	Returns func(shop shopify.Domain, id tiktok.OrderID) Job
	Log     *slog.Logger
}

// Import brings one order to where it should be. An error is for the queue:
// what a person must mend has become an exception and is no error.
func (i *Importer) Import(ctx context.Context, args ImportArgs) error {
	ctx = timeline.With(ctx, args.Shop, args.Order)
	shop, err := i.Book.Shop(ctx, args.Shop)
	if errors.Is(err, shops.ErrNotFound) || err == nil && !shop.Installed() {
		return fault.Permanent(fmt.Errorf("import order %s: %s is not installed", args.Order, args.Shop))
	}
	if err != nil {
		return fmt.Errorf("import order %s: %w", args.Order, err)
	}
	settings, err := i.Book.Settings(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("read settings of %s: %w", args.Shop, err)
	}
	return leases.Hold(ctx, i.Ledger, args.Shop, args.Order, func(ctx context.Context, lease links.Lease) error {
		r := &run{Importer: i, args: args, shop: shop, settings: settings, lease: lease}
		if err := r.settle(ctx, r.bring(ctx)); err != nil {
			return err
		}
		return r.ship(ctx)
	})
}

// run is one import while the order's lease is held.
type run struct {
	*Importer
	args       ImportArgs
	shop       shops.Shop
	settings   shops.Settings
	lease      links.Lease
	connection shops.Connection
	order      tiktok.Order
	row        links.Order
	// lines are a written order's, with their units as TikTok shows them now.
	lines []links.Line
	// notices are what a written order is listed under all the same.
	notices []Notice
}

// bring reads the truth, decides, and acts on the decision.
func (r *run) bring(ctx context.Context) error {
	if err := r.load(ctx); err != nil {
		return err
	}
	if done := r.row.State == links.Cancelled; done {
		return nil
	}
	if !r.settings.PullOrders && !r.args.Asked && r.row.State != links.Written && r.row.AttemptAt == nil {
		return r.rest(ctx, links.Waiting, PullOff)
	}
	if found, err := r.fetch(ctx); err != nil || !found {
		return err
	}
	if r.row.State == links.Written {
		return r.follow(ctx)
	}
	if r.row.AttemptAt != nil {
		return r.recover(ctx)
	}
	decision := Decide(r.order, Context{
		Connection: r.connection, Settings: r.settings, ShopCurrency: r.shop.Currency,
		StartLine: r.settings.StartLine(r.connection), Asked: r.args.Asked,
	})
	r.notices = decision.Notices
	switch decision.Action {
	case Wait:
		return r.rest(ctx, links.Waiting, decision.Reason)
	case Skip:
		return r.rest(ctx, links.Skipped, decision.Reason)
	case Hold:
		return fault.NeedsMerchant(string(decision.Code), decision.Detail, nil)
	}
	text := cmp.Or(decision.Detail, "the order is to be written")
	if err := r.note(ctx, timeline.Decision, text, "reason", decision.Reason, "tiktok_status", string(r.order.Status)); err != nil {
		return err
	}
	return r.write(ctx)
}

// ship brings the shipments along of an order that is, or was, in Shopify.
func (r *run) ship(ctx context.Context) error {
	known := r.order.ID != "" && r.row.State == links.Written
	if r.Shipments == nil || !known && r.row.State != links.Cancelled {
		return nil
	}
	return r.Shipments.FollowUnderLease(ctx, r.lease, r.settings, seatOf(r.connection), r.order)
}

// load reads the ledger's row, or begins one.
func (r *run) load(ctx context.Context) error {
	row, err := r.Ledger.Order(ctx, r.args.Shop, r.args.Order)
	if errors.Is(err, links.ErrNotFound) {
		row, err = links.Order{Shop: r.args.Shop, TikTokShop: r.args.TikTokShop, ID: r.args.Order}, nil
	}
	if err != nil {
		return fmt.Errorf("read order %s: %w", r.args.Order, err)
	}
	r.row = row
	return r.note(ctx, timeline.EventIn, "asked to bring the order up to date", "cause", r.args.Cause)
}

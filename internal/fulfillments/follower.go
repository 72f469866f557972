package fulfillments

import (
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

// FollowArgs asks for the shipments of one order to be brought to agreement.
type FollowArgs struct {
	Shop shopify.Domain `json:"shop"`
	// Order is TikTok's id; where only Shopify's is known, ShopifyOrder names the order.
	Order        tiktok.OrderID `json:"order_id,omitempty"`
	ShopifyOrder shopify.GID    `json:"shopify_order,omitempty"`
	// Cause is what asked: "webhook:…", "sweep:…", "recheck:…", "resumed:…", "released:…", "retry:…".
	Cause string `json:"cause"`
	// Handled is the code of an exception that a person has dealt with elsewhere; Note is what they said.
	Handled exceptions.Code `json:"handled,omitempty"`
	Note    string          `json:"note,omitempty"`
}

// Kind is the job's frozen name.
func (FollowArgs) Kind() string { return "fulfillment_follow" }

// Book is what is known of the Shopify shop.
type Book interface {
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error)
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
}

// Ledger keeps shipments; every write names the lease it is made under.
type Ledger interface {
	leases.Keeper
	// Order and OrderByShopifyOrder return links.ErrNotFound for an order that is not ours.
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	OrderByShopifyOrder(ctx context.Context, shop shopify.Domain, id shopify.GID) (links.Order, error)
	Lines(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error)
	Shipments(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Shipment, error)
	SaveShipments(ctx context.Context, lease links.Lease, shipments []links.Shipment, jobs ...Job) error
	ShipmentsLookedAt(ctx context.Context, lease links.Lease, at time.Time) error
}

// Exceptions opens and resolves what a person must mend.
type Exceptions interface {
	OpenException(ctx context.Context, e exceptions.Exception) error
	ResolveExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID, resolution string, codes ...exceptions.Code) error
}

// TikTok is what the follower asks TikTok and tells it.
type TikTok interface {
	Order(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID) (tiktok.Order, error)
	OrderCancellations(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID) ([]tiktok.Cancellation, error)
	MarkShipped(ctx context.Context, seat tiktok.Seat, p tiktok.Parcel) (tiktok.Marked, error)
	UpdateShipping(ctx context.Context, seat tiktok.Seat, u tiktok.ShippingUpdate) error
}

// Shopify is what the follower asks Shopify and tells it.
type Shopify interface {
	OrderFulfillments(ctx context.Context, shop shopify.Domain, order shopify.GID, lines int) ([]shopify.Fulfillment, error)
	FulfillmentOrders(ctx context.Context, shop shopify.Domain, order shopify.GID, lines int) ([]shopify.FulfillmentOrder, error)
	CreateFulfillment(ctx context.Context, shop shopify.Domain, s shopify.Shipment) (shopify.GID, error)
	UpdateTracking(ctx context.Context, shop shopify.Domain, fulfillment shopify.GID, p shopify.Parcels) error
	AddFulfillmentEvent(ctx context.Context, shop shopify.Domain, fulfillment shopify.GID, status admin.FulfillmentEventStatus, happened time.Time) error
	ShippingLocation(ctx context.Context, shop shopify.Domain) (shopify.Location, error)
}

// Carriers finds TikTok's provider for the name of a carrier in Shopify.
type Carriers interface {
	Provider(ctx context.Context, shop shopify.Domain, seat tiktok.Seat, option, company string) (Carrier, error)
}

// Follower brings the shipments of orders to agreement on both sides.
type Follower struct {
	Book       Book
	Ledger     Ledger
	Exceptions Exceptions
	Timeline   timeline.Writer
	TikTok     TikTok
	Shopify    Shopify
	Carriers   Carriers
	Now        func() time.Time
	// RetryBase is the unit of the wait for an unknown outcome.
	RetryBase time.Duration
	Log       *slog.Logger
}

// Follow looks at one order and does what is missing. An error is for the
// queue: what a person must mend has become an exception and is no error.
func (f *Follower) Follow(ctx context.Context, args FollowArgs) error {
	shop, err := f.Book.Shop(ctx, args.Shop)
	if errors.Is(err, shops.ErrNotFound) || err == nil && !shop.Installed() {
		return fault.Permanent(fmt.Errorf("follow shipments of order %s: %s is not installed", args.Order, args.Shop))
	}
	if err != nil {
		return fmt.Errorf("follow shipments of order %s: %w", args.Order, err)
	}
	row, err := f.row(ctx, args)
	if errors.Is(err, links.ErrNotFound) {
		return nil // an order of somebody else's
	}
	if err != nil {
		return fmt.Errorf("read order %s%s: %w", args.Order, args.ShopifyOrder, err)
	}
	settings, err := f.Book.Settings(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("read settings of %s: %w", args.Shop, err)
	}
	if !settings.PullFulfillments && (strings.HasPrefix(args.Cause, "webhook:") || strings.HasPrefix(args.Cause, "sweep:")) {
		return nil // looked at when the switch is turned on
	}
	connections, err := f.Book.Connections(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("list connections of %s: %w", args.Shop, err)
	}
	ctx = timeline.With(ctx, args.Shop, row.ID)
	return leases.Hold(ctx, f.Ledger, args.Shop, row.ID, func(ctx context.Context, lease links.Lease) error {
		r := &run{Follower: f, lease: lease, shop: args.Shop, id: row.ID, settings: settings, look: true, args: args}
		began := f.Now()
		err := r.asked(ctx, connections)
		if settled := r.settle(ctx, err); settled != nil || err != nil {
			return settled
		}
		return r.remember(ctx, began)
	})
}

func (f *Follower) row(ctx context.Context, args FollowArgs) (links.Order, error) {
	if args.Order != "" {
		return f.Ledger.Order(ctx, args.Shop, args.Order)
	}
	return f.Ledger.OrderByShopifyOrder(ctx, args.Shop, args.ShopifyOrder)
}

// FollowUnderLease does the same for an order that somebody holds and has just
// read from TikTok. It asks Shopify only where the ledger lacks something.
func (f *Follower) FollowUnderLease(ctx context.Context, lease links.Lease, settings shops.Settings, seat tiktok.Seat, order tiktok.Order) error {
	r := &run{Follower: f, lease: lease, shop: lease.Shop, id: lease.Order, settings: settings, seat: seat}
	r.truth.Order = order
	return r.settle(ctx, r.bring(ctx))
}

// run is one look at an order while its lease is held.
type run struct {
	*Follower
	lease    links.Lease
	shop     shopify.Domain
	id       tiktok.OrderID
	settings shops.Settings
	seat     tiktok.Seat
	row      links.Order
	truth    Truth
	args     FollowArgs
	// look: Shopify is asked also where the ledger lacks nothing. looked: it was asked.
	look, looked bool
	asks         []Step
}

// mostRounds bounds how often a run plans: after each thing that was read, and
// after steps that changed something.
const mostRounds = 40

// asked reads the order from TikTok before it is brought to agreement.
func (r *run) asked(ctx context.Context, connections []shops.Connection) error {
	if err := r.note(ctx, timeline.EventIn, "asked to look at the shipments", "cause", r.args.Cause); err != nil {
		return err
	}
	if err := r.load(ctx); err != nil {
		return err
	}
	if r.row.State != links.Written {
		return r.close(ctx)
	}
	for _, c := range connections {
		if c.TikTokShop != r.row.TikTokShop {
			continue
		}
		if c.Off == shops.OffByMerchant {
			return nil
		}
		r.seat = tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
		return r.read(ctx)
	}
	return fault.NeedsMerchant(string(exceptions.ShipmentRefused), "The TikTok shop of this order is not connected.", nil)
}

func (r *run) read(ctx context.Context) error {
	order, err := r.TikTok.Order(ctx, r.seat, r.id)
	if err != nil {
		return fmt.Errorf("fetch tiktok order %s: %w", r.id, err)
	}
	r.truth.Order = order
	return r.bring(ctx)
}

// load reads what the ledger has.
func (r *run) load(ctx context.Context) error {
	row, err := r.Ledger.Order(ctx, r.shop, r.id)
	if err != nil {
		return fmt.Errorf("read order %s: %w", r.id, err)
	}
	r.row = row
	if r.truth.Lines, err = r.Ledger.Lines(ctx, r.shop, r.id); err != nil {
		return fmt.Errorf("read lines of order %s: %w", r.id, err)
	}
	if r.truth.Shipments, err = r.Ledger.Shipments(ctx, r.shop, r.id); err != nil {
		return fmt.Errorf("read shipments of order %s: %w", r.id, err)
	}
	return nil
}

// bring plans and does what is planned, until nothing is left to do.
func (r *run) bring(ctx context.Context) error {
	if err := r.load(ctx); err != nil {
		return err
	}
	if r.row.State != links.Written {
		return r.close(ctx)
	}
	r.truth.Pull, r.truth.Push, r.truth.Mirror = r.settings.PullFulfillments, r.settings.PushFulfillments, r.settings.MirrorShipments
	r.truth.Refused, r.truth.Carriers = map[string]Refusal{}, map[string]Carrier{}
	r.truth.Patience = patience * r.RetryBase
	if r.look {
		if err := r.readFulfillments(ctx); err != nil {
			return err
		}
	}
	for range mostRounds {
		r.truth.Now = r.Now()
		steps := Plan(r.truth)
		acted, err := r.take(ctx, steps)
		if err != nil {
			return err
		}
		if !acted {
			return r.ends(ctx, steps)
		}
	}
	return fmt.Errorf("follow shipments of order %s: no end after %d rounds", r.id, mostRounds)
}

// patience is how long, in units of RetryBase, a fulfillment that may have been made is looked for.
const patience = 60

// ends keeps what is asked of a person, and waits where a call's outcome is not known yet.
func (r *run) ends(ctx context.Context, steps []Step) error {
	var waits *Step
	for n, step := range steps {
		switch step.Kind {
		case Ask:
			r.asks = append(r.asks, step)
		case Wait:
			waits = &steps[n]
		}
	}
	if err := r.keepAsks(ctx); err != nil {
		return err
	}
	if waits != nil {
		return fault.After(waits.At.Sub(r.Now()), errUnknownOutcome)
	}
	return nil
}

// errUnknownOutcome is why a job comes back to a call.
var errUnknownOutcome = errors.New("nobody knows yet whether Shopify made the fulfillment")

// keepAsks keeps what waits for a person as planned, or, where the person said
// that it is dealt with, that it was.
func (r *run) keepAsks(ctx context.Context) error {
	var open []Step
	for _, ask := range r.asks {
		s := ask.Shipment
		if s.Key == "" {
			open = append(open, ask)
			continue
		}
		if r.args.Handled == ask.Code && r.args.Handled != "" {
			s.Handled = ask.handled()
		} else {
			open = append(open, ask)
		}
		if err := r.save(ctx, s); err != nil {
			return err
		}
	}
	r.asks = open
	return nil
}

// close ends the leg of an order that is not in Shopify any more: what waits is forgotten.
func (r *run) close(ctx context.Context) error {
	r.looked = true
	for _, s := range r.truth.Shipments {
		if s.State == links.ShipmentPlanned || s.State == links.ShipmentRefused {
			s.State, s.Reason = links.ShipmentDropped, ""
			if err := r.save(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// save keeps a shipment where it differs from what the ledger has.
func (r *run) save(ctx context.Context, s links.Shipment) error {
	s.Shop, s.Order = r.shop, r.id
	at := -1
	for n, known := range r.truth.Shipments {
		if known.Key == s.Key {
			at = n
		}
	}
	if at >= 0 && same(r.truth.Shipments[at], s) {
		return nil
	}
	if err := r.Ledger.SaveShipments(ctx, r.lease, []links.Shipment{s}); err != nil {
		return fmt.Errorf("save shipment %s of order %s: %w", s.Key, r.id, err)
	}
	if at < 0 {
		r.tell(ctx, links.Shipment{}, s)
		r.truth.Shipments = append(r.truth.Shipments, s)
	} else {
		r.tell(ctx, r.truth.Shipments[at], s)
		r.truth.Shipments[at] = s
	}
	return nil
}

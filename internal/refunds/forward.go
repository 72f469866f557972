package refunds

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// ForwardArgs asks for the refunds of one order to be settled.
type ForwardArgs struct {
	Shop shopify.Domain `json:"shop"`
	// Order is TikTok's id; where only Shopify's is known, ShopifyOrder names the order.
	Order        tiktok.OrderID `json:"order_id,omitempty"`
	ShopifyOrder shopify.GID    `json:"shopify_order,omitempty"`
	// Cause is what asked: "webhook:…", "sweep:…", "poll:…", "recheck:…", "released:…", "retry:…", "approved:…".
	Cause string `json:"cause"`
	// Approved is a refund whose plan a person has released.
	Approved shopify.GID `json:"approved,omitempty"`
	// Handled is the code of an exception that a person has dealt with elsewhere; Note is what they said.
	Handled exceptions.Code `json:"handled,omitempty"`
	Note    string          `json:"note,omitempty"`
	// News is what TikTok's notification said, for one that names its case.
	News News `json:"news,omitzero"`
}

// Kind is the job's frozen name.
func (ForwardArgs) Kind() string { return "refund_forward" }

// Book is what is known of the Shopify shop.
type Book interface {
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error)
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
	// RefundReasons is the merchant's table of reasons.
	RefundReasons(ctx context.Context, domain shopify.Domain) (map[string]string, error)
}

// Ledger keeps refunds; every write names the lease it is made under.
type Ledger interface {
	leases.Keeper
	// Order and OrderByShopifyOrder return links.ErrNotFound for an order that is not ours.
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	OrderByShopifyOrder(ctx context.Context, shop shopify.Domain, id shopify.GID) (links.Order, error)
	Lines(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error)
	Intents(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Intent, error)
	Refunds(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Refund, error)
	SaveRefunds(ctx context.Context, lease links.Lease, refunds []links.Refund, change links.Change, jobs ...Job) error
}

// Exceptions opens and resolves what a person must mend.
type Exceptions interface {
	OpenException(ctx context.Context, e exceptions.Exception) error
	ResolveExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID, resolution string, codes ...exceptions.Code) error
}

// TikTok is what the forwarder asks TikTok and has it do.
type TikTok interface {
	Order(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID) (tiktok.Order, error)
	OrderReturns(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID) ([]tiktok.Return, error)
	OrderCancellations(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID) ([]tiktok.Cancellation, error)
	Eligibility(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID, requests ...tiktok.RequestType) (tiktok.Eligibility, error)
	Calculate(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID, kind tiktok.RequestType, reason string, units []tiktok.LineItemID) (tiktok.RefundAmount, error)
	ReturnDecisions(ctx context.Context, seat tiktok.Seat, id tiktok.ReturnID, decisions ...tiktok.Decision) (tiktok.Decidables, error)
	CancelDecisions(ctx context.Context, seat tiktok.Seat, id tiktok.CancelID, decisions ...tiktok.Decision) (tiktok.Decidables, error)
	Send(ctx context.Context, seat tiktok.Seat, w tiktok.Write) (tiktok.Written, error)
}

// Shopify is what the forwarder asks Shopify, and where it records what TikTok gave back.
type Shopify interface {
	OrderMarks(ctx context.Context, shop shopify.Domain, order shopify.GID) (*shopify.OrderMarks, error)
	Refund(ctx context.Context, shop shopify.Domain, id shopify.GID, lines int) (*shopify.Refund, error)
	Standing(ctx context.Context, shop shopify.Domain, order shopify.GID, lines int) (*shopify.Standing, error)
	CreateRefund(ctx context.Context, shop shopify.Domain, refund admin.RefundInput, key string) (shopify.GID, error)
}

// Forwarder settles the refunds of orders.
type Forwarder struct {
	Book       Book
	Ledger     Ledger
	Exceptions Exceptions
	Timeline   timeline.Writer
	TikTok     TikTok
	Shopify    Shopify
	Now        func() time.Time
	// RetryBase is the unit of the wait for a payment that is pending.
	RetryBase time.Duration
	Log       *slog.Logger
}

// Forward looks at one order and does what its refunds lack. An error is for
// the queue: what a person must mend has become an exception and is no error.
func (f *Forwarder) Forward(ctx context.Context, args ForwardArgs) error {
	shop, err := f.Book.Shop(ctx, args.Shop)
	if errors.Is(err, shops.ErrNotFound) || err == nil && !shop.Installed() {
		return fault.Permanent(fmt.Errorf("settle refunds of order %s: %s is not installed", args.Order, args.Shop))
	}
	if err != nil {
		return fmt.Errorf("settle refunds of order %s: %w", args.Order, err)
	}
	row, err := f.row(ctx, args)
	if errors.Is(err, links.ErrNotFound) {
		return nil // an order of somebody else's, or a test order
	}
	if err != nil {
		return fmt.Errorf("read order %s%s: %w", args.Order, args.ShopifyOrder, err)
	}
	if idle, err := f.knows(ctx, row, args); err != nil || idle {
		return err
	}
	settings, err := f.Book.Settings(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("read settings of %s: %w", args.Shop, err)
	}
	seat, synced, err := f.seat(ctx, row)
	if err != nil || !synced {
		return err
	}
	ctx = timeline.With(ctx, args.Shop, row.ID)
	return leases.Hold(ctx, f.Ledger, args.Shop, row.ID, func(ctx context.Context, lease links.Lease) error {
		r := &run{Forwarder: f, lease: lease, shop: args.Shop, id: row.ID, settings: settings, seat: seat, args: args}
		return r.settle(ctx, r.bring(ctx))
	})
}

func (f *Forwarder) row(ctx context.Context, args ForwardArgs) (links.Order, error) {
	if args.Order != "" {
		return f.Ledger.Order(ctx, args.Shop, args.Order)
	}
	return f.Ledger.OrderByShopifyOrder(ctx, args.Shop, args.ShopifyOrder)
}

// seat finds where the order's TikTok shop is asked. A shop that the merchant
// switched off is left alone; one that is not connected any more is waited for.
func (f *Forwarder) seat(ctx context.Context, row links.Order) (tiktok.Seat, bool, error) {
	connections, err := f.Book.Connections(ctx, row.Shop)
	if err != nil {
		return tiktok.Seat{}, false, fmt.Errorf("list connections of %s: %w", row.Shop, err)
	}
	for _, c := range connections {
		if c.TikTokShop == row.TikTokShop {
			seat := tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
			return seat, c.Off != shops.OffByMerchant, nil
		}
	}
	return tiktok.Seat{}, false, nil
}

// run is one look at an order's refunds while its lease is held.
type run struct {
	*Forwarder
	lease    links.Lease
	shop     shopify.Domain
	id       tiktok.OrderID
	settings shops.Settings
	seat     tiktok.Seat
	args     ForwardArgs

	row     links.Order
	lines   []links.Line
	refunds []links.Refund
	intents []links.Intent
	order   tiktok.Order
	cases   Cases
	marks   shopify.OrderMarks
	// read are the refunds that were read in this run.
	read    map[shopify.GID]*shopify.Refund
	reasons Reasons
	// notices are what the order is listed under, by code.
	notices map[exceptions.Code]string
	// brief is a run that looked at one case and found it all that is new.
	brief bool
}

// bring reads both sides, books what TikTok says, takes in what Shopify says,
// and takes each refund as far as it goes.
func (r *run) bring(ctx context.Context) error {
	r.notices = map[exceptions.Code]string{}
	if err := r.note(ctx, timeline.EventIn, "asked to settle the refunds", "cause", r.args.Cause); err != nil {
		return err
	}
	if err := r.load(ctx); err != nil {
		return err
	}
	if r.row.ShopifyOrder == "" || r.row.State != links.Written && r.row.State != links.Cancelled {
		return nil
	}
	var err error
	if r.brief, err = r.follow(ctx); err != nil || r.brief {
		return err
	}
	if err := r.readTikTok(ctx); err != nil {
		return err
	}
	if err := r.book(ctx); err != nil {
		return err
	}
	if err := r.readShopify(ctx); err != nil {
		return err
	}
	later, err := r.advanceAll(ctx)
	if err != nil {
		return err
	}
	if err := r.mirror(ctx); err != nil {
		return err
	}
	return later
}

// load reads what the ledger has.
func (r *run) load(ctx context.Context) error {
	var err error
	if r.row, err = r.Ledger.Order(ctx, r.shop, r.id); err != nil {
		return fmt.Errorf("read order %s: %w", r.id, err)
	}
	if r.lines, err = r.Ledger.Lines(ctx, r.shop, r.id); err != nil {
		return fmt.Errorf("read lines of order %s: %w", r.id, err)
	}
	if r.refunds, err = r.Ledger.Refunds(ctx, r.shop, r.id); err != nil {
		return fmt.Errorf("read refunds of order %s: %w", r.id, err)
	}
	if r.intents, err = r.Ledger.Intents(ctx, r.shop, r.id); err != nil {
		return fmt.Errorf("read intents of order %s: %w", r.id, err)
	}
	table, err := r.Book.RefundReasons(ctx, r.shop)
	if err != nil {
		return fmt.Errorf("read reasons of %s: %w", r.shop, err)
	}
	r.reasons = ReasonsOf(table)
	return nil
}

// readTikTok reads the order and all that happened to it after the sale.
func (r *run) readTikTok(ctx context.Context) error {
	order, err := r.TikTok.Order(ctx, r.seat, r.id)
	if err != nil {
		return fmt.Errorf("fetch tiktok order %s: %w", r.id, err)
	}
	returns, err := r.TikTok.OrderReturns(ctx, r.seat, r.id)
	if err != nil {
		return err
	}
	cancellations, err := r.TikTok.OrderCancellations(ctx, r.seat, r.id)
	if err != nil {
		return err
	}
	r.order, r.cases = order, CasesOf(returns, cancellations)
	return nil
}

// save keeps a refund and puts it in place of what was known.
func (r *run) save(ctx context.Context, refund links.Refund, change links.Change) error {
	refund.Shop, refund.Order = r.shop, r.id
	if err := r.Ledger.SaveRefunds(ctx, r.lease, []links.Refund{refund}, change); err != nil {
		return fmt.Errorf("save refund %s of order %s: %w", refund.ID, r.id, err)
	}
	if change.Lines != nil {
		r.lines = change.Lines
	}
	for n := range r.refunds {
		if known := &r.refunds[n]; known.ID == refund.ID {
			r.tell(ctx, *known, refund)
			*known = refund
			return nil
		}
	}
	r.tell(ctx, links.Refund{}, refund)
	r.refunds = append(r.refunds, refund)
	return nil
}

// note adds a line to the order's story; facts come in pairs.
func (r *run) note(ctx context.Context, kind timeline.Kind, text string, facts ...string) error {
	entry := timeline.Entry{Shop: r.shop, Order: r.id, At: r.Now(), Kind: kind, Text: text, Facts: map[string]string{}}
	for n := 0; n+1 < len(facts); n += 2 {
		if facts[n+1] != "" {
			entry.Facts[facts[n]] = facts[n+1]
		}
	}
	if err := r.Timeline.AppendTimeline(ctx, entry); err != nil {
		return fmt.Errorf("note %q on order %s: %w", text, r.id, err)
	}
	return nil
}

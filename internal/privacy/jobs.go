package privacy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// TakeArgs takes up what a customer asked for.
type TakeArgs struct {
	Shop     shopify.Domain `json:"shop"`
	ID       string         `json:"request_id"`
	Asks     Kind           `json:"asks"`
	Customer string         `json:"customer,omitempty"`
	// ShopifyOrders are those that Shopify named.
	ShopifyOrders []shopify.GID `json:"shopify_orders,omitempty"`
	At            time.Time     `json:"at"`
}

// Kind is the job's frozen name.
func (TakeArgs) Kind() string { return "privacy_request" }

// RoundArgs begins a round through all shops.
type RoundArgs struct{}

// Kind is the job's frozen name.
func (RoundArgs) Kind() string { return "privacy_round" }

// ShopArgs is one shop's part of a round.
type ShopArgs struct {
	Shop shopify.Domain `json:"shop"`
}

// Kind is the job's frozen name.
func (ShopArgs) Kind() string { return "privacy_shop" }

// Once keeps one shop's rounds from piling up.
func (ShopArgs) Once() bool { return true }

// Book is where requests and what is known of buyers are kept.
type Book interface {
	AddPrivacyRequest(ctx context.Context, r Request) error
	OpenPrivacyRequests(ctx context.Context, shop shopify.Domain, kind Kind) ([]Request, error)
	FinishPrivacyRequest(ctx context.Context, shop shopify.Domain, id string) error
	// DropPrivacyRequests deletes those that were done with before.
	DropPrivacyRequests(ctx context.Context, shop shopify.Domain, before time.Time) error
	// AllShops names every shop of which something is kept.
	AllShops(ctx context.Context) ([]shopify.Domain, error)
	// Settings returns shops.ErrNotFound for a shop without.
	Settings(ctx context.Context, shop shopify.Domain) (shops.Settings, error)
	OrderByShopifyOrder(ctx context.Context, shop shopify.Domain, order shopify.GID) (links.Order, error)
	// UnredactedOrders lists, the oldest first, orders after the one given whose time was over before then.
	UnredactedOrders(ctx context.Context, shop shopify.Domain, before time.Time, after links.Order, limit int) ([]links.Order, error)
	// ForgetOrders tells how many of them were done; the others are under way. An open exception is a reason to wait
	// only as long as there is time.
	ForgetOrders(ctx context.Context, shop shopify.Domain, timeIsUp bool, ids ...tiktok.OrderID) (done int, err error)
	// EmptyLatePayloads empties what was received since then about orders that were forgotten by then.
	EmptyLatePayloads(ctx context.Context, since time.Time) error
	OpenException(ctx context.Context, e exceptions.Exception) error
	ResolveExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID, resolution string, codes ...exceptions.Code) error
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Keeper does what customers and the settings ask for.
type Keeper struct {
	Book Book
	Now  func() time.Time
	Log  *slog.Logger
}

const (
	// together is how many orders are forgotten in one transaction, mostARound in one round of a shop.
	together, mostARound = 50, 2000
	// proofFor is how long a request is kept after it was done, to show that it was.
	proofFor = 365 * 24 * time.Hour
	// warnAfter is how old a redaction is that something still holds up when the merchant is told.
	warnAfter = 20 * 24 * time.Hour
	// exceptionsFor is how long an open exception holds a redaction up: some end only when TikTok changes its mind, and
	// Shopify's day must be kept. What is under way, a refund above all, is always brought to its end first.
	exceptionsFor = 27 * 24 * time.Hour
	// lateFor is how far back payloads are looked through that came after their order was forgotten. Rounds come every hour.
	lateFor = 24 * time.Hour
)

// Take keeps a request and does at once what can be done.
func (k *Keeper) Take(ctx context.Context, args TakeArgs) error {
	r := Request{Shop: args.Shop, ID: args.ID, Kind: args.Asks, Customer: args.Customer, Orders: args.ShopifyOrders, ReceivedAt: args.At}
	if err := k.Book.AddPrivacyRequest(ctx, r); err != nil {
		return err
	}
	if err := errors.Join(k.redact(ctx, args.Shop), k.mopUp(ctx)); err != nil {
		return err
	}
	return k.tell(ctx, args.Shop)
}

// mopUp empties payloads that came when their order had been forgotten: a
// platform still tells of it, or told of it in that very moment.
func (k *Keeper) mopUp(ctx context.Context) error {
	return k.Book.EmptyLatePayloads(ctx, k.Now().Add(-lateFor))
}

// Round has every shop looked at, one job for each.
func (k *Keeper) Round(ctx context.Context, _ RoundArgs) error {
	if err := k.mopUp(ctx); err != nil {
		return err
	}
	all, err := k.Book.AllShops(ctx)
	if err != nil {
		return err
	}
	for len(all) > 0 {
		page := all[:min(len(all), 200)]
		all = all[len(page):]
		jobs := make([]Job, len(page))
		for n, shop := range page {
			jobs[n] = ShopArgs{Shop: shop}
		}
		if err := k.Book.Enqueue(ctx, jobs...); err != nil {
			return fmt.Errorf("begin round: %w", err)
		}
	}
	return nil
}

// Shop does what is due in one shop.
func (k *Keeper) Shop(ctx context.Context, args ShopArgs) error {
	return errors.Join(
		k.redact(ctx, args.Shop),
		k.expire(ctx, args.Shop),
		k.Book.DropPrivacyRequests(ctx, args.Shop, k.Now().Add(-proofFor)),
		k.tell(ctx, args.Shop),
	)
}

// redact carries out the wishes to be forgotten, as far as they can be: what is
// still under way is tried again in each round.
func (k *Keeper) redact(ctx context.Context, shop shopify.Domain) error {
	open, err := k.Book.OpenPrivacyRequests(ctx, shop, Redaction)
	if err != nil {
		return err
	}
	for _, r := range open {
		left, err := k.carryOut(ctx, r)
		if err != nil {
			return err
		}
		if left > 0 {
			continue
		}
		if err := k.Book.FinishPrivacyRequest(ctx, shop, r.ID); err != nil {
			return err
		}
		k.Log.InfoContext(ctx, "privacy.redacted", "shop", shop, "privacy_request_id", r.ID, "orders", len(r.Orders))
	}
	return nil
}

// carryOut forgets the buyers of a request's orders and tells how many orders
// are still under way. Orders of other channels are not ours to forget.
func (k *Keeper) carryOut(ctx context.Context, r Request) (left int, err error) {
	var ids []tiktok.OrderID
	for _, gid := range r.Orders {
		order, err := k.Book.OrderByShopifyOrder(ctx, r.Shop, gid)
		switch {
		case errors.Is(err, links.ErrNotFound):
		case err != nil:
			return 0, err
		case order.RedactedAt == nil:
			ids = append(ids, order.ID)
		}
	}
	done, err := k.forget(ctx, r.Shop, k.Now().Sub(r.ReceivedAt) > exceptionsFor, ids)
	return len(ids) - done, err
}

// forget goes in bounded transactions.
func (k *Keeper) forget(ctx context.Context, shop shopify.Domain, timeIsUp bool, ids []tiktok.OrderID) (done int, err error) {
	for len(ids) > 0 {
		page := ids[:min(len(ids), together)]
		ids = ids[len(page):]
		n, err := k.Book.ForgetOrders(ctx, shop, timeIsUp, page...)
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// expire forgets the buyers of orders whose time, as the settings say, is over.
func (k *Keeper) expire(ctx context.Context, shop shopify.Domain) error {
	settings, err := k.Book.Settings(ctx, shop)
	if errors.Is(err, shops.ErrNotFound) {
		settings, err = shops.DefaultSettings(), nil
	}
	if err != nil {
		return err
	}
	before := k.Now().AddDate(0, 0, -settings.DataRetentionDays)
	var last links.Order
	forgotten := 0
	for walked := 0; walked < mostARound; {
		page, err := k.Book.UnredactedOrders(ctx, shop, before, last, together)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		ids := make([]tiktok.OrderID, len(page))
		for n, order := range page {
			ids[n] = order.ID
		}
		done, err := k.forget(ctx, shop, false, ids)
		if err != nil {
			return err
		}
		forgotten += done
		walked, last = walked+len(page), page[len(page)-1]
	}
	if forgotten > 0 {
		k.Log.InfoContext(ctx, "privacy.expired", "shop", shop, "orders", forgotten)
	}
	return nil
}

// tell opens the shop's exception while the merchant has to do something, and
// clears it after that.
func (k *Keeper) tell(ctx context.Context, shop shopify.Domain) error {
	data, err := k.Book.OpenPrivacyRequests(ctx, shop, DataRequest)
	if err != nil {
		return err
	}
	redactions, err := k.Book.OpenPrivacyRequests(ctx, shop, Redaction)
	if err != nil {
		return err
	}
	late := 0
	for _, r := range redactions {
		if k.Now().Sub(r.ReceivedAt) > warnAfter {
			late++
		}
	}
	var detail string
	if len(data) > 0 {
		detail = "Reports asked for: " + strconv.Itoa(len(data)) + ", the first is due on " + data[0].Due().Format(time.DateOnly) + "."
	}
	if late > 0 {
		detail += " Deletions held up by open refunds or exceptions: " + strconv.Itoa(late) + ", the first is due on " + redactions[0].Due().Format(time.DateOnly) + "."
	}
	if detail == "" {
		return k.Book.ResolveExceptions(ctx, shop, "", exceptions.CauseGone, exceptions.PrivacyRequest)
	}
	return k.Book.OpenException(ctx, exceptions.New(shop, "", exceptions.PrivacyRequest, detail, k.Now()))
}

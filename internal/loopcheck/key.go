package loopcheck

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// KeyArgs ask whether Loop takes the shop's key. Whoever changes the key leaves
// such a job, and so does a check to which a refused key was good.
type KeyArgs struct {
	Shop shopify.Domain `json:"shop"`
}

// Kind is the job's frozen name.
func (KeyArgs) Kind() string { return "loop_key" }

// Exceptions opens and resolves what a person must mend. No order means the whole shop.
type Exceptions interface {
	OpenException(ctx context.Context, e exceptions.Exception) error
	ResolveExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID, resolution string, codes ...exceptions.Code) error
	// OrderExceptions are the open ones of one order, or of the shop as a whole.
	OrderExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]exceptions.Exception, error)
}

// Waiting knows the orders that Loop was asked about in vain.
type Waiting interface {
	// LoopChecksWith lists orders whose last answer has that code, with an id greater than after, in the order of
	// their ids.
	LoopChecksWith(ctx context.Context, shop shopify.Domain, code string, after tiktok.OrderID, limit int) ([]tiktok.OrderID, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Keyring looks after the shops' keys.
type Keyring struct {
	Keys       Keys
	Loop       Loop
	Exceptions Exceptions
	Waiting    Waiting
	Now        func() time.Time
}

const (
	// noOrder is asked for to learn what Loop thinks of a key: a name that no order has.
	noOrder = "switchback-key-check"
	// waitingPage bounds one round of asking again.
	waitingPage = 200
)

// badKey are the answers that only another key can change.
func badKey() []string { return []string{KeyRefused, loop.CodeShopNotFound} }

// Review tells the merchant of a key that Loop refuses. One that it takes, or
// that is gone, clears that, and what could not be asked before is asked.
func (k *Keyring) Review(ctx context.Context, args KeyArgs) error {
	key, err := k.Keys.LoopKey(ctx, args.Shop)
	if err != nil {
		return err
	}
	if key.Empty() {
		return k.resolve(ctx, args.Shop)
	}
	_, err = k.Loop.ReturnEligibility(ctx, key, noOrder)
	switch code := codeOf(err); {
	case ctx.Err() != nil || fault.Of(err) == fault.Later || code == Unreachable:
		return err
	case slices.Contains(badKey(), code):
		return refuse(ctx, k.Exceptions, args.Shop, k.Now())
	}
	for _, code := range badKey() {
		if err := k.askAgain(ctx, args.Shop, code); err != nil {
			return err
		}
	}
	return k.resolve(ctx, args.Shop)
}

// refuse tells the merchant that Loop does not take the key.
func refuse(ctx context.Context, open Exceptions, shop shopify.Domain, at time.Time) error {
	e := exceptions.New(shop, "", exceptions.LoopKeyRefused, "", at)
	if err := open.OpenException(ctx, e); err != nil {
		return fmt.Errorf("open %s of %s: %w", e.Code, shop, err)
	}
	return nil
}

func (k *Keyring) resolve(ctx context.Context, shop shopify.Domain) error {
	err := k.Exceptions.ResolveExceptions(ctx, shop, "", exceptions.CauseGone, exceptions.LoopKeyRefused)
	if err != nil {
		return fmt.Errorf("resolve %s of %s: %w", exceptions.LoopKeyRefused, shop, err)
	}
	return nil
}

// askAgain starts a check of each order that a refused key kept from being asked about.
func (k *Keyring) askAgain(ctx context.Context, shop shopify.Domain, code string) error {
	after := tiktok.OrderID("")
	for {
		page, err := k.Waiting.LoopChecksWith(ctx, shop, code, after, waitingPage)
		if err != nil || len(page) == 0 {
			return err
		}
		jobs := make([]Job, len(page))
		for n, id := range page {
			jobs[n] = Args{Shop: shop, Order: id}
		}
		if err := k.Waiting.Enqueue(ctx, jobs...); err != nil {
			return fmt.Errorf("ask loop again about orders of %s: %w", shop, err)
		}
		after = page[len(page)-1]
	}
}

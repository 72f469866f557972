package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Accounts tells whom a delivery concerns.
type Accounts interface {
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	Connection(ctx context.Context, id tiktok.ShopID) (shops.Connection, error)
}

// Keeper keeps an event and its jobs in one durable transaction.
type Keeper interface {
	// ReceiveEvent reports false for an event that was already there.
	ReceiveEvent(ctx context.Context, e Event, jobs ...Job) (fresh bool, err error)
}

// Receiver takes verified deliveries.
type Receiver struct {
	Accounts Accounts
	Keeper   Keeper
	Now      func() time.Time
}

// Receive keeps the event, and the jobs that follow from it, once. It reports
// whether the event was new. An error means that nobody may count on
// it: the platform must deliver it again.
func (r *Receiver) Receive(ctx context.Context, e Event) (bool, error) {
	e.ReceivedAt = r.Now()
	if err := r.address(ctx, &e); err != nil {
		return false, err
	}
	e.ShopifyOrder = written(e)
	fresh, err := r.Keeper.ReceiveEvent(ctx, e, dispatch(e)...)
	if err != nil {
		return false, fmt.Errorf("keep %s event %s: %w", e.Source, e.Topic, err)
	}
	return fresh, nil
}

// address finds the shop that the event's account belongs to. An unknown
// account is no error: the event is kept, and nobody is bothered.
func (r *Receiver) address(ctx context.Context, e *Event) error {
	var err error
	switch e.Source {
	case FromTikTok:
		var c shops.Connection
		if c, err = r.Accounts.Connection(ctx, tiktok.ShopID(e.Account)); err == nil {
			e.Shop = c.Shop
		}
	case FromShopify:
		var s shops.Shop
		if s, err = r.Accounts.Shop(ctx, shopify.Domain(e.Account)); err == nil {
			e.Shop = s.Domain
		}
	}
	if err != nil && !errors.Is(err, shops.ErrNotFound) {
		return fmt.Errorf("find the shop of %s account %s: %w", e.Source, e.Account, err)
	}
	return nil
}

// happened is the best that is known of when the event happened.
func (e Event) happened() time.Time {
	if !e.TriggeredAt.IsZero() {
		return e.TriggeredAt
	}
	return e.ReceivedAt
}

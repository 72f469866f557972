package connections

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// DeauthorizeArgs follows TikTok's webhook SELLER_DEAUTHORIZATION.
type DeauthorizeArgs struct {
	Shop       shopify.Domain `json:"shop"`
	TikTokShop tiktok.ShopID  `json:"tiktok_shop"`
}

// Kind is the job's frozen name.
func (DeauthorizeArgs) Kind() string { return "tiktok_deauthorize" }

// Switchboard turns connections on and off.
type Switchboard interface {
	// Connection returns shops.ErrNotFound for a TikTok shop that is not connected.
	Connection(ctx context.Context, id tiktok.ShopID) (shops.Connection, error)
	SetConnectionOff(ctx context.Context, shop shopify.Domain, id tiktok.ShopID, reason shops.OffReason) error
}

// Prober makes a call that only an authorized app may make.
type Prober interface {
	Webhooks(ctx context.Context, seat tiktok.Seat) ([]tiktok.Webhook, error)
}

// Watcher notes what sellers do at TikTok.
type Watcher struct {
	Connections Switchboard
	TikTok      Prober
}

// Deauthorize notes that TikTok no longer lets us act for a shop. The
// connection stays in the list, so that the merchant sees why nothing comes.
// TikTok is asked first: the webhook may be old, and the seller may have
// authorized the app again since.
func (w *Watcher) Deauthorize(ctx context.Context, args DeauthorizeArgs) error {
	connection, err := w.Connections.Connection(ctx, args.TikTokShop)
	if errors.Is(err, shops.ErrNotFound) || err == nil && connection.Shop != args.Shop {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read connection of tiktok shop %s: %w", args.TikTokShop, err)
	}
	_, err = w.TikTok.Webhooks(ctx, seatOf(connection))
	var act *fault.Act
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &act) || act.Code != string(exceptions.ConnectionExpired):
		return fmt.Errorf("ask for tiktok shop %s: %w", args.TikTokShop, err)
	}
	if err := w.Connections.SetConnectionOff(ctx, args.Shop, args.TikTokShop, shops.OffDeauthorized); err != nil {
		return fmt.Errorf("note deauthorization of tiktok shop %s: %w", args.TikTokShop, err)
	}
	return nil
}

// seatOf is where calls for this connection are made.
func seatOf(c shops.Connection) tiktok.Seat {
	return tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
}

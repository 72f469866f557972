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

// Deauthorize notes that TikTok no longer lets us act for a shop. The
// connection stays in the list, so that the merchant sees why nothing comes.
// TikTok is asked first: the webhook may be old, and the seller may have
// authorized the app again since.
func (w *Watcher) Deauthorize(ctx context.Context, args DeauthorizeArgs) error {
	connection, found, err := w.find(ctx, args.Shop, args.TikTokShop)
	if err != nil || !found {
		return err
	}
	_, err = w.TikTok.Webhooks(ctx, seatOf(connection))
	switch {
	case err == nil:
		return nil
	case !expired(err):
		return fmt.Errorf("ask for tiktok shop %s: %w", args.TikTokShop, err)
	}
	return w.turn(ctx, connection, shops.OffDeauthorized)
}

// find reads a connection; false when the shop has it no more.
func (w *Watcher) find(ctx context.Context, domain shopify.Domain, id tiktok.ShopID) (shops.Connection, bool, error) {
	connection, err := w.Connections.Connection(ctx, id)
	switch {
	case errors.Is(err, shops.ErrNotFound) || err == nil && connection.Shop != domain:
		return shops.Connection{}, false, nil
	case err != nil:
		return shops.Connection{}, false, fmt.Errorf("read connection of tiktok shop %s: %w", id, err)
	}
	return connection, true, nil
}

// expired tells whether only the seller can bring the connection back.
func expired(err error) bool {
	var act *fault.Act
	return errors.As(err, &act) && act.Code == string(exceptions.ConnectionExpired)
}

// turn notes whether TikTok lets us act, and has the merchant told. What was
// off for another reason stays as it is.
func (w *Watcher) turn(ctx context.Context, c shops.Connection, to shops.OffReason) error {
	if c.Off == to || c.Off != shops.On && c.Off != shops.OffDeauthorized {
		return nil
	}
	jobs := []Job{ReviewArgs{Shop: c.Shop}}
	if to == shops.On && w.Renewed != nil {
		jobs = append(jobs, w.Renewed(c.Shop)...)
	}
	if err := w.Connections.SetConnectionOff(ctx, c.Shop, c.TikTokShop, to, jobs...); err != nil {
		return fmt.Errorf("note whether tiktok shop %s is authorized: %w", c.TikTokShop, err)
	}
	return nil
}

// seatOf is where calls for this connection are made.
func seatOf(c shops.Connection) tiktok.Seat {
	return tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
}

package connections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// WatchArgs ask for every connection to be looked at; it comes again every hour.
type WatchArgs struct{}

// Kind is the job's frozen name.
func (WatchArgs) Kind() string { return "tiktok_watch" }

// CheckArgs ask for one connection to be looked at.
type CheckArgs struct {
	Shop       shopify.Domain `json:"shop"`
	TikTokShop tiktok.ShopID  `json:"tiktok_shop"`
}

// Kind is the job's frozen name.
func (CheckArgs) Kind() string { return "tiktok_check" }

// Once tells the queue that one unfinished check of a shop is enough.
func (CheckArgs) Once() bool { return true }

// Switchboard knows connections and turns them on and off.
type Switchboard interface {
	AllConnections(ctx context.Context) ([]shops.Connection, error)
	// Connection returns shops.ErrNotFound for a TikTok shop that is not connected.
	Connection(ctx context.Context, id tiktok.ShopID) (shops.Connection, error)
	// SetConnectionOff also keeps the jobs that follow.
	SetConnectionOff(ctx context.Context, shop shopify.Domain, id tiktok.ShopID, reason shops.OffReason, jobs ...Job) error
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Prober makes a call that only an authorized app may make, and sets right what it finds.
type Prober interface {
	Webhooks(ctx context.Context, seat tiktok.Seat) ([]tiktok.Webhook, error)
	SetWebhook(ctx context.Context, seat tiktok.Seat, event tiktok.EventType, address string) error
}

// Watcher notes what sellers do at TikTok, and keeps its webhooks coming.
type Watcher struct {
	Connections Switchboard
	TikTok      Prober
	// WebhookURL is where TikTok is to send webhooks.
	WebhookURL string
	// Renewed lists the jobs that take up what waited for a permission; nil means none.
	Renewed func(shopify.Domain) []Job
	Log     *slog.Logger
}

// Watch starts a check of each connection that is synced, or was until TikTok
// no longer let us: the webhook that tells of either may have been lost.
func (w *Watcher) Watch(ctx context.Context, _ WatchArgs) error {
	connections, err := w.Connections.AllConnections(ctx)
	if err != nil {
		return fmt.Errorf("list connections: %w", err)
	}
	var jobs []Job
	for _, c := range connections {
		if c.Off == shops.On || c.Off == shops.OffDeauthorized {
			jobs = append(jobs, CheckArgs{Shop: c.Shop, TikTokShop: c.TikTokShop})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := w.Connections.Enqueue(ctx, jobs...); err != nil {
		return fmt.Errorf("start checks of connections: %w", err)
	}
	return nil
}

// Check asks TikTok for the shop's subscriptions and sets those that are
// missing or lead elsewhere. The subscriptions are optional, because polling
// finds what no webhook told: what cannot be read or set is a warning and is
// tried again an hour later.
func (w *Watcher) Check(ctx context.Context, args CheckArgs) error {
	connection, found, err := w.find(ctx, args.Shop, args.TikTokShop)
	if err != nil || !found {
		return err
	}
	present, err := w.TikTok.Webhooks(ctx, seatOf(connection))
	switch {
	case expired(err):
		return w.turn(ctx, connection, shops.OffDeauthorized)
	case err != nil:
		w.warn(ctx, connection, err)
		return nil
	}
	if err := w.turn(ctx, connection, shops.On); err != nil {
		return err
	}
	if err := w.repair(ctx, connection, present); err != nil {
		w.warn(ctx, connection, err)
	}
	return nil
}

func (w *Watcher) repair(ctx context.Context, c shops.Connection, present []tiktok.Webhook) error {
	leads := map[tiktok.EventType]string{}
	for _, webhook := range present {
		leads[webhook.EventType] = webhook.Address
	}
	var failed error
	for _, event := range tiktok.Subscribed() {
		if leads[event] == w.WebhookURL {
			continue
		}
		if err := w.TikTok.SetWebhook(ctx, seatOf(c), event, w.WebhookURL); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		w.Log.InfoContext(ctx, "tiktok.webhook.repaired", "shop", c.Shop, "tiktok_shop_id", c.TikTokShop, "event", event)
	}
	return failed
}

func (w *Watcher) warn(ctx context.Context, c shops.Connection, err error) {
	w.Log.WarnContext(ctx, "tiktok.webhooks", "step", "check", "shop", c.Shop, "tiktok_shop_id", c.TikTokShop, "error", err)
}

package connections

import (
	"context"
	"errors"
	"time"

	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Subscriptions are where a TikTok shop's webhooks go.
type Subscriptions interface {
	SetWebhook(ctx context.Context, seat tiktok.Seat, event tiktok.EventType, address string) error
	DeleteWebhook(ctx context.Context, seat tiktok.Seat, event tiktok.EventType) error
}

// subscribeWithin bounds this optional part of connecting and parting.
const subscribeWithin = 10 * time.Second

// subscribe asks TikTok to send webhooks here. It never fails: polling makes up
// for what TikTok refuses, so a refusal is a warning for the operator.
func (c *Connector) subscribe(ctx context.Context, list []shops.Connection) {
	c.eachSubscription(ctx, list, "subscribe", func(ctx context.Context, seat tiktok.Seat, event tiktok.EventType) error {
		return c.Subscriptions.SetWebhook(ctx, seat, event, c.WebhookURL)
	})
}

// Unsubscribe ends the webhooks of connections that are about to go. It never
// fails: a webhook for a shop that is not connected is acknowledged and ignored.
func (c *Connector) Unsubscribe(ctx context.Context, list []shops.Connection) {
	c.eachSubscription(ctx, list, "unsubscribe", c.Subscriptions.DeleteWebhook)
}

func (c *Connector) eachSubscription(ctx context.Context, list []shops.Connection, what string, do func(context.Context, tiktok.Seat, tiktok.EventType) error) {
	ctx, cancel := context.WithTimeout(ctx, subscribeWithin)
	defer cancel()
	for _, connection := range list {
		if connection.Off == shops.OffTaken {
			continue
		}
		var failed error
		for _, event := range tiktok.Subscribed() {
			failed = errors.Join(failed, do(ctx, seatOf(connection), event))
		}
		if failed != nil {
			c.Log.WarnContext(ctx, "tiktok.webhooks", "step", what, "shop", connection.Shop, "tiktok_shop_id", connection.TikTokShop, "error", failed)
		}
	}
}

package inbox

import (
	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/installs"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// dispatch is the table from topic to job. An event without a row is kept and
// acknowledged, and nothing follows.
func dispatch(e Event) Job {
	if e.Shop == "" {
		return nil
	}
	switch e.Source {
	case FromTikTok:
		return dispatchTikTok(e)
	case FromShopify:
		return dispatchShopify(e)
	}
	return nil
}

func dispatchTikTok(e Event) Job {
	switch e.Topic {
	case tiktok.TopicOrderStatus, tiktok.TopicAddress, tiktok.TopicPackage, tiktok.TopicCancellation:
		if e.Order == "" {
			return nil
		}
		return orders.ImportArgs{Shop: e.Shop, TikTokShop: tiktok.ShopID(e.Account), Order: e.Order, Cause: "webhook:" + e.DeliveryID}
	case tiktok.TopicDeauthorized:
		return connections.DeauthorizeArgs{Shop: e.Shop, TikTokShop: tiktok.ShopID(e.Account)}
	case tiktok.TopicExpiring:
		return connections.ExpiringArgs{Shop: e.Shop, TikTokShop: tiktok.ShopID(e.Account), ExpiresAt: expiryIn(e.Body)}
	}
	return nil
}

// expiryIn is the one fact that nobody can be asked for later: when TikTok ends
// a permission, unix seconds. 0 when the notice does not say.
func expiryIn(body []byte) int64 {
	n, err := tiktok.ParseNotification(body)
	if err != nil {
		return 0
	}
	return n.ExpiresAt
}

func dispatchShopify(e Event) Job {
	switch e.Topic {
	case "app/uninstalled":
		return installs.UninstallArgs{Shop: e.Shop, At: e.happened()}
	case "app/scopes_update":
		return installs.ScopesArgs{Shop: e.Shop}
	case "shop/redact":
		return installs.EraseArgs{Shop: e.Shop, At: e.happened()}
	case "fulfillments/create", "fulfillments/update":
		hint, err := shopify.ReadHint(e.Topic, e.Body)
		if err != nil {
			return nil // the sweep finds whatever it was
		}
		return fulfillments.FollowArgs{Shop: e.Shop, ShopifyOrder: hint.Order, Cause: "webhook:" + e.DeliveryID}
	}
	return nil
}

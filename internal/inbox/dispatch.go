package inbox

import (
	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/installs"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// dispatch is the table from topic to jobs. An event without a row is kept and
// acknowledged, and nothing follows.
func dispatch(e Event) []Job {
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

func dispatchTikTok(e Event) []Job {
	id, cause := tiktok.ShopID(e.Account), "webhook:"+e.DeliveryID
	imports := orders.ImportArgs{Shop: e.Shop, TikTokShop: id, Order: e.Order, Cause: cause}
	settle := refunds.ForwardArgs{Shop: e.Shop, Order: e.Order, Cause: cause}
	switch e.Topic {
	case tiktok.TopicOrderStatus, tiktok.TopicAddress, tiktok.TopicPackage:
		if e.Order != "" {
			return []Job{imports}
		}
	case tiktok.TopicCancellation:
		if e.Order != "" {
			settle.News = newsIn(e.Body)
			return []Job{imports, settle}
		}
	case tiktok.TopicReturn, tiktok.TopicAftersale, tiktok.TopicRMA, tiktok.TopicRefunded:
		if e.Order != "" {
			settle.News = newsIn(e.Body)
			return []Job{settle}
		}
		return []Job{refunds.PollShopArgs{Shop: e.Shop, TikTokShop: id}} // some of them name no order
	case tiktok.TopicDeauthorized:
		return []Job{connections.DeauthorizeArgs{Shop: e.Shop, TikTokShop: id}}
	case tiktok.TopicExpiring:
		return []Job{connections.ExpiringArgs{Shop: e.Shop, TikTokShop: id, ExpiresAt: expiryIn(e.Body)}}
	}
	return nil
}

// newsIn is which return or cancellation a notification is about: by it the job
// may see that nothing is new, or where to look.
func newsIn(body []byte) refunds.News {
	n, err := tiktok.ParseNotification(body)
	if err != nil {
		return refunds.News{}
	}
	return refunds.News{Case: n.Case, Phase: n.Phase}
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

func dispatchShopify(e Event) []Job {
	switch e.Topic {
	case "app/uninstalled":
		return []Job{installs.UninstallArgs{Shop: e.Shop, At: e.happened()}}
	case "app/scopes_update":
		return []Job{installs.ScopesArgs{Shop: e.Shop}}
	case "shop/redact":
		return []Job{installs.EraseArgs{Shop: e.Shop, At: e.happened()}}
	case dataRequest, redaction:
		return askedBy(e)
	case "fulfillments/create", "fulfillments/update", "refunds/create", "orders/cancelled":
		hint, err := shopify.ReadHint(e.Topic, e.Body)
		if err != nil {
			return nil // the sweep finds whatever it was
		}
		cause := "webhook:" + e.DeliveryID
		if hint.Fulfillment != "" {
			return []Job{fulfillments.FollowArgs{Shop: e.Shop, ShopifyOrder: hint.Order, Cause: cause}}
		}
		return []Job{refunds.ForwardArgs{Shop: e.Shop, ShopifyOrder: hint.Order, Cause: cause}}
	}
	return nil
}

package inbox

import (
	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// Shopify's compliance topics about a customer.
const (
	dataRequest = "customers/data_request"
	redaction   = "customers/redact"
)

// askedBy is the work that a customer asked for. A payload that was emptied, as
// its work was taken up, asks for nothing when it is replayed.
func askedBy(e Event) []Job {
	asked, err := shopify.ReadCompliance(e.Topic, e.Body)
	if err != nil {
		return nil
	}
	kind := privacy.DataRequest
	if e.Topic == redaction {
		kind = privacy.Redaction
	}
	return []Job{privacy.TakeArgs{
		Shop: e.Shop, ID: e.DeliveryID, Asks: kind, Customer: asked.Customer, ShopifyOrders: asked.Orders, At: e.ReceivedAt,
	}}
}

// written is the Shopify order that an event of Shopify's is about: its payload
// is forgotten with the order.
func written(e Event) shopify.GID {
	if e.Source != FromShopify {
		return ""
	}
	hint, err := shopify.ReadHint(e.Topic, e.Body)
	if err != nil {
		return "" // about no order
	}
	return hint.Order
}

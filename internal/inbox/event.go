// Package inbox receives each webhook once and turns it into a job.
//
// Routes verify a delivery's signature and hand it over as an Event; the store
// keeps event and job in one durable transaction; the answer 200 comes after
// that and after nothing else. What a platform must be asked is the job's
// business: a payload is a hint, never the truth.
//
// The package never calls a platform and never looks at a payload beyond the
// ids that say whom and what it concerns, how far that is, and the date in TikTok's notice that a
// permission will end, which nobody can be asked for later.
package inbox

import (
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Source is the platform that sent an event.
type Source string

// The sources.
const (
	FromShopify Source = "shopify"
	FromTikTok  Source = "tiktok"
)

// Event is one verified delivery.
type Event struct {
	// ID is ours, given by the store.
	ID     string
	Source Source
	// Account is the TikTok shop id or the Shopify shop domain the platform named.
	Account string
	// Topic is Shopify's topic ("app/uninstalled") or TikTok's type number.
	Topic string
	// DeliveryID is the platform's id of the delivery; with Source, Account and
	// Topic it is unique. Where TikTok sends none it is made from what the
	// notification is about.
	DeliveryID string
	// EventID is Shopify's id of what happened, equal in all deliveries of it; may be empty.
	EventID string
	// Shop is the Shopify shop it concerns, empty when none is known for Account.
	Shop shopify.Domain
	// Order is the TikTok order it concerns, if any.
	Order tiktok.OrderID
	// ShopifyOrder is the Shopify order that one of Shopify's events is about, if any.
	ShopifyOrder shopify.GID
	// TriggeredAt is when it happened by the platform's clock; zero when not said.
	TriggeredAt time.Time
	ReceivedAt  time.Time
	// Body is the raw payload; the store seals it.
	Body []byte
}

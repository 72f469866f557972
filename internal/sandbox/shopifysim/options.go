package shopifysim

import (
	"net/http"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// DuplicateRule is what orderCreate does with an id metafield whose value another order already holds. Shopify enforces
// the uniqueness but does not document which of the two it does.
type DuplicateRule int

// The two ways there are.
const (
	// RefuseDuplicate refuses the whole order with a userError.
	RefuseDuplicate DuplicateRule = iota
	// DropDuplicateMetafield creates the order without the metafield and answers with the order and a userError.
	DropDuplicateMetafield
)

// Options configure a Sim. The zero value of every field but APIKey and APISecret is usable.
type Options struct {
	// APIKey and APISecret are the app's credentials at Shopify.
	APIKey, APISecret string
	// Scopes are what the app's configuration asks for and a merchant grants at installation.
	Scopes []string
	// AppURL is the app's address, where the admin embeds it; without a trailing slash.
	AppURL string
	// RedirectURLs are the addresses the authorisation may return to. Empty: only {AppURL}/auth/callback.
	RedirectURLs []string
	// WebhookURL receives the app's webhooks. Empty: none are sent.
	WebhookURL string
	// Topics are the webhook topics of the app's configuration, such as "orders/create". Nil: every topic.
	Topics []string
	// Client posts the webhooks. Nil: a client with Shopify's limit of five seconds.
	Client *http.Client
	// Now is the simulator's clock. Nil: time.Now.
	Now func() time.Time
	// Script says which calls fail and how; the package comment lists the operations. Nil: none fails.
	Script *chaos.Script
	// Way is what happens to webhooks before they arrive, by topic. Nil: each arrives once, in order.
	Way *chaos.Webhooks

	// IDMetafields are the keys of the app-owned order metafields of type id. Nil: "tiktok_order_id".
	IDMetafields []string
	// Duplicate is what happens to a second order with the same id metafield.
	Duplicate DuplicateRule
	// IndexLag is how far orders(query:) runs behind what was written. orderByIdentifier never lags.
	IndexLag time.Duration
	// LooseSearch makes productVariants(query: "sku:…") find SKUs that merely begin alike, in any case, as an index may.
	LooseSearch bool
	// UpsertNeedsScope makes customer.toUpsert ask for write_customers, which Shopify leaves open.
	UpsertNeedsScope bool
	// DenyProtected hides every field of protected customer data, as for an app that was not approved for it.
	DenyProtected bool

	// CancelTakes is how long the work of orderCancel goes on after it was accepted.
	CancelTakes time.Duration

	// BucketSize and RestoreRate are the cost bucket of a shop, in points and points a second. 0: 2000 and 100.
	BucketSize, RestoreRate float64
	// ThrottleStatus is the HTTP status of a throttled answer: 200 (the default) or 429. Both have been seen.
	ThrottleStatus int
}

// ShopSpec describes a shop to add.
type ShopSpec struct {
	// Domain is the shop's permanent domain, such as "acme.myshopify.com".
	Domain string
	// Name is what the merchant calls the shop. Empty: the domain's first label.
	Name string
	// Currency is the shop's ISO 4217 code. Empty: USD.
	Currency string
	// TimeZone is the shop's IANA time zone. Empty: UTC.
	TimeZone string
	// TaxesIncluded says whether the shop's prices contain tax.
	TaxesIncluded bool
	// DevelopmentShop limits orderCreate to five orders a minute, as on trial and development shops.
	DevelopmentShop bool
	// OrderNumberPrefix and OrderNumberSuffix surround generated order numbers. Empty prefix: "#".
	OrderNumberPrefix, OrderNumberSuffix string
}

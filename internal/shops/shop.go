// Package shops is what Switchback knows of a Shopify shop that installed it:
// the installation, the TikTok authorizations and connections that belong to
// it, and the merchant's settings.
//
// The store reads and writes these types; routes and features are handed them.
// The package calls neither platform and holds no state.
package shops

import (
	"errors"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ErrNotFound is returned where no such shop, token, authorization or connection is known.
var ErrNotFound = errors.New("not found")

// Shop is one Shopify shop, installed now or once.
type Shop struct {
	Domain shopify.Domain
	// Slug names the shop in its return link; it is random, so it tells a stranger nothing.
	Slug string
	Name string
	// Currency is the shop's own, ISO 4217. TimeZone is an IANA name.
	Currency string
	TimeZone string
	// TaxesIncluded tells whether the shop shows prices with tax.
	TaxesIncluded bool
	// Scopes are those Shopify granted.
	Scopes []string
	// Installation counts installs from 1, so that what an earlier one left can be told apart.
	Installation int64
	InstalledAt  time.Time
	// AuthorizedAt is when Shopify last gave us a token: what it says of before
	// then is about an earlier installation.
	AuthorizedAt  time.Time
	UninstalledAt *time.Time
}

// Installed tells whether the shop has the app now.
func (s Shop) Installed() bool { return s.UninstalledAt == nil }

// Authorization is a seller's permission, shared by the seller's TikTok shops
// and deleted with the last of them. Its tokens are package tokens' concern.
type Authorization struct {
	Shop         shopify.Domain
	OpenID       tiktok.OpenID
	SellerName   string
	SellerRegion string
}

// Connection joins one TikTok shop to one Shopify shop.
type Connection struct {
	Shop       shopify.Domain
	TikTokShop tiktok.ShopID
	OpenID     tiktok.OpenID
	Name       string
	// Region is TikTok's code for the market (US, GB …), Cipher its opaque handle for the shop.
	Region string
	Cipher string
	// Currency is the market's, ISO 4217.
	Currency    string
	ConnectedAt time.Time
	// Off is why the shop is listed but not synced; empty means it is synced.
	Off OffReason
}

// OffReason is why a connected TikTok shop is not synced.
type OffReason string

// The reasons a connection may be off.
const (
	On                OffReason = ""
	OffByMerchant     OffReason = "by_merchant"
	OffOtherCurrency  OffReason = "currency_mismatch"
	OffNoMarket       OffReason = "market_unsupported"
	OffTaken          OffReason = "tiktok_shop_taken"
	OffDeauthorized   OffReason = "deauthorized"
	OffSellerInactive OffReason = "seller_inactive"
)

// Permission is how long a seller lets us act.
type Permission struct {
	// Until is when the seller has to agree again; zero when TikTok did not say.
	Until time.Time
	// Ended tells that TikTok renews it no more.
	Ended bool
}

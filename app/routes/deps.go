package routes

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Deps is all that the routes need. Every field is required but TrustedProxies and Trace.
type Deps struct {
	// AppURL is the app's public address, AdminURL who may frame its pages and
	// CDNURL where App Bridge comes from; none has a trailing slash.
	AppURL, AdminURL, CDNURL string
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix

	// APIKey and Secrets are the app's credentials at Shopify: the secret and,
	// while it is being rotated, the one before.
	APIKey  string
	Secrets []secret.String
	// MissingScopes are those that the app asks for and that granted lack.
	MissingScopes func(granted []string) []string
	// TikTokAppKey and TikTokAppSecret are the app's credentials at TikTok Shop.
	TikTokAppKey    string
	TikTokAppSecret secret.String

	Now func() time.Time
	Log *slog.Logger
	// Trace, where set, begins the trace of a request; end takes the route's pattern and the status.
	Trace func(ctx context.Context, method string) (_ context.Context, end func(route string, status int))

	// Parts are asked in this order; the first that fails is why the program is not ready.
	Parts     []Part
	Inbox     Inbox
	Shops     Shops
	OAuth     OAuth
	Installer Installer
	Connector Connector
	Overview  Overview
	Figures   Figures
	Backlog   Backlog
	Settings  Settings
	Panel     Panel
	Ledger    Ledger
	Contents  Contents
	Written   WrittenOrders
	Open      Exceptions
	Work      Work
	// Piles reads all of one code, Bulk tries them again.
	Piles Piles
	Bulk  Bulk
	// Variants finds what a SKU may be mapped to.
	Variants VariantFinder
	// Loop reads what Loop answered, LoopTest asks it.
	Loop      LoopChecks
	LoopTest  LoopTest
	Backfills Backfills
	// SKUs reads the merchant's mappings, Mapper changes them.
	SKUs   SKUTable
	Mapper Mapper
	// Carriers reads the merchant's answers about carriers, Chooser changes them.
	Carriers CarrierTable
	Chooser  CarrierChooser
	// Refunds lists them, Reasons reads the merchant's table of reasons, RefundDesk takes decisions about both.
	Refunds    RefundList
	Reasons    ReasonTable
	RefundDesk RefundDesk
	TestOrders TestOrders
	// Guide reads the set-up, GuideNotes takes down what the merchant says about it.
	Guide      Guide
	GuideNotes GuideNotes
	Reconciler Reconciler
	// Privacy shows what customers asked for.
	Privacy PrivacyDesk
	// Returns receives buyers who come through a return link.
	Returns Returns
}

// Part is something without which the program cannot work.
type Part struct {
	// Name is a word for operators: database, migrations, queue.
	Name string
	// Ask fails while the part is not there.
	Ask func(ctx context.Context) error
}

// Inbox takes verified deliveries.
type Inbox interface {
	// Receive keeps the event durably and tells whether it was new.
	Receive(ctx context.Context, e inbox.Event) (bool, error)
}

// Shops knows who is installed.
type Shops interface {
	// Shop returns shops.ErrNotFound for a shop that never had the app.
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
}

// OAuth is Shopify's authorization page.
type OAuth interface {
	AuthorizeURL(shop shopify.Domain, redirect, state string) string
}

// Installer brings Shopify shops in. Both may return shopify.ErrGrantRefused.
type Installer interface {
	Ensure(ctx context.Context, shop shopify.Domain, sessionToken string) (shops.Shop, error)
	Finish(ctx context.Context, shop shopify.Domain, code string) (shops.Shop, error)
}

// Connector joins TikTok shops to a Shopify shop; connections.Connector is one.
type Connector interface {
	Begin(ctx context.Context, shop shopify.Domain, user string) (string, error)
	Finish(ctx context.Context, answer connections.Answer) (connections.Outcome, error)
	// Disconnect parts one TikTok shop, or all when id is empty.
	Disconnect(ctx context.Context, shop shopify.Domain, id tiktok.ShopID) ([]tiktok.ShopID, error)
	// Switch has one TikTok shop synced, or not.
	Switch(ctx context.Context, shop shopify.Domain, id tiktok.ShopID, on bool) error
}

// Overview is what pages and settings say of a shop in a few words.
type Overview interface {
	Connections(ctx context.Context, shop shopify.Domain) ([]shops.Connection, error)
	// Permissions tell until when each seller's permission lasts, by the seller's id.
	Permissions(ctx context.Context, shop shopify.Domain) (map[tiktok.OpenID]shops.Permission, error)
	// CountShipmentsHolding counts shipments that are planned and kept for a reason.
	CountShipmentsHolding(ctx context.Context, shop shopify.Domain, reason string) (int, error)
}

// Settings reads a shop's settings.
type Settings interface {
	Settings(ctx context.Context, shop shopify.Domain) (shops.Settings, error)
}

// Panel changes them, and sets free what a switch had held back.
type Panel interface {
	// Change applies edit and validates; the error wraps *shops.SettingsError when the outcome cannot be taken.
	Change(ctx context.Context, shop shopify.Domain, edit func(*shops.Settings) error) (shops.Settings, error)
}

// Ledger reads orders. An order of another shop is links.ErrNotFound.
type Ledger interface {
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	// Orders lists the newest first, with the cursor of the next page, empty
	// at the end. It returns links.ErrCursor for a cursor that is not the shop's.
	Orders(ctx context.Context, shop shopify.Domain, filter links.OrderFilter, limit int, cursor string) ([]links.Listed, string, error)
	Timeline(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]timeline.Entry, error)
	// Shipments are an order's, the oldest first.
	Shipments(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]links.Shipment, error)
	// Refunds are an order's with their steps, the oldest first.
	Refunds(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]links.Refund, error)
}

// Exceptions reads what waits for a person. One of another shop is exceptions.ErrNotFound.
type Exceptions interface {
	// Exceptions lists the open ones first, then the newest first.
	Exceptions(ctx context.Context, shop shopify.Domain, cursor string, limit int) ([]exceptions.Exception, string, error)
	Exception(ctx context.Context, shop shopify.Domain, id string) (exceptions.Exception, error)
	// ExceptionCounts tells how many of each code are open.
	ExceptionCounts(ctx context.Context, shop shopify.Domain) (map[exceptions.Code]int, error)
	// OrderExceptions are an order's open ones.
	OrderExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]exceptions.Exception, error)
}

// Work starts what a person asked for. It returns when the work is kept, not when it is done.
type Work interface {
	// ImportOrder brings one order in, also one from before the start line. It
	// returns links.ErrNotFound where the order cannot be the shop's.
	ImportOrder(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) error
	// RetryException tries again what an exception stopped.
	RetryException(ctx context.Context, e exceptions.Exception) error
	// ResolveException carries out what the person chose; action is one that the exception's code allows.
	ResolveException(ctx context.Context, e exceptions.Exception, action, note string) error
}

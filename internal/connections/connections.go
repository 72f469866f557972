package connections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

var (
	// ErrDenied is returned when the seller said no.
	ErrDenied = errors.New("the seller declined the authorization")
	// ErrNotInstalled is returned when the Shopify shop does not have the app.
	ErrNotInstalled = errors.New("the app is not installed in the shop")
	// ErrShopUnread is returned while the Shopify shop's currency is not known yet.
	ErrShopUnread = errors.New("the shop's currency has not been read yet")
	// ErrNotSeller is returned when a creator or a partner authorized instead of a seller.
	ErrNotSeller = errors.New("the account that authorized is no seller's")
	// ErrNoShops is returned when the authorization covers no shop.
	ErrNoShops = errors.New("the authorization covers no shop")
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// Book keeps shops and their connections. What follows from a change is kept
// with it, as jobs.
type Book interface {
	// Shop, Connections and Connection return shops.ErrNotFound where nothing is known.
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
	Connection(ctx context.Context, id tiktok.ShopID) (shops.Connection, error)
	// Connect keeps authorization, tokens and connections in one write; shops.ErrTaken when another shop has one of
	// them. A shop connected before keeps the time of its connection, which may be the start line of its orders.
	Connect(ctx context.Context, auth shops.Authorization, pair tokens.Pair, connections []shops.Connection, jobs ...Job) error
	// Disconnect forgets a connection, and authorization and tokens with the seller's last one.
	Disconnect(ctx context.Context, domain shopify.Domain, id tiktok.ShopID, jobs ...Job) error
	// SetConnectionOff has a TikTok shop not synced for that reason, or synced with shops.On.
	SetConnectionOff(ctx context.Context, domain shopify.Domain, id tiktok.ShopID, reason shops.OffReason, jobs ...Job) error
}

// Seller is what is asked of TikTok on the way in.
type Seller interface {
	AuthorizeLink(state string) (string, error)
	ExchangeCode(ctx context.Context, code string) (tiktok.Grant, error)
	AuthorizedShops(ctx context.Context, token secret.String) ([]tiktok.AuthorizedShop, error)
}

// Connector joins and parts.
type Connector struct {
	Book          Book
	States        States
	Seller        Seller
	Subscriptions Subscriptions
	// WebhookURL is where TikTok is to send webhooks.
	WebhookURL string
	// Renewed lists the jobs that take up what waited for a permission; nil means none.
	Renewed func(shopify.Domain) []Job
	Now     func() time.Time
	Log     *slog.Logger
}

// finishWithin bounds the work after the code is spent: it goes on when the browser has gone, or the code is lost.
const finishWithin = 30 * time.Second

// Begin is the address at TikTok where the seller is asked. User is who asked, at Shopify.
func (c *Connector) Begin(ctx context.Context, domain shopify.Domain, user string) (string, error) {
	if _, err := c.installed(ctx, domain); err != nil {
		return "", err
	}
	state, err := c.issue(ctx, domain, user)
	if err != nil {
		return "", err
	}
	link, err := c.Seller.AuthorizeLink(state)
	if err != nil {
		return "", fmt.Errorf("begin connection of %s: %w", domain, err)
	}
	return link, nil
}

// Answer is what TikTok's redirect brought.
type Answer struct {
	State, Code string
	// Refusal is TikTok's `error`, such as auth_denied; empty when the seller agreed.
	Refusal string
}

// Outcome is what became of an authorization. Shop is filled as soon as the
// state is known, also beside an error.
type Outcome struct {
	Shop        shopify.Domain
	SellerName  string
	Connections []shops.Connection
}

// Finish turns the seller's answer into connections. The error may be
// ErrState, ErrDenied, ErrNotInstalled, ErrShopUnread, ErrNotSeller,
// ErrNoShops, shops.ErrTaken or tiktok.ErrGrantRefused; any other may pass.
func (c *Connector) Finish(ctx context.Context, answer Answer) (Outcome, error) {
	state, err := c.spend(ctx, answer.State)
	if err != nil {
		return Outcome{}, err
	}
	outcome := Outcome{Shop: state.Shop}
	if answer.Refusal != "" {
		return outcome, ErrDenied
	}
	shop, err := c.installed(ctx, state.Shop)
	if err != nil {
		return outcome, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
	defer cancel()
	grant, err := c.Seller.ExchangeCode(ctx, answer.Code)
	if err != nil {
		return outcome, fmt.Errorf("exchange tiktok code of %s: %w", shop.Domain, err)
	}
	if grant.UserType != tiktok.SellerUser {
		return outcome, ErrNotSeller
	}
	outcome.SellerName = grant.SellerName
	outcome.Connections, err = c.connect(ctx, shop, grant)
	if err != nil {
		return outcome, err
	}
	c.Log.InfoContext(ctx, "tiktok.connected", "shop", shop.Domain, "tiktok_shops", len(outcome.Connections))
	c.subscribe(ctx, outcome.Connections)
	return outcome, nil
}

func (c *Connector) installed(ctx context.Context, domain shopify.Domain) (shops.Shop, error) {
	shop, err := c.Book.Shop(ctx, domain)
	switch {
	case errors.Is(err, shops.ErrNotFound) || err == nil && !shop.Installed():
		return shops.Shop{}, ErrNotInstalled
	case err != nil:
		return shops.Shop{}, fmt.Errorf("read shop %s: %w", domain, err)
	case shop.Currency == "":
		return shops.Shop{}, ErrShopUnread
	}
	return shop, nil
}

func (c *Connector) connect(ctx context.Context, shop shops.Shop, grant tiktok.Grant) ([]shops.Connection, error) {
	covered, err := c.Seller.AuthorizedShops(ctx, grant.Access)
	if err != nil {
		return nil, fmt.Errorf("list tiktok shops of %s: %w", shop.Domain, err)
	}
	list, err := c.plan(ctx, shop, grant.OpenID, covered)
	if err != nil {
		return nil, err
	}
	// A shop of another Shopify shop is named in the outcome and not kept.
	var keep []shops.Connection
	for _, connection := range list {
		if connection.Off != shops.OffTaken {
			keep = append(keep, connection)
		}
	}
	switch {
	case len(list) == 0:
		return nil, ErrNoShops
	case len(keep) == 0:
		return list, shops.ErrTaken
	}
	auth := shops.Authorization{Shop: shop.Domain, OpenID: grant.OpenID, SellerName: grant.SellerName, SellerRegion: grant.Region}
	pair := tokens.Pair{
		Access: grant.Access, Refresh: grant.Refresh, Scopes: grant.Scopes,
		AccessExpiresAt: grant.AccessExpiresAt, RefreshExpiresAt: grant.RefreshExpiresAt,
	}
	jobs := []Job{ReviewArgs{Shop: shop.Domain, Renewed: true}}
	if c.Renewed != nil {
		jobs = append(jobs, c.Renewed(shop.Domain)...)
	}
	if err := c.Book.Connect(ctx, auth, pair, keep, jobs...); err != nil {
		return list, fmt.Errorf("keep connection of %s: %w", shop.Domain, err)
	}
	return list, nil
}

// plan makes a connection of each shop that the authorization covers.
func (c *Connector) plan(ctx context.Context, shop shops.Shop, seller tiktok.OpenID, covered []tiktok.AuthorizedShop) ([]shops.Connection, error) {
	list := make([]shops.Connection, 0, len(covered))
	for _, s := range covered {
		market, known := tiktok.MarketOf(s.Region)
		connection := shops.Connection{
			Shop: shop.Domain, TikTokShop: s.ID, OpenID: seller, Name: s.Name, Region: market.Region,
			Cipher: s.Cipher, Currency: market.Currency, ConnectedAt: c.Now(),
		}
		switch {
		case !known || !market.Supported():
			connection.Off = shops.OffNoMarket
		case market.Currency != shop.Currency:
			connection.Off = shops.OffOtherCurrency
		}
		before, err := c.Book.Connection(ctx, s.ID)
		switch {
		case errors.Is(err, shops.ErrNotFound):
		case err != nil:
			return nil, fmt.Errorf("look for tiktok shop %s: %w", s.ID, err)
		case before.Shop != shop.Domain:
			connection.Off = shops.OffTaken
		case connection.Off == shops.On && before.Off == shops.OffByMerchant:
			connection.Off = before.Off // a renewed permission is no wish to sync
		}
		list = append(list, connection)
	}
	return list, nil
}

// Disconnect parts one TikTok shop, or with an empty id all, and tells which.
// It returns shops.ErrNotFound for an id that is not among the shop's.
func (c *Connector) Disconnect(ctx context.Context, domain shopify.Domain, id tiktok.ShopID) ([]tiktok.ShopID, error) {
	all, err := c.Book.Connections(ctx, domain)
	if err != nil {
		return nil, fmt.Errorf("list connections of %s: %w", domain, err)
	}
	var parting []shops.Connection
	for _, connection := range all {
		if id == "" || connection.TikTokShop == id {
			parting = append(parting, connection)
		}
	}
	if id != "" && len(parting) == 0 {
		return nil, fmt.Errorf("tiktok shop %s: %w", id, shops.ErrNotFound)
	}
	c.Unsubscribe(ctx, parting)
	parted := make([]tiktok.ShopID, 0, len(parting))
	for _, connection := range parting {
		if err := c.Book.Disconnect(ctx, domain, connection.TikTokShop, ReviewArgs{Shop: domain, Renewed: true}); err != nil {
			return parted, fmt.Errorf("disconnect tiktok shop %s: %w", connection.TikTokShop, err)
		}
		parted = append(parted, connection.TikTokShop)
		c.Log.InfoContext(ctx, "tiktok.disconnected", "shop", domain, "tiktok_shop_id", connection.TikTokShop)
	}
	return parted, nil
}

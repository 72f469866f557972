package returns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ErrNoPortal is a visit to a shop that has not said where its return portal is.
var ErrNoPortal = errors.New("the shop has no return portal")

// Book knows whose link it is, and where its portal is.
type Book interface {
	ShopBySlug(ctx context.Context, slug string) (shops.Shop, error)
	Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error)
}

// Ledger knows the orders.
type Ledger interface {
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	// HasZIP tells whether the order was written with that ZIP, given normalized.
	HasZIP(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, zip string) (bool, error)
}

// Importer starts bringing an order in. It returns links.ErrNotFound where the order cannot be the shop's.
type Importer interface {
	ImportOrder(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) error
}

// Counter counts visits for the merchant.
type Counter interface {
	CountVisit(ctx context.Context, shop shopify.Domain, outcome links.VisitOutcome) error
}

// Desk receives visits. It must not be copied after its first.
type Desk struct {
	Book     Book
	Ledger   Ledger
	Importer Importer
	Counter  Counter
	Now      func() time.Time
	Log      *slog.Logger
	// Patience is how long an import is waited for, and what every other visit that matches no order takes; 0 is 8 s.
	// Every is how often the ledger is looked at meanwhile; 0 is 200 ms.
	Patience, Every time.Duration

	visitors window[netip.Prefix]
	strange  window[shopify.Domain]
}

const (
	usualPatience = 8 * time.Second
	usualEvery    = 200 * time.Millisecond
	// visitsAMinute are looked up for one address; strangersAMinute are the numbers that a shop does not know and that
	// TikTok is asked for.
	visitsAMinute    = 60
	strangersAMinute = 30
)

// Visit tells where the buyer goes. The error is shops.ErrNotFound where no shop with the app has the slug, and ErrNoPortal.
func (d *Desk) Visit(ctx context.Context, slug, order, zip string, from netip.Addr) (string, error) {
	shop, err := d.Book.ShopBySlug(ctx, slug)
	if err != nil {
		return "", err
	}
	if shop.UninstalledAt != nil {
		return "", fmt.Errorf("visit %s: %w", shop.Domain, shops.ErrNotFound)
	}
	settings, err := d.Book.Settings(ctx, shop.Domain)
	if err != nil {
		return "", err
	}
	if settings.ReturnPortalURL == "" {
		return "", ErrNoPortal
	}
	ask, ok := Read(order, zip, settings)
	name, outcome := ask.Order, links.VisitMalformed
	if ok {
		name, outcome = d.look(ctx, shop.Domain, ask, from)
	}
	if err := d.Counter.CountVisit(context.WithoutCancel(ctx), shop.Domain, outcome); err != nil {
		d.Log.WarnContext(ctx, "visit.uncounted", "shop", shop.Domain, "error", err) // the buyer goes on all the same
	}
	return Address(settings.ReturnPortalURL, name, ask.ZIP)
}

// look finds the order's name in Shopify; the given one where number and ZIP do not match. What fails on the way is
// logged: the buyer goes on.
//
// Only a match is answered before patience ends. A number that is not there may be on its way in and is waited for; were a
// known number with another ZIP answered sooner, the clock would tell which numbers the shop has. Who waits in vain has
// mistyped, and is asked again by the portal anyway.
func (d *Desk) look(ctx context.Context, shop shopify.Domain, ask Ask, from netip.Addr) (string, links.VisitOutcome) {
	if !d.visitors.allow(d.Now(), network(from), visitsAMinute) {
		return ask.Order, links.VisitLimited
	}
	if ask.Number == "" {
		return ask.Order, links.VisitUnknown
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(d.Patience, usualPatience))
	defer cancel()
	name, outcome, err := d.find(ctx, shop, ask)
	if err != nil {
		d.Log.WarnContext(ctx, "visit.lookup", "shop", shop, "error", err)
	}
	if name == "" {
		<-ctx.Done()
		name = ask.Order
	}
	return name, outcome
}

func (d *Desk) find(ctx context.Context, shop shopify.Domain, ask Ask) (string, links.VisitOutcome, error) {
	row, err := d.Ledger.Order(ctx, shop, ask.Number)
	switch {
	case err == nil && row.ShopifyName != "":
		return d.compare(ctx, row, ask, links.VisitFound)
	case errors.Is(err, links.ErrNotFound):
		if !d.strange.allow(d.Now(), shop, strangersAMinute) {
			return "", links.VisitLimited, nil
		}
	case err != nil:
		return "", links.VisitUnknown, err
	}
	if err := d.Importer.ImportOrder(ctx, shop, ask.Number); err != nil {
		if errors.Is(err, links.ErrNotFound) {
			return "", links.VisitUnknown, nil
		}
		return "", links.VisitUnknown, err
	}
	return d.wait(ctx, shop, ask)
}

// wait looks until the order is in Shopify or patience ends, with ctx. The import goes on without it.
func (d *Desk) wait(ctx context.Context, shop shopify.Domain, ask Ask) (string, links.VisitOutcome, error) {
	ticks := time.NewTicker(cmp.Or(d.Every, usualEvery))
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return "", links.VisitLate, nil
		case <-ticks.C:
		}
		row, err := d.Ledger.Order(ctx, shop, ask.Number)
		switch {
		case err == nil && row.ShopifyName != "":
			return d.compare(ctx, row, ask, links.VisitImported)
		case err != nil && !errors.Is(err, links.ErrNotFound) && ctx.Err() == nil:
			return "", links.VisitLate, err
		}
	}
}

// compare gives the order's name only to who knows its ZIP.
func (d *Desk) compare(ctx context.Context, row links.Order, ask Ask, found links.VisitOutcome) (string, links.VisitOutcome, error) {
	const anyMarket = ""
	same, err := d.Ledger.HasZIP(ctx, row.Shop, row.ID, links.NormalizeZIP(anyMarket, ask.ZIP))
	if err != nil || !same {
		return "", links.VisitUnknown, err
	}
	return row.ShopifyName, found, nil
}

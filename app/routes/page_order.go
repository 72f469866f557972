package routes

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Contents reads what is in an order, and what Switchback changed of it in Shopify.
type Contents interface {
	Lines(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error)
	Intents(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Intent, error)
}

const (
	// followFor is how long a page follows the work that a person started on it.
	followFor = time.Minute
	// stirring is how young an order's last entry is while work goes on.
	stirring = 15 * time.Second
)

// orderPage shows one order.
func (s *server) orderPage(c *gin.Context) {
	id, err := tiktok.ParseOrderID(c.Param("id"))
	if err != nil {
		s.failPage(c, errNotFound)
		return
	}
	s.showOrder(c, http.StatusOK, id, nil)
}

// showOrder answers with an order's page and a banner, if there is anything to say.
func (s *server) showOrder(c *gin.Context, status int, id tiktok.OrderID, banner *pages.Banner) {
	frame := s.around(c, "Order "+string(id))
	frame.Path = pages.OrderPath(id)
	if banner != nil {
		frame.Banner = banner
	}
	page := pages.Order{Frame: frame, Order: links.Order{ID: id}}
	err := s.readOrderPage(c.Request.Context(), &page)
	page.Following = s.following(c, page.Stirred())
	switch {
	case errors.Is(err, links.ErrNotFound):
		s.showUnknown(c, status, pages.Unknown{Frame: frame, ID: id, Following: page.Following})
	case err != nil:
		s.failPage(c, err)
	default:
		s.render(c, status, page)
	}
}

// showUnknown answers for an order that the ledger lacks. One that is being
// brought in is not missing.
func (s *server) showUnknown(c *gin.Context, status int, page pages.Unknown) {
	var err error
	if page.Open, err = s.Open.OrderExceptions(c.Request.Context(), page.Shop.Domain, page.ID); err != nil {
		s.failPage(c, err)
		return
	}
	if status == http.StatusOK && !page.Following {
		status = http.StatusNotFound
	}
	s.render(c, status, page)
}

func (s *server) readOrderPage(ctx context.Context, page *pages.Order) (err error) {
	shop, id := page.Shop, page.Order.ID
	if page.Order, err = s.Ledger.Order(ctx, shop.Domain, id); err != nil {
		return err
	}
	var errs [9]error
	page.Story, errs[0] = s.Ledger.Timeline(ctx, shop.Domain, id)
	page.Shipments, errs[1] = s.Ledger.Shipments(ctx, shop.Domain, id)
	page.Refunds, errs[2] = s.Ledger.Refunds(ctx, shop.Domain, id)
	page.Open, errs[3] = s.Open.OrderExceptions(ctx, shop.Domain, id)
	page.Loop, errs[4] = s.Loop.LoopCheck(ctx, shop.Domain, id)
	page.Lines, errs[5] = s.Contents.Lines(ctx, shop.Domain, id)
	errs[6] = s.readMoney(ctx, page)
	errs[7] = s.readPlaces(ctx, page)
	errs[8] = s.readFindable(ctx, page)
	return errors.Join(errs[:]...)
}

// readMoney compares both sides of an order that has a total.
func (s *server) readMoney(ctx context.Context, page *pages.Order) error {
	intents, err := s.Contents.Intents(ctx, page.Shop.Domain, page.Order.ID)
	if err != nil || page.Order.Total == "" {
		return err
	}
	row, err := reconcile.Of(reconcile.Books{Order: page.Order, Refunds: page.Refunds, Intents: intents})
	if err != nil {
		s.Log.WarnContext(ctx, "page.money", "shop", page.Shop.Domain, "tiktok_order_id", page.Order.ID, "error", err)
		return nil // the rest of the page is what helps to mend it
	}
	page.Money = &row
	return nil
}

// readPlaces finds out where the order is shown elsewhere.
func (s *server) readPlaces(ctx context.Context, page *pages.Order) error {
	all, err := s.Overview.Connections(ctx, page.Shop.Domain)
	if err != nil {
		return err
	}
	page.TikTokShop = string(page.Order.TikTokShop)
	region := ""
	for _, one := range all {
		if one.TikTokShop == page.Order.TikTokShop {
			region = one.Region
			page.TikTokShop = pages.ShopName(one)
		}
	}
	page.SellerCenter = tiktok.SellerCenterURL(region, page.Order.ID)
	if page.Order.ShopifyOrder != "" {
		page.Admin = pages.AdminOrder(s.AdminURL, page.Shop.Domain, page.Order.ShopifyOrder)
	}
	return nil
}

// readFindable finds out whether a buyer can begin a return.
func (s *server) readFindable(ctx context.Context, page *pages.Order) error {
	settings, err := s.Settings.Settings(ctx, page.Shop.Domain)
	if err != nil {
		return err
	}
	place, err := s.Written.ComparePlace(ctx, page.Shop.Domain, page.Order.ID, links.Place{})
	if err != nil {
		return err
	}
	found := findableOf(place.HasZIP, page.Open)
	page.HasZIP, page.ZIPProblem, page.LoopKey = found.ByZIP, found.Reason, settings.LoopKeySet
	if link := portalLink(settings.ReturnPortalURL, page.Order.ShopifyName); link != nil && page.InShopify() {
		page.ReturnLink = *link
	}
	return nil
}

// following tells whether a page reads itself again: soon after a person started
// something, and while something happens to the order.
func (s *server) following(c *gin.Context, stirred time.Time) bool {
	if s.Now().Sub(stirred) < stirring {
		return true
	}
	at, err := strconv.ParseInt(c.Query("at"), 10, 64)
	since := s.Now().Sub(time.Unix(at, 0))
	return err == nil && since >= 0 && since < followFor
}

// follow is back for work that goes on: the page follows it for a while.
func (s *server) follow(c *gin.Context, path, said string) {
	query := url.Values{"said": {said}, "at": {strconv.FormatInt(s.Now().Unix(), 10)}}
	at := url.URL{Path: path, RawQuery: query.Encode()}
	c.Redirect(http.StatusSeeOther, at.String())
}

package routes

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// WrittenOrders reads orders by what Shopify calls them. An order of another
// shop is links.ErrNotFound.
type WrittenOrders interface {
	OrderByShopifyOrder(ctx context.Context, shop shopify.Domain, id shopify.GID) (links.Order, error)
	// ComparePlace tells, whatever the place, whether the order was written with a ZIP.
	ComparePlace(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, place links.Place) (links.SamePlace, error)
}

// blockJSON is what the block on Shopify's order page shows. It holds nothing
// of the buyer: whoever may see orders in the admin may see the block.
type blockJSON struct {
	TikTokOrderID tiktok.OrderID  `json:"tiktok_order_id"`
	Legs          legsJSON        `json:"legs"`
	Findable      findableJSON    `json:"findable"`
	Loop          *loopJSON       `json:"loop"`
	Exceptions    []exceptionJSON `json:"exceptions"`
	// ReturnLink begins the order's return; null while the settings name no return portal.
	ReturnLink *string `json:"return_link"`
	// AppPath is the page of the app that tells more, from the app's own root.
	AppPath string `json:"app_path"`
}

// findableJSON tells whether number and ZIP lead a buyer to the order; Reason
// is the code of what is missing.
type findableJSON struct {
	ByZIP  bool            `json:"by_zip"`
	Reason exceptions.Code `json:"reason,omitempty"`
}

// crossOrigin lets an extension read the answer. Extensions run on an origin of
// Shopify's, which Shopify names nowhere as a promise; any may ask, since the
// session token and no cookie decides who is answered.
func crossOrigin(c *gin.Context) {
	c.Header("Access-Control-Allow-Origin", "*")
	c.Header("Access-Control-Expose-Headers", requestIDHeader+", "+retryHeader)
	c.Next()
}

// preflight answers a browser that asks whether an extension may ask.
func preflight(c *gin.Context) {
	c.Header("Access-Control-Allow-Methods", "GET, OPTIONS")
	c.Header("Access-Control-Allow-Headers", "Authorization, Content-Type")
	c.Header("Access-Control-Max-Age", "7200")
	c.Status(http.StatusNoContent)
}

func (s *server) readBlock(c *gin.Context) {
	id, err := shopify.ParseGID("Order", c.Query("order"))
	if err != nil {
		s.fail(c, badRequest("invalid_order", "order: want gid://shopify/Order/ and the order's number."))
		return
	}
	ctx, shop := c.Request.Context(), shopOf(c).Domain
	order, err := s.Written.OrderByShopifyOrder(ctx, shop, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	block, err := s.blockOf(ctx, order)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, block)
}

func (s *server) blockOf(ctx context.Context, order links.Order) (blockJSON, error) {
	shipments, err := s.Ledger.Shipments(ctx, order.Shop, order.ID)
	if err != nil {
		return blockJSON{}, err
	}
	refunds, err := s.Ledger.Refunds(ctx, order.Shop, order.ID)
	if err != nil {
		return blockJSON{}, err
	}
	open, err := s.Open.OrderExceptions(ctx, order.Shop, order.ID)
	if err != nil {
		return blockJSON{}, err
	}
	asked, err := s.Loop.LoopCheck(ctx, order.Shop, order.ID)
	if err != nil {
		return blockJSON{}, err
	}
	place, err := s.Written.ComparePlace(ctx, order.Shop, order.ID, links.Place{})
	if err != nil {
		return blockJSON{}, err
	}
	settings, err := s.Settings.Settings(ctx, order.Shop)
	if err != nil {
		return blockJSON{}, err
	}
	return blockJSON{
		TikTokOrderID: order.ID, Legs: orderOf(links.List(order, shipments, refunds)).Legs,
		Findable: findableOf(place.HasZIP, open), Loop: loopOf(asked), Exceptions: exceptionsOf(open),
		ReturnLink: portalLink(settings.ReturnPortalURL, order.ShopifyName), AppPath: pages.OrderPath(order.ID),
	}, nil
}

// findableOf says why an order without a ZIP has none, as far as that is known.
func findableOf(hasZIP bool, open []exceptions.Exception) findableJSON {
	if hasZIP {
		return findableJSON{ByZIP: true}
	}
	for _, e := range open {
		if e.Code == exceptions.ZIPMasked {
			return findableJSON{Reason: e.Code}
		}
	}
	return findableJSON{Reason: exceptions.ZIPMissing}
}

// portalLink is the return portal with the order's name filled in. The buyer
// types the ZIP: it is kept hashed and cannot be put into a link.
func portalLink(portal, name string) *string {
	u, err := url.Parse(portal)
	if portal == "" || err != nil {
		return nil
	}
	u.Path = cmp.Or(u.Path, "/")
	query := u.Query()
	query.Set("order", name)
	u.RawQuery = query.Encode()
	link := u.String()
	return &link
}

package routes

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const listPage = 25

// ordersPage lists orders.
func (s *server) ordersPage(c *gin.Context) {
	page := pages.Orders{
		Frame: s.around(c, "Orders"),
		Query: strings.TrimSpace(c.Query("query")), State: c.Query("state"), Leg: c.Query("leg"),
	}
	if len(page.Query) > longestQuery || len(c.Query("cursor")) > longestCursor {
		page.Query = ""
		page.Banner = pages.NotDone("A search has at most 100 characters.")
		s.showOrders(c, http.StatusBadRequest, page)
		return
	}
	s.showOrders(c, http.StatusOK, page)
}

func (s *server) showOrders(c *gin.Context, status int, page pages.Orders) {
	filter, ok := filterOf(page)
	if !ok { // somebody wrote the address
		page.State, page.Leg = "", ""
		filter, _ = filterOf(page)
	}
	page.Wide = true
	ctx, shop := c.Request.Context(), page.Shop.Domain
	cursor := c.Query("cursor")
	page.Later = cursor != ""
	var errs [3]error
	var settings shops.Settings
	var connected []shops.Connection
	page.Found, page.Next, errs[0] = s.Ledger.Orders(ctx, shop, filter, listPage, cursor)
	settings, errs[1] = s.Settings.Settings(ctx, shop)
	connected, errs[2] = s.Overview.Connections(ctx, shop)
	if err := errors.Join(errs[:]...); err != nil {
		s.failPage(c, err)
		return
	}
	page.Connected, page.Pulling = len(connected) > 0, settings.PullOrders
	s.render(c, status, page)
}

// filterOf reads the filters; false for one that the page does not offer.
func filterOf(page pages.Orders) (links.OrderFilter, bool) {
	filter := links.OrderFilter{Text: page.Query, State: links.State(page.State)}
	offered := func(list []pages.Pick, value string) bool {
		return slices.ContainsFunc(list, func(p pages.Pick) bool { return p.Value == value })
	}
	if !offered(page.States(), page.State) || !offered(page.Legs(), page.Leg) {
		return links.OrderFilter{}, false
	}
	filter.Excepted = page.Leg == pages.Excepted
	switch way, state, _ := strings.Cut(page.Leg, "."); way {
	case "shipments":
		filter.Shipments = state
	case "refunds":
		filter.Refunds = state
	}
	return filter, true
}

// importNumber brings in the order of a number that somebody typed, and leads to its page.
func (s *server) importNumber(c *gin.Context) {
	form, err := readForm(c)
	if err != nil {
		s.failPage(c, err)
		return
	}
	typed := form.Get("number")
	page := pages.Orders{Frame: s.around(c, "Orders"), Number: clip(typed)}
	page.Path = pages.OrdersPath
	id, err := tiktok.ParseOrderID(strings.TrimPrefix(strings.TrimSpace(typed), "#"))
	if err != nil {
		page.Banner = pages.NotDone("A TikTok order number has digits alone, such as 576461413038785752. You find it in Seller Center.")
		s.showOrders(c, http.StatusUnprocessableEntity, page)
		return
	}
	err = s.Work.ImportOrder(c.Request.Context(), page.Shop.Domain, id)
	switch {
	case err == nil:
		s.follow(c, pages.OrderPath(id), "import_started")
	case errors.Is(err, links.ErrNotFound):
		page.Banner = pages.NotDone(errNoShopForOrder.Message)
		s.showOrders(c, errNoShopForOrder.Status, page)
	default:
		s.failPage(c, err)
	}
}

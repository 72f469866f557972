package routes

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// connectTikTok begins a connection: the page opens the address at top level.
func (s *server) connectTikTok(c *gin.Context) {
	link, err := s.Connector.Begin(c.Request.Context(), shopOf(c).Domain, userOf(c))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"authorize_url": link})
}

// tiktokCallback ends it: the shops are connected when the answer goes out. The
// browser comes without the admin's frame and without a session, so the state
// alone says for whom; parameters we do not know are TikTok's affair.
func (s *server) tiktokCallback(c *gin.Context) {
	query := c.Request.URL.Query()
	answer := connections.Answer{State: query.Get("state"), Code: query.Get("code"), Refusal: query.Get("error")}
	outcome, err := s.Connector.Finish(c.Request.Context(), answer)
	page := pages.Notice{Shops: pages.Describe(outcome.Connections)}
	if outcome.Shop != "" {
		page.BackURL, page.BackText = s.appInAdmin(outcome.Shop), "Back to Switchback"
	}
	if err == nil {
		page.Title = "TikTok Shop is connected"
		page.Text = "Switchback may now act for the shops below. You can close this page."
		s.notice(c, http.StatusOK, page)
		return
	}
	p, unexpected := problemOf(err)
	if unexpected {
		s.Log.ErrorContext(c, "tiktok.connect_failed", "request_id", c.GetString(requestIDKey), "shop", outcome.Shop, "error", err)
		p = &apiError{http.StatusBadGateway, "tiktok_failed", "TikTok did not answer as it should. Begin again in the app; if it stays, try later."}
	}
	page.Title, page.Text = "TikTok Shop is not connected", p.Message+" ("+p.Code+")"
	s.notice(c, p.Status, page)
}

// appInAdmin is where the app lives in a shop's admin, as Shopify's libraries build it.
func (s *server) appInAdmin(shop shopify.Domain) string {
	handle, _, _ := strings.Cut(string(shop), ".")
	return s.AdminURL + "/store/" + handle + "/apps/" + url.PathEscape(s.APIKey)
}

// disconnectTikTok parts one TikTok shop, or all when none is named.
func (s *server) disconnectTikTok(c *gin.Context) {
	var body struct {
		TikTokShop *string `json:"tiktok_shop_id"`
	}
	if err := readJSON(c, &body, true); err != nil {
		s.fail(c, err)
		return
	}
	var id tiktok.ShopID
	if body.TikTokShop != nil {
		var err error
		if id, err = tiktok.ParseShopID(*body.TikTokShop); err != nil {
			s.fail(c, errNotFound)
			return
		}
	}
	parted, err := s.Connector.Disconnect(c.Request.Context(), shopOf(c).Domain, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	if parted == nil {
		parted = []tiktok.ShopID{}
	}
	c.JSON(http.StatusOK, gin.H{"disconnected": parted})
}

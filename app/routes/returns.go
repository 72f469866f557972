package routes

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/returns"
	"github.com/switchbackhq/switchback/internal/shops"
)

// Returns receives buyers who come through a shop's return link.
type Returns interface {
	// Visit tells where the buyer goes. The error is shops.ErrNotFound where the link is nobody's, and returns.ErrNoPortal.
	Visit(ctx context.Context, slug, order, zip string, from netip.Addr) (string, error)
}

// visitReturns is the return link. Every visit to a shop's link ends in the same
// redirect, whatever was found; no answer may be kept or tell where the buyer came from.
func (s *server) visitReturns(c *gin.Context) {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		query = nil // what cannot be read is as good as empty
	}
	from, _ := netip.ParseAddr(c.ClientIP()) // none: counted with all others that have none
	to, err := s.Returns.Visit(c.Request.Context(), c.Param("slug"), query.Get("order"), query.Get("zip"), from)
	c.Header("Cache-Control", "no-store")
	c.Header("Referrer-Policy", "no-referrer")
	switch {
	case errors.Is(err, shops.ErrNotFound):
		s.notice(c, http.StatusNotFound, pages.Notice{Title: "No return page here", Text: "This address belongs to no shop. Please go back to your order and try again."})
	case errors.Is(err, returns.ErrNoPortal):
		s.notice(c, http.StatusNotFound, pages.Notice{Title: "Returns are not open yet", Text: "The shop has not said where it takes returns. Please write to the shop."})
	case err != nil:
		s.fail(c, err)
	default:
		c.Redirect(http.StatusFound, to)
	}
}

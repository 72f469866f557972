package routes

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// PrivacyDesk shows what customers asked for; privacy.Desk is one.
type PrivacyDesk interface {
	// Requests lists the newest first.
	Requests(ctx context.Context, shop shopify.Domain) ([]privacy.Request, error)
	// Report makes the report for one, which is done with that. Another shop's is privacy.ErrNotFound.
	Report(ctx context.Context, shop shopify.Domain, id string) (privacy.Report, error)
}

// privacyPage lists what customers asked for.
func (s *server) privacyPage(c *gin.Context) {
	page := pages.Privacy{Frame: s.around(c, "Customers' data"), Now: s.Now()}
	page.Path = pages.PrivacyPath
	var errs [2]error
	page.Requests, errs[0] = s.Privacy.Requests(c.Request.Context(), page.Shop.Domain)
	page.Settings, errs[1] = s.Settings.Settings(c.Request.Context(), page.Shop.Domain)
	if err := errors.Join(errs[:]...); err != nil {
		s.failPage(c, err)
		return
	}
	s.render(c, http.StatusOK, page)
}

// privacyRequest is a request as the API tells of it.
type privacyRequest struct {
	ID         string        `json:"id"`
	Asks       privacy.Kind  `json:"asks"`
	Customer   string        `json:"shopify_customer"`
	Orders     []shopify.GID `json:"shopify_orders"`
	ReceivedAt time.Time     `json:"received_at"`
	DueAt      time.Time     `json:"due_at"`
	DoneAt     *time.Time    `json:"done_at"`
}

func (s *server) listPrivacyRequests(c *gin.Context) {
	requests, err := s.Privacy.Requests(c.Request.Context(), shopOf(c).Domain)
	if err != nil {
		s.fail(c, err)
		return
	}
	list := make([]privacyRequest, len(requests))
	for n, r := range requests {
		list[n] = privacyRequest{r.ID, r.Kind, r.Customer, append([]shopify.GID{}, r.Orders...), r.ReceivedAt, r.Due(), r.DoneAt}
	}
	c.JSON(http.StatusOK, gin.H{"requests": list})
}

// privacyReport gives what is kept of a customer, made in this moment.
func (s *server) privacyReport(c *gin.Context) {
	report, err := s.Privacy.Report(c.Request.Context(), shopOf(c).Domain, c.Param("id"))
	switch {
	case errors.Is(err, privacy.ErrNotFound):
		s.fail(c, errNotFound)
	case err != nil:
		s.fail(c, err)
	default:
		c.Header("Cache-Control", "no-store")
		c.JSON(http.StatusOK, report)
	}
}

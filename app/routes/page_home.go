package routes

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// Figures are what the home page counts; nothing of it reads every order.
type Figures interface {
	// Glance is how a shop's orders are; today is when its day began.
	Glance(ctx context.Context, shop shopify.Domain, today time.Time) (links.Glance, error)
	// Statistics are the quarters of an hour in which something was done.
	Statistics(ctx context.Context, shop shopify.Domain, since time.Time) ([]links.Slot, error)
}

// Backlog is the work that waits for a worker.
type Backlog interface {
	// Oldest is since when it has been waiting; zero when none does.
	Oldest(ctx context.Context) (time.Time, error)
}

// plotted is how many days the home page shows.
const plotted = 30

// home is the app's first page in the admin.
func (s *server) home(c *gin.Context) {
	page := pages.Home{Frame: s.around(c, "Switchback")}
	if err := s.readHome(c.Request.Context(), &page); err != nil {
		s.failPage(c, err)
		return
	}
	s.render(c, http.StatusOK, page)
}

func (s *server) readHome(ctx context.Context, page *pages.Home) error {
	shop, zone, now := page.Shop.Domain, page.Zone(), s.Now()
	var errs [4]error
	var facts guide.Facts
	var slots []links.Slot
	var oldest time.Time
	facts, errs[0] = s.Guide.Read(ctx, page.Shop, s.returnLink(page.Shop))
	page.Glance, errs[1] = s.Figures.Glance(ctx, shop, links.Midnight(now, zone))
	slots, errs[2] = s.Figures.Statistics(ctx, shop, links.Midnight(now.AddDate(0, 0, -plotted), zone))
	oldest, errs[3] = s.Backlog.Oldest(ctx)
	page.Connections, page.Open, page.Guide = facts.Connections, facts.Exceptions, guide.Assess(facts)
	page.Days = links.Days(slots, zone, now, plotted)
	if !oldest.IsZero() {
		page.Queued = now.Sub(oldest)
	}
	return errors.Join(errs[:]...)
}

package routes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// backfillsPage shows the backfills, and the form that begins one.
func (s *server) backfillsPage(c *gin.Context) {
	s.showBackfills(c, http.StatusOK, pages.Backfills{Frame: s.around(c, "Backfill")})
}

func (s *server) showBackfills(c *gin.Context, status int, page pages.Backfills) {
	ctx, shop := c.Request.Context(), page.Shop.Domain
	var errs [2]error
	page.All, errs[0] = s.Backfills.List(ctx, shop)
	page.Connections, errs[1] = s.Overview.Connections(ctx, shop)
	if err := errors.Join(errs[:]...); err != nil {
		s.failPage(c, err)
		return
	}
	page.Path, page.Today = pages.BackfillsPath, s.Now().In(page.Zone()).Format(time.DateOnly)
	s.render(c, status, page)
}

// beginBackfill starts one. A form that comes twice is refused the second time:
// a TikTok shop has one running backfill.
func (s *server) beginBackfill(c *gin.Context) {
	form, err := readForm(c)
	if err != nil {
		s.failPage(c, err)
		return
	}
	page := pages.Backfills{
		Frame: s.around(c, "Backfill"), From: clip(form.Get("from")), To: clip(form.Get("to")),
		TikTokShop: clip(form.Get("tiktok_shop_id")), DryRun: form.Has("dry_run"),
	}
	want, err := wantedIn(form, page.Zone(), s.Now())
	if err == nil {
		_, err = s.Backfills.Start(c.Request.Context(), page.Shop.Domain, want)
	}
	s.backfilled(c, page, "backfill_started", err)
}

// wantedIn reads the form: whole days in the shop's time zone, both included.
func wantedIn(form url.Values, zone *time.Location, now time.Time) (backfills.Wanted, error) {
	want := backfills.Wanted{TikTokShop: tiktok.ShopID(form.Get("tiktok_shop_id")), DryRun: form.Has("dry_run")}
	var err error
	if want.From, err = time.ParseInLocation(time.DateOnly, form.Get("from"), zone); err != nil {
		return want, unprocessable("invalid_range", "First day: choose a day.")
	}
	if form.Get("to") == "" {
		return want, nil
	}
	last, err := time.ParseInLocation(time.DateOnly, form.Get("to"), zone)
	if err != nil {
		return want, unprocessable("invalid_range", "Last day: choose a day, or leave it empty for today.")
	}
	if want.To = last.AddDate(0, 0, 1); last.Before(now) && want.To.After(now) {
		want.To = time.Time{} // today is not over: until now
	}
	if want.From.After(last) {
		return want, unprocessable("invalid_range", fmt.Sprintf("The first day must not be after the last, %s.", last.Format(time.DateOnly)))
	}
	return want, nil
}

func (s *server) stopOnPage(c *gin.Context) { s.turnOnPage(c, "backfill_stopped", s.Backfills.Stop) }

func (s *server) resumeOnPage(c *gin.Context) {
	s.turnOnPage(c, "backfill_resumed", s.Backfills.Resume)
}

func (s *server) turnOnPage(c *gin.Context, said string, turn func(context.Context, shopify.Domain, string) (backfills.Backfill, error)) {
	id := c.Param("backfill")
	if len(id) > longestID {
		s.failPage(c, errNotFound)
		return
	}
	_, err := turn(c.Request.Context(), shopOf(c).Domain, id)
	s.backfilled(c, pages.Backfills{Frame: s.around(c, "Backfill")}, said, err)
}

// backfilled ends an action: back to the page, or the page with why not.
func (s *server) backfilled(c *gin.Context, page pages.Backfills, said string, err error) {
	if err == nil {
		s.back(c, pages.BackfillsPath, said)
		return
	}
	p, unexpected := problemOf(err)
	if unexpected {
		s.failPage(c, err)
		return
	}
	page.Banner = pages.NotDone(p.Message)
	s.showBackfills(c, p.Status, page)
}

package routes

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
)

const (
	// comparedDays is the period that the page shows when none is asked for, longestPeriod the longest.
	comparedDays  = 30
	longestPeriod = 366 * 24 * time.Hour
)

// reconciliationPage compares both sides' money of a period.
func (s *server) reconciliationPage(c *gin.Context) {
	page := pages.Reconciliation{Frame: s.around(c, "Reconciliation")}
	page.Wide = true
	status := http.StatusOK
	if problem := s.readPeriod(&page, c.Request.URL.Query()); problem != "" {
		_ = s.readPeriod(&page, nil)
		page.Banner, status = pages.NotDone(problem), http.StatusBadRequest
	}
	rows, totals, err := s.Reconciler.Between(c.Request.Context(), page.Shop.Domain, page.Since, page.Until)
	if err != nil {
		s.failPage(c, err)
		return
	}
	page.Totals = totals
	for _, row := range rows {
		if len(row.Differences) > 0 || !row.Over.IsZero() {
			page.Rows = append(page.Rows, row)
		}
	}
	s.render(c, status, page)
}

// readPeriod reads whole days of the shop, both included, and says what is wrong with them.
func (s *server) readPeriod(page *pages.Reconciliation, query url.Values) string {
	today := s.Now().In(page.Zone())
	page.Today = today.Format(time.DateOnly)
	page.From, page.To = query.Get("from"), query.Get("to")
	if page.To == "" {
		page.To = page.Today
	}
	last, err := time.ParseInLocation(time.DateOnly, page.To, page.Zone())
	if err != nil {
		return "Last day: choose a day."
	}
	if page.From == "" {
		page.From = last.AddDate(0, 0, 1-comparedDays).Format(time.DateOnly)
	}
	page.Since, err = time.ParseInLocation(time.DateOnly, page.From, page.Zone())
	page.Until = last.AddDate(0, 0, 1)
	switch {
	case err != nil:
		return "First day: choose a day."
	case page.Since.After(last):
		return "The first day must not be after the last."
	case page.Until.Sub(page.Since) > longestPeriod+24*time.Hour:
		return "A period has at most a year."
	}
	return ""
}

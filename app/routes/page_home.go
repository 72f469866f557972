package routes

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
)

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
	shop := page.Shop.Domain
	var errs [4]error
	page.Connections, errs[0] = s.Overview.Connections(ctx, shop)
	page.Settings, errs[1] = s.Settings.Settings(ctx, shop)
	page.Counts, errs[2] = s.Overview.OrderCounts(ctx, shop)
	page.Exceptions, errs[3] = s.Overview.CountExceptions(ctx, shop)
	return errors.Join(errs[:]...)
}

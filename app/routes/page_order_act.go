package routes

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// errNoShopForOrder is for a number that no connected TikTok shop can have given.
var errNoShopForOrder = &apiError{http.StatusUnprocessableEntity, "order_not_yours", "No TikTok shop that is connected here can have an order of this number. Check the number, and that its TikTok shop is connected."}

// act does what a form on an order's page asks for and leads back to the page. A
// form that comes twice starts work that finds its own result and does nothing.
func (s *server) act(c *gin.Context, do func(ctx context.Context, order tiktok.OrderID) (said string, err error)) {
	id, err := tiktok.ParseOrderID(c.Param("id"))
	if err != nil {
		s.failPage(c, errNotFound)
		return
	}
	said, err := do(c.Request.Context(), id)
	if err == nil {
		s.follow(c, pages.OrderPath(id), said)
		return
	}
	p, unexpected := problemOf(err)
	if unexpected || p.Status == http.StatusNotFound {
		s.failPage(c, err)
		return
	}
	s.showOrder(c, p.Status, id, pages.NotDone(p.Message))
}

// importNow brings the order in, or again.
func (s *server) importNow(c *gin.Context) {
	s.act(c, func(ctx context.Context, id tiktok.OrderID) (string, error) {
		err := s.Work.ImportOrder(ctx, shopOf(c).Domain, id)
		if errors.Is(err, links.ErrNotFound) {
			err = errNoShopForOrder
		}
		return "import_started", err
	})
}

// checkInLoop tries the order in Loop; the page shows what Loop answered.
func (s *server) checkInLoop(c *gin.Context) {
	s.act(c, func(ctx context.Context, id tiktok.OrderID) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, loopTestWithin)
		defer cancel()
		report, err := s.LoopTest.Test(ctx, shopOf(c).Domain, id)
		switch {
		case report.DraftLeft:
			return "loop_draft_left", err
		case report.Found:
			return "loop_found", err
		}
		return "loop_not_found", err
	})
}

// sendRefund releases a refund whose plan is held.
func (s *server) sendRefund(c *gin.Context) {
	s.act(c, func(ctx context.Context, _ tiktok.OrderID) (string, error) {
		id, err := readRefundID(c.Param("refund"))
		if err == nil {
			err = s.RefundDesk.Approve(ctx, shopOf(c).Domain, id)
		}
		return "refund_sent", err
	})
}

// retryOnOrder tries again what an exception of the order stopped.
func (s *server) retryOnOrder(c *gin.Context) {
	s.act(c, func(ctx context.Context, id tiktok.OrderID) (string, error) {
		e, err := s.exceptionOn(c, id)
		if err == nil {
			err = s.Work.RetryException(ctx, e)
		}
		return "retry_started", err
	})
}

// resolveOnOrder carries out what a person chose about an exception of the order.
func (s *server) resolveOnOrder(c *gin.Context) {
	s.act(c, func(ctx context.Context, id tiktok.OrderID) (string, error) {
		form, err := readForm(c)
		if err != nil {
			return "", err
		}
		e, err := s.exceptionOn(c, id)
		if err == nil {
			err = checkChoice(e, form.Get("action"), form.Get("note"))
		}
		if err == nil {
			err = s.Work.ResolveException(ctx, e, form.Get("action"), form.Get("note"))
		}
		return "choice_taken", err
	})
}

func (s *server) exceptionOn(c *gin.Context, id tiktok.OrderID) (exceptions.Exception, error) {
	e, err := s.openException(c, c.Param("exception"))
	if err == nil && e.Order != id {
		return exceptions.Exception{}, errNotFound
	}
	return e, err
}

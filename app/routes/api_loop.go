package routes

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// LoopTest tries an order in Loop as a buyer would, with the errors of loopcheck.Tester.Test.
type LoopTest interface {
	Test(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) (loopcheck.Report, error)
}

// LoopChecks are Loop's last answers; CheckedAt is zero where Loop was never asked.
type LoopChecks interface {
	LoopCheck(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) (links.LoopCheck, error)
}

// loopTestWithin bounds a test, which waits for TikTok once and for Loop up to four times.
const loopTestWithin = 30 * time.Second

var (
	errLoopKeyMissing = &apiError{http.StatusConflict, "loop_key_missing", "There is no key for Loop's API yet. Create one in Loop with the scopes Orders and Draft Returns, and save it in the settings as loop_api_key."}
	errNotWritten     = &apiError{http.StatusConflict, "order_not_written", "The order is not in Shopify yet, so Loop cannot have it. Import it first."}
)

// loopJSON is what Loop last answered about an order.
type loopJSON struct {
	CheckedAt time.Time `json:"checked_at"`
	Found     bool      `json:"found"`
	Code      string    `json:"code"`
	Message   string    `json:"message"`
}

// loopOf is null for an order that Loop was never asked about.
func loopOf(c links.LoopCheck) *loopJSON {
	if c.CheckedAt.IsZero() {
		return nil
	}
	return &loopJSON{CheckedAt: c.CheckedAt, Found: c.Found, Code: c.Code, Message: c.Message}
}

func (s *server) testInLoop(c *gin.Context) {
	id, err := tiktok.ParseOrderID(c.Param("id"))
	if err != nil {
		s.fail(c, errNotFound)
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), loopTestWithin)
	defer cancel()
	report, err := s.LoopTest.Test(ctx, shopOf(c).Domain, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, report)
}

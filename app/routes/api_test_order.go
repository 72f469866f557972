package routes

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/testorders"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// TestOrders sends test orders; testorders.Desk is one.
type TestOrders interface {
	// Start returns the run that is under way, if there is one.
	Start(ctx context.Context, shop shopify.Domain) (testorders.Run, error)
	// Last returns testorders.ErrNotFound where there was none.
	Last(ctx context.Context, shop shopify.Domain) (testorders.Run, error)
}

// testOrderJSON is a test order as the API tells it.
type testOrderJSON struct {
	ID    tiktok.OrderID   `json:"id"`
	State testorders.State `json:"state"`
	// Steps are those that are done, Next the one at hand, empty at the end.
	Steps []testorders.Step   `json:"steps"`
	Next  testorders.StepName `json:"next"`
	// ShopifyOrderID is a GID; null until the order was written. It stays when the order was deleted.
	ShopifyOrderID *shopify.GID `json:"shopify_order_id"`
	ShopifyName    string       `json:"shopify_name"`
	StartedAt      time.Time    `json:"started_at"`
	FinishedAt     *time.Time   `json:"finished_at"`
}

func testOrderOf(r testorders.Run) testOrderJSON {
	answer := testOrderJSON{
		ID: r.ID, State: r.State, Steps: r.Steps, Next: r.Next, ShopifyName: r.Name, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt,
	}
	if r.Order != "" {
		answer.ShopifyOrderID = &r.Order
	}
	return answer
}

// sendTestOrder begins a test order; the answer does not wait for it.
func (s *server) sendTestOrder(c *gin.Context) {
	run, err := s.TestOrders.Start(c.Request.Context(), shopOf(c).Domain)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusAccepted, testOrderOf(run))
}

// readTestOrder answers with the last test order, null before the first.
func (s *server) readTestOrder(c *gin.Context) {
	run, err := s.TestOrders.Last(c.Request.Context(), shopOf(c).Domain)
	if errors.Is(err, testorders.ErrNotFound) {
		c.JSON(http.StatusOK, gin.H{"test_order": nil})
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"test_order": testOrderOf(run)})
}

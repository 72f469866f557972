package routes

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// ReasonTable reads the merchant's answers to which of TikTok's reasons is told for a refund.
type ReasonTable interface {
	Reasons(ctx context.Context, shop shopify.Domain) ([]mappings.Reason, error)
}

func (s *server) listReasons(c *gin.Context) {
	listMappings(s, c, s.Reasons.Reasons)
}

func (s *server) changeReasons(c *gin.Context) {
	changeMappings(s, c, readReasons, s.RefundDesk.ChangeReasons)
}

func readReasons(c *gin.Context) ([]mappings.Reason, error) {
	return readMappings(c, mappings.CheckReasons)
}

package routes

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// ReasonTable reads the merchant's answers to which of TikTok's reasons is told for a refund.
type ReasonTable interface {
	Reasons(ctx context.Context, shop shopify.Domain) ([]mappings.Reason, error)
}

func (s *server) listReasons(c *gin.Context) {
	list, err := s.Reasons.Reasons(c.Request.Context(), shopOf(c).Domain)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"mappings": list})
}

// changeReasons takes rows; one that cannot be taken keeps all of them out.
func (s *server) changeReasons(c *gin.Context) {
	rows, err := readReasons(c)
	if err == nil {
		err = s.RefundDesk.ChangeReasons(c.Request.Context(), shopOf(c).Domain, rows)
	}
	var faults mappings.RowErrors
	switch {
	case errors.As(err, &faults):
		refuseRows(c, faults)
		return
	case err != nil:
		s.fail(c, err)
		return
	}
	removed := 0
	for _, row := range rows {
		if row.TikTok == "" {
			removed++
		}
	}
	c.JSON(http.StatusOK, gin.H{"set": len(rows) - removed, "removed": removed})
}

func readReasons(c *gin.Context) ([]mappings.Reason, error) {
	var body struct {
		Mappings []mappings.ReasonRow `json:"mappings"`
	}
	if err := readJSONOf(c, mappingBytes, &body, false); err != nil {
		return nil, err
	}
	if body.Mappings == nil {
		return nil, badRequest("invalid_json", `The body has no list "mappings".`)
	}
	return mappings.CheckReasons(body.Mappings)
}

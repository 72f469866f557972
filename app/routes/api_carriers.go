package routes

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// CarrierTable reads the merchant's answers to which provider at TikTok a carrier is.
type CarrierTable interface {
	Carriers(ctx context.Context, shop shopify.Domain) ([]mappings.Carrier, error)
}

// CarrierChooser changes them, and sets free the orders that waited for it.
type CarrierChooser interface {
	ChangeCarriers(ctx context.Context, shop shopify.Domain, rows []mappings.Carrier) error
}

func (s *server) listCarriers(c *gin.Context) {
	list, err := s.Carriers.Carriers(c.Request.Context(), shopOf(c).Domain)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"mappings": list})
}

// changeCarriers takes rows; one that cannot be taken keeps all of them out.
func (s *server) changeCarriers(c *gin.Context) {
	rows, err := readCarriers(c)
	if err == nil {
		err = s.Chooser.ChangeCarriers(c.Request.Context(), shopOf(c).Domain, rows)
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
		if row.Provider == "" {
			removed++
		}
	}
	c.JSON(http.StatusOK, gin.H{"set": len(rows) - removed, "removed": removed})
}

func readCarriers(c *gin.Context) ([]mappings.Carrier, error) {
	var body struct {
		Mappings []mappings.CarrierRow `json:"mappings"`
	}
	if err := readJSONOf(c, mappingBytes, &body, false); err != nil {
		return nil, err
	}
	if body.Mappings == nil {
		return nil, badRequest("invalid_json", `The body has no list "mappings".`)
	}
	return mappings.CheckCarriers(body.Mappings)
}

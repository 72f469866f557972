package routes

import (
	"context"

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
	listMappings(s, c, s.Carriers.Carriers)
}

func (s *server) changeCarriers(c *gin.Context) {
	changeMappings(s, c, readCarriers, s.Chooser.ChangeCarriers)
}

func readCarriers(c *gin.Context) ([]mappings.Carrier, error) {
	return readMappings(c, mappings.CheckCarriers)
}

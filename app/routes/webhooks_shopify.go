package routes

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// shopifyWebhook takes every topic of shopify.app.toml. The topics that mean
// work are in package inbox's table; others are kept and acknowledged.
func (s *server) shopifyWebhook(c *gin.Context) {
	raw, ok := s.webhookBody(c, func(raw []byte) bool { return shopify.VerifyWebhook(raw, c.Request.Header, s.Secrets...) })
	if !ok {
		return
	}
	if !json.Valid(raw) {
		s.reject(c, errMalformed, slog.Int("bytes", len(raw)))
		return
	}
	delivery, err := shopify.ParseDelivery(c.Request.Header)
	if err != nil {
		s.reject(c, &apiError{http.StatusBadRequest, "malformed", "A header that Shopify sends is missing or malformed."}, slog.Any("error", err))
		return
	}
	s.keep(c, inbox.Event{
		Source: inbox.FromShopify, Account: string(delivery.Shop), Topic: delivery.Topic,
		DeliveryID: delivery.WebhookID, EventID: delivery.EventID, TriggeredAt: delivery.TriggeredAt, Body: raw,
	})
}

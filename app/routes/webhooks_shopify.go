package routes

import (
	"encoding/json"
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
		s.Log.WarnContext(c, "webhook.rejected", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "code", errMalformed.Code, "bytes", len(raw))
		s.fail(c, errMalformed)
		return
	}
	delivery, err := shopify.ParseDelivery(c.Request.Header)
	if err != nil {
		s.Log.WarnContext(c, "webhook.rejected", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "error", err)
		s.fail(c, &apiError{http.StatusBadRequest, "malformed", "A header that Shopify sends is missing or malformed."})
		return
	}
	s.keep(c, inbox.Event{
		Source: inbox.FromShopify, Account: string(delivery.Shop), Topic: delivery.Topic,
		DeliveryID: delivery.WebhookID, EventID: delivery.EventID, TriggeredAt: delivery.TriggeredAt, Body: raw,
	})
}

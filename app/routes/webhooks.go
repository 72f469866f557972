package routes

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/inbox"
)

// The addresses that the platforms deliver to.
const (
	shopifyHook = "/webhooks/shopify"
	tiktokHook  = "/webhooks/tiktok"
)

var (
	errSignature = &apiError{http.StatusUnauthorized, "invalid_signature", "The signature is missing or wrong."}
	errMalformed = &apiError{http.StatusBadRequest, "malformed", "The body is not JSON."}
)

// webhookBody reads a delivery and lets it through when signed says that the
// platform signed these very bytes.
func (s *server) webhookBody(c *gin.Context, signed func(raw []byte) bool) ([]byte, bool) {
	raw, err := readBody(c, webhookBytes, webhookRead)
	if err == nil && !signed(raw) {
		err = errSignature
	}
	if err != nil {
		p, _ := problemOf(err)
		s.reject(c, p, slog.Int("bytes", len(raw)))
		return nil, false
	}
	return raw, true
}

// reject refuses a delivery; its line stands for the request's, too.
func (s *server) reject(c *gin.Context, p *apiError, detail ...slog.Attr) {
	outcome := "webhook.rejected"
	if p == errCrowded {
		outcome = "webhook.crowded"
	}
	s.Log.LogAttrs(c, slog.LevelWarn, outcome, append([]slog.Attr{slog.String("request_id", c.GetString(requestIDKey)),
		slog.String("route", c.FullPath()), slog.Int("status", p.Status), slog.String("code", p.Code)}, detail...)...)
	c.Set(toldKey, true)
	s.fail(c, p)
}

// keep hands events to the inbox and answers: 200 once all are kept, 503 when
// one is not, so that the platform delivers again. Nothing else happens here.
func (s *server) keep(c *gin.Context, events ...inbox.Event) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), webhookKeep)
	defer cancel()
	for _, event := range events {
		fresh, err := s.Inbox.Receive(ctx, event)
		if err != nil {
			s.Log.LogAttrs(ctx, slog.LevelError, "webhook.not_kept", append(about(c, event), slog.Any("error", err))...)
			c.Header("Retry-After", "30")
			s.fail(c, errUnavailable)
			return
		}
		s.Log.LogAttrs(ctx, slog.LevelInfo, "webhook.received", append(about(c, event), slog.Bool("fresh", fresh))...)
	}
	c.Status(http.StatusOK)
}

// about names a delivery, and whose it is as the platform names shops.
func about(c *gin.Context, event inbox.Event) []slog.Attr {
	whose := "shop"
	if event.Source == inbox.FromTikTok {
		whose = "tiktok_shop_id"
	}
	attrs := []slog.Attr{
		slog.String("request_id", c.GetString(requestIDKey)), slog.String("platform", string(event.Source)), slog.String(whose, event.Account),
		slog.String("topic", event.Topic), slog.String("delivery_id", event.DeliveryID),
	}
	if event.Order != "" {
		attrs = append(attrs, slog.String("tiktok_order_id", string(event.Order)))
	}
	return attrs
}

package routes

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// mostOrders bounds what one notification may start; more than TikTok puts into a package.
const mostOrders = 50

// tiktokWebhook takes every type of notification; what means no work is kept
// and acknowledged, as TikTok adds types without notice.
func (s *server) tiktokWebhook(c *gin.Context) {
	raw, ok := s.webhookBody(c, func(raw []byte) bool {
		return tiktok.VerifyWebhook(s.TikTokAppKey, s.TikTokAppSecret, c.GetHeader("Authorization"), raw)
	})
	if !ok {
		return
	}
	notification, err := tiktok.ParseNotification(raw)
	if err != nil {
		s.reject(c, errMalformed, slog.Any("error", err))
		return
	}
	s.keep(c, tiktokEvents(notification, raw)...)
}

// tiktokEvents is one event for each order concerned: a package may hold several.
func tiktokEvents(n tiktok.Notification, raw []byte) []inbox.Event {
	event := inbox.Event{
		Source: inbox.FromTikTok, Account: string(n.Shop), Topic: strconv.Itoa(n.Type),
		DeliveryID: n.DeliveryID(), Order: n.OrderID, Body: raw,
	}
	if n.Timestamp > 0 {
		event.TriggeredAt = time.Unix(n.Timestamp, 0).UTC()
	}
	if len(n.Orders) < 2 {
		if len(n.Orders) == 1 {
			event.Order = n.Orders[0]
		}
		return []inbox.Event{event}
	}
	var events []inbox.Event
	for _, order := range n.Orders[:min(len(n.Orders), mostOrders)] {
		one := event
		one.Order, one.DeliveryID = order, event.DeliveryID+"/"+string(order)
		events = append(events, one)
	}
	return events
}

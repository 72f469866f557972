package tiktoksim

import (
	"encoding/json"
	"fmt"
	"slices"
)

// notification is a webhook's body; the order of its fields is that of TikTok's sample.
type notification struct {
	Type           int            `json:"type"`
	NotificationID string         `json:"tts_notification_id,omitempty"`
	ShopID         string         `json:"shop_id"`
	Timestamp      int64          `json:"timestamp"`
	Data           map[string]any `json:"data"`
}

// notifyStatus sends webhook type 1. It spells CANCELLED as CANCEL. PARTIALLY_SHIPPING is sent under its own name:
// TikTok's list for this webhook omits it, and says nothing of what is sent instead.
func (s *Sim) notifyStatus(o *order) {
	status := o.status()
	if status == "CANCELLED" {
		status = "CANCEL"
	}
	onHold, _ := o.doc["is_on_hold_order"].(bool)
	s.notify(o.shop, orderStatusChanged, map[string]any{
		"order_id": o.id, "order_status": status, "is_on_hold_order": onHold,
		"update_time": integer(o.doc["update_time"]),
	})
}

// notify queues a webhook for an authorized shop, at its own address for the event, else at the app's.
func (s *Sim) notify(sh *shop, e event, data map[string]any) {
	if !sh.seller.authorized {
		return
	}
	if err := s.send(sh, e, data); err != nil {
		panic(fmt.Sprintf("tiktoksim: %v", err)) // the simulator's own data always encodes
	}
}

func (s *Sim) send(sh *shop, e event, data map[string]any) error {
	n := notification{Type: e.number, ShopID: sh.id, Timestamp: s.now().Unix(), Data: data}
	if !e.bare {
		n.NotificationID = fmt.Sprintf("7628%015d", s.next())
	}
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encode webhook type %d: %w", e.number, err)
	}
	address := s.opts.WebhookURL
	i := slices.IndexFunc(sh.subscriptions, func(sub subscription) bool { return sub.EventType == e.name })
	if e.name != "" && i >= 0 {
		address = sh.subscriptions[i].Address
	}
	s.webhooks.enqueue(Delivery{
		ID: fmt.Sprintf("d%06d", s.next()), Type: e.number, ShopID: sh.id, Address: address, Body: body,
	})
	return nil
}

// Notify sends a webhook of any type with any data, authorized or not: those of later platform versions, unknown types,
// and types that the simulator does not cause by itself. bare leaves tts_notification_id out.
func (s *Sim) Notify(shopID string, number int, data map[string]any, bare bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sh := s.shopByID(shopID)
	if sh == nil {
		return fmt.Errorf("notify: no shop %q", shopID)
	}
	e := event{number: number, bare: bare}
	for name, n := range eventNames {
		if n == number {
			e.name = name
		}
	}
	return s.send(sh, e, data)
}

package sandbox

import (
	"context"
	"fmt"
	"strings"
)

// lostNotification drops what TikTok would have told of a new order. Polling is
// what finds it: the order's own timeline says so.
func (s *Story) lostNotification(ctx context.Context) (string, error) {
	spec := storyOrder()
	spec.Status = "AWAITING_SHIPMENT"
	s.World.TikTok.HoldWebhooks(true)
	id, err := s.World.TikTok.PlaceOrder(TikTokShop, spec)
	if err == nil {
		err = s.World.TikTok.Drop()
	}
	s.World.TikTok.HoldWebhooks(false)
	if err != nil {
		return "", err
	}
	view, err := s.orderIn(ctx, id, "written")
	if err != nil {
		return "", err
	}
	cause := ""
	for _, entry := range view.Timeline {
		if cause == "" {
			cause = entry.Facts["cause"]
		}
	}
	var u unlike
	u.that(strings.HasPrefix(cause, "poll:"), "the order came by %q, want by polling", cause)
	if _, err := s.one(id); err != nil {
		return "", err
	}
	return fmt.Sprintf("Order %s was found by polling and written.", id), u.err()
}

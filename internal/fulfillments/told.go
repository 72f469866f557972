package fulfillments

import (
	"context"

	"github.com/switchbackhq/switchback/internal/links"
)

// tell is the line for what a shipment has come to. That it was found as before,
// however often, is no outcome.
func (r *run) tell(ctx context.Context, before, now links.Shipment) {
	event := outcome(now)
	if event == "" || before.State == now.State && before.Reason == now.Reason {
		return
	}
	log := r.Log.With("shop", r.shop, "tiktok_order_id", r.id, "units", len(now.Units))
	if now.Fulfillment != "" {
		log = log.With("shopify_fulfillment_id", now.Fulfillment)
	}
	if now.Reason != "" {
		log = log.With("reason", now.Reason)
	}
	log.InfoContext(ctx, event)
}

// outcome is what the log calls a shipment's state; empty for one on its way.
func outcome(s links.Shipment) string {
	switch s.State {
	case links.ShipmentPlanned:
		if s.Reason != "" {
			return "fulfillment.held"
		}
	case links.ShipmentRefused:
		return "fulfillment.refused"
	case links.ShipmentUndone:
		return "fulfillment.undone"
	case links.ShipmentDropped:
		return "fulfillment.dropped"
	case links.ShipmentDone:
		switch s.Direction {
		case links.ToTikTok:
			return "fulfillment.forwarded"
		case links.ToShopify:
			return "fulfillment.mirrored"
		default:
			return "fulfillment.agreed"
		}
	case links.ShipmentSent:
	}
	return ""
}

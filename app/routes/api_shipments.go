package routes

import (
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// shipmentJSON is one parcel of an order as the API tells it.
type shipmentJSON struct {
	Direction   links.ShipmentDirection `json:"direction"`
	State       links.ShipmentState     `json:"state"`
	Reason      string                  `json:"reason,omitempty"`
	Fulfillment shopify.GID             `json:"shopify_fulfillment_id,omitempty"`
	Package     tiktok.PackageID        `json:"tiktok_package_id,omitempty"`
	Units       []tiktok.LineItemID     `json:"units"`
	Carrier     string                  `json:"carrier"`
	Number      string                  `json:"tracking_number"`
	// Warning is TikTok's own remark on a parcel that it took.
	Warning     string     `json:"warning,omitempty"`
	ShippedAt   *time.Time `json:"shipped_at,omitempty"`
	DeliveredAt *time.Time `json:"delivered_at,omitempty"`
}

// shipmentsOf leaves out what was forgotten before anything came of it.
func shipmentsOf(shipments []links.Shipment) []shipmentJSON {
	list := []shipmentJSON{}
	for _, s := range shipments {
		if s.State == links.ShipmentDropped {
			continue
		}
		list = append(list, shipmentJSON{
			Direction: s.Direction, State: s.State, Reason: s.Reason, Fulfillment: s.Fulfillment, Package: s.Package, Units: unitsOf(s.Units),
			Carrier: s.Company, Number: s.Number, Warning: s.Warning, ShippedAt: s.ShippedAt, DeliveredAt: s.DeliveredAt,
		})
	}
	return list
}

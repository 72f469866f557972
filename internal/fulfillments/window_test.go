package fulfillments_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// What is delivered and cannot be fulfilled in Shopify is listed twice over: as
// what stops it, and as a return that Loop refuses; both end with the cause.
func TestDeliveredAndShopifyDoesNotTakeIt(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	hold := func(on bool) { s.Must(s.Shopify.HoldFulfillment(string(shop), string(s.Row(id).ShopifyOrder), on)) }
	hold(true)
	_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.Must(err)
	s.Bring(id)
	s.WantCodes(id, exceptions.ShipmentDiffers)
	s.Must(s.TikTok.SetStatus(string(id), "DELIVERED"))
	s.Bring(id)
	s.WantCodes(id, exceptions.ReturnWindowNotStarted, exceptions.ShipmentDiffers)
	s.follow(id)
	s.WantCodes(id, exceptions.ReturnWindowNotStarted, exceptions.ShipmentDiffers)
	hold(false)
	s.follow(id)
	s.WantCodes(id)
	s.same("in Shopify", s.parcels(id), map[string]int{first: 3})
}

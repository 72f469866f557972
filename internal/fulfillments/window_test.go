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
	id := s.written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	hold := func(on bool) { s.must(s.shopify.HoldFulfillment(string(shop), string(s.row(id).ShopifyOrder), on)) }
	hold(true)
	_, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.must(err)
	s.bring(id)
	s.wantCodes(id, exceptions.ShipmentDiffers)
	s.must(s.tiktok.SetStatus(string(id), "DELIVERED"))
	s.bring(id)
	s.wantCodes(id, exceptions.ReturnWindowNotStarted, exceptions.ShipmentDiffers)
	s.follow(id)
	s.wantCodes(id, exceptions.ReturnWindowNotStarted, exceptions.ShipmentDiffers)
	hold(false)
	s.follow(id)
	s.wantCodes(id)
	s.same("in Shopify", s.parcels(id), map[string]int{first: 3})
}

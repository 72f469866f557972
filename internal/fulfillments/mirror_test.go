package fulfillments_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

func TestTikToksOwnParcelsAreMirrored(t *testing.T) {
	t.Parallel()
	for name, spec := range map[string]tiktoksim.OrderSpec{
		"seller center":   {},
		"tiktok shipping": {ShippingType: "TIKTOK"},
		"fbt":             {FulfillmentType: "FULFILLMENT_BY_TIKTOK", ShippingType: "TIKTOK", Status: "IN_TRANSIT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.Written(spec)
			if spec.Status == "" {
				lines := s.tiktokOrder(id).LineItems
				_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: []string{string(lines[0].ID)}, TrackingNumber: first})
				s.Must(err)
				s.Bring(id)
				_, err = s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: second, ProviderID: "7117000000000010002", ProviderName: "UPS"})
				s.Must(err)
			}
			s.Bring(id)
			s.follow(id) // the webhooks of what we made ourselves
			s.Bring(id)
			s.same("in Shopify", s.parcels(id), s.shippedWith(id))
			if n := s.Calls(tiktoksim.OpMarkShipped); n != 0 {
				t.Errorf("TikTok was told %d times of its own parcels", n)
			}
			if o := s.Order(id); o.FulfillmentStatus != "FULFILLED" {
				t.Errorf("the order is %s", o.FulfillmentStatus)
			}
			for _, m := range s.Shopify.Emails() {
				t.Errorf("somebody got an e-mail: %v", m)
			}
			before := len(s.Shopify.Requests())
			s.Bring(id)
			if n := len(s.Shopify.Requests()) - before; n != 0 {
				t.Errorf("%d calls to Shopify where nothing differs", n)
			}
			s.WantCodes(id)
			s.deliver(id)
			s.deliver(id)
		})
	}
}

func TestShippedBeforeItWasWritten(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{Status: "IN_TRANSIT"})
	s.Bring(id)
	s.same("in Shopify", s.parcels(id), s.shippedWith(id))
	if n := s.Calls("fulfillmentCreate"); n != 0 {
		t.Error("the parcel did not come with the order")
	}
	s.deliver(id)
	parts := s.Place(tiktoksim.OrderSpec{})
	_, err := s.TikTok.Ship(string(parts), tiktoksim.Shipment{LineIDs: []string{string(s.tiktokOrder(parts).LineItems[2].ID)}, TrackingNumber: first})
	s.Must(err)
	s.Bring(parts)
	s.same("a part of it", s.parcels(parts), map[string]int{first: 1})
	s.ship(parts, "USPS", second)
	s.follow(parts)
	s.same("the rest at TikTok", s.shippedWith(parts), map[string]int{first: 1, second: 2})
}

func TestTikTokCorrectsItsNumber(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.Must(err)
	s.Bring(id)
	s.Must(s.TikTok.Retrack(string(id), parcel, second))
	s.Bring(id)
	s.same("in Shopify", s.parcels(id), map[string]int{second: 3})
	s.WantCodes(id)
}

func TestAMirroredFulfillmentIsCancelledInShopify(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.Must(err)
	s.Bring(id)
	s.Must(s.Shopify.CancelFulfillment(string(shop), s.Order(id).Fulfillments[0].GID))
	s.follow(id)
	s.Bring(id)
	s.WantCodes(id, exceptions.ShipmentDiffers)
	s.same("in Shopify", s.parcels(id), map[string]int{})
	s.ship(id, "", "")
	s.follow(id)
	s.WantCodes(id)
	s.same("in Shopify", s.parcels(id), map[string]int{first: 3})
}

func TestAPersonFulfilledWhatTikTokShips(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	s.ship(id, "", "")
	s.follow(id)
	s.WantCodes(id)
	_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.Must(err)
	s.Bring(id)
	s.same("in Shopify", s.parcels(id), map[string]int{first: 3})
	if n := len(s.Order(id).Fulfillments); n != 1 {
		t.Errorf("%d fulfillments", n)
	}
	s.deliver(id)
	s.WantCodes(id)
}

func TestAlreadyShippedInSellerCenter(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.Must(err)
	s.ship(id, "USPS", second) // before anybody looked
	s.follow(id)
	s.Bring(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{first: 3})
	s.same("in Shopify", s.parcels(id), map[string]int{second: 3})
	if n := s.Calls(tiktoksim.OpMarkShipped); n != 0 {
		t.Errorf("TikTok was told %d times", n)
	}
	s.WantCodes(id)
}

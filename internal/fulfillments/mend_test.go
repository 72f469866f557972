package fulfillments_test

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestWhatAPersonMustMend(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before func(*scene, tiktok.OrderID)
		want   exceptions.Code
		mend   func(*scene, tiktok.OrderID)
		// shipped is how many units TikTok has afterwards.
		shipped int
	}{
		"no number": {
			before: func(s *scene, id tiktok.OrderID) { s.ship(id, "USPS", "") },
			want:   exceptions.TrackingMissing, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) {
				s.Must(s.Shopify.ChangeTracking(string(shop), s.Order(id).Fulfillments[0].GID, "USPS", first))
			},
		},
		"unknown carrier": {
			before: func(s *scene, id tiktok.OrderID) { s.ship(id, "Pony Express", first) },
			want:   exceptions.CarrierUnknown, shipped: 3,
			mend: func(s *scene, _ tiktok.OrderID) { s.carriers.chosen["Pony Express"] = "FedEx" },
		},
		"no carrier": {
			before: func(s *scene, id tiktok.OrderID) { s.ship(id, "", first) },
			want:   exceptions.CarrierUnknown, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) {
				s.Must(s.Shopify.ChangeTracking(string(shop), s.Order(id).Fulfillments[0].GID, "UPS", first))
			},
		},
		"bad number": {
			before: func(s *scene, id tiktok.OrderID) { s.ship(id, "USPS", "x") },
			want:   exceptions.TrackingRefused, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) {
				s.Must(s.Shopify.ChangeTracking(string(shop), s.Order(id).Fulfillments[0].GID, "USPS", first))
			},
		},
		"the buyer asks to cancel, and takes it back": {
			before: func(s *scene, id tiktok.OrderID) { s.askCancel(id); s.ship(id, "USPS", first) },
			want:   exceptions.CancelPending, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) { s.Must(s.TikTok.Withdraw(s.cancelID(id))); s.Bring(id) },
		},
		"the buyer asks to cancel one, and gets it": {
			before: func(s *scene, id tiktok.OrderID) {
				s.askCancel(id, string(s.tiktokOrder(id).LineItems[2].ID))
				s.ship(id, "USPS", first, "MUG-12-SAGE", 2)
			},
			want: exceptions.CancelPending, shipped: 2,
			mend: func(s *scene, id tiktok.OrderID) {
				s.Must(s.TikTok.Decide(s.cancelID(id), true, "SELLER"))
				s.Bring(id)
			},
		},
		"cancelled after it was sent": {
			before: func(s *scene, id tiktok.OrderID) {
				gid := s.ship(id, "USPS", first)
				s.follow(id)
				s.Must(s.Shopify.CancelFulfillment(string(shop), gid))
			},
			want: exceptions.FulfillmentCancelled, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) { s.ship(id, "USPS", second) },
		},
		"corrected too late": {
			before: func(s *scene, id tiktok.OrderID) {
				gid := s.ship(id, "USPS", first)
				s.follow(id)
				s.Clock.Pass(73 * time.Hour)
				s.Must(s.Shopify.ChangeTracking(string(shop), gid, "USPS", second))
			},
			want: exceptions.TrackingLate, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) { s.handled(id, exceptions.TrackingLate) },
		},
		"more than TikTok has": {
			before: func(s *scene, id tiktok.OrderID) {
				s.Must(s.TikTok.CancelLines(string(id), tiktoksim.Cancellation{LineIDs: []string{string(s.tiktokOrder(id).LineItems[0].ID)}}))
				s.ship(id, "USPS", first)
			},
			want: exceptions.ShipmentDiffers, shipped: 2,
			mend: func(s *scene, id tiktok.OrderID) { s.handled(id, exceptions.ShipmentDiffers) },
		},
		"nobody may fulfill it in Shopify": {
			before: func(s *scene, id tiktok.OrderID) {
				s.Must(s.Shopify.HoldFulfillment(string(shop), string(s.Row(id).ShopifyOrder), true))
				_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
				s.Must(err)
				s.Bring(id)
			},
			want: exceptions.ShipmentDiffers, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) {
				s.Must(s.Shopify.HoldFulfillment(string(shop), string(s.Row(id).ShopifyOrder), false))
			},
		},
		"not the seller's to ship": {
			before: func(s *scene, id tiktok.OrderID) {
				s.Must(s.TikTok.SetScopes(seller, "seller.order.info", "seller.authorization.info", "seller.logistics"))
				s.ship(id, "USPS", first)
			},
			want: exceptions.ShipmentRefused, shipped: 3,
			mend: func(s *scene, _ tiktok.OrderID) { s.Must(s.TikTok.SetScopes(seller, tiktoksim.AllScopes()...)) },
		},
		"delivered and not mirrored": {
			before: func(s *scene, id tiktok.OrderID) {
				s.Set(func(settings *shops.Settings) { settings.MirrorShipments = false })
				_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
				s.Must(err)
				s.Must(s.TikTok.SetStatus(string(id), "DELIVERED"))
				s.Bring(id)
			},
			want: exceptions.ReturnWindowNotStarted, shipped: 3,
			mend: func(s *scene, _ tiktok.OrderID) {
				s.Set(func(settings *shops.Settings) { settings.MirrorShipments = true })
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.Written(tiktoksim.OrderSpec{})
			tc.before(s, id)
			s.follow(id)
			s.WantCodes(id, tc.want)
			s.follow(id)
			s.WantCodes(id, tc.want)
			tc.mend(s, id)
			s.follow(id)
			s.WantCodes(id)
			left := s.shippedWith(id)[""]
			if got := 3 - left; got != tc.shipped {
				t.Errorf("TikTok has %d units shipped, want %d: %v", got, tc.shipped, s.shippedWith(id))
			}
			before := len(s.TikTok.Requests())
			s.Bring(id)
			if n := len(s.TikTok.Requests()) - before; n != 1 {
				t.Errorf("%d calls to TikTok where nothing differs", n)
			}
			s.WantCodes(id)
		})
	}
}

func (s *scene) askCancel(id tiktok.OrderID, lines ...string) {
	s.Helper()
	_, err := s.TikTok.RequestCancel(string(id), tiktoksim.Cancellation{LineIDs: lines})
	s.Must(err)
}

// cancelID is the buyer's open request.
func (s *scene) cancelID(id tiktok.OrderID) string {
	s.Helper()
	for _, c := range s.TikTok.Aftersales(string(id)) {
		if c.Cancel {
			return c.ID
		}
	}
	s.Fatal("the buyer asked for nothing")
	return ""
}

// handled is a person saying that an exception was dealt with elsewhere.
func (s *scene) handled(id tiktok.OrderID, code exceptions.Code) {
	s.Helper()
	open, err := s.Store.OrderExceptions(s.Context(), shop, id)
	s.Must(err)
	for _, e := range open {
		if e.Code == code {
			job := fulfillments.Resolve(e, fulfillments.Handled, "called them")
			s.Must(s.RunJob(func() error { return s.follower.Follow(s.Context(), job.(fulfillments.FollowArgs)) }))
		}
	}
}

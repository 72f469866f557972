package fulfillments_test

import (
	"maps"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	first  = "9400100000000000000001"
	second = "9400100000000000000002"
)

func (s *scene) same(what string, got, want map[string]int) {
	s.Helper()
	if !maps.Equal(got, want) {
		s.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestAFulfillmentReachesTikTokOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{})
	s.ship(id, "USPS", first)
	for range 3 { // duplicates, and fulfillments/update without a change
		s.follow(id)
	}
	s.bring(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{first: 3})
	if n := s.calls(tiktoksim.OpMarkShipped); n != 1 {
		t.Errorf("TikTok was told %d times", n)
	}
	s.same("in Shopify", s.parcels(id), map[string]int{first: 3})
	s.wantCodes(id)
	s.deliver(id)
	s.deliver(id)
}

// deliver has TikTok deliver, and expects Shopify to say so once.
func (s *scene) deliver(id tiktok.OrderID) {
	s.Helper()
	s.clock.pass(24 * time.Hour)
	s.must(s.tiktok.SetStatus(string(id), "DELIVERED"))
	s.bring(id)
	for _, f := range s.order(id).Fulfillments {
		if f.Status == "SUCCESS" && len(f.Events) != 1 {
			s.Errorf("fulfillment %s has %d events: %v", f.GID, len(f.Events), f.Events)
		}
	}
}

func TestPartsOfAnOrder(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{})
	s.ship(id, "USPS", first, "MUG-12-SAGE", 1)
	s.follow(id)
	s.same("a part of a line", s.shippedWith(id), map[string]int{first: 1, "": 2})
	s.ship(id, "UPS", second+" 1Z999AA10123456784", "MUG-12-SAGE", 1, "TEE-BLK-L", 1)
	s.follow(id)
	s.same("the rest, with two numbers", s.shippedWith(id), map[string]int{first: 1, second: 2})
	s.wantCodes(id)
}

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
			id := s.written(spec)
			if spec.Status == "" {
				lines := s.tiktokOrder(id).LineItems
				_, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{LineIDs: []string{string(lines[0].ID)}, TrackingNumber: first})
				s.must(err)
				s.bring(id)
				_, err = s.tiktok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: second, ProviderID: "7117000000000010002", ProviderName: "UPS"})
				s.must(err)
			}
			s.bring(id)
			s.follow(id) // the webhooks of what we made ourselves
			s.bring(id)
			s.same("in Shopify", s.parcels(id), s.shippedWith(id))
			if n := s.calls(tiktoksim.OpMarkShipped); n != 0 {
				t.Errorf("TikTok was told %d times of its own parcels", n)
			}
			if o := s.order(id); o.FulfillmentStatus != "FULFILLED" {
				t.Errorf("the order is %s", o.FulfillmentStatus)
			}
			for _, m := range s.shopify.Emails() {
				t.Errorf("somebody got an e-mail: %v", m)
			}
			before := len(s.shopify.Requests())
			s.bring(id)
			if n := len(s.shopify.Requests()) - before; n != 0 {
				t.Errorf("%d calls to Shopify where nothing differs", n)
			}
			s.wantCodes(id)
			s.deliver(id)
			s.deliver(id)
		})
	}
}

func TestShippedBeforeItWasWritten(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{Status: "IN_TRANSIT"})
	s.bring(id)
	s.same("in Shopify", s.parcels(id), s.shippedWith(id))
	if n := s.calls("fulfillmentCreate"); n != 0 {
		t.Error("the parcel did not come with the order")
	}
	s.deliver(id)
	parts := s.place(tiktoksim.OrderSpec{})
	_, err := s.tiktok.Ship(string(parts), tiktoksim.Shipment{LineIDs: []string{string(s.tiktokOrder(parts).LineItems[2].ID)}, TrackingNumber: first})
	s.must(err)
	s.bring(parts)
	s.same("a part of it", s.parcels(parts), map[string]int{first: 1})
	s.ship(parts, "USPS", second)
	s.follow(parts)
	s.same("the rest at TikTok", s.shippedWith(parts), map[string]int{first: 1, second: 2})
}

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
				s.must(s.shopify.ChangeTracking(string(shop), s.order(id).Fulfillments[0].GID, "USPS", first))
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
				s.must(s.shopify.ChangeTracking(string(shop), s.order(id).Fulfillments[0].GID, "UPS", first))
			},
		},
		"bad number": {
			before: func(s *scene, id tiktok.OrderID) { s.ship(id, "USPS", "x") },
			want:   exceptions.TrackingRefused, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) {
				s.must(s.shopify.ChangeTracking(string(shop), s.order(id).Fulfillments[0].GID, "USPS", first))
			},
		},
		"the buyer asks to cancel, and takes it back": {
			before: func(s *scene, id tiktok.OrderID) { s.askCancel(id); s.ship(id, "USPS", first) },
			want:   exceptions.CancelPending, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) { s.must(s.tiktok.Withdraw(s.cancelID(id))); s.bring(id) },
		},
		"the buyer asks to cancel one, and gets it": {
			before: func(s *scene, id tiktok.OrderID) {
				s.askCancel(id, string(s.tiktokOrder(id).LineItems[2].ID))
				s.ship(id, "USPS", first, "MUG-12-SAGE", 2)
			},
			want: exceptions.CancelPending, shipped: 2,
			mend: func(s *scene, id tiktok.OrderID) {
				s.must(s.tiktok.Decide(s.cancelID(id), true, "SELLER"))
				s.bring(id)
			},
		},
		"cancelled after it was sent": {
			before: func(s *scene, id tiktok.OrderID) {
				gid := s.ship(id, "USPS", first)
				s.follow(id)
				s.must(s.shopify.CancelFulfillment(string(shop), gid))
			},
			want: exceptions.FulfillmentCancelled, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) { s.ship(id, "USPS", second) },
		},
		"corrected too late": {
			before: func(s *scene, id tiktok.OrderID) {
				gid := s.ship(id, "USPS", first)
				s.follow(id)
				s.clock.pass(73 * time.Hour)
				s.must(s.shopify.ChangeTracking(string(shop), gid, "USPS", second))
			},
			want: exceptions.TrackingLate, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) { s.handled(id, exceptions.TrackingLate) },
		},
		"more than TikTok has": {
			before: func(s *scene, id tiktok.OrderID) {
				s.must(s.tiktok.CancelLines(string(id), tiktoksim.Cancellation{LineIDs: []string{string(s.tiktokOrder(id).LineItems[0].ID)}}))
				s.ship(id, "USPS", first)
			},
			want: exceptions.ShipmentDiffers, shipped: 2,
			mend: func(s *scene, id tiktok.OrderID) { s.handled(id, exceptions.ShipmentDiffers) },
		},
		"nobody may fulfill it in Shopify": {
			before: func(s *scene, id tiktok.OrderID) {
				s.must(s.shopify.HoldFulfillment(string(shop), string(s.row(id).ShopifyOrder), true))
				_, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
				s.must(err)
				s.bring(id)
			},
			want: exceptions.ShipmentDiffers, shipped: 3,
			mend: func(s *scene, id tiktok.OrderID) {
				s.must(s.shopify.HoldFulfillment(string(shop), string(s.row(id).ShopifyOrder), false))
			},
		},
		"not the seller's to ship": {
			before: func(s *scene, id tiktok.OrderID) {
				s.must(s.tiktok.SetScopes(seller, "seller.order.info", "seller.authorization.info", "seller.logistics"))
				s.ship(id, "USPS", first)
			},
			want: exceptions.ShipmentRefused, shipped: 3,
			mend: func(s *scene, _ tiktok.OrderID) { s.must(s.tiktok.SetScopes(seller, tiktoksim.AllScopes()...)) },
		},
		"delivered and not mirrored": {
			before: func(s *scene, id tiktok.OrderID) {
				s.set(func(settings *shops.Settings) { settings.MirrorShipments = false })
				_, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
				s.must(err)
				s.must(s.tiktok.SetStatus(string(id), "DELIVERED"))
				s.bring(id)
			},
			want: exceptions.ReturnWindowNotStarted, shipped: 3,
			mend: func(s *scene, _ tiktok.OrderID) {
				s.set(func(settings *shops.Settings) { settings.MirrorShipments = true })
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.written(tiktoksim.OrderSpec{})
			tc.before(s, id)
			s.follow(id)
			s.wantCodes(id, tc.want)
			s.follow(id)
			s.wantCodes(id, tc.want)
			tc.mend(s, id)
			s.follow(id)
			s.wantCodes(id)
			left := s.shippedWith(id)[""]
			if got := 3 - left; got != tc.shipped {
				t.Errorf("TikTok has %d units shipped, want %d: %v", got, tc.shipped, s.shippedWith(id))
			}
			before := len(s.tiktok.Requests())
			s.bring(id)
			if n := len(s.tiktok.Requests()) - before; n != 1 {
				t.Errorf("%d calls to TikTok where nothing differs", n)
			}
			s.wantCodes(id)
		})
	}
}

func (s *scene) askCancel(id tiktok.OrderID, lines ...string) {
	s.Helper()
	_, err := s.tiktok.RequestCancel(string(id), tiktoksim.Cancellation{LineIDs: lines})
	s.must(err)
}

// cancelID is the buyer's open request.
func (s *scene) cancelID(id tiktok.OrderID) string {
	s.Helper()
	for _, c := range s.tiktok.Aftersales(string(id)) {
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
	open, err := s.store.OrderExceptions(s.Context(), shop, id)
	s.must(err)
	for _, e := range open {
		if e.Code == code {
			job := fulfillments.Resolve(e, fulfillments.Handled, "called them")
			s.must(s.run(func() error { return s.follower.Follow(s.Context(), job.(fulfillments.FollowArgs)) }))
		}
	}
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{})
	gid := s.ship(id, "USPS", first)
	s.follow(id)
	s.clock.pass(71 * time.Hour)
	s.must(s.shopify.ChangeTracking(string(shop), gid, "UPS", second))
	s.follow(id)
	s.follow(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{second: 3})
	if o := s.tiktokOrder(id); o.LineItems[0].ShippingProviderName != "UPS" {
		t.Errorf("the carrier is %s", o.LineItems[0].ShippingProviderName)
	}
	if n := s.calls(tiktoksim.OpUpdateOrderShipping); n != 1 {
		t.Errorf("corrected %d times", n)
	}
	s.wantCodes(id)
}

func TestCancelledBeforeItWasSent(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{})
	gid := s.ship(id, "Pony Express", first)
	s.follow(id)
	s.wantCodes(id, exceptions.CarrierUnknown)
	s.must(s.shopify.CancelFulfillment(string(shop), gid))
	s.follow(id)
	s.wantCodes(id)
	s.ship(id, "USPS", second)
	s.follow(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{second: 3})
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	releaser := &fulfillments.Releaser{Store: s.store, Interval: time.Minute, Now: s.clock.Now}
	turn := func(change func(*shops.Settings)) {
		t.Helper()
		s.set(change)
		for _, job := range s.jobs.take("fulfillment_release") {
			s.must(releaser.Release(t.Context(), job.(fulfillments.ReleaseArgs)))
		}
		for _, job := range s.jobs.take("fulfillment_follow") {
			s.must(s.run(func() error { return s.follower.Follow(t.Context(), job.(fulfillments.FollowArgs)) }))
		}
	}
	turn(func(settings *shops.Settings) { settings.PullFulfillments, settings.PushFulfillments = false, false })
	id := s.written(tiktoksim.OrderSpec{})
	s.ship(id, "USPS", first)
	s.follow(id)
	if kept, _ := s.store.Shipments(t.Context(), shop, id); len(kept) != 0 {
		t.Errorf("with pull off: %+v", kept)
	}
	turn(func(settings *shops.Settings) { settings.PullFulfillments = true })
	kept, err := s.store.Shipments(t.Context(), shop, id)
	s.must(err)
	if len(kept) != 1 || kept[0].State != links.ShipmentPlanned || kept[0].Reason != fulfillments.PushOff || len(kept[0].Units) != 3 {
		t.Fatalf("with push off: %+v", kept)
	}
	s.same("with push off", s.shippedWith(id), map[string]int{"": 3})
	s.wantCodes(id)
	turn(func(settings *shops.Settings) { settings.PushFulfillments = true })
	s.same("with push on", s.shippedWith(id), map[string]int{first: 3})

	turn(func(settings *shops.Settings) { settings.MirrorShipments = false })
	theirs := s.written(tiktoksim.OrderSpec{})
	_, err = s.tiktok.Ship(string(theirs), tiktoksim.Shipment{TrackingNumber: second})
	s.must(err)
	s.bring(theirs)
	s.same("with mirroring off", s.parcels(theirs), map[string]int{})
	turn(func(settings *shops.Settings) { settings.MirrorShipments = true })
	s.same("with mirroring on", s.parcels(theirs), map[string]int{second: 3})
}

func TestAPersonFulfilledWhatTikTokShips(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	s.ship(id, "", "")
	s.follow(id)
	s.wantCodes(id)
	_, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.must(err)
	s.bring(id)
	s.same("in Shopify", s.parcels(id), map[string]int{first: 3})
	if n := len(s.order(id).Fulfillments); n != 1 {
		t.Errorf("%d fulfillments", n)
	}
	s.deliver(id)
	s.wantCodes(id)
}

func TestAlreadyShippedInSellerCenter(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{})
	_, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.must(err)
	s.ship(id, "USPS", second) // before anybody looked
	s.follow(id)
	s.bring(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{first: 3})
	s.same("in Shopify", s.parcels(id), map[string]int{second: 3})
	if n := s.calls(tiktoksim.OpMarkShipped); n != 0 {
		t.Errorf("TikTok was told %d times", n)
	}
	s.wantCodes(id)
}

func TestTikTokCorrectsItsNumber(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	parcel, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.must(err)
	s.bring(id)
	s.must(s.tiktok.Retrack(string(id), parcel, second))
	s.bring(id)
	s.same("in Shopify", s.parcels(id), map[string]int{second: 3})
	s.wantCodes(id)
}

func TestAMirroredFulfillmentIsCancelledInShopify(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	_, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: first})
	s.must(err)
	s.bring(id)
	s.must(s.shopify.CancelFulfillment(string(shop), s.order(id).Fulfillments[0].GID))
	s.follow(id)
	s.bring(id)
	s.wantCodes(id, exceptions.ShipmentDiffers)
	s.same("in Shopify", s.parcels(id), map[string]int{})
	s.ship(id, "", "")
	s.follow(id)
	s.wantCodes(id)
	s.same("in Shopify", s.parcels(id), map[string]int{first: 3})
}

func TestTheOrderIsCancelledMeanwhile(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{})
	s.ship(id, "Pony Express", first, "TEE-BLK-L", 1)
	s.follow(id)
	s.wantCodes(id, exceptions.CarrierUnknown)
	s.must(s.shopify.CancelFulfillment(string(shop), s.order(id).Fulfillments[0].GID))
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	s.bring(id)
	s.wantCodes(id)
	if row := s.row(id); row.State != links.Cancelled {
		t.Errorf("the order is %s", row.State)
	}
}

func TestAnOrderOfSomebodyElses(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	gid, err := s.shopify.InjectOrder(string(shop), shopifysim.Order{Name: "#1001"})
	s.must(err)
	s.must(s.follower.Follow(t.Context(), fulfillments.FollowArgs{Shop: shop, ShopifyOrder: shopify.GID(gid), Cause: "webhook:1"}))
	if n := len(s.shopify.Requests()); n != 0 {
		t.Errorf("Shopify was asked %d times", n)
	}
}

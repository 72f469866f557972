package fulfillments_test

import (
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

func TestAFulfillmentReachesTikTokOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	s.ship(id, "USPS", first)
	for range 3 { // duplicates, and fulfillments/update without a change
		s.follow(id)
	}
	s.Bring(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{first: 3})
	if n := s.Calls(tiktoksim.OpMarkShipped); n != 1 {
		t.Errorf("TikTok was told %d times", n)
	}
	s.same("in Shopify", s.parcels(id), map[string]int{first: 3})
	s.WantCodes(id)
	s.deliver(id)
	s.deliver(id)
}

// deliver has TikTok deliver, and expects Shopify to say so once.
func (s *scene) deliver(id tiktok.OrderID) {
	s.Helper()
	s.Clock.Pass(24 * time.Hour)
	s.Must(s.TikTok.SetStatus(string(id), "DELIVERED"))
	s.Bring(id)
	for _, f := range s.Order(id).Fulfillments {
		if f.Status == "SUCCESS" && len(f.Events) != 1 {
			s.Errorf("fulfillment %s has %d events: %v", f.GID, len(f.Events), f.Events)
		}
	}
}

func TestPartsOfAnOrder(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	s.ship(id, "USPS", first, "MUG-12-SAGE", 1)
	s.follow(id)
	s.same("a part of a line", s.shippedWith(id), map[string]int{first: 1, "": 2})
	s.ship(id, "UPS", second+" 1Z999AA10123456784", "MUG-12-SAGE", 1, "TEE-BLK-L", 1)
	s.follow(id)
	s.same("the rest, with two numbers", s.shippedWith(id), map[string]int{first: 1, second: 2})
	s.WantCodes(id)
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	gid := s.ship(id, "USPS", first)
	s.follow(id)
	s.Clock.Pass(71 * time.Hour)
	s.Must(s.Shopify.ChangeTracking(string(shop), gid, "UPS", second))
	s.follow(id)
	s.follow(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{second: 3})
	if o := s.tiktokOrder(id); o.LineItems[0].ShippingProviderName != "UPS" {
		t.Errorf("the carrier is %s", o.LineItems[0].ShippingProviderName)
	}
	if n := s.Calls(tiktoksim.OpUpdateOrderShipping); n != 1 {
		t.Errorf("corrected %d times", n)
	}
	s.WantCodes(id)
}

func TestCancelledBeforeItWasSent(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	gid := s.ship(id, "Pony Express", first)
	s.follow(id)
	s.WantCodes(id, exceptions.CarrierUnknown)
	s.Must(s.Shopify.CancelFulfillment(string(shop), gid))
	s.follow(id)
	s.WantCodes(id)
	s.ship(id, "USPS", second)
	s.follow(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{second: 3})
}

func TestTheOrderIsCancelledMeanwhile(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	s.ship(id, "Pony Express", first, "TEE-BLK-L", 1)
	s.follow(id)
	s.WantCodes(id, exceptions.CarrierUnknown)
	s.Must(s.Shopify.CancelFulfillment(string(shop), s.Order(id).Fulfillments[0].GID))
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.Bring(id)
	s.WantCodes(id)
	if row := s.Row(id); row.State != links.Cancelled {
		t.Errorf("the order is %s", row.State)
	}
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	releaser := &fulfillments.Releaser{Store: s.Store, Interval: time.Minute, Now: s.Clock.Now}
	turn := func(change func(*shops.Settings)) {
		t.Helper()
		s.Set(change)
		for _, job := range s.Jobs.Take("fulfillment_release") {
			s.Must(releaser.Release(t.Context(), job.(fulfillments.ReleaseArgs)))
		}
		for _, job := range s.Jobs.Take("fulfillment_follow") {
			s.Must(s.RunJob(func() error { return s.follower.Follow(t.Context(), job.(fulfillments.FollowArgs)) }))
		}
	}
	turn(func(settings *shops.Settings) { settings.PullFulfillments, settings.PushFulfillments = false, false })
	id := s.Written(tiktoksim.OrderSpec{})
	s.ship(id, "USPS", first)
	s.follow(id)
	if kept, _ := s.Store.Shipments(t.Context(), shop, id); len(kept) != 0 {
		t.Errorf("with pull off: %+v", kept)
	}
	turn(func(settings *shops.Settings) { settings.PullFulfillments = true })
	kept, err := s.Store.Shipments(t.Context(), shop, id)
	s.Must(err)
	if len(kept) != 1 || kept[0].State != links.ShipmentPlanned || kept[0].Reason != fulfillments.PushOff || len(kept[0].Units) != 3 {
		t.Fatalf("with push off: %+v", kept)
	}
	s.same("with push off", s.shippedWith(id), map[string]int{"": 3})
	s.WantCodes(id)
	turn(func(settings *shops.Settings) { settings.PushFulfillments = true })
	s.same("with push on", s.shippedWith(id), map[string]int{first: 3})

	turn(func(settings *shops.Settings) { settings.MirrorShipments = false })
	theirs := s.Written(tiktoksim.OrderSpec{})
	_, err = s.TikTok.Ship(string(theirs), tiktoksim.Shipment{TrackingNumber: second})
	s.Must(err)
	s.Bring(theirs)
	s.same("with mirroring off", s.parcels(theirs), map[string]int{})
	turn(func(settings *shops.Settings) { settings.MirrorShipments = true })
	s.same("with mirroring on", s.parcels(theirs), map[string]int{second: 3})
}

func TestAnOrderOfSomebodyElses(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	gid, err := s.Shopify.InjectOrder(string(shop), shopifysim.Order{Name: "#1001"})
	s.Must(err)
	s.Must(s.follower.Follow(t.Context(), fulfillments.FollowArgs{Shop: shop, ShopifyOrder: shopify.GID(gid), Cause: "webhook:1"}))
	if n := len(s.Shopify.Requests()); n != 0 {
		t.Errorf("Shopify was asked %d times", n)
	}
}

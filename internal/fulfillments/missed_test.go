package fulfillments_test

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// missed is a sweep's look at the order: what it finds is done. It returns whether it found anything.
func (s *scene) missed(id tiktok.OrderID) bool {
	s.Helper()
	s.clock.pass(5 * time.Minute)
	settings, err := s.store.Settings(s.Context(), shop)
	s.must(err)
	hub := s.follower.Shopify.(*shopify.Client)
	marks, err := hub.OrderMarks(s.Context(), shop, s.row(id).ShopifyOrder)
	s.must(err)
	jobs, err := (&fulfillments.Missed{Ledger: s.store}).Missing(s.Context(), settings, s.row(id), *marks, "sweep:1")
	s.must(err)
	for _, job := range jobs {
		s.must(s.run(func() error { return s.follower.Follow(s.Context(), job.(fulfillments.FollowArgs)) }))
	}
	return len(jobs) > 0
}

// wantMissed sweeps twice: once to find it, once to find that it is known.
func (s *scene) wantMissed(id tiktok.OrderID, what string) {
	s.Helper()
	if !s.missed(id) {
		s.Errorf("%s: was not found", what)
	}
	if s.missed(id) {
		s.Errorf("%s: was found again", what)
	}
}

func TestEveryWebhookIsLost(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{})
	if s.missed(id) {
		t.Error("an order that nobody shipped was looked at")
	}
	mugs := s.ship(id, "USPS", first, "MUG-12-SAGE", 2)
	s.wantMissed(id, "a fulfillment")
	tee := s.ship(id, "USPS", "", "TEE-BLK-L", 1)
	s.wantMissed(id, "another without a number")
	s.wantCodes(id, exceptions.TrackingMissing)
	s.clock.pass(time.Minute)
	s.must(s.shopify.ChangeTracking(string(shop), tee, "USPS", second))
	s.wantMissed(id, "the number")
	s.wantCodes(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{first: 2, second: 1})
	s.must(s.shopify.CancelFulfillment(string(shop), mugs))
	s.wantMissed(id, "a cancellation")
	s.wantCodes(id, exceptions.FulfillmentCancelled)
}

func TestACorrectionWhoseWebhookIsLost(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.written(tiktoksim.OrderSpec{})
	parcel := s.ship(id, "USPS", first)
	s.wantMissed(id, "a fulfillment")
	s.must(s.shopify.ChangeTracking(string(shop), parcel, "USPS", second))
	if !s.missed(id) {
		t.Error("the correction was not found")
	}
	s.same("at TikTok", s.shippedWith(id), map[string]int{second: 3})
}

func TestWhatASweepPassesBy(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	mirrored := s.written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	_, err := s.tiktok.Ship(string(mirrored), tiktoksim.Shipment{TrackingNumber: first})
	s.must(err)
	s.bring(mirrored)
	s.deliver(mirrored)
	// What we made ourselves a moment ago may be looked at once more; nothing comes of it.
	parcels := s.parcels(mirrored)
	s.missed(mirrored)
	s.same("in Shopify", s.parcels(mirrored), parcels)
	s.wantCodes(mirrored)
	s.clock.pass(time.Minute)
	id := s.written(tiktoksim.OrderSpec{})
	undone := s.ship(id, "USPS", first)
	s.must(s.shopify.CancelFulfillment(string(shop), undone))
	if s.missed(id) {
		t.Error("a fulfillment that came and went was looked at")
	}
	s.set(func(settings *shops.Settings) { settings.PullFulfillments = false })
	s.ship(id, "USPS", second)
	if s.missed(id) {
		t.Error("an order was looked at although the switch is off")
	}
	s.set(func(settings *shops.Settings) { settings.PullFulfillments = true })
	over := s.row(id)
	over.State = links.Cancelled
	jobs, err := (&fulfillments.Missed{Ledger: s.store}).Missing(t.Context(), shops.Settings{PullFulfillments: true}, over,
		shopify.OrderMarks{Fulfillments: []shopify.FulfillmentMark{{ID: "gid://shopify/Fulfillment/1", Status: "SUCCESS"}}}, "sweep:1")
	s.must(err)
	if len(jobs) > 0 {
		t.Error("a cancelled order was looked at")
	}
}

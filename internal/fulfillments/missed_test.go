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
	s.Clock.Pass(5 * time.Minute)
	settings, err := s.Store.Settings(s.Context(), shop)
	s.Must(err)
	hub := s.follower.Shopify.(*shopify.Client)
	marks, err := hub.OrderMarks(s.Context(), shop, s.Row(id).ShopifyOrder)
	s.Must(err)
	jobs, err := (&fulfillments.Missed{Ledger: s.Store}).Missing(s.Context(), settings, s.Row(id), *marks, "sweep:1")
	s.Must(err)
	for _, job := range jobs {
		s.Must(s.RunJob(func() error { return s.follower.Follow(s.Context(), job.(fulfillments.FollowArgs)) }))
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
	id := s.Written(tiktoksim.OrderSpec{})
	if s.missed(id) {
		t.Error("an order that nobody shipped was looked at")
	}
	mugs := s.ship(id, "USPS", first, "MUG-12-SAGE", 2)
	s.wantMissed(id, "a fulfillment")
	tee := s.ship(id, "USPS", "", "TEE-BLK-L", 1)
	s.wantMissed(id, "another without a number")
	s.WantCodes(id, exceptions.TrackingMissing)
	s.Clock.Pass(time.Minute)
	s.Must(s.Shopify.ChangeTracking(string(shop), tee, "USPS", second))
	s.wantMissed(id, "the number")
	s.WantCodes(id)
	s.same("at TikTok", s.shippedWith(id), map[string]int{first: 2, second: 1})
	s.Must(s.Shopify.CancelFulfillment(string(shop), mugs))
	s.wantMissed(id, "a cancellation")
	s.WantCodes(id, exceptions.FulfillmentCancelled)
}

func TestACorrectionWhoseWebhookIsLost(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	parcel := s.ship(id, "USPS", first)
	s.wantMissed(id, "a fulfillment")
	s.Must(s.Shopify.ChangeTracking(string(shop), parcel, "USPS", second))
	if !s.missed(id) {
		t.Error("the correction was not found")
	}
	s.same("at TikTok", s.shippedWith(id), map[string]int{second: 3})
}

func TestWhatASweepPassesBy(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	mirrored := s.Written(tiktoksim.OrderSpec{ShippingType: "TIKTOK"})
	_, err := s.TikTok.Ship(string(mirrored), tiktoksim.Shipment{TrackingNumber: first})
	s.Must(err)
	s.Bring(mirrored)
	s.deliver(mirrored)
	// What we made ourselves a moment ago may be looked at once more, and only once; nothing comes of it.
	parcels := s.parcels(mirrored)
	s.missed(mirrored)
	if s.missed(mirrored) {
		t.Error("what we had made was looked at in sweep after sweep")
	}
	s.same("in Shopify", s.parcels(mirrored), parcels)
	s.WantCodes(mirrored)
	s.Clock.Pass(time.Minute)
	id := s.Written(tiktoksim.OrderSpec{})
	undone := s.ship(id, "USPS", first)
	s.Must(s.Shopify.CancelFulfillment(string(shop), undone))
	if s.missed(id) {
		t.Error("a fulfillment that came and went was looked at")
	}
	s.Set(func(settings *shops.Settings) { settings.PullFulfillments = false })
	s.ship(id, "USPS", second)
	if s.missed(id) {
		t.Error("an order was looked at although the switch is off")
	}
	s.Set(func(settings *shops.Settings) { settings.PullFulfillments = true })
	over := s.Row(id)
	over.State = links.Cancelled
	jobs, err := (&fulfillments.Missed{Ledger: s.Store}).Missing(t.Context(), shops.Settings{PullFulfillments: true}, over,
		shopify.OrderMarks{Fulfillments: []shopify.FulfillmentMark{{ID: "gid://shopify/Fulfillment/1", Status: "SUCCESS"}}}, "sweep:1")
	s.Must(err)
	if len(jobs) > 0 {
		t.Error("a cancelled order was looked at")
	}
}

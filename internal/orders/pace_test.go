package orders_test

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// A development shop takes five orders a minute: what is more is put off, never
// failed, never held, and none of it is written twice.
func TestADevelopmentShopsLimitIsWaitedOut(t *testing.T) {
	t.Parallel()
	s := setUp(t, func(_ *shopifysim.Options, spec *shopifysim.ShopSpec) { spec.DevelopmentShop = true })
	start := s.Clock.Now()
	var waiting []tiktok.OrderID
	for range 12 {
		waiting = append(waiting, s.Place(tiktoksim.OrderSpec{}))
	}
	postponed := 0
	for rounds := 0; len(waiting) > 0; rounds++ {
		if rounds > 100 {
			t.Fatalf("%d orders are still waiting", len(waiting))
		}
		var left []tiktok.OrderID
		for _, id := range waiting {
			switch err := s.Importer.Import(t.Context(), args(id)); fault.Of(err) {
			case fault.None:
				if row := s.Row(id); row.State != links.Written || len(s.Codes(id)) != 0 {
					t.Fatalf("order is %s (%s), exceptions %v", row.State, row.Reason, s.Codes(id))
				}
			case fault.Later:
				postponed++
				left = append(left, id)
			default:
				t.Fatalf("failed, which costs an attempt: %v", err)
			}
		}
		waiting = left
		s.Clock.Pass(15 * time.Second)
	}
	if took := s.Clock.Now().Sub(start); took < 2*time.Minute || postponed == 0 {
		t.Errorf("twelve orders in %v, %d times put off: was there a limit?", took, postponed)
	}
	if n := len(s.Shopify.Orders(string(shop))); n != 12 {
		t.Errorf("shopify has %d orders", n)
	}
}

// TikTok's 429 puts the job off for as long as TikTok says, or for ten seconds and more where it does not.
func TestTikToksLimitIsWaitedOut(t *testing.T) {
	t.Parallel()
	for _, retryAfter := range []time.Duration{0, 90 * time.Second} {
		s := setUp(t)
		id := s.Place(tiktoksim.OrderSpec{})
		busy := chaos.Fault{Kind: chaos.Throttled, RetryAfter: retryAfter}
		s.Faults.Add(tiktoksim.OpOrderDetail, busy, 1)
		s.Faults.Add(tiktoksim.OpExternalGet, busy, 1) // optional: it holds nothing up
		before := s.Clock.Now()
		err := s.Importer.Import(t.Context(), orders.ImportArgs{Shop: shop, TikTokShop: tiktokShop, Order: id, Cause: "test"})
		if fault.Of(err) != fault.Later {
			t.Fatalf("got %v, want to come back", err)
		}
		s.Faults.Add(tiktoksim.OpOrderDetail, busy, 1)
		s.written(id)
		if waited := s.Clock.Now().Sub(before); waited < max(retryAfter, 10*time.Second) {
			t.Errorf("waited %v, TikTok asked for %v", waited, retryAfter)
		}
	}
}

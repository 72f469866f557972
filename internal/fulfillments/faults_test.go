package fulfillments_test

import (
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// However the calls fail, each unit is shipped once on both sides.
func TestALostAnswerNeverShipsTwice(t *testing.T) {
	t.Parallel()
	faults := map[string][]chaos.Fault{
		"cut before":            {{Kind: chaos.CutBefore}},
		"cut after":             {{Kind: chaos.CutAfter}},
		"cut after, twice":      {{Kind: chaos.CutAfter}, {Kind: chaos.CutAfter}},
		"answer cannot be read": {{Kind: chaos.Malformed}},
		"timed out":             {{Kind: chaos.TimedOut}},
		"server error":          {{Kind: chaos.ServerError, Status: 502}},
		"commit after 5 units":  {{Kind: chaos.LateCommit, After: 5 * retryBase}},
		"commit after 59 units": {{Kind: chaos.LateCommit, After: 59 * retryBase}},
		"throttled":             {{Kind: chaos.Throttled, Status: 429, RetryAfter: 3 * time.Second}},
		"token expired":         {{Kind: chaos.TokenExpired}},
		"everything in a row":   {{Kind: chaos.Throttled}, {Kind: chaos.CutBefore}, {Kind: chaos.ServerError}, {Kind: chaos.CutAfter}},
	}
	ops := []string{
		tiktoksim.OpMarkShipped, tiktoksim.OpUpdatePackageShipping, tiktoksim.OpProviders, tiktoksim.OpCancelSearch, tiktoksim.OpOrderDetail,
		"fulfillmentCreate", "fulfillmentEventCreate", "order",
	}
	for name, list := range faults {
		for _, op := range ops {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := s.Written(tiktoksim.OrderSpec{})
				for _, fault := range list {
					s.Faults.Add(op, fault, 1)
				}
				s.journey(id)
				if s.Faults.Pending() == len(list) {
					t.Error("no call met a fault")
				}
			})
		}
	}
}

// journey ships a mug from Shopify, corrects its number, has the other mug
// shipped in Seller Center and the tee from Shopify, and all of it delivered.
func (s *scene) journey(id tiktok.OrderID) {
	s.Helper()
	gid := s.ship(id, "USPS", first, "MUG-12-SAGE", 1)
	s.follow(id)
	s.Must(s.Shopify.ChangeTracking(string(shop), gid, "USPS", second))
	s.follow(id)
	var left []string
	for _, item := range s.tiktokOrder(id).LineItems {
		if item.PackageID == "" && item.SellerSKU == "MUG-12-SAGE" {
			left = append(left, string(item.ID))
		}
	}
	_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: left, TrackingNumber: "9400100000000000000003"})
	s.Must(err)
	s.Bring(id)
	s.ship(id, "UPS", "1Z999AA10123456784")
	s.follow(id)
	s.deliver(id)
	s.Clock.Pass(2 * time.Minute) // what commits late has done so
	s.follow(id)
	want := map[string]int{second: 1, "9400100000000000000003": 1, "1Z999AA10123456784": 1}
	s.same("at TikTok", s.shippedWith(id), want)
	s.same("in Shopify", s.parcels(id), want)
	s.WantCodes(id)
}

// Two jobs for one order, and a job whose lease was lost, change nothing.
func TestManyJobsAtOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	s.ship(id, "USPS", first, "MUG-12-SAGE", 1)
	_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: []string{string(s.tiktokOrder(id).LineItems[2].ID)}, TrackingNumber: second})
	s.Must(err)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for {
				err := s.follower.Follow(s.Context(), fulfillments.FollowArgs{Shop: shop, Order: id, Cause: "sweep:test"})
				if fault.Of(err) != fault.Later {
					if err != nil {
						s.Error(err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
	want := map[string]int{first: 1, second: 1, "": 1}
	s.same("at TikTok", s.shippedWith(id), want)
	delete(want, "")
	s.same("in Shopify", s.parcels(id), want)
	if n := s.Calls(tiktoksim.OpMarkShipped) + s.Calls("fulfillmentCreate"); n != 2 {
		t.Errorf("%d calls for two parcels", n)
	}
}

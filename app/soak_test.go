//go:build unix

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// TestSoak kills the program with kill -9 at random moments while orders of
// every kind are imported and both platforms lose, garble and throttle their
// answers. In the end each order that may be written is in Shopify once, and no
// other is.
//
// SOAK=1 takes 500 orders and 110 kills; SEED repeats a run's orders, faults and moments.
func TestSoak(t *testing.T) {
	t.Parallel()
	orders, kills := soaks(16, 500), soaks(3, 110)
	seed := seedOf(t)
	chance := rand.New(rand.NewPCG(seed, 1))
	// Nothing but the program itself prevents a second order here. The budget is a large plan's:
	// every kill forgets what was learned of it.
	s := killable(t, scenery{dropMetafield: true, bucket: 20_000, restore: 1_000})
	s.misbehave(seed)

	var placed []mixed
	for n := range kills {
		for len(placed) < orders*(n+1)/kills {
			placed = append(placed, s.placeMixed(t, chance))
		}
		pause(t, time.Duration(chance.IntN(400))*time.Millisecond)
		s.program.kill(t)
		s.program = s.start(t)
		s.deliverAgain(t)
	}
	for _, o := range placed {
		if o.release {
			if err := s.platforms.TikTok.SetStatus(o.id, "AWAITING_SHIPMENT"); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.allEnd(t, placed)
	s.program.stop(t)
}

// misbehave lets calls that an import makes fail now and then. No token expires
// here: a kill between TikTok's rotation of a pair and our keeping it costs the
// connection, and only the merchant can give it back.
func (s *stage) misbehave(seed uint64) {
	some := map[chaos.Kind]float64{chaos.CutBefore: 0.02, chaos.CutAfter: 0.02, chaos.ServerError: 0.03, chaos.Throttled: 0.005, chaos.Malformed: 0.01}
	worse := map[chaos.Kind]float64{chaos.CutBefore: 0.05, chaos.CutAfter: 0.08, chaos.ServerError: 0.03, chaos.Throttled: 0.02, chaos.Malformed: 0.04, chaos.Slow: 0.2, chaos.LateCommit: 0.05}
	s.platforms.TikTokFaults.Otherwise = &chaos.Plan{Seed: seed, RetryAfter: time.Second, Operations: map[string]map[chaos.Kind]float64{
		tiktoksim.OpOrderDetail: some, tiktoksim.OpExternalGet: some, tiktoksim.OpExternalAdd: some,
	}}
	s.platforms.ShopifyFaults.Otherwise = &chaos.Plan{Seed: seed, After: 100 * time.Millisecond, RetryAfter: time.Second, Operations: map[string]map[chaos.Kind]float64{
		"orderByIdentifier": some, "orders": some, "productVariants": some, "metafieldsSet": some, "orderCreate": worse,
	}}
}

// mixed is an order of one of the kinds that happen.
type mixed struct {
	id string
	// state is where it ends. A release is of TikTok's, after the last kill.
	state   string
	release bool
}

// placeMixed lets a buyer buy something.
func (s *stage) placeMixed(t *testing.T, chance *rand.Rand) mixed {
	t.Helper()
	mug := tiktoksim.SampleUnit()
	tee := tiktoksim.Unit{SKUID: "1729900000000020202", ProductID: "1729900000000020001", SellerSKU: "TEE-BLK-L", ProductName: "Heavyweight Tee", Price: 2400, TaxRate: "0.0825"}
	spec, o := tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{mug}}, mixed{state: "written"}
	switch chance.IntN(10) {
	case 0:
		spec.Units = append(spec.Units, tee)
	case 1:
		spec.Units[0].Count = 3
		spec.Shipping = tiktoksim.Shipping{Original: 599, Tax: 49}
	case 2:
		spec.Units[0].SellerDiscount, spec.Units[0].PlatformDiscount = 300, 200
	case 3:
		spec.Sample, spec.Units[0].Price, spec.Units[0].TaxRate = true, 0, ""
	case 4:
		gift := tee
		gift.Gift, gift.Price, gift.TaxRate = true, 0, ""
		spec.Units = append(spec.Units, gift)
	case 5:
		spec.Status, o.release = "ON_HOLD", true
	case 6:
		spec.Status, o.state = "CANCELLED", "skipped"
	case 7:
		spec.Unexplained, o.state = 777, "held"
	case 8:
		spec.Units[0].SellerSKU, spec.Units[0].SKUID, o.state = "NOBODY-HAS-IT", "1729900000000090909", "held"
	}
	var err error
	if o.id, err = s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, spec); err != nil {
		t.Fatal(err)
	}
	return o
}

// allEnd waits until every order is where it ends, and counts.
func (s *stage) allEnd(t *testing.T, placed []mixed) {
	t.Helper()
	err := within(t.Context(), 2*time.Minute+time.Duration(len(placed))*2*time.Second, func() error {
		s.deliverAgain(t)
		for _, o := range placed {
			status, body := s.api(t, sandbox.Shop, "GET", "/api/orders/"+o.id, "")
			if status != 200 || !strings.Contains(body, `"state":"`+o.state+`"`) {
				return fmt.Errorf("order %s is not %s: %d %.300s", o.id, o.state, status, body)
			}
		}
		return nil
	})
	counts := map[string]int{}
	for _, o := range s.platforms.Shopify.Orders(sandbox.Shop) {
		counts[o.SourceIdentifier]++
	}
	for _, o := range placed {
		want := 0
		if o.state == "written" {
			want = 1
		}
		if counts[o.id] != want {
			err = errors.Join(err, &miscount{"Shopify orders of the " + o.state + " TikTok order " + o.id, counts[o.id], want})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// TestRefundKill kills the program with kill -9 at random moments while orders
// are refunded and both platforms lose answers. In the end each
// buyer has back what Shopify says, to the cent, each unit was refunded once,
// and what could not be sent is listed.
//
// SOAK=1 kills a hundred times; SEED repeats a run's refunds and moments.
func TestRefundKill(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(seedOf(t), 3))
	s := killable(t, scenery{bucket: 20_000, restore: 1_000})
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_refunds":true,"push_refunds":true}`, nil)
	all := killedBetween(t, s, chance, soaks(3, 100), func() (fresh []*restitution) {
		for range 3 {
			fresh = append(fresh, s.bought(t, chance))
		}
		return fresh
	}, func() { s.mayLoseRefunds(chance) }, func(r *restitution) { s.giveBack(t, chance, r) })
	for _, r := range all {
		s.until(t, func() error { return s.even(t, r) })
	}
	s.program.stop(t)
}

// restitution is an order of four mugs, all of which go back one by one.
type restitution struct {
	id        string
	delivered bool
	// back is what the buyer must have in the end, in cents; stuck counts refunds that no call can give back.
	back  int64
	stuck int
}

func (r *restitution) number() string { return r.id }

// mug is what a buyer pays for one, with its tax.
const mug = 1949

func (s *stage) bought(t *testing.T, chance *rand.Rand) *restitution {
	t.Helper()
	mugs := tiktoksim.SampleUnit()
	mugs.Count = 4
	id, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{mugs}})
	check(t, err)
	r := &restitution{id: id, delivered: chance.IntN(3) > 0}
	if r.delivered {
		open := s.tiktokLines(t, id).Open
		for _, parcel := range [][]string{open[:2], open[2:]} {
			_, err := s.platforms.TikTok.Ship(id, tiktoksim.Shipment{LineIDs: parcel, TrackingNumber: "94001" + parcel[0]})
			check(t, err)
		}
		check(t, s.platforms.TikTok.SetStatus(id, "DELIVERED"))
	}
	return r
}

// mayLoseRefunds lets either platform lose, or come late with, one of the next answers. No token ends here: killed between
// TikTok's answer to its renewal and the commit, only the merchant can mend it.
func (s *stage) mayLoseRefunds(chance *rand.Rand) {
	lose := func(script *chaos.Script, op string, kinds ...chaos.Kind) {
		kinds = append(kinds, chaos.CutAfter, chaos.CutBefore, chaos.Malformed, chaos.Slow)
		if n := chance.IntN(2 * len(kinds)); n < len(kinds) {
			script.Add(op, chaos.Fault{Kind: kinds[n], After: 100 * time.Millisecond}, 1)
		}
	}
	for _, op := range []string{tiktoksim.OpReturnCreate, tiktoksim.OpCancelCreate, tiktoksim.OpReturnSearch, tiktoksim.OpEligibility} {
		lose(s.platforms.TikTokFaults, op, chaos.TimedOut, chaos.CutAfter)
	}
	lose(s.platforms.ShopifyFaults, "refundCreate")
	lose(s.platforms.ShopifyFaults, "order")
}

// giveBack refunds two of the mugs: in Shopify, in one refund or two, less a fee or not, or with no money.
func (s *stage) giveBack(t *testing.T, chance *rand.Rand, r *restitution) {
	t.Helper()
	refund := func(quantity int, spec shopifysim.RefundSpec) {
		o := s.one(t, sandbox.Shop, r.id)
		spec.Lines = []shopifysim.RefundedLine{{LineGID: o.Lines[0].GID, Quantity: quantity, RestockType: "NO_RESTOCK", Removal: !r.delivered}}
		_, err := s.platforms.Shopify.Refund(sandbox.Shop, o.GID, spec)
		check(t, err)
	}
	switch n := chance.IntN(6); {
	case n == 0: // no money: store credit, say
		refund(2, shopifysim.RefundSpec{Amount: new(int64)})
		r.stuck++
	case n == 1 && r.delivered:
		refund(1, shopifysim.RefundSpec{Less: 333})
		refund(1, shopifysim.RefundSpec{Less: 1})
		r.back += 2*mug - 334
	case n == 2 && r.delivered:
		refund(2, shopifysim.RefundSpec{Less: 1000})
		r.back += 2*mug - 1000
	case n == 3:
		refund(1, shopifysim.RefundSpec{})
		refund(1, shopifysim.RefundSpec{})
		r.back += 2 * mug
	default:
		refund(2, shopifysim.RefundSpec{})
		r.back += 2 * mug
	}
}

// even compares what the buyer has with what Shopify gave back.
func (s *stage) even(t *testing.T, r *restitution) error {
	t.Helper()
	given, _ := s.platforms.TikTok.Money(r.id)
	var view struct {
		Refunds []struct {
			State, Reason string
		} `json:"refunds"`
		Exceptions []struct{ Code, Message string } `json:"exceptions"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/orders/"+r.id, "", &view)
	stuck := 0
	for _, refund := range view.Refunds {
		switch refund.State {
		case "completed":
		case "stopped":
			stuck++
		default:
			return fmt.Errorf("order %s: a refund is %s (%s)", r.id, refund.State, refund.Reason)
		}
	}
	if given.Back != r.back || given.OnTheWay != 0 || stuck != r.stuck || (stuck > 0) != (len(view.Exceptions) > 0) {
		return fmt.Errorf("order %s (delivered %v): the buyer has %d back and %d on the way, want %d; %d refunds cannot be sent, want %d; %+v",
			r.id, r.delivered, given.Back, given.OnTheWay, r.back, stuck, r.stuck, view)
	}
	units := map[string]bool{}
	for _, c := range s.platforms.TikTok.Aftersales(r.id) {
		for _, unit := range c.LineIDs {
			if units[unit] {
				return fmt.Errorf("order %s: unit %s went back twice: %+v", r.id, unit, s.platforms.TikTok.Aftersales(r.id))
			}
			units[unit] = true
		}
	}
	return nil
}

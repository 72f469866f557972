//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// TestShipKill kills the program with kill -9 at random moments while parts of
// orders are shipped on either side and both platforms lose answers. In the end
// each unit is in one parcel, with the same number on both sides.
//
// SOAK=1 kills fifty times; SEED repeats a run's parcels and moments.
func TestShipKill(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(seedOf(t), 2))
	s := killable(t, scenery{bucket: 20_000, restore: 1_000})
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_fulfillments":true,"push_fulfillments":true}`, nil)
	all := killedBetween(t, s, chance, soaks(3, 50), func() (fresh []*dispatch) {
		for range 4 {
			fresh = append(fresh, s.dispatched(t, chance))
		}
		return fresh
	}, func() { s.mayLoseParcels(chance) }, func(d *dispatch) { s.leave(t, chance, d) })
	for _, d := range all {
		s.until(t, func() error { return s.agreed(d) })
	}
	s.program.stop(t)
}

// dispatch is an order of three mugs that leaves in two parcels.
type dispatch struct {
	id string
	// parcels are the units that left by tracking number.
	parcels map[string]int
}

func (d *dispatch) number() string { return d.id }

func (s *stage) dispatched(t *testing.T, chance *rand.Rand) *dispatch {
	t.Helper()
	mugs := tiktoksim.SampleUnit()
	mugs.Count = 3
	spec := tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{mugs}}
	if chance.IntN(4) == 0 {
		spec.ShippingType = "TIKTOK"
	}
	id, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, spec)
	if err != nil {
		t.Fatal(err)
	}
	return &dispatch{id: id, parcels: map[string]int{}}
}

// mayLoseParcels lets either platform lose, or come late with, one of the next answers.
func (s *stage) mayLoseParcels(chance *rand.Rand) {
	kinds := []chaos.Kind{chaos.CutAfter, chaos.CutBefore, chaos.Malformed, chaos.Slow}
	lose := func(script *chaos.Script, op string) {
		if n := chance.IntN(2 * len(kinds)); n < len(kinds) {
			script.Add(op, chaos.Fault{Kind: kinds[n], After: 100 * time.Millisecond}, 1)
		}
	}
	lose(s.platforms.TikTokFaults, tiktoksim.OpMarkShipped)
	lose(s.platforms.TikTokFaults, tiktoksim.OpOrderDetail)
	lose(s.platforms.ShopifyFaults, "fulfillmentCreate")
}

// leave ships one of the three units, or what is left of them, on either side.
func (s *stage) leave(t *testing.T, chance *rand.Rand, d *dispatch) {
	t.Helper()
	left := 3
	for _, n := range d.parcels {
		left -= n
	}
	units := 1
	if len(d.parcels) > 0 {
		units = left
	}
	number := "94001" + d.id[len(d.id)-9:] + strconv.Itoa(len(d.parcels))
	shown := s.tiktokLines(t, d.id)
	// What the merchant fulfilled a moment ago may not have reached TikTok: nobody ships it twice by hand.
	if !shown.Seller || len(d.parcels) == 0 && chance.IntN(2) == 0 {
		if _, err := s.platforms.TikTok.Ship(d.id, tiktoksim.Shipment{LineIDs: shown.Open[:units], TrackingNumber: number}); err != nil {
			t.Fatal(err)
		}
	} else {
		o := s.one(t, sandbox.Shop, d.id)
		spec := shopifysim.ShipSpec{Company: "USPS", Numbers: []string{number}, Lines: []shopifysim.ShippedLine{{LineGID: o.Lines[0].GID, Quantity: units}}}
		if _, err := s.platforms.Shopify.Fulfill(sandbox.Shop, o.GID, spec); err != nil {
			// TikTok's own parcel is being mirrored at this moment: the merchant finds nothing left to fulfill.
			t.Logf("order %s: %v", d.id, err)
			return
		}
	}
	d.parcels[number] = units
}

// shownLines are an order's unshipped units, and all by number.
type shownLines struct {
	Seller  bool
	Open    []string
	Parcels map[string]int
}

func (s *stage) tiktokLines(t *testing.T, id string) shownLines {
	t.Helper()
	order, _ := s.platforms.TikTok.Order(id)
	var doc struct {
		Shipping string `json:"shipping_type"`
		Lines    []struct {
			ID     string `json:"id"`
			Number string `json:"tracking_number"`
		} `json:"line_items"`
	}
	if err := json.Unmarshal(order.Raw, &doc); err != nil {
		t.Fatal(err)
	}
	shown := shownLines{Seller: doc.Shipping == "SELLER", Parcels: map[string]int{}}
	for _, l := range doc.Lines {
		if l.Number == "" {
			shown.Open = append(shown.Open, l.ID)
		} else {
			shown.Parcels[l.Number]++
		}
	}
	return shown
}

// agreed compares what left with what each side says.
func (s *stage) agreed(d *dispatch) error {
	order, _ := s.platforms.TikTok.Order(d.id)
	var doc struct {
		Lines []struct {
			Number string `json:"tracking_number"`
		} `json:"line_items"`
	}
	if err := json.Unmarshal(order.Raw, &doc); err != nil {
		return err
	}
	tiktok, shopify := map[string]int{}, map[string]int{}
	for _, l := range doc.Lines {
		tiktok[l.Number]++
	}
	for _, o := range s.written(sandbox.Shop, d.id) {
		for _, f := range o.Fulfillments {
			for _, l := range f.Lines {
				shopify[strings.Join(f.Numbers, "+")] += l.Quantity
			}
		}
	}
	if !maps.Equal(tiktok, d.parcels) || !maps.Equal(shopify, d.parcels) {
		return fmt.Errorf("order %s left as %v; TikTok has %v, Shopify %v", d.id, d.parcels, tiktok, shopify)
	}
	return nil
}

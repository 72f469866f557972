//go:build unix

package main

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// deal is an order and what people have yet to do with it. A step that returns
// false cannot be done yet: what it needs has not arrived.
type deal struct {
	id    string
	at    seller
	steps []func(t *testing.T, o *deal) bool
}

// wares are what the shops sell.
func wares() []tiktoksim.Unit {
	tee := tiktoksim.Unit{SKUID: "1729900000000020202", ProductID: "1729900000000020001", SellerSKU: "TEE-BLK-L", ProductName: "Heavyweight Tee", Price: 2400, TaxRate: "0.0825"}
	return []tiktoksim.Unit{tiktoksim.SampleUnit(), tee}
}

// sell lets somebody buy, and decides what becomes of it.
func (d *day) sell(t *testing.T) *deal {
	t.Helper()
	o := &deal{at: d.sellers[d.chance.IntN(len(d.sellers))]}
	units := wares()
	units[0].Count = 2 + d.chance.IntN(3)
	spec := tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: units[:1+d.chance.IntN(2)]}
	if d.chance.IntN(3) == 0 {
		spec.Shipping = tiktoksim.Shipping{Original: 599, Tax: 49}
	}
	if d.chance.IntN(4) == 0 {
		spec.Units[0].SellerDiscount, spec.Units[0].PlatformDiscount = 300, 200
	}
	fate := d.chance.IntN(10)
	if fate < 2 {
		spec.Status = "ON_HOLD"
	}
	o.steps = d.fate(fate)
	var err error
	o.id, err = d.platforms.TikTok.PlaceOrder(o.at.shop, spec)
	check(t, err)
	if fate == 1 {
		d.unwanted[o.id] = true
	}
	return o
}

// fate is what people do with an order. Nobody does the same thing on both
// sides: two people who both refund one unit have refunded it twice.
func (d *day) fate(n int) []func(*testing.T, *deal) bool {
	type steps = []func(*testing.T, *deal) bool
	switch n {
	case 0:
		return steps{d.released}
	case 1:
		return steps{d.remorse}
	case 2:
		return steps{d.shipAtTikTok(1), d.shipAtTikTok(0)}
	case 3:
		return steps{d.shipInShopify}
	case 4:
		return steps{d.shipInShopify, d.delivered, d.returnAtTikTok}
	case 5:
		return steps{d.shipAtTikTok(0), d.delivered, d.refund(shopifysim.RefundSpec{Less: 333, Reason: "size_too_small", Note: "Loop return"})}
	case 6:
		return steps{d.shipAtTikTok(1), d.shipAtTikTok(0), d.delivered, d.refund(shopifysim.RefundSpec{}), d.refund(shopifysim.RefundSpec{Less: 1})}
	case 7:
		return steps{d.takeOff}
	case 8:
		return steps{d.cancelInShopify}
	}
	return steps{d.cancelAtTikTok}
}

// trade lets up to n deals take a step, beginning anywhere, and counts those that are not at their end.
func (d *day) trade(t *testing.T, n int) (left int) {
	t.Helper()
	d.look()
	first := d.chance.IntN(len(d.deals))
	for i := range d.deals {
		o := d.deals[(first+i)%len(d.deals)]
		if len(o.steps) > 0 && n > 0 {
			n--
			if o.steps[0](t, o) {
				o.steps = o.steps[1:]
			}
		}
		left += min(len(o.steps), 1)
	}
	return left
}

func (d *day) released(t *testing.T, o *deal) bool {
	t.Helper()
	check(t, d.platforms.TikTok.SetStatus(o.id, "AWAITING_SHIPMENT"))
	return true
}

// remorse cancels what was never to be sent.
func (d *day) remorse(t *testing.T, o *deal) bool {
	t.Helper()
	check(t, d.platforms.TikTok.CancelLines(o.id, tiktoksim.Cancellation{}))
	return true
}

func (d *day) cancelAtTikTok(t *testing.T, o *deal) bool {
	t.Helper()
	if _, arrived := d.inShopify(o); !arrived {
		return false // cancelled before it was written it would be unwanted, or not
	}
	lines := d.tiktokLines(t, o.id).Open
	if d.chance.IntN(2) == 0 {
		lines = lines[:1]
	}
	check(t, d.platforms.TikTok.CancelLines(o.id, tiktoksim.Cancellation{LineIDs: lines}))
	return true
}

// shipAtTikTok sends units in one parcel, or with 0 all that are left.
func (d *day) shipAtTikTok(units int) func(*testing.T, *deal) bool {
	return func(t *testing.T, o *deal) bool {
		t.Helper()
		lines := d.tiktokLines(t, o.id).Open
		if units > 0 {
			lines = lines[:units]
		}
		_, err := d.platforms.TikTok.Ship(o.id, tiktoksim.Shipment{LineIDs: lines, TrackingNumber: "94001" + lines[0]})
		check(t, err)
		return true
	}
}

// shipInShopify sends everything, the first line apart.
func (d *day) shipInShopify(t *testing.T, o *deal) bool {
	t.Helper()
	order, arrived := d.inShopify(o)
	if !arrived {
		return false
	}
	for n, l := range order.Lines {
		spec := shopifysim.ShipSpec{Company: "USPS", Numbers: []string{"94002" + o.id[len(o.id)-10:] + strconv.Itoa(n)}, Lines: []shopifysim.ShippedLine{{LineGID: l.GID, Quantity: l.Quantity}}}
		_, err := d.platforms.Shopify.Fulfill(o.at.domain, order.GID, spec)
		check(t, err)
	}
	return true
}

// delivered waits until both sides know of all parcels.
func (d *day) delivered(t *testing.T, o *deal) bool {
	t.Helper()
	order, arrived := d.inShopify(o)
	shown := d.tiktokLines(t, o.id)
	if !arrived || len(shown.Open) > 0 || order.FulfillmentStatus != "FULFILLED" {
		return false
	}
	check(t, d.platforms.TikTok.SetStatus(o.id, "DELIVERED"))
	return true
}

// returnAtTikTok is a buyer whom TikTok's customer service gives the money back.
func (d *day) returnAtTikTok(t *testing.T, o *deal) bool {
	t.Helper()
	order, _ := d.platforms.TikTok.Order(o.id)
	id, err := d.platforms.TikTok.OpenReturn(o.id, tiktoksim.ReturnRequest{LineIDs: order.LineIDs[:1]})
	check(t, err)
	check(t, d.platforms.TikTok.Decide(id, true, "OPERATOR"))
	return true
}

// refund gives one unit of the first line back in Shopify.
func (d *day) refund(spec shopifysim.RefundSpec) func(*testing.T, *deal) bool {
	return func(t *testing.T, o *deal) bool {
		t.Helper()
		order, arrived := d.inShopify(o)
		if !arrived {
			return false
		}
		spec.Lines = []shopifysim.RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1, RestockType: "NO_RESTOCK"}}
		_, err := d.platforms.Shopify.Refund(o.at.domain, order.GID, spec)
		check(t, err)
		return true
	}
}

// takeOff takes one unit off an order that has not left.
func (d *day) takeOff(t *testing.T, o *deal) bool {
	t.Helper()
	order, arrived := d.inShopify(o)
	if arrived {
		check(t, d.platforms.Shopify.InjectRefund(o.at.domain, order.GID, order.Lines[0].GID, 1))
	}
	return arrived
}

func (d *day) cancelInShopify(t *testing.T, o *deal) bool {
	t.Helper()
	order, arrived := d.inShopify(o)
	if arrived {
		check(t, d.platforms.Shopify.CancelOrder(o.at.domain, order.GID, shopifysim.CancelSpec{Refund: true}))
	}
	return arrived
}

// look is people opening Shopify's list of orders, not more often than people do.
func (d *day) look() {
	if time.Now().Before(d.looked) {
		return
	}
	d.looked, d.listed = time.Now().Add(time.Second/2), map[string]shopifysim.Order{}
	for _, s := range d.sellers {
		for _, order := range d.platforms.Shopify.Orders(s.domain) {
			d.listed[order.SourceIdentifier] = order
		}
	}
}

func (d *day) inShopify(o *deal) (order shopifysim.Order, arrived bool) {
	order, arrived = d.listed[o.id]
	return order, arrived
}

func (o *deal) String() string { return fmt.Sprintf("order %s of %s", o.id, o.at.domain) }

//go:build load

package store_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/storetest"
)

// TestLoadLists is what the pages read of a shop with 1,000,000 orders.
func TestLoadLists(t *testing.T) {
	const shop = "demo.myshopify.com"
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	storetest.Million{Shop: shop, TikTokShop: "1", ZIPHash: "hash0"}.Fill(t, s)
	list := func(filter links.OrderFilter) func(context.Context) (int, error) {
		cursor := ""
		return func(ctx context.Context) (int, error) { // page after page
			page, next, err := s.Orders(ctx, shop, filter, 50, cursor)
			cursor = next
			return len(page), err
		}
	}
	for _, read := range []struct {
		name string
		do   func(context.Context) (int, error)
	}{
		{"all", list(links.OrderFilter{})},
		{"state held", list(links.OrderFilter{State: links.Held})},
		{"state written", list(links.OrderFilter{State: links.Written})},
		{"shipments held", list(links.OrderFilter{Shipments: links.ShipmentsHeld})},
		{"shipments done", list(links.OrderFilter{Shipments: links.ShipmentsDone})},
		{"refunds held", list(links.OrderFilter{Refunds: "held"})},
		{"with an open exception", list(links.OrderFilter{Excepted: true})},
		{"held and shipped, of which there is none", list(links.OrderFilter{State: links.Held, Shipments: links.ShipmentsDone})},
		{"a whole number", list(links.OrderFilter{Text: "576900000488500000"})},
		{"what begins all numbers", list(links.OrderFilter{Text: "5769"})},
		{"what begins some names", list(links.OrderFilter{Text: "#50000"})},
		{"no name at all", list(links.OrderFilter{Text: "tt-9"})},
		{"a ZIP", list(links.OrderFilter{Text: "90210"})},
		{"at a glance", func(ctx context.Context) (int, error) {
			_, err := s.Glance(ctx, shop, time.Now())
			return 0, err
		}},
		{"statistics", func(ctx context.Context) (int, error) {
			slots, err := s.Statistics(ctx, shop, time.Now().Add(-30*24*time.Hour))
			return len(slots), err
		}},
	} {
		const rounds = 200
		took := make([]time.Duration, rounds)
		for n := range took {
			began := time.Now()
			if _, err := read.do(t.Context()); err != nil {
				t.Fatal(err)
			}
			took[n] = time.Since(began)
		}
		slices.Sort(took)
		t.Logf("%-42s p50 %8v  p99 %8v", read.name, took[rounds/2].Round(10*time.Microsecond), took[rounds*99/100].Round(10*time.Microsecond))
	}
}

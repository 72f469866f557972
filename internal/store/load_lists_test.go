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
)

// million fills a shop: nearly all orders written and shipped, of each hundred
// one held, one waiting, two refunded and one with an open exception.
const million = `
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
INSERT INTO orders (shop, order_id, tiktok_shop, state, reason, status, update_time, ordered_at, total, currency, shopify_order, shopify_name,
    written_at, attempt_at, lookups, duplicate_choice, totals_choice, referenced_at, ship_by, zip_hash, created_at, updated_at,
    name_key, shipments_leg, refunds_leg, excepted)
SELECT 'demo.myshopify.com', CAST(576900000000000000 + i * 977 AS TEXT), '1', CASE i % 100 WHEN 1 THEN 'held' WHEN 2 THEN 'waiting' ELSE 'written' END,
    '', 'DELIVERED', 0, 0, '24.99', 'USD', 'gid://shopify/Order/' || i, '#' || (1000 + i), 1790000000000000 + i * 2000000, 0, 0, '', '', 0, 0, 'hash' || (i % 30000),
    1790000000000000 + i * 2000000, 1790000000000000 + i * 2000000, CAST(1000 + i AS TEXT), CASE WHEN i % 100 < 3 THEN 'none' WHEN i % 100 = 3 THEN 'held' ELSE 'done' END,
    CASE i % 100 WHEN 4 THEN 'held' WHEN 5 THEN 'completed' ELSE 'none' END, i % 100 = 6
FROM n`

const millionsExceptions = `
INSERT INTO exceptions (id, shop, order_id, code, message, fix, status, opened_at, resolved_at, resolution)
SELECT order_id, shop, order_id, 'zip_missing', 'm', 'f', 'open', created_at, 0, '' FROM orders WHERE excepted`

// slots are thirty days without a quarter of an hour in which nothing was written.
const slots = `
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2879)
INSERT INTO order_slots (shop, slot, written, measured, delay_total, delay_most)
SELECT 'demo.myshopify.com', $1 - i * 900, 12, 12, 60000, 9000 FROM n`

// TestLoadLists is what the pages read of a shop with 1,000,000 orders.
func TestLoadLists(t *testing.T) {
	const shop = "demo.myshopify.com"
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	began := time.Now()
	for _, text := range []string{million, millionsExceptions} {
		if _, err := s.SQLite().ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.SQLite().ExecContext(t.Context(), slots, links.SlotOf(time.Now()).Unix()); err != nil {
		t.Fatal(err)
	}
	t.Logf("filled in %v", time.Since(began).Round(time.Second))
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

//go:build load

package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/store"
)

// Million says what a shop of 1,000,000 orders is filled with.
type Million struct {
	Shop, TikTokShop string
	// ZIPHash is that of every 30,000th order; the others have one of 30,000.
	ZIPHash string
}

// MillionNumber is the number of order i of a Million, MillionName its name in Shopify.
func MillionNumber(i int) int64 { return 576900000000000000 + int64(i)*977 }

// MillionName is without its #.
func MillionName(i int) int { return 1000 + i }

// Fill inserts two years of orders, one a minute, into a SQLite database. Of
// each hundred one is held, one waits, five are refunded; of each two hundred
// one has an open exception. What was ordered within two days is not shipped.
// All have a line, a unit and, when shipped, a shipment; the newest 50,000 a timeline.
func (m Million) Fill(t testing.TB, s *store.Store) {
	t.Helper()
	began := time.Now()
	words := strings.NewReplacer(":shop", "'"+m.Shop+"'", ":tiktok", "'"+m.TikTokShop+"'", ":hash", "'"+m.ZIPHash+"'")
	for _, text := range millionTexts {
		if _, err := s.SQLite().ExecContext(t.Context(), words.Replace(text), began.UnixMicro()); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	_, err := s.SQLite().ExecContext(t.Context(), words.Replace(millionSlots), links.SlotOf(began).Unix())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("filled in %v", time.Since(began).Round(time.Second))
}

// n are the orders: i, when it was placed, how far it is, and of its shipments.
const n = `WITH RECURSIVE i(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM i WHERE i < 999999),
n AS (SELECT i, CAST(576900000000000000 + i * 977 AS TEXT) AS id, $1 - (999999 - i) * 63000000 AS at,
    CASE i % 100 WHEN 1 THEN 'held' WHEN 2 THEN 'waiting' ELSE 'written' END AS state,
    i >= 997200 AS fresh, i % 20 = 4 AS refunded,
    CASE WHEN i % 2000 = 4 THEN 'held' WHEN i % 2000 = 24 THEN 'sent' ELSE 'completed' END AS refund FROM i)
`

var millionTexts = []string{
	`INSERT INTO orders (shop, order_id, tiktok_shop, state, reason, status, update_time, ordered_at, total, currency, shopify_order, shopify_name,
		written_at, attempt_at, lookups, duplicate_choice, totals_choice, referenced_at, ship_by, zip_hash, created_at, updated_at,
		name_key, shipments_leg, refunds_leg, excepted) ` + n + `
	SELECT :shop, id, :tiktok, state, CASE state WHEN 'held' THEN 'sku_unmatched' WHEN 'waiting' THEN 'pull_orders_off' ELSE '' END,
		CASE WHEN fresh THEN 'AWAITING_SHIPMENT' ELSE 'DELIVERED' END, at / 1000000, at, '24.99', 'USD',
		CASE state WHEN 'written' THEN 'gid://shopify/Order/' || i ELSE '' END, CASE state WHEN 'written' THEN '#' || (1000 + i) ELSE '' END,
		CASE state WHEN 'written' THEN at + 9000000 ELSE 0 END, at, 0, '', '', 0, CASE WHEN fresh THEN at / 1000000 + 172800 ELSE 0 END,
		CASE i % 30000 WHEN 0 THEN :hash ELSE 'hash' || (i % 30000) END, at, at + 9000000,
		CASE state WHEN 'written' THEN CAST(1000 + i AS TEXT) ELSE '' END,
		CASE WHEN fresh OR state <> 'written' THEN 'none' WHEN i % 100 = 3 THEN 'held' ELSE 'done' END,
		CASE WHEN refunded THEN refund ELSE 'none' END, i % 200 = 6 FROM n`,
	`INSERT INTO order_lines (shop, order_id, position, shopify_line, variant, sku, title, quantity, unit_price) ` + n + `
	SELECT :shop, id, 0, 'gid://shopify/LineItem/' || i, 'gid://shopify/ProductVariant/1', 'MUG-12-SAGE', 'Stoneware Mug 12oz', 1, '24.99' FROM n`,
	`INSERT INTO order_units (shop, order_id, unit_id, line_position, unit_position, sku_id, status, package_id) ` + n + `
	SELECT :shop, id, 'unit' || i, 0, 0, '1729900000000010101', CASE WHEN fresh THEN 'AWAITING_SHIPMENT' ELSE 'DELIVERED' END, '' FROM n`,
	`INSERT INTO shipments (shop, order_id, shipment_key, direction, state, reason, shopify_fulfillment, package_id, units,
		company, provider, tracking_number, body, warning, handled, sent_at, shipped_at, delivered_at, created_at) ` + n + `
	SELECT :shop, id, 'a', 'to_tiktok', CASE i % 100 WHEN 3 THEN 'planned' ELSE 'done' END, CASE i % 100 WHEN 3 THEN 'carrier_unknown' ELSE '' END,
		'gid://shopify/Fulfillment/' || i, '1', '["unit' || i || '"]', 'USPS', '711', '9400' || i, '{}', '', '', at, at, 0, at FROM n
	WHERE NOT fresh AND state = 'written'`,
	`INSERT INTO shipment_units (shop, order_id, unit_id, shipment_key) ` + n + `
	SELECT :shop, id, 'unit' || i, 'a' FROM n WHERE NOT fresh AND state = 'written' AND i % 100 <> 3`,
	`INSERT INTO refunds (shop, order_id, shopify_refund, state, reason, detail, units, amount, completed, currency, tiktok_case,
		refunded_at, approved_at, created_at, updated_at) ` + n + `
	SELECT :shop, id, 'gid://shopify/Refund/' || i, refund, CASE refund WHEN 'held' THEN 'push_refunds_off' ELSE '' END, '', '["unit' || i || '"]', '24.99',
		CASE refund WHEN 'completed' THEN '24.99' ELSE '' END, 'USD', '', at + 60000000, 0, at + 60000000, at + 60000000 FROM n WHERE refunded`,
	`INSERT INTO refund_steps (shop, shopify_refund, number, kind, units, amount, completed, reason, call, state, attempt, sent_at, tiktok_case, answer) ` + n + `
	SELECT :shop, 'gid://shopify/Refund/' || i, 1, 'open_return', '["unit' || i || '"]', '24.99', CASE refund WHEN 'completed' THEN '24.99' ELSE '' END,
		'', '{}', CASE refund WHEN 'held' THEN 'planned' WHEN 'sent' THEN 'accepted' ELSE 'completed' END, 0, 0, 'case' || i, '' FROM n WHERE refunded`,
	`INSERT INTO exceptions (id, shop, order_id, code, message, fix, status, opened_at, resolved_at, resolution) ` + n + `
	SELECT id, :shop, id, CASE i % 3 WHEN 0 THEN 'zip_missing' WHEN 1 THEN 'sku_unmatched' ELSE 'totals_mismatch' END,
		'What is the matter with the order.', 'What to do about it.', 'open', at, 0, '' FROM n WHERE i % 200 = 6`,
	`INSERT INTO timeline (shop, order_id, id, at, kind, body, facts, latency) ` + n + `
	SELECT :shop, id, id || k, at + k, 'decision', 'something was decided about the order', '{"reason":"one of many"}', 900
	FROM n, (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6) WHERE i >= 950000`,
	`INSERT INTO refund_slots (shop, slot, currency, completed, amount) ` + n + `
	SELECT :shop, at / 900000000 * 900, 'USD', count(*), count(*) * 2499 FROM n WHERE refunded AND refund = 'completed' GROUP BY 2`,
}

// millionSlots are thirty days without a quarter of an hour in which nothing was written.
const millionSlots = `
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2879)
INSERT INTO order_slots (shop, slot, written, measured, delay_total, delay_most)
SELECT :shop, $1 - i * 900, 12, 12, 60000, 9000 FROM n`

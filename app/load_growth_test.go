//go:build load && linux

package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// everyAnswer is how long both platforms take for each answer.
const everyAnswer = 50 * time.Millisecond

// slowly has both platforms take their time.
func (l *loaded) slowly() {
	slow := func() *chaos.Plan {
		return &chaos.Plan{Probabilities: map[chaos.Kind]float64{chaos.Slow: 1}, After: everyAnswer}
	}
	l.platforms.TikTokFaults.Otherwise, l.platforms.ShopifyFaults.Otherwise = slow(), slow()
}

// databaseOf is a scenery's address of what fresh gives: a SQLite file is the stage's own.
func databaseOf(fresh func() string) string {
	if address := fresh(); !strings.HasPrefix(address, "sqlite:") {
		return address
	}
	return ""
}

// TestLoadGrowth tells what stored orders cost: orders written per second from
// webhook to Shopify while every answer of both platforms takes 50 ms, receipt
// of webhooks, start and memory, with 10,000 and with 1,000,000 orders stored.
func TestLoadGrowth(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh func() string) {
		rows := []string{"stored orders\torders/s\tof the first row\town CPU ms each\twebhooks/s\tp50 ms\tp99 ms\tstart ms\tMB resident\t"}
		first := 0.0
		for _, size := range []int{10_000, 1_000_000} {
			g := grown(t, databaseOf(fresh), size)
			if first == 0 {
				first = g.rate
			}
			rows = append(rows, fmt.Sprintf("%d\t%.1f\t%.2f\t%.2f\t%.0f\t%s\t%s\t%s\t%.0f\t", size, g.rate, g.rate/first, g.cpu,
				g.receipt.rate, millis(g.receipt.p50), millis(g.receipt.p99), millis(g.start), g.resident))
		}
		table(rows...)
	})
}

// growth is what was measured at one size.
type growth struct {
	rate, cpu, resident float64
	start               time.Duration
	receipt             receipt
}

func grown(t *testing.T, database string, size int) growth {
	t.Helper()
	const orders = 500
	l := load(t, scenery{bucket: 1e9, restore: 1e9, database: database})
	l.turnOn(t, sandbox.Shop)
	l.fill(t, size)
	l.slowly()
	l.rush(t, orders) // finds cold caches, and TikTok's pace
	cpu, start := l.child.cpu(t), time.Now()
	l.rush(t, orders)
	took := time.Since(start)
	g := growth{rate: orders / took.Seconds(), cpu: float64(l.child.cpu(t)-cpu) / orders / float64(time.Millisecond)}
	g.resident, _ = l.child.memory(t)
	g.start = l.starts(t)
	g.receipt = receive(t, "program", l.variable("DATABASE_URL"))
	return g
}

// rush brings orders in by webhook, all at once, and waits until they are in Shopify.
func (l *loaded) rush(t *testing.T, orders int) {
	t.Helper()
	had := l.number(t, writtenOrders)
	l.placeMany(t, orders)
	check(t, l.platforms.TikTok.Release())
	l.written(t, had+orders, 5*time.Minute)
}

// starts stops the program and is the median of five starts, from the process
// to the first 200 of /readyz. Afterwards it stands still.
func (l *loaded) starts(t *testing.T) time.Duration {
	t.Helper()
	l.child.stop(t)
	var took []time.Duration
	for range 5 {
		cmd := exec.CommandContext(t.Context(), binary(t), "serve") //nolint:gosec // built by this test
		cmd.Env = l.environ
		began := time.Now()
		check(t, cmd.Start())
		awaitReady(t, l.stage)
		took = append(took, time.Since(began))
		(&child{cmd, newJournal(t)}).stop(t)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// fill stores orders of the last year with all that belongs to them.
func (l *loaded) fill(t *testing.T, orders int) {
	t.Helper()
	blob, number := "randomblob(500)", "%d"
	if l.file == "" {
		blob, number = "decode(repeat('5a', 500), 'hex')", "CAST(%d AS BIGINT)"
	}
	const spacing = 30 * time.Second
	count := fmt.Sprintf("WITH RECURSIVE i(i) AS (SELECT "+number+" UNION ALL SELECT i + 1 FROM i WHERE i < %d), n AS (SELECT i, %d - i * %d AS at FROM i) ",
		1, orders, time.Now().UnixMicro(), spacing.Microseconds())
	words := strings.NewReplacer(":shop", "'"+sandbox.Shop+"'", ":tiktok", "'"+sandbox.TikTokShop+"'", ":blob", blob)
	began := time.Now()
	for _, text := range fillTexts {
		into, from, _ := strings.Cut(text, "SELECT")
		statement := words.Replace(into + count + "SELECT" + from)
		if _, err := l.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v: %s", err, statement)
		}
	}
	if _, err := l.db.ExecContext(t.Context(), "ANALYZE"); err != nil && l.file == "" {
		t.Fatal(err)
	}
	t.Logf("%d orders filled in in %v", orders, time.Since(began).Round(time.Second))
}

var fillTexts = []string{
	`INSERT INTO orders (shop, order_id, tiktok_shop, state, reason, status, update_time, ordered_at, total, currency, shopify_order, shopify_name, name_key,
		written_at, attempt_at, lookups, duplicate_choice, referenced_at, zip_hash, shipments_leg, created_at, updated_at)
	SELECT :shop, 'seed' || i, :tiktok, 'written', '', 'DELIVERED', at / 1000000, at, '25.96', 'USD', 'gid://shopify/Order/9' || i, '#9' || i, '9' || i,
		at, at, 0, '', at, 'hash' || i, 'done', at, at FROM n`,
	`INSERT INTO order_lines (shop, order_id, position, shopify_line, variant, sku, title, quantity, unit_price)
	SELECT :shop, 'seed' || i, 0, 'gid://shopify/LineItem/9' || i, 'gid://shopify/ProductVariant/1', 'MUG-12-SAGE', 'Stoneware Mug 12oz', 1, '18.00' FROM n`,
	`INSERT INTO order_units (shop, order_id, unit_id, line_position, unit_position, sku_id, status, package_id)
	SELECT :shop, 'seed' || i, 'unit' || i, 0, 0, '1729900000000010101', 'DELIVERED', '' FROM n`,
	`INSERT INTO order_leases (shop, order_id, fence, until) SELECT :shop, 'seed' || i, 4, 0 FROM n`,
	`INSERT INTO shipments (shop, order_id, shipment_key, direction, state, reason, shopify_fulfillment, package_id, units, company, provider,
		tracking_number, body, warning, handled, sent_at, shipped_at, delivered_at, created_at)
	SELECT :shop, 'seed' || i, 'a', 'to_tiktok', 'done', '', 'gid://shopify/Fulfillment/9' || i, '1', '["unit' || i || '"]', 'USPS', '711',
		'9400' || i, '{}', '', '', at, at, 0, at FROM n`,
	`INSERT INTO timeline (shop, order_id, id, at, kind, body, facts, latency)
	SELECT :shop, 'seed' || i, 'a' || k, at, 'decision', 'something was decided about the order', '{"reason":"one of many"}', 900
	FROM n, (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3) AS ks`,
	`INSERT INTO events (id, source, account, topic, delivery_id, event_id, shop, order_id, triggered_at, received_at, body_sealed)
	SELECT 'seed' || i, 'tiktok', :tiktok, '1', 'seed' || i, '', :shop, 'seed' || i, at, at, :blob FROM n WHERE i <= 20000`,
}

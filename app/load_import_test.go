//go:build load && linux

package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// loaded is a stage whose program is a process of its own.
type loaded struct {
	*stage
	child *process
	db    *sql.DB
	meter *meter
	// tiktok is the way to TikTok; it limits nothing unless a test says so.
	tiktok *gate
}

// load starts platforms and program, and furnishes them. Shopify is reached
// through a meter, TikTok through a gate.
func load(t *testing.T, scene scenery) *loaded {
	t.Helper()
	s := surround(t, "http://"+freeAddress(t), scene)
	l := &loaded{stage: s, meter: &meter{next: s.platforms.Shopify.Handler()}, tiktok: &gate{next: s.platforms.TikTok.Handler()}}
	front, other := httptest.NewServer(l.meter), httptest.NewServer(l.tiktok)
	t.Cleanup(front.Close)
	t.Cleanup(other.Close)
	port := s.app[len("http://127.0.0.1:"):]
	s.environ = append(s.environ, "PORT="+port, "SHOPIFY_SHOP_URL="+front.URL+"/{shop}", "TIKTOK_API_URL="+other.URL, "LOG_LEVEL=info",
		"POLL_INTERVAL=5m") // as in real life, not as in the sandbox
	l.child = s.launchProgram(t)
	driver, address := "sqlite", "file:"+s.file+"?_pragma=busy_timeout(20000)&_pragma=synchronous(OFF)"
	if s.file == "" {
		driver, address = "pgx", scene.database
	}
	var err error
	l.db, err = sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.db.Close() })
	s.open(t, sandbox.Shop)
	if status, body := s.connect(t, sandbox.Shop, sandbox.Seller); status != http.StatusOK {
		t.Fatalf("connect: %d %s", status, body)
	}
	return l
}

// meter counts what Shopify charges and refuses.
type meter struct {
	next             http.Handler
	calls, throttled atomic.Int64
	points           atomic.Int64
}

func (m *meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kept := &copied{ResponseWriter: w}
	m.next.ServeHTTP(kept, r)
	var answer struct {
		Extensions struct {
			Cost struct {
				Actual *float64 `json:"actualQueryCost"`
			} `json:"cost"`
		} `json:"extensions"`
	}
	if json.Unmarshal(kept.body.Bytes(), &answer) != nil {
		return
	}
	m.calls.Add(1)
	if answer.Extensions.Cost.Actual != nil {
		m.points.Add(int64(*answer.Extensions.Cost.Actual))
	}
	if bytes.Contains(kept.body.Bytes(), []byte(`"THROTTLED"`)) {
		m.throttled.Add(1)
	}
}

type copied struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (c *copied) Write(raw []byte) (int, error) {
	c.body.Write(raw)
	return c.ResponseWriter.Write(raw)
}

// number asks the database beside the program.
func (l *loaded) number(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	if err := l.db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	writtenOrders = `SELECT count(*) FROM orders WHERE state = 'written' AND order_id NOT LIKE 'seed%'`
	openJobs      = `SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`
)

// placeMany lets buyers buy one to three units each; nobody is told yet.
func (l *loaded) placeMany(t *testing.T, n int) []string {
	t.Helper()
	l.platforms.TikTok.HoldWebhooks(true)
	dice := rand.New(rand.NewPCG(1, uint64(n)))
	ids := make([]string, n)
	for i := range ids {
		unit := tiktoksim.SampleUnit()
		unit.Count = 1 + dice.IntN(3)
		id, err := l.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{unit}})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = id
	}
	return ids
}

// wait until so many orders are written and no job is left.
func (l *loaded) wait(t *testing.T, orders int, limit time.Duration) {
	t.Helper()
	l.written(t, orders, limit)
	err := within(t.Context(), limit, func() error {
		if n := l.number(t, openJobs); n > 0 {
			return &miscount{"jobs open", n, 0}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// written waits until so many orders are.
func (l *loaded) written(t *testing.T, orders int, limit time.Duration) {
	t.Helper()
	err := within(t.Context(), limit, func() error {
		if n := l.number(t, writtenOrders); n < orders {
			return &miscount{"orders written", n, orders}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seed fills the ledger with orders of earlier days, with all that belongs to them.
func (l *loaded) seed(t *testing.T, from, to int) {
	t.Helper()
	const count = `WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?) `
	for _, statement := range []string{
		`INSERT INTO orders (shop, order_id, tiktok_shop, state, reason, status, update_time, ordered_at, total, currency, shopify_order, shopify_name,
			written_at, attempt_at, lookups, duplicate_choice, referenced_at, zip_hash, created_at, updated_at)
			SELECT ?3, 'seed' || i, ?4, 'written', '', 'DELIVERED', 1790000000, i, '25.96', 'USD', 'gid://shopify/Order/9' || i, 'seed' || i, i, 0, 0, '', i, hex(i), i, i FROM n`,
		`INSERT INTO order_lines (shop, order_id, position, shopify_line, variant, sku, title, quantity, unit_price)
			SELECT ?3, 'seed' || i, 0, 'gid://shopify/LineItem/9' || i, 'gid://shopify/ProductVariant/1', 'MUG-12-SAGE', 'Stoneware Mug 12oz', 1, '18.00' FROM n`,
		`INSERT INTO order_units (shop, order_id, unit_id, line_position, unit_position, sku_id, status, package_id)
			SELECT ?3, 'seed' || i, 'unit' || i, 0, 0, '1729900000000010101', 'DELIVERED', '' FROM n`,
		`INSERT INTO order_leases (shop, order_id, fence, until) SELECT ?3, 'seed' || i, 4, 0 FROM n`,
		`INSERT INTO timeline (shop, order_id, id, at, kind, body, facts, latency)
			SELECT ?3, 'seed' || i, 'a' || k, i, 'decision', 'something was decided about the order', '{"reason":"one of many"}', 900
			FROM n, (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6)`,
		`INSERT INTO events (id, source, account, topic, delivery_id, event_id, shop, order_id, triggered_at, received_at, body_sealed)
			SELECT 'seed' || i, 'tiktok', ?4, '1', 'seed' || i, '', ?3, 'seed' || i, i, i, randomblob(500) FROM n`,
	} {
		if _, err := l.db.ExecContext(t.Context(), count+statement, from, to, sandbox.Shop, sandbox.TikTokShop); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLoadImport tells how long a lone webhook's job waits to begin, and what
// an order costs in processor time from webhook to external reference, all
// webhooks of both platforms included, as the ledger grows.
func TestLoadImport(t *testing.T) {
	l := load(t, scenery{bucket: 1e9, restore: 1e9})
	l.turnOn(t, sandbox.Shop)
	l.idle(t)
	rows := []string{"stored orders\torders\town CPU ms each\tof the first row\torders/s\tMB resident\t"}
	const orders = 300
	first, stored := 0.0, 0
	for _, size := range []int{1_000, 100_000} {
		l.seed(t, stored+1, size)
		stored = size
		// Twice: the first round finds cold caches, and is not counted.
		l.round(t, orders)
		before, start := l.child.cpu(t), time.Now()
		l.round(t, orders)
		took := time.Since(start).Seconds()
		each := float64(l.child.cpu(t)-before) / orders / float64(time.Millisecond)
		if first == 0 {
			first = each
		}
		resident, _ := l.child.memory(t)
		rows = append(rows, fmt.Sprintf("%d\t%d\t%.2f\t%.2f\t%.0f\t%.0f\t", size, orders, each, each/first, orders/took, resident))
	}
	table(rows...)
}

// round brings orders in by webhook.
func (l *loaded) round(t *testing.T, orders int) {
	t.Helper()
	had := l.number(t, writtenOrders)
	l.placeMany(t, orders)
	if err := l.platforms.TikTok.Release(); err != nil {
		t.Fatal(err)
	}
	l.wait(t, had+orders, 3*time.Minute)
}

// idle sends one order at a time.
func (l *loaded) idle(t *testing.T) {
	t.Helper()
	const orders = 40
	for n := range orders {
		l.round(t, 1)
		// River's ticks must not be met at the same moment each time.
		time.Sleep(time.Duration(50+37*n%300) * time.Millisecond)
	}
	var waits []time.Duration
	rows, err := l.db.QueryContext(t.Context(), `SELECT (SELECT min(at) FROM timeline WHERE timeline.order_id = events.order_id) - received_at
		FROM events WHERE source = 'tiktok' AND order_id NOT LIKE 'seed%' AND order_id <> ''`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var micros int64
		if err := rows.Scan(&micros); err != nil {
			t.Fatal(err)
		}
		waits = append(waits, time.Duration(micros)*time.Microsecond)
	}
	if err := rows.Err(); err != nil || len(waits) < orders {
		t.Fatalf("%d waits, want %d: %v", len(waits), orders, err)
	}
	table("arrival to start of the job, idle\tp50 ms\tp90 ms\tmost ms\t",
		fmt.Sprintf("%d orders\t%s\t%s\t%s\t", orders, millis(percentile(waits, 0.5)), millis(percentile(waits, 0.9)), millis(percentile(waits, 1))))
}

// TestLoadDrain lets 10,000 orders that were waiting for the switch go at once,
// against the query budget of Shopify's Plus plan. LOAD_ORDERS changes how many.
func TestLoadDrain(t *testing.T) {
	const bucket, restore = 20_000, 1_000
	orders := 10_000
	if n, err := strconv.Atoi(os.Getenv("LOAD_ORDERS")); err == nil {
		orders = n
	}
	l := load(t, scenery{bucket: bucket, restore: restore})
	for _, id := range l.placeMany(t, orders) {
		_, err := l.db.ExecContext(t.Context(), `INSERT INTO orders (shop, order_id, tiktok_shop, state, reason, status, update_time, ordered_at, total, currency,
			shopify_order, shopify_name, written_at, attempt_at, lookups, duplicate_choice, referenced_at, zip_hash, created_at, updated_at)
			VALUES (?, ?, ?, 'waiting', 'pull_orders_off', '', 0, 0, '', '', '', '', 0, 0, 0, '', 0, '', 1, 1)`, sandbox.Shop, id, sandbox.TikTokShop)
		if err != nil {
			t.Fatal(err)
		}
	}
	calls, points, cpu := l.meter.calls.Load(), l.meter.points.Load(), l.child.cpu(t)
	start := time.Now()
	l.turnOn(t, sandbox.Shop)
	l.written(t, orders, 20*time.Minute)
	took := time.Since(start)
	calls, points = l.meter.calls.Load()-calls, l.meter.points.Load()-points
	l.wait(t, orders, 20*time.Minute) // what follows costs processor time and no budget
	cpu = l.child.cpu(t) - cpu
	_, most := l.child.memory(t)
	offered := bucket + restore*took.Seconds()
	table("orders waiting\tminutes\torders/s\tof the budget used\tthrottled answers\town CPU ms each\tMB resident at most\t",
		fmt.Sprintf("%d\t%.1f\t%.1f\t%.1f %%\t%.2f %%\t%.2f\t%.0f\t", orders, took.Minutes(), float64(orders)/took.Seconds(),
			100*float64(points)/offered, 100*float64(l.meter.throttled.Load())/float64(calls), float64(cpu)/float64(orders)/float64(time.Millisecond), most))
}

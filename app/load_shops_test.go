//go:build load && linux

package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// branch is a shop beside the sandbox's first one.
type branch struct{ domain, seller, tiktokShop string }

// newBranch opens a shop on both platforms and installs the app there.
func (l *loaded) newBranch(t *testing.T, n int) branch {
	t.Helper()
	b := branch{fmt.Sprintf("branch-%d.myshopify.com", n), fmt.Sprintf("branch%d", n), fmt.Sprintf("74950000000%08d", n)}
	check(t, l.platforms.Shopify.AddShop(shopifysim.ShopSpec{Domain: b.domain, Currency: "USD", TimeZone: "America/Chicago"}))
	unit := tiktoksim.SampleUnit()
	_, err := l.platforms.Shopify.AddVariant(b.domain, shopifysim.VariantSpec{SKU: unit.SellerSKU, ProductTitle: unit.ProductName, Title: unit.SKUName, Price: unit.Price, Stock: 100})
	check(t, err)
	check(t, l.platforms.TikTok.AddSeller(tiktoksim.SellerSpec{OpenID: b.seller, Name: b.seller, Region: "US", Shops: []tiktoksim.ShopSpec{
		{ID: b.tiktokShop, Name: b.seller, Region: "US", Cipher: "TTP_" + b.seller},
	}}))
	l.open(t, b.domain)
	if status, body := l.connect(t, b.domain, b.seller); status != http.StatusOK {
		t.Fatalf("connect: %d %s", status, body)
	}
	l.turnOn(t, b.domain)
	return b
}

// buy places an order in the branch.
func (l *loaded) buy(t *testing.T, b branch) string {
	t.Helper()
	id, err := l.platforms.TikTok.PlaceOrder(b.tiktokShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}})
	check(t, err)
	return id
}

// TestLoadShops tells how much memory 1,000 connected shops take that each get
// an order, and how long the program takes to start with them. LOAD_SHOPS
// changes how many.
func TestLoadShops(t *testing.T) {
	shops := numberOf("LOAD_SHOPS", 1_000)
	eachDatabase(t, func(t *testing.T, fresh func() string) {
		l := load(t, scenery{database: databaseOf(fresh)})
		alone, _ := l.child.memory(t)
		branches := make([]branch, shops)
		began := time.Now()
		for n := range branches {
			branches[n] = l.newBranch(t, n)
		}
		installed := time.Since(began) / time.Duration(shops)
		began = time.Now()
		for _, b := range branches {
			l.buy(t, b)
		}
		l.written(t, shops, 10*time.Minute)
		rate := float64(shops) / time.Since(began).Seconds()
		now, most := l.child.memory(t)
		start := l.starts(t)
		table("shops\tms to install and connect\torders/s, one each\tMB with one shop\tMB now\tMB at most\tstart ms\t",
			fmt.Sprintf("%d\t%s\t%.0f\t%.0f\t%.0f\t%.0f\t%s\t", shops, millis(installed), rate, alone, now, most, millis(start)))
	})
}

// TestLoadFair tells how long a quiet shop's order takes from being placed to
// being written, alone and beside a shop of which 100,000 orders are released
// at once, while every answer of both platforms takes 50 ms. LOAD_BACKLOG
// changes how many.
func TestLoadFair(t *testing.T) {
	backlog := numberOf("LOAD_BACKLOG", 100_000)
	eachDatabase(t, func(t *testing.T, fresh func() string) {
		l := load(t, scenery{bucket: 20_000, restore: 1_000, database: databaseOf(fresh)})
		quiet := l.newBranch(t, 1)
		l.waiting(t, backlog)
		l.slowly()
		l.platforms.TikTok.HoldWebhooks(false)
		l.delays(t, quiet, 10) // finds cold caches
		rows := []string{"the quiet shop\torders\tp50 ms\tp99 ms\tmost ms\tbacklog done meanwhile\t"}
		alone := l.delays(t, quiet, 60)
		rows = append(rows, fmt.Sprintf("alone\t%d\t%s\t%s\t%s\t–\t", len(alone), millis(percentile(alone, 0.5)), millis(percentile(alone, 0.99)), millis(percentile(alone, 1))))
		had := l.number(t, writtenOrders)
		l.turnOn(t, sandbox.Shop)
		beside := l.delays(t, quiet, 120)
		done := l.number(t, writtenOrders) - had - len(beside)
		if done >= backlog {
			t.Errorf("the backlog of %d was over before", backlog)
		}
		rows = append(rows, fmt.Sprintf("beside %d\t%d\t%s\t%s\t%s\t%d\t", backlog, len(beside), millis(percentile(beside, 0.5)), millis(percentile(beside, 0.99)), millis(percentile(beside, 1)), done))
		table(rows...)
	})
}

// waiting has orders of the first shop wait for its switch. Nobody hears of them by webhook.
func (l *loaded) waiting(t *testing.T, orders int) {
	t.Helper()
	tx, err := l.db.BeginTx(t.Context(), nil)
	check(t, err)
	defer func() { _ = tx.Rollback() }()
	for _, id := range l.placeMany(t, orders) {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO orders (shop, order_id, tiktok_shop, state, reason, status, update_time, ordered_at, total, currency,
			shopify_order, shopify_name, written_at, attempt_at, lookups, duplicate_choice, referenced_at, zip_hash, created_at, updated_at)
			VALUES ($1, $2, $3, 'waiting', 'pull_orders_off', '', 0, 0, '', '', '', '', 0, 0, 0, '', 0, '', 1, 1)`, sandbox.Shop, id, sandbox.TikTokShop)
		check(t, err)
	}
	check(t, tx.Commit())
}

// delays places orders one after the other, four a second, and is how long each took.
func (l *loaded) delays(t *testing.T, b branch, orders int) []time.Duration {
	t.Helper()
	placed := map[string]time.Time{}
	ticks := time.NewTicker(time.Second / 4)
	defer ticks.Stop()
	for range orders {
		<-ticks.C
		placed[l.buy(t, b)] = time.Now()
	}
	const written = `SELECT COALESCE(max(written_at), 0) FROM orders WHERE shop = $1 AND order_id = $2`
	var took []time.Duration
	for id, at := range placed {
		var micros int64
		err := within(t.Context(), 5*time.Minute, func() error {
			if micros = int64(l.number(t, written, b.domain, id)); micros == 0 {
				return &miscount{"orders written", 0, 1}
			}
			return nil
		})
		check(t, err)
		took = append(took, time.UnixMicro(micros).Sub(at))
	}
	return took
}

//go:build unix

package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/audit"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// extent is how much happens on a hostile day.
type extent struct {
	shops, orders, kills, crashes int
	// poll is how often platforms are asked for what no webhook told, level what is logged.
	poll, level string
}

// TestHostileDay lets everything go wrong at once: both platforms cut, lose,
// garble, delay and repeat what they say, two processes on one PostgreSQL are
// killed in turn, and the database crashes, while shops sell, ship, cancel and
// refund on either side. Then all becomes calm, and an auditor who shares no
// code with the program compares the books: nothing lost, nothing twice, no
// cent between them.
//
// HOSTILE=1 is the long form: 20 shops, 5,000 orders, or as many as ORDERS says;
// SEEDS=n runs so many seeds one after the other, SEED repeats one.
func TestHostileDay(t *testing.T) {
	t.Parallel()
	size := extent{shops: 3, orders: 40, kills: 2, crashes: 1, poll: "2s", level: "info"}
	if os.Getenv("HOSTILE") != "" {
		orders := numberOf("ORDERS", 5_000)
		size = extent{shops: 20, orders: orders, kills: max(orders/160, 3), crashes: max(orders/1_600, 1), poll: "90s", level: "error"}
	}
	first, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		first = rand.Uint64N(1 << 32)
	}
	for n := range uint64(numberOf("SEEDS", 1)) {
		t.Run(fmt.Sprintf("SEED=%d", first+n), func(t *testing.T) { hostileDay(t, first+n, size) })
	}
}

// numberOf is a number of the environment, or else.
func numberOf(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// day is a stage on which a hostile day is played.
type day struct {
	*stage
	size     extent
	chance   *rand.Rand
	server   *postgrestest.Server
	db       *sql.DB
	children [2]*child
	ports    [2]string
	// shops are the Shopify shop of each TikTok shop; unwanted are orders that are not to be written.
	shops   map[string]string
	sellers []seller
	// listed are the orders in Shopify by TikTok's number, as somebody looked at them last; visited is when merchants last
	// opened the app.
	listed          map[string]shopifysim.Order
	looked, visited time.Time
	deals           []*deal
	unwanted        map[string]bool
}

type seller struct{ domain, openID, shop string }

func hostileDay(t *testing.T, seed uint64, size extent) {
	began := time.Now()
	d := &day{size: size, chance: rand.New(rand.NewPCG(seed, 6)), server: postgrestest.Own(t), shops: map[string]string{}, unwanted: map[string]bool{}}
	d.ports = [2]string{freeAddress(t), freeAddress(t)}
	front := httptest.NewServer(d.front(t))
	t.Cleanup(front.Close)
	// Nothing but the program itself prevents a second order here.
	d.stage = surround(t, front.URL, scenery{
		database: d.server.Address, dropMetafield: true, bucket: 20_000, restore: 1_000, environ: []string{"RETRY_BASE=50ms", "POLL_INTERVAL=" + size.poll, "LOG_LEVEL=" + size.level},
		chaos: &sandbox.Chaos{Seed: seed},
	})
	var err error
	d.db, err = sql.Open("pgx", d.server.Address)
	check(t, err)
	t.Cleanup(func() { _ = d.db.Close() })
	for n := range d.children {
		d.revive(t, n)
	}
	d.furnishAll(t)
	d.storm(t)
	d.platforms.Calm()
	d.finish(t)
	report := d.even(t)
	for _, c := range d.children {
		c.stop(t)
	}
	t.Logf("SEED=%d: %s; %d calls disturbed, %d kills, %d database crashes, %v", seed, report, d.platforms.Disturbed(), size.kills, size.crashes, time.Since(began).Round(time.Second))
}

// front hands each request to one of the processes in turn, whether it lives or not.
func (d *day) front(t *testing.T) http.Handler {
	t.Helper()
	var turn atomic.Uint64
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			to := &url.URL{Scheme: "http", Host: d.ports[turn.Add(1)%2]}
			r.SetURL(to)
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusServiceUnavailable) },
	}
}

// revive begins one of the processes and waits until it answers.
func (d *day) revive(t *testing.T, n int) {
	t.Helper()
	d.children[n] = d.begin(t, everything, []string{portOf(t, d.ports[n])})
	d.until(t, func() error {
		status, body, err := d.get("http://" + d.ports[n] + "/readyz")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("not ready: %d %.200s", status, body)
		}
		return err
	})
}

// furnishAll opens the shops. Platforms misbehave already: whoever meets an error tries again, as people do.
func (d *day) furnishAll(t *testing.T) {
	t.Helper()
	for n := range d.size.shops {
		s := seller{fmt.Sprintf("shop-%02d.myshopify.com", n), fmt.Sprintf("SELLER-%02d", n), fmt.Sprintf("74950000000000100%02d", n)}
		check(t, d.platforms.Shopify.AddShop(shopifysim.ShopSpec{Domain: s.domain, Currency: "USD"}))
		for _, u := range wares() {
			_, err := d.platforms.Shopify.AddVariant(s.domain, shopifysim.VariantSpec{SKU: u.SellerSKU, ProductTitle: u.ProductName, Price: u.Price, Stock: 1_000_000})
			check(t, err)
		}
		check(t, d.platforms.TikTok.AddSeller(tiktoksim.SellerSpec{OpenID: s.openID, Name: s.domain, Region: "US", Shops: []tiktoksim.ShopSpec{{ID: s.shop, Name: s.domain, Region: "US", Cipher: "TTP_day" + s.shop}}}))
		d.sellers, d.shops[s.shop] = append(d.sellers, s), s.domain
		d.until(t, func() error { return d.move(s) })
	}
}

// move brings a shop in: a visit, TikTok's authorization, the switches.
func (d *day) move(s seller) error {
	if status, body, err := d.get(d.platforms.Shopify.EmbeddedURL(s.domain, user)); err != nil || status != http.StatusOK {
		return fmt.Errorf("open %s: %d %.200s %w", s.domain, status, body, err)
	}
	if err := d.authorize(s); err != nil {
		return err
	}
	return d.ask(s.domain, http.MethodPut, "/api/settings", `{"pull_orders":true,"push_orders":true,"import_from":"2026-01-01T00:00:00Z",
		"pull_fulfillments":true,"push_fulfillments":true,"pull_refunds":true,"push_refunds":true}`, nil)
}

// storm lets the shops trade while processes are killed and the database crashes.
func (d *day) storm(t *testing.T) {
	t.Helper()
	per := (d.size.orders + d.size.kills - 1) / d.size.kills
	for n := range d.size.kills {
		for range min(per, d.size.orders-len(d.deals)) {
			d.deals = append(d.deals, d.sell(t))
			d.trade(t, 2)
		}
		pause(t, time.Duration(500+d.chance.IntN(1500))*time.Millisecond)
		victim := d.chance.IntN(2)
		d.children[victim].kill(t)
		if (n+1)*d.size.crashes/d.size.kills > n*d.size.crashes/d.size.kills {
			check(t, d.server.Crash(t.Context()))
		}
		d.trade(t, per)
		d.revive(t, victim)
	}
}

// finish lets every deal come to its end, now that all is calm.
func (d *day) finish(t *testing.T) {
	t.Helper()
	err := within(t.Context(), d.patience(), func() error {
		d.deliverUnkept()
		d.reconnect()
		if left := d.trade(t, len(d.deals)/10+1); left > 0 {
			return &miscount{"deals under way", left, 0}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// patience grows with the day.
func (d *day) patience() time.Duration {
	return patience + time.Duration(d.size.orders)*200*time.Millisecond
}

// even waits until the books are equal and nothing is due any more, and looks again.
func (d *day) even(t *testing.T) audit.Report {
	t.Helper()
	var report audit.Report
	look := func() error {
		d.deliverUnkept()
		d.reconnect()
		books, err := d.books(t)
		if err != nil {
			return err
		}
		report = audit.Compare(books)
		return report.Err()
	}
	for _, ask := range []func() error{look, func() error { return d.idle(t) }, look} {
		if err := within(t.Context(), d.patience(), unhurried(ask)); err != nil {
			t.Fatal(err)
		}
	}
	return report
}

// unhurried asks every two seconds at most, as asking takes the processor from who
// is asked about, and repeats the answer in between.
func unhurried(ask func() error) func() error {
	var next time.Time
	var last error
	return func() error {
		if time.Now().After(next) {
			last = ask()
			next = time.Now().Add(2 * time.Second)
		}
		return last
	}
}

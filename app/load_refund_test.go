//go:build load && linux

package main

import (
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// gate lets each of TikTok's endpoints be called so often, and answers 429 to
// what is more, without saying when to come back. 0 a second is no limit.
type gate struct {
	next http.Handler

	mu             sync.Mutex
	perSecond      rate.Limit
	lanes          map[string]*rate.Limiter
	calls, refused int
}

// limit begins to limit and to count.
func (g *gate) limit(perSecond rate.Limit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.perSecond, g.lanes, g.calls, g.refused = perSecond, map[string]*rate.Limiter{}, 0, 0
}

func (g *gate) counted() (calls, refused int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls, g.refused
}

var idInPath = regexp.MustCompile(`[0-9]{10,}`)

func (g *gate) admits(r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls++
	if g.perSecond == 0 {
		return true
	}
	endpoint := r.Method + " " + idInPath.ReplaceAllString(r.URL.Path, "{id}")
	if g.lanes[endpoint] == nil {
		g.lanes[endpoint] = rate.NewLimiter(g.perSecond, int(g.perSecond))
	}
	if g.lanes[endpoint].Allow() {
		return true
	}
	g.refused++
	return false
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.admits(r) {
		g.next.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = fmt.Fprint(w, `{"code":36009002,"message":"Too many requests.","request_id":"20261122000000"}`)
}

const completedRefunds = `SELECT count(*) FROM refunds WHERE state = 'completed'`

// delivered are orders in Shopify that are with their buyers, by their TikTok numbers.
func (l *loaded) delivered(t *testing.T, n int) map[string]shopifysim.Order {
	t.Helper()
	had := l.number(t, writtenOrders)
	ids := l.placeMany(t, n)
	for _, step := range []func(string) error{
		func(string) error { return nil },
		func(id string) error {
			_, err := l.platforms.TikTok.Ship(id, tiktoksim.Shipment{TrackingNumber: "9400" + id})
			return err
		},
		func(id string) error { return l.platforms.TikTok.SetStatus(id, "DELIVERED") },
	} {
		for _, id := range ids {
			check(t, step(id))
		}
		check(t, l.platforms.TikTok.Release())
		l.settled(t) // or no job would be there yet to be waited for
		l.wait(t, had+n, 10*time.Minute)
		l.settled(t)
		l.wait(t, had+n, time.Minute)
	}
	l.platforms.TikTok.HoldWebhooks(false)
	fresh := map[string]shopifysim.Order{}
	for _, id := range ids {
		fresh[id] = shopifysim.Order{}
	}
	for _, o := range l.platforms.Shopify.Orders(sandbox.Shop) {
		if _, wanted := fresh[o.SourceIdentifier]; wanted {
			fresh[o.SourceIdentifier] = o
		}
	}
	return fresh
}

// refundOne refunds one unit of each order in Shopify, of every third less a fee.
func (l *loaded) refundOne(t *testing.T, orders map[string]shopifysim.Order) {
	t.Helper()
	n := 0
	for _, o := range orders {
		spec := shopifysim.RefundSpec{Lines: []shopifysim.RefundedLine{{LineGID: o.Lines[0].GID, Quantity: 1, RestockType: "NO_RESTOCK"}}}
		if n++; n%3 == 0 {
			spec.Less = 333
		}
		_, err := l.platforms.Shopify.Refund(sandbox.Shop, o.GID, spec)
		check(t, err)
	}
}

// completed waits until TikTok has paid so many refunds, and nothing is left to do.
func (l *loaded) completed(t *testing.T, refunds int, limit time.Duration) {
	t.Helper()
	err := within(t.Context(), limit, func() error {
		if n := l.number(t, completedRefunds); n != refunds {
			return &miscount{"refunds completed", n, refunds}
		}
		if n := l.number(t, openJobs); n > 0 {
			return &miscount{"jobs open", n, 0}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestLoadRefund tells what a refund costs in processor time, from Shopify's
// webhook to TikTok's word that the buyer has the money, all webhooks included.
func TestLoadRefund(t *testing.T) {
	const refunds = 300
	l := load(t, scenery{bucket: 1e9, restore: 1e9})
	l.turnOn(t, sandbox.Shop)
	l.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_refunds":true,"push_refunds":true}`, nil)
	rows := []string{"refunds\town CPU ms each\trefunds/s\tcalls to TikTok each\tMB resident\t"}
	done := 0
	for _, counted := range []bool{false, true, true} { // the first finds cold caches, and TikTok's pace
		orders := l.delivered(t, refunds)
		l.tiktok.limit(0)
		before, start := l.child.cpu(t), time.Now()
		l.refundOne(t, orders)
		done += refunds
		l.completed(t, done, 5*time.Minute)
		took, cpu := time.Since(start), l.child.cpu(t)-before
		calls, _ := l.tiktok.counted()
		resident, _ := l.child.memory(t)
		if counted {
			rows = append(rows, fmt.Sprintf("%d\t%.2f\t%.0f\t%.1f\t%.0f\t", refunds, float64(cpu)/refunds/float64(time.Millisecond),
				refunds/took.Seconds(), float64(calls)/refunds, resident))
		}
	}
	table(rows...)
}

// TestLoadRefundDrain lets 1,000 refunds that were waiting for the switch go at
// once, against a TikTok that takes twenty calls a second at each endpoint.
func TestLoadRefundDrain(t *testing.T) {
	const refunds, perSecond = 1_000, 20
	l := load(t, scenery{bucket: 20_000, restore: 1_000})
	l.turnOn(t, sandbox.Shop)
	l.refundOne(t, l.delivered(t, refunds))
	l.wait(t, refunds, time.Minute)
	l.child.stop(t)
	l.child = l.launchProgram(t) // it knows nothing any more of TikTok's pace
	l.tiktok.limit(perSecond)
	before, start := l.child.cpu(t), time.Now()
	l.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_refunds":true,"push_refunds":true}`, nil)
	l.completed(t, refunds, 30*time.Minute)
	took := time.Since(start)
	calls, refused := l.tiktok.counted()
	cpu := l.child.cpu(t) - before
	for _, o := range l.platforms.Shopify.Orders(sandbox.Shop) {
		if m, _ := l.platforms.TikTok.Money(o.SourceIdentifier); m.Back == 0 || m.Back != o.Refunded {
			t.Errorf("order %s: the buyer has %d back of %d", o.SourceIdentifier, m.Back, o.Refunded)
		}
	}
	table("refunds waiting\tcalls a second that an endpoint takes\tminutes\trefunds/s\tcalls\tanswers of 429\town CPU ms each\t",
		fmt.Sprintf("%d\t%d\t%.1f\t%.1f\t%d\t%.2f %%\t%.2f\t", refunds, perSecond, took.Minutes(), refunds/took.Seconds(), calls,
			100*float64(refused)/float64(calls), float64(cpu)/refunds/float64(time.Millisecond)))
}

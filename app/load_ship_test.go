//go:build load && linux

package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// TestLoadShip has merchants fulfill twenty orders a second while both
// platforms take 100 ms for each answer, and tells how long it is from the
// fulfillment to TikTok's answer.
func TestLoadShip(t *testing.T) {
	const orders, each = 600, time.Second / 20
	l := load(t, scenery{bucket: 20_000, restore: 1_000, environ: []string{"POLL_INTERVAL=5m"}})
	l.turnOn(t, sandbox.Shop)
	l.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_fulfillments":true,"push_fulfillments":true}`, nil)
	ids := l.placeMany(t, orders)
	l.platforms.TikTok.HoldWebhooks(false)
	l.wait(t, orders, 20*time.Minute)
	slow := func() *chaos.Plan {
		return &chaos.Plan{Probabilities: map[chaos.Kind]float64{chaos.Slow: 1}, After: 100 * time.Millisecond}
	}
	l.platforms.TikTokFaults.Otherwise, l.platforms.ShopifyFaults.Otherwise = slow(), slow()

	// The first ones find each endpoint at TikTok at the pace of a cautious guess, the others at the pace that it took.
	rows := []string{"fulfillments	a second	p50 ms	p99 ms	most ms"}
	for n, name := range []string{"first", "then"} {
		took := l.shipAll(t, ids[n*orders/2:(n+1)*orders/2], each)
		rows = append(rows, fmt.Sprintf("%s %d	%.0f	%s	%s	%s", name, orders/2, time.Second.Seconds()/each.Seconds(),
			millis(percentile(took, 0.5)), millis(percentile(took, 0.99)), millis(percentile(took, 1))))
	}
	table(rows...)
}

// shipAll fulfills orders one after the other and waits until TikTok knows of all.
func (l *loaded) shipAll(t *testing.T, ids []string, each time.Duration) []time.Duration {
	t.Helper()
	before := l.number(t, `SELECT count(*) FROM shipments WHERE state = 'done'`)
	fulfilled := map[string]time.Time{}
	ticks := time.NewTicker(each)
	defer ticks.Stop()
	for _, id := range ids {
		<-ticks.C
		o := l.one(t, sandbox.Shop, id)
		fulfilled[id] = time.Now()
		if _, err := l.platforms.Shopify.Fulfill(sandbox.Shop, o.GID, shopifysim.ShipSpec{Company: "USPS", Numbers: []string{"9400" + id}}); err != nil {
			t.Fatal(err)
		}
	}
	err := within(t.Context(), 10*time.Minute, func() error {
		if n := l.number(t, `SELECT count(*) FROM shipments WHERE state = 'done'`); n < before+len(ids) {
			return &miscount{"shipments", n, before + len(ids)}
		}
		if n := l.number(t, openJobs); n > 0 {
			return &miscount{"jobs open", n, 0}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var took []time.Duration
	for id, at := range fulfilled {
		done := time.UnixMicro(int64(l.number(t, `SELECT shipped_at FROM shipments WHERE order_id = $1`, id)))
		took = append(took, done.Sub(at))
	}
	return took
}

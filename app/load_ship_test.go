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
	const orders, each = 400, time.Second / 20
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

	fulfilled := map[string]time.Time{}
	ticks := time.NewTicker(each)
	defer ticks.Stop()
	for _, id := range ids {
		<-ticks.C
		fulfilled[id] = time.Now()
		o := l.one(t, sandbox.Shop, id)
		if _, err := l.platforms.Shopify.Fulfill(sandbox.Shop, o.GID, shopifysim.ShipSpec{Company: "USPS", Numbers: []string{"9400" + id}}); err != nil {
			t.Fatal(err)
		}
	}
	err := within(t.Context(), 10*time.Minute, func() error {
		if n := l.number(t, `SELECT count(*) FROM shipments WHERE state = 'done'`); n < orders {
			return &miscount{"shipments", n, orders}
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
	table("fulfillments	a second	p50 ms	p99 ms	most ms",
		fmt.Sprintf("%d	%.0f	%s	%s	%s", orders, time.Second.Seconds()/each.Seconds(), millis(percentile(took, 0.5)), millis(percentile(took, 0.99)), millis(percentile(took, 1))))
}

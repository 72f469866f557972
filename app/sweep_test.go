package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// The sweep alone, in the whole program: no webhook of Shopify's arrives, and
// what was fulfilled there, and corrected since, reaches TikTok all the same.
func TestSweepingAlone(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{environ: []string{"POLL_INTERVAL=1s"}})
	s.furnished(t)
	on := `{"pull_fulfillments": true, "push_fulfillments": true}`
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", on, nil)
	s.platforms.Shopify.HoldWebhooks()
	const number, corrected = "9400111899223344550001", "9400111899223344550002"
	ids, parcels := make([]string, 5), map[string]string{}
	for n := range ids {
		ids[n] = s.place(t, "AWAITING_SHIPMENT")
		s.orderIs(t, sandbox.Shop, ids[n], "written", "")
		gids, err := s.platforms.Shopify.Fulfill(sandbox.Shop, s.one(t, sandbox.Shop, ids[n]).GID, shopifysim.ShipSpec{Company: "USPS", Numbers: []string{number}})
		check(t, err)
		parcels[ids[n]] = gids[0]
	}
	for _, id := range ids {
		s.travelsWith(t, id, number)
	}
	check(t, s.platforms.Shopify.ChangeTracking(sandbox.Shop, parcels[ids[0]], "USPS", corrected))
	s.travelsWith(t, ids[0], corrected)
	told := 0
	for _, r := range s.platforms.TikTok.Requests() {
		if r.Op == tiktoksim.OpMarkShipped {
			told++
		}
	}
	if told != len(ids) {
		t.Errorf("TikTok was told %d times of %d parcels", told, len(ids))
	}
}

// travelsWith waits until every unit of an order has the number at TikTok.
func (s *stage) travelsWith(t *testing.T, id, number string) {
	t.Helper()
	s.until(t, func() error {
		if shown := s.tiktokLines(t, id); len(shown.Open) > 0 || len(shown.Parcels) != 1 || shown.Parcels[number] == 0 {
			return fmt.Errorf("order %s travels with %v, want %s", id, shown.Parcels, number)
		}
		return nil
	})
}

//go:build unix

package main

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// TestEachRefundWebhookAnyNumberOfTimes delivers each webhook of both platforms
// that has to do with refunds up to five times or never, in any order, while the
// sweep and the poll look for themselves: each buyer has back what Shopify says,
// once. SEED repeats a run's refunds and deliveries.
func TestEachRefundWebhookAnyNumberOfTimes(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(seedOf(t), 5))
	s := play(t, scenery{bucket: 20_000, restore: 1_000, environ: []string{"RETRY_BASE=20ms"}})
	s.furnished(t)
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_refunds":true,"push_refunds":true}`, nil)
	var all []*restitution
	for range 10 {
		all = append(all, s.bought(t, chance))
	}
	for _, r := range all {
		s.orderIs(t, sandbox.Shop, r.id, "written", "")
	}
	s.platforms.TikTok.HoldWebhooks(true)
	for range 2 {
		s.platforms.Shopify.HoldWebhooks()
		for _, r := range all {
			s.giveBack(t, chance, r)
		}
		s.platforms.Shopify.ReleaseWebhooks(func(held []shopifysim.Delivery) []shopifysim.Delivery { return anyNumber(chance, held) })
	}
	deliveries := 0
	s.until(t, func() error {
		deliveries += s.stir(t, chance)
		var unlike []error
		for _, r := range all {
			unlike = append(unlike, s.even(t, r))
		}
		return errors.Join(unlike...)
	})
	if deliveries == 0 {
		t.Error("TikTok had nothing to say")
	}
}

// anyNumber has each thing up to five times or not at all, in any order.
func anyNumber[T any](chance *rand.Rand, things []T) []T {
	var out []T
	for _, one := range things {
		for range chance.IntN(6) {
			out = append(out, one)
		}
	}
	chance.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// stir sends what TikTok holds back any number of times in any order, and now
// and then what Shopify sent before as a second subscription would.
func (s *stage) stir(t *testing.T, chance *rand.Rand) (sent int) {
	t.Helper()
	held := s.platforms.TikTok.Held()
	drawn := anyNumber(chance, held)
	begun := map[string]bool{}
	for _, d := range drawn {
		if begun[d.ID] {
			check(t, s.platforms.TikTok.Redeliver(d.ID))
		} else {
			check(t, s.platforms.TikTok.Release(d.ID))
		}
		begun[d.ID] = true
	}
	for _, d := range held {
		if !begun[d.ID] {
			check(t, s.platforms.TikTok.Drop(d.ID))
		}
	}
	if log := s.platforms.Shopify.Deliveries(); len(log) > 0 {
		s.platforms.Shopify.TwinWebhook(log[chance.IntN(len(log))].WebhookID)
	}
	return len(drawn)
}

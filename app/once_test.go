package main

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// TestBurst delivers what TikTok has to say of five orders fifty times in all,
// at once and in any order: each is written once, and asked for once.
func TestBurst(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); burst(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); burst(t, postgrestest.URL(t)) })
}

func burst(t *testing.T, database string) {
	t.Helper()
	// Where Shopify does not refuse a second order, only our own care prevents it.
	s := play(t, scenery{database: database, dropMetafield: true})
	s.furnished(t)
	s.platforms.TikTok.HoldWebhooks(true)
	start := time.Now()
	var ids []string
	for range 5 {
		id := s.place(t, "ON_HOLD")
		if err := s.platforms.TikTok.SetStatus(id, "AWAITING_SHIPMENT"); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	var bodies []string
	for _, held := range s.platforms.TikTok.Held() {
		for range 5 {
			bodies = append(bodies, string(held.Body))
		}
	}
	if len(bodies) != 50 {
		t.Fatalf("%d deliveries, want 50", len(bodies))
	}
	rand.Shuffle(len(bodies), func(i, j int) { bodies[i], bodies[j] = bodies[j], bodies[i] })
	var senders sync.WaitGroup
	for _, body := range bodies {
		senders.Go(func() { s.taken(t, s.tiktokHook(t, body, s.variable("TIKTOK_APP_SECRET"))) })
	}
	senders.Wait()
	for _, id := range ids {
		s.wellWritten(t, id)
	}
	if n := s.creates(start); n != len(ids) {
		t.Errorf("orderCreate was called %d times for %d orders", n, len(ids))
	}
}

// wellWritten waits until an order is written and referenced, and that once.
func (s *stage) wellWritten(t *testing.T, id string) {
	t.Helper()
	view := s.orderIs(t, sandbox.Shop, id, "written", "")
	o := s.one(t, sandbox.Shop, id)
	if o.GID != view.ShopifyOrderID {
		t.Errorf("order %s is %s, the API says %s", id, o.GID, view.ShopifyOrderID)
	}
	if len(o.Metafields) != 1 || o.Metafields[0].Value != id {
		t.Errorf("order %s has the metafields %v", id, o.Metafields)
	}
	s.until(t, func() error {
		if n := len(s.platforms.TikTok.ExternalReferences(id)); n != 1 {
			return &miscount{"external references of " + id, n, 1}
		}
		return nil
	})
}

// TestLostAnswers lets orderCreate end in every way in which the caller cannot
// know what became of it, while the search index runs two seconds behind.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	// Lookups come at once and after 200 ms and 1.2 s.
	retry := []string{"RETRY_BASE=20ms"}
	for rule, drop := range map[string]bool{"second order refused": false, "second metafield dropped": true} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			s := play(t, scenery{dropMetafield: drop, environ: retry})
			s.furnished(t)
			ids := map[string]string{}
			for name, faults := range lostAnswers() {
				for _, fault := range faults {
					s.platforms.ShopifyFaults.Add("orderCreate", fault, 1)
				}
				ids[name] = s.place(t, "AWAITING_SHIPMENT")
				s.until(t, func() error {
					if left := s.platforms.ShopifyFaults.Pending(); left > 0 {
						return &miscount{"faults left of: " + name, left, 0}
					}
					return nil
				})
			}
			for name, id := range ids {
				t.Log(name, id)
				s.wellWritten(t, id)
			}
		})
	}
}

func lostAnswers() map[string][]chaos.Fault {
	return map[string][]chaos.Fault{
		"cut after the commit":    {{Kind: chaos.CutAfter}},
		"cut before the commit":   {{Kind: chaos.CutBefore}},
		"garbled after":           {{Kind: chaos.Malformed}},
		"cut before, then after":  {{Kind: chaos.CutBefore}, {Kind: chaos.CutAfter}},
		"throttled, then cut":     {{Kind: chaos.Throttled, RetryAfter: time.Second}, {Kind: chaos.CutAfter}},
		"late commit":             {{Kind: chaos.LateCommit, After: 100 * time.Millisecond}},
		"commit after two looks":  {{Kind: chaos.LateCommit, After: 700 * time.Millisecond}},
		"unavailable, then works": {{Kind: chaos.ServerError}},
	}
}

// Another connector's orders are found and left alone, and the merchant decides.
func TestDuplicatesOfAnotherConnector(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	choices := map[string]struct {
		state, reason string
		orders        int
	}{
		"adopt": {"written", "", 1}, "write_ours": {"written", "", 2}, "ignore": {"skipped", "ignored_by_merchant", 1},
	}
	ids := map[string]string{}
	for choice := range choices {
		ids[choice] = s.place(t, "ON_HOLD")
		s.orderIs(t, sandbox.Shop, ids[choice], "waiting", "on_hold")
	}
	s.injectTheirs(t, slices.Collect(maps.Values(ids))...)
	for choice, want := range choices {
		id := ids[choice]
		if err := s.platforms.TikTok.SetStatus(id, "AWAITING_SHIPMENT"); err != nil {
			t.Fatal(err)
		}
		view := s.orderIs(t, sandbox.Shop, id, "held", "duplicate_order", "duplicate_order")
		path := "/api/exceptions/" + view.Exceptions[0].ID + "/resolve"
		s.mustAPI(t, sandbox.Shop, http.MethodPost, path, `{"action":"`+choice+`","note":"as agreed"}`, nil)
		s.orderIs(t, sandbox.Shop, id, want.state, want.reason)
		if n := len(s.written(sandbox.Shop, id)); n != want.orders {
			t.Errorf("%s: Shopify has the order %d times, want %d", choice, n, want.orders)
		}
	}
}

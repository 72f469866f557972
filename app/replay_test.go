package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

// TestReplay starts again what followed from a kept webhook, of an order that
// has moved on since.
func TestReplay(t *testing.T) {
	t.Parallel()
	var id, delivery string
	s := settledStage(t, func(s *stage) {
		id = s.place(t, "ON_HOLD")
		s.orderIs(t, sandbox.Shop, id, "waiting", "on_hold")
		var told struct {
			ID string `json:"tts_notification_id"`
		}
		if err := json.Unmarshal(s.platforms.TikTok.Deliveries()[0].Body, &told); err != nil {
			t.Fatal(err)
		}
		delivery = told.ID
	})
	s.platforms.TikTok.HoldWebhooks(true)
	if err := s.platforms.TikTok.SetStatus(id, "AWAITING_SHIPMENT"); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := s.command(t, "replay", "--dry-run", id); code != 0 || !strings.Contains(out, delivery+"  of "+id+": order_import") || len(s.written(sandbox.Shop, id)) > 0 {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	code, out, errs := s.command(t, "replay", "webhook:"+delivery)
	if code != 0 || !strings.HasPrefix(out, "1 events, 1 jobs") || !strings.Contains(out, "- state    waiting (on_hold)") ||
		!strings.Contains(out, "+ state    written") || !strings.Contains(out, "timeline + ") || !strings.HasSuffix(out, "1 of 1 orders changed\n") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	s.one(t, sandbox.Shop, id)
	before := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	if code, out, errs := s.command(t, "replay", "--from", before); code != 0 || strings.HasPrefix(out, "0 events") || !strings.HasSuffix(out, "0 of 1 orders changed\n") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, out, errs := s.command(t, "replay", "--from", "2026-01-01", "--to", "2026-01-02"); code != 0 || !strings.HasPrefix(out, "0 events, 0 jobs") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	for _, args := range [][]string{{"replay"}, {"replay", "--to", before}, {"replay", "x", "--from", before}, {"replay", "unknown"}} {
		if code, _, errs := s.command(t, args...); code != 1 || errs == "" {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
}

// TestReplayAsksBeforeItTakesAway keeps an old farewell from being said again by
// chance, and lets it be said to no shop that has come back since.
func TestReplayAsksBeforeItTakesAway(t *testing.T) {
	t.Parallel()
	s := settledStage(t, func(s *stage) {
		check(t, s.platforms.Shopify.Uninstall(sandbox.Shop))
		s.settled(t)
		s.quiet(t)
	})
	before := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	if code, out, errs := s.command(t, "replay", "--from", before, "--dry-run"); code != 0 || !strings.Contains(out, "app/uninstalled") || !strings.Contains(out, "needs --yes") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	ledger := s.ledger(t)
	if code, out, errs := s.command(t, "replay", "--from", before); code != 1 || !strings.Contains(errs, "--yes") || !strings.Contains(out, "nothing was started") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, out, errs := s.command(t, "replay", "--from", before, "--yes"); code != 0 || strings.HasPrefix(out, "0 events") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if diff := cmp.Diff(ledger, s.ledger(t)); diff != "" {
		t.Errorf("a farewell said again changed the ledger (-before +after):\n%s", diff)
	}
}

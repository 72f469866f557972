package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

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
	if code, out, errs := s.command(t, "replay", delivery); code != 0 || !strings.HasPrefix(out, "1 events, 1 jobs") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	before := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	if code, out, errs := s.command(t, "replay", "--from", before); code != 0 || strings.HasPrefix(out, "0 events") {
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
	// Any command that runs the queue does what was put there before.
	another := s.past(t, 1, nil)
	if code, out, errs := s.command(t, "import", another[0]); code != 0 {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	s.one(t, sandbox.Shop, id)
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// backfillView is what the API tells of a backfill.
type backfillView struct {
	ID         string     `json:"id"`
	State      string     `json:"state"`
	Message    string     `json:"message"`
	Found      int        `json:"found"`
	Imported   int        `json:"imported"`
	Skipped    int        `json:"skipped"`
	FinishedAt *time.Time `json:"finished_at"`
}

// previewLine is one line of a dry run.
type previewLine struct {
	ID        string         `json:"tiktok_order_id"`
	Action    string         `json:"action"`
	Reason    string         `json:"reason"`
	Variables map[string]any `json:"variables"`
}

// past places orders of the last days, of which TikTok tells nobody.
func (s *stage) past(t testing.TB, n int, change func(*tiktoksim.OrderSpec)) []string {
	t.Helper()
	s.platforms.TikTok.HoldWebhooks(true)
	ids := make([]string, n)
	for i := range ids {
		spec := tiktoksim.OrderSpec{
			Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}, Created: time.Now().Add(-time.Duration(i+1) * 7 * time.Hour),
		}
		if change != nil {
			change(&spec)
		}
		id, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, spec)
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = id
	}
	return ids
}

// command runs one in this process and returns its exit code and what it wrote.
func (s *stage) command(t testing.TB, args ...string) (code int, out, errs string) {
	t.Helper()
	var written, complained screen
	code = run(world{ctx: t.Context(), environ: s.environ, out: &written, errs: &complained}, args)
	return code, written.String(), complained.String()
}

// screen takes what a command writes, its progress and its log at once, as a terminal does.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// pollsRarely keeps polling from finding the orders that a test brings in by other ways.
var pollsRarely = scenery{environ: []string{"POLL_INTERVAL=1h"}}

func fewDaysAgo() string { return time.Now().Add(-10 * 24 * time.Hour).UTC().Format(time.RFC3339) }

// TestADryRunWritesNothing compares what a dry run beside a running program
// shows with what a backfill then does.
func TestADryRunWritesNothing(t *testing.T) {
	t.Parallel()
	s := play(t, pollsRarely)
	s.furnished(t)
	s.trace(t) // what connecting started is over
	plain := s.past(t, 8, nil)
	held := s.past(t, 1, func(o *tiktoksim.OrderSpec) { o.Units[0].SellerSKU = "NO-SUCH-SKU" })
	waiting := s.past(t, 1, func(o *tiktoksim.OrderSpec) { o.Status = "ON_HOLD" })
	gone := s.past(t, 1, func(o *tiktoksim.OrderSpec) { o.Status = "CANCELLED" })
	before, orders := s.trace(t), len(s.platforms.Shopify.Orders(sandbox.Shop))
	start := time.Now()
	code, out, errs := s.command(t, "backfill", "--dry-run", "--shop", sandbox.Shop, "--from", fewDaysAgo())
	if code != 0 || !strings.Contains(errs, "nothing was written") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, r := range s.platforms.Shopify.Requests() {
		if r.Mutation && !r.At.Before(start) {
			t.Errorf("the dry run sent %v", r.Fields)
		}
	}
	if diff := cmp.Diff(before, s.trace(t)); diff != "" {
		t.Errorf("the database changed: %s", diff)
	}
	if n := len(s.platforms.Shopify.Orders(sandbox.Shop)); n != orders {
		t.Errorf("Shopify has %d orders, had %d", n, orders)
	}
	shown := previews(t, out)
	for _, want := range []struct {
		ids            []string
		action, reason string
	}{{plain, "write", ""}, {held, "hold", "sku_unmatched"}, {waiting, "wait", "on_hold"}, {gone, "skip", "cancelled"}} {
		for _, id := range want.ids {
			if got := shown[id]; got.Action != want.action || got.Reason != want.reason || (got.Variables != nil) != (want.action == "write") {
				t.Errorf("order %s: %s (%s), want %s (%s)", id, got.Action, got.Reason, want.action, want.reason)
			}
		}
	}
	if len(shown) != len(plain)+3 {
		t.Errorf("%d orders were shown", len(shown))
	}
	s.backfilled(t, backfillView{State: "done", Found: 11, Imported: 10, Skipped: 1})
	s.orderIs(t, sandbox.Shop, held[0], "held", "sku_unmatched", "sku_unmatched")
	s.orderIs(t, sandbox.Shop, waiting[0], "waiting", "on_hold")
	for _, id := range plain {
		s.wellWritten(t, id)
	}
	for _, r := range s.platforms.Shopify.Requests() {
		if id, sent := sentOrder(r.Variables); sent && !r.At.Before(start) {
			if diff := cmp.Diff(shown[id].Variables, r.Variables); diff != "" {
				t.Errorf("order %s was not sent as shown: %s", id, diff)
			}
		}
	}
	// All is there now: the same span again asks for the two that still wait.
	s.backfilled(t, backfillView{State: "done", Found: 11, Imported: 2, Skipped: 9})
}

// previews reads a dry run's lines.
func previews(t *testing.T, out string) map[string]previewLine {
	t.Helper()
	shown := map[string]previewLine{}
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.UseNumber() // as the simulator keeps what it was sent
	for decoder.More() {
		var line previewLine
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		shown[line.ID] = line
	}
	return shown
}

// sentOrder is the TikTok order that variables of orderCreate are of.
func sentOrder(variables map[string]any) (string, bool) {
	order, _ := variables["order"].(map[string]any)
	id, sent := order["sourceIdentifier"].(string)
	return id, sent
}

// backfilled starts a backfill over the API and waits for its end.
func (s *stage) backfilled(t *testing.T, want backfillView) {
	t.Helper()
	var started backfillView
	s.mustAPI(t, sandbox.Shop, "POST", "/api/backfills", `{"from":"`+fewDaysAgo()+`"}`, &started)
	s.until(t, func() error {
		var list struct {
			Backfills []backfillView `json:"backfills"`
		}
		s.mustAPI(t, sandbox.Shop, "GET", "/api/backfills", "", &list)
		if len(list.Backfills) == 0 || list.Backfills[0].ID != started.ID {
			return fmt.Errorf("backfill %s is not the newest of %v", started.ID, list)
		}
		got := list.Backfills[0]
		if got.State == "running" {
			return fmt.Errorf("backfill is %+v", got)
		}
		want.ID, want.FinishedAt = got.ID, got.FinishedAt
		if got != want || got.FinishedAt == nil {
			t.Errorf("backfill %+v, want %+v", got, want)
		}
		return nil
	})
}

// TestCommandsBesideAServer: a command that writes cannot have SQLite's file
// while the server has it, and says what to do instead.
func TestCommandsBesideAServer(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	for _, args := range [][]string{{"import", "576461413038785752"}, {"backfill", "--from", fewDaysAgo()}} {
		code, _, errs := s.command(t, args...)
		if code != 1 || !strings.Contains(errs, "/api/") || !strings.Contains(errs, "serve") {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
	for what, args := range map[string][]string{
		"--from":       {"backfill"},
		"want a time":  {"backfill", "--from", "last week"},
		"has not come": {"backfill", "--from", "2100-01-01"},
		"these have":   {"backfill", "--dry-run", "--from", fewDaysAgo(), "--shop", "other.myshopify.com"},
		"begins anew":  {"backfill", "--dry-run", "--resume", "x"},
		"order":        {"import", "twelve"},
	} {
		if code, _, errs := s.command(t, args...); code == 0 || !strings.Contains(errs, what) {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
}

// settledStage is a shop that is installed and connected, with the program
// ended; meanwhile is done before its end.
func settledStage(t *testing.T, meanwhile ...func(*stage)) *stage {
	t.Helper()
	return endedStage(t, pollsRarely, append([]func(*stage){func(s *stage) { s.furnished(t) }}, meanwhile...)...)
}

// endedStage is what a program leaves behind that ran while that was done.
func endedStage(t *testing.T, scene scenery, meanwhile ...func(*stage)) *stage {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := surround(t, "http://"+listener.Addr().String(), scene)
	cfg, err := config.Load(s.environ, config.Encryption, config.ShopifyApp, config.TikTokApp)
	if err != nil {
		t.Fatal(err)
	}
	running, end := context.WithCancel(t.Context())
	defer end()
	ended := make(chan error, 1)
	go func() { ended <- serve(running, cfg, everything, slog.New(slog.DiscardHandler), listener) }()
	s.until(t, s.ready)
	for _, do := range meanwhile {
		do(s)
	}
	s.settled(t)
	end()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return s
}

func TestImportCommand(t *testing.T) {
	t.Parallel()
	s := settledStage(t)
	// From before the start line: somebody asks for these very orders.
	good := s.past(t, 2, func(o *tiktoksim.OrderSpec) { o.Created = time.Date(2025, 12, 24, 18, 0, 0, 0, time.UTC) })
	bad := s.past(t, 1, func(o *tiktoksim.OrderSpec) { o.Units[0].SellerSKU = "NO-SUCH-SKU" })
	code, out, errs := s.command(t, "import", "#"+good[0], " "+good[1]+" ")
	if code != 0 || strings.Count(out, "written") != 2 {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	for _, id := range good {
		s.one(t, sandbox.Shop, id)
	}
	code, out, errs = s.command(t, "import", "--shop", sandbox.Shop, bad[0], good[0])
	if code != 1 || !strings.Contains(out, "held (sku_unmatched)") || !strings.Contains(out, "next:") || !strings.Contains(errs, "1 of 2") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	s.one(t, sandbox.Shop, good[0])
}

// victimArgs hands a command to the process that is killed.
const victimArgs = "SWITCHBACK_TEST_COMMAND"

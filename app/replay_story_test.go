package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// TestReplayOfAWholeStory starts every event of a story again, twice: orders,
// shipments, refunds, returns and a cancellation stay as they were, here and at
// both platforms.
func TestReplayOfAWholeStory(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); replayStory(t, scenery{}) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); replayStory(t, scenery{database: postgrestest.URL(t)}) })
}

func replayStory(t *testing.T, scene scenery) {
	t.Helper()
	var cancelled string
	s := endedStage(t, scene, func(s *stage) {
		var told strings.Builder
		story := sandbox.Story{World: s.platforms, App: s.app, Out: &told, Patience: patience}
		if err := story.Tell(t.Context()); err != nil {
			t.Fatalf("%v\n\ntold so far:\n%s", err, told.String())
		}
		cancelled = s.place(t, "AWAITING_SHIPMENT")
		s.orderIs(t, sandbox.Shop, cancelled, "written", "")
		check(t, s.platforms.TikTok.CancelLines(cancelled, tiktoksim.Cancellation{}))
		s.until(t, func() error {
			if o := s.one(t, sandbox.Shop, cancelled); o.Canceled.IsZero() {
				return fmt.Errorf("order %s is not cancelled in Shopify", cancelled)
			}
			return nil
		})
		s.settled(t)
		s.quiet(t)
	})
	books, ledger := s.bothBooks(t), s.ledger(t)
	yesterday := time.Now().Add(-24 * time.Hour).UTC().Format(time.RFC3339)
	code, out, errs := s.command(t, "replay", "--from", yesterday, "--dry-run")
	if code != 0 || !strings.Contains(out, "nothing was started") || !strings.Contains(out, cancelled+": ") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	for _, args := range [][]string{{"--from", yesterday}, {"--from", yesterday}, {"#" + cancelled}} {
		code, out, errs := s.command(t, append([]string{"replay"}, args...)...)
		if code != 0 || !strings.Contains(out, "order "+cancelled+" of "+sandbox.Shop+": no change") || !strings.Contains(out, "\n0 of ") {
			t.Fatalf("replay %v: exit %d: %s%s", args, code, out, errs)
		}
		t.Log(out)
		s.quiet(t)
		if diff := cmp.Diff(books, s.bothBooks(t)); diff != "" {
			t.Errorf("replay %v changed a platform's books (-before +after):\n%s", args, diff)
		}
		if diff := cmp.Diff(ledger, s.ledger(t)); diff != "" {
			t.Errorf("replay %v changed the ledger (-before +after):\n%s", args, diff)
		}
	}
}

// bothBooks are what the simulated platforms hold of orders and money.
func (s *stage) bothBooks(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	keep := func(key string, value any) {
		text, err := json.MarshalIndent(value, "", " ")
		check(t, err)
		all[key] = string(text)
	}
	for _, o := range s.platforms.Shopify.Orders(sandbox.Shop) {
		keep("shopify "+o.GID, o)
	}
	for _, id := range s.platforms.TikTok.OrderIDs() {
		order, _ := s.platforms.TikTok.Order(id)
		money, _ := s.platforms.TikTok.Money(id)
		keep("tiktok "+id, []any{order, money, s.platforms.TikTok.Aftersales(id), s.platforms.TikTok.ExternalReferences(id)})
	}
	if len(all) < 8 {
		t.Fatalf("only %d orders: was the story told?", len(all))
	}
	return all
}

// opened is the program's database, to be read beside it.
func (s *stage) opened(t *testing.T) *sql.DB {
	t.Helper()
	driver, address := "pgx", s.variable("DATABASE_URL")
	if s.file != "" {
		driver, address = "sqlite", "file:"+s.file+"?mode=ro&_pragma=busy_timeout(5000)"
	}
	database, err := sql.Open(driver, address)
	check(t, err)
	t.Cleanup(func() { _ = database.Close() })
	return database
}

// quiet waits until no job is under way but those that come again by themselves.
func (s *stage) quiet(t *testing.T) {
	t.Helper()
	database := s.opened(t)
	s.until(t, func() error {
		busy := column(t, database, `SELECT kind, state FROM river_job
			WHERE state NOT IN ('completed', 'cancelled', 'discarded') AND kind NOT IN `+rounds)
		if len(busy) > 0 {
			return fmt.Errorf("jobs under way: %v", busy)
		}
		return nil
	})
}

// ledger is what every table holds that says how things are. Not in it are the
// queue, and what each look leaves behind: leases count how often an order was
// worked on, timelines tell of it, updated_at and looked_at say when, and polls
// that come meanwhile move their cursors.
func (s *stage) ledger(t *testing.T) map[string][]string {
	t.Helper()
	database := s.opened(t)
	list := `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	if s.file != "" {
		list = `SELECT name FROM sqlite_master WHERE type = 'table'`
	}
	looks := []string{"order_leases", "timeline", "cursors"}
	all := map[string][]string{}
	for _, table := range column(t, database, list) {
		if strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "sqlite_") || slices.Contains(looks, table) {
			continue
		}
		all[table] = column(t, database, `SELECT `+strings.Join(lasting(t, database, table), ", ")+` FROM `+table)
		slices.Sort(all[table])
	}
	if len(all) < 14 {
		t.Fatalf("only %d tables: is this the database?", len(all))
	}
	return all
}

// lasting are a table's columns but those that say when somebody looked.
func lasting(t *testing.T, database *sql.DB, table string) []string {
	t.Helper()
	rows, err := database.QueryContext(t.Context(), `SELECT * FROM `+table+` LIMIT 0`)
	check(t, err)
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	check(t, errors.Join(err, rows.Err()))
	return slices.DeleteFunc(names, func(name string) bool { return name == "updated_at" || name == "looked_at" })
}

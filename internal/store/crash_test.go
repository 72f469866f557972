package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
	"github.com/switchbackhq/switchback/internal/store/storetest"
)

// victim names the database to the process that is killed.
const victim = "SWITCHBACK_TEST_VICTIM"

// TestVictim is no test of its own: it is the process that TestKill kills. It
// prints each delivery once it may be acknowledged.
func TestVictim(t *testing.T) {
	t.Parallel()
	address := os.Getenv(victim)
	if address == "" {
		t.Skip("run by TestKill")
	}
	s := open(t, address, store.Options{})
	var group sync.WaitGroup
	var mu sync.Mutex
	for n := range 16 {
		group.Go(func() {
			for m := range 100_000 {
				id := fmt.Sprintf("%d-%d", n, m)
				e := inbox.Event{Source: inbox.FromTikTok, Account: "1", Topic: "1", DeliveryID: id, Body: make([]byte, 2000)}
				if _, err := s.ReceiveEvent(t.Context(), e, storetest.Job{Name: id}); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				fmt.Println("kept", id)
				mu.Unlock()
			}
		})
	}
	group.Wait()
}

// What was acknowledged survives kill -9, and no event is without its job or
// the other way round.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 1
	if os.Getenv("SOAK") != "" {
		rounds = 20
	}
	for n := range rounds {
		t.Run(fmt.Sprint("sqlite ", n), func(t *testing.T) {
			t.Parallel()
			kill(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), 300+n*37)
		})
		t.Run(fmt.Sprint("postgres ", n), func(t *testing.T) {
			t.Parallel()
			kill(t, postgrestest.URL(t), 300+n*37)
		})
	}
}

func kill(t *testing.T, address string, after int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$") //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), victim+"="+address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var kept []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var id string
		if _, err := fmt.Sscanf(lines.Text(), "kept %s", &id); err == nil {
			kept = append(kept, id)
		}
		if len(kept) == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(kept) < after {
		t.Fatalf("the victim ended by itself after %d deliveries", len(kept))
	}
	s := open(t, address, store.Options{})
	jobs := storetest.Jobs(t, s)
	for _, id := range kept {
		if _, err := s.Event(t.Context(), inbox.FromTikTok, "1", "1", id); err != nil {
			t.Errorf("acknowledged and lost: %v", err)
		}
		if _, found := slices.BinarySearch(jobs, id); !found {
			t.Errorf("acknowledged delivery %s has no job", id)
		}
	}
	if count, err := s.CountEvents(t.Context()); err != nil || count != len(jobs) {
		t.Errorf("%d events with %d jobs, %v", count, len(jobs), err)
	}
	if writer := s.SQLite(); writer != nil {
		var verdict string
		if err := writer.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("integrity: %q, %v", verdict, err)
		}
	}
}

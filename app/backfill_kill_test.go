package main

import (
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store"
)

// TestVictimCommand is no test of its own: it is the process that
// TestBackfillIsKilled kills.
func TestVictimCommand(t *testing.T) {
	t.Parallel()
	args := os.Getenv(victimArgs)
	if args == "" {
		t.Skip("run by TestBackfillIsKilled")
	}
	if code := run(world{ctx: t.Context(), environ: os.Environ(), out: os.Stdout, errs: os.Stderr}, strings.Fields(args)); code != 0 {
		t.Errorf("exit %d", code)
	}
}

// TestBackfillIsKilled ends the command at random points and resumes it: each
// order is in Shopify once.
func TestBackfillIsKilled(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test's choices
	s := settledStage(t)
	ids := s.past(t, 24, nil)
	args := "backfill --from " + fewDaysAgo()
	for kills := 0; ; kills++ {
		s.platforms.TikTok.HoldWebhooks(true)
		finished := s.victim(t, args, len(s.platforms.Shopify.Orders(sandbox.Shop))+random.IntN(9), kills < 3)
		list := s.backfillIDs(t)
		if len(list) != 1 {
			t.Fatalf("%d backfills, want 1", len(list))
		}
		if finished {
			t.Logf("killed %d times", kills)
			break
		}
		args = "backfill --resume " + list[0]
	}
	for _, id := range ids {
		s.one(t, sandbox.Shop, id)
	}
	if n := len(s.platforms.Shopify.Orders(sandbox.Shop)); n != len(ids) {
		t.Errorf("Shopify has %d orders, want %d", n, len(ids))
	}
}

// victim runs the command in a process of its own and kills it once Shopify has
// that many orders; it reports whether the command came to its end.
func (s *stage) victim(t *testing.T, args string, orders int, kill bool) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictimCommand$") //nolint:gosec // this very binary
	cmd.Env = append(append(os.Environ(), s.environ...), victimArgs+"="+args)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	begun := make(chan struct{})
	go func() {
		first := make([]byte, 1)
		_, _ = io.ReadFull(out, first) // its first word: the backfill is kept
		close(begun)
		_, _ = io.Copy(t.Output(), out)
		ended <- cmd.Wait()
	}()
	<-begun
	for kill {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("the command ended with %v", err)
			}
			return true
		case <-time.After(2 * time.Millisecond):
		}
		if len(s.platforms.Shopify.Orders(sandbox.Shop)) >= orders {
			_ = cmd.Process.Kill() // it may just have ended
			return <-ended == nil
		}
	}
	if err := <-ended; err != nil {
		t.Fatalf("the command ended with %v", err)
	}
	return true
}

// backfillIDs lists the backfills in the file.
func (s *stage) backfillIDs(t *testing.T) []string {
	t.Helper()
	cfg, err := config.Load(s.environ, config.Encryption)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := openStore(t.Context(), cfg, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kept.Close() }()
	list, err := kept.Backfills(t.Context(), sandbox.Shop, 10)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(list))
	for n, b := range list {
		ids[n] = b.ID
	}
	return ids
}

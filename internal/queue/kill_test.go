package queue_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// victim names the database to the process that is killed.
const victim = "SWITCHBACK_TEST_VICTIM"

// TestVictim is no test of its own: it is the process that TestKill kills
// while it runs a job.
func TestVictim(t *testing.T) {
	t.Parallel()
	address := os.Getenv(victim)
	if address == "" {
		t.Skip("run by TestKill")
	}
	s := openStore(t, address)
	workers := queue.NewWorkers(0, nil)
	queue.Handle(workers, func(ctx context.Context, args task) error {
		fmt.Println("running", args.Name)
		<-ctx.Done()
		return ctx.Err()
	})
	start(t, queue.Options{Store: s, Workers: workers})
	if err := s.Enqueue(t.Context(), task{"survivor"}); err != nil {
		t.Fatal(err)
	}
	<-t.Context().Done()
}

// Work goes on after kill -9: within 10 seconds on SQLite, within 90 on
// PostgreSQL. The latter waits for its time and runs in the long form alone.
func TestKill(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killed(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), 10*time.Second)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		if os.Getenv("SOAK") == "" {
			t.Skip("takes over a minute: run with SOAK=1")
		}
		killed(t, postgrestest.URL(t), 90*time.Second)
	})
}

func killed(t *testing.T, address string, within time.Duration) {
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
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "running survivor" {
		t.Log(lines.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the victim ended by itself")
	}
	began := time.Now()
	ran := make(chan string, 1)
	workers := queue.NewWorkers(0, nil)
	queue.Handle(workers, func(_ context.Context, args task) error {
		ran <- args.Name
		return nil
	})
	start(t, queue.Options{Store: openStore(t, address), Workers: workers})
	select {
	case <-ran:
		t.Logf("work went on after %v", time.Since(began))
	case <-time.After(within):
		t.Errorf("work did not go on within %v", within)
	}
}

package queue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
	"github.com/switchbackhq/switchback/internal/store/storetest"
)

// everywhere runs a test on both databases.
func everywhere(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, openStore(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, openStore(t, postgrestest.URL(t)))
	})
}

func openStore(t *testing.T, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.Options{Keyring: storetest.Keyring(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := queue.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// start runs a queue until the test ends.
func start(t *testing.T, o queue.Options) *queue.Queue {
	t.Helper()
	q, err := queue.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return q
}

type task struct {
	Name string `json:"name"`
}

func (task) Kind() string { return "task" }

// patience is how long a test waits for something that must happen.
const patience = 30 * time.Second

func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("nothing happened")
		panic("unreachable")
	}
}

// lines is a log that tells of each line with one of the words.
type lines struct {
	mu    sync.Mutex
	text  bytes.Buffer
	told  chan string
	words []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, word := range l.words {
		if bytes.Contains(p, []byte(word)) {
			l.told <- string(p)
		}
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// fateful fails as its name says, most names only the first time.
func fateful(name string, isFirst bool) error {
	cause := errors.New("because")
	switch {
	case name == "permanent":
		return fmt.Errorf("work: %w", fault.Permanent(cause))
	case name == "merchant":
		return fault.NeedsMerchant("sku_unmatched", "SKU A", nil)
	case !isFirst || name == "good":
		return nil
	case name == "retry":
		return cause
	case name == "after":
		return fault.After(100*time.Millisecond, cause)
	case name == "panic":
		panic("1 Main St")
	default:
		var none []int
		_ = none[len(name)]
		return nil
	}
}

func TestFates(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *store.Store) {
		log := &lines{told: make(chan string, 100), words: []string{"job.completed", "job.cancelled", "job.needs_merchant"}}
		workers := queue.NewWorkers(time.Millisecond, slog.New(slog.NewTextHandler(log, nil)))
		var mu sync.Mutex
		runs := map[string]int{}
		first := func(name string) bool {
			mu.Lock()
			defer mu.Unlock()
			runs[name]++
			return runs[name] == 1
		}
		queue.Handle(workers, func(_ context.Context, args task) error { return fateful(args.Name, first(args.Name)) })
		start(t, queue.Options{Store: s, Workers: workers})
		names := []string{"good", "permanent", "merchant", "retry", "after", "panic", "index"}
		var jobs []store.Job
		for _, name := range names {
			jobs = append(jobs, task{name})
		}
		if err := s.Enqueue(t.Context(), jobs...); err != nil {
			t.Fatal(err)
		}
		for range names {
			next(t, log.told)
		}
		mu.Lock()
		defer mu.Unlock()
		want := map[string]int{"good": 1, "permanent": 1, "merchant": 1, "retry": 2, "after": 2, "panic": 2, "index": 2}
		if diff := cmp.Diff(want, runs); diff != "" {
			t.Error(diff)
		}
		text := log.String()
		if strings.Contains(text, "Main St") {
			t.Error("the panic's value was logged")
		}
		for _, part := range []string{
			"level=ERROR msg=job.cancelled", "level=WARN msg=job.needs_merchant", "level=WARN msg=job.failed", "level=INFO msg=job.postponed",
			"job panicked with string", "index out of range", "again_after=100ms",
		} {
			if !strings.Contains(text, part) {
				t.Errorf("the log lacks %q", part)
			}
		}
	})
}

// A job that was running when its process died: here the row such a process
// leaves behind, with the leadership it held.
func TestTakingOverOnSQLite(t *testing.T) {
	t.Parallel()
	s := openStore(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	if _, err := queue.New(queue.Options{Store: s}); err != nil {
		t.Fatal(err)
	}
	if err := s.Enqueue(t.Context(), task{"left running"}, task{"waits for its retry"}); err != nil {
		t.Fatal(err)
	}
	lease, err := s.LeaseOrder(t.Context(), "demo.myshopify.com", "1", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = CURRENT_TIMESTAMP WHERE json_extract(args, '$.name') = 'left running'`,
		`UPDATE river_job SET state = 'retryable', attempt = 1 WHERE json_extract(args, '$.name') <> 'left running'`,
		`INSERT INTO river_leader (elected_at, expires_at, leader_id, name) VALUES (CURRENT_TIMESTAMP, datetime('now', '+1 hour'), 'dead', 'default')`,
	} {
		if _, err := s.SQLite().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	ran := make(chan string, 2)
	workers := queue.NewWorkers(0, nil)
	queue.Handle(workers, func(_ context.Context, args task) error {
		ran <- args.Name
		return nil
	})
	start(t, queue.Options{Store: s, Workers: workers})
	for range 2 {
		next(t, ran)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("work went on after %v, want at most 10s", took)
	}
	if again, err := s.LeaseOrder(t.Context(), "demo.myshopify.com", "1", time.Minute); err != nil || again.Fence <= lease.Fence {
		t.Errorf("the dead process's lease holds: %v", err)
	}
}

// Restarts are no failures of the job they interrupt: it is not discarded, and
// its waits stay those of its own failures.
func TestRestartsCostNoAttempt(t *testing.T) {
	t.Parallel()
	s := openStore(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	if _, err := queue.New(queue.Options{Store: s}); err != nil {
		t.Fatal(err)
	}
	if err := s.Enqueue(t.Context(), task{"interrupted"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SQLite().ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = max_attempts, attempted_at = CURRENT_TIMESTAMP`); err != nil {
		t.Fatal(err)
	}
	ran := make(chan string, 1)
	workers := queue.NewWorkers(0, nil)
	queue.Handle(workers, func(_ context.Context, args task) error {
		var attempt, most int
		if err := s.SQLite().QueryRowContext(t.Context(), `SELECT attempt, max_attempts FROM river_job`).Scan(&attempt, &most); err != nil || attempt != most {
			t.Errorf("attempt %d of %d, want the interrupted one again: %v", attempt, most, err)
		}
		ran <- args.Name
		return nil
	})
	start(t, queue.Options{Store: s, Workers: workers})
	next(t, ran)
}

func TestPeriodicJobs(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *store.Store) {
		ran := make(chan string, 100)
		workers := queue.NewWorkers(0, nil)
		queue.Handle(workers, func(_ context.Context, args task) error {
			ran <- args.Name
			return nil
		})
		start(t, queue.Options{Store: s, Workers: workers, Periodic: []queue.Periodic{queue.Every(time.Second, task{"poll"})}})
		for range 2 {
			if name := next(t, ran); name != "poll" {
				t.Errorf("ran %q", name)
			}
		}
	})
}

func TestStopWaitsForRunningJobs(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *store.Store) {
		began, leave, left := make(chan bool), make(chan bool), make(chan bool, 1)
		workers := queue.NewWorkers(0, nil)
		queue.Handle(workers, func(ctx context.Context, _ task) error {
			began <- true
			<-leave
			left <- ctx.Err() == nil
			return nil
		})
		q := start(t, queue.Options{Store: s, Workers: workers})
		if err := s.Enqueue(t.Context(), task{"slow"}); err != nil {
			t.Fatal(err)
		}
		next(t, began)
		stopped := make(chan error)
		go func() { stopped <- q.Stop(t.Context()) }()
		select {
		case err := <-stopped:
			t.Fatalf("stopped while a job was running: %v", err)
		case leave <- true:
		}
		if !next(t, left) {
			t.Error("the job was told to end although it had time")
		}
		if err := next(t, stopped); err != nil {
			t.Error(err)
		}
	})
}

func TestOneKindHasOneWorker(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a second worker was taken")
		}
	}()
	workers := queue.NewWorkers(0, nil)
	for range 2 {
		queue.Handle(workers, func(context.Context, task) error { return nil })
	}
}

package queue_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// A process that stops hands back what it cannot finish: another one does it at
// once, long before a dead process's jobs would be taken over.
func TestStopHandsBack(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) { t.Parallel(); handsBack(t, postgrestest.URL(t), true) })
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		handsBack(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), false)
	})
}

func handsBack(t *testing.T, address string, shared bool) {
	t.Helper()
	first := openStore(t, address)
	running := make(chan string, 1)
	stuck := queue.NewWorkers(time.Hour, nil)
	queue.Handle(stuck, func(ctx context.Context, args task) error {
		running <- args.Name
		<-ctx.Done()
		return ctx.Err()
	})
	q, err := queue.New(queue.Options{Store: first, Workers: stuck, Finish: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.Enqueue(t.Context(), task{"held"}); err != nil {
		t.Fatal(err)
	}
	next(t, running)

	second := first
	if shared {
		second = openStore(t, address)
	}
	ran := make(chan string, 1)
	able := queue.NewWorkers(time.Hour, nil)
	queue.Handle(able, func(_ context.Context, args task) error { ran <- args.Name; return nil })
	elsewhere := queue.Options{Store: second, Workers: able}
	if shared {
		start(t, elsewhere)
	}
	began := time.Now()
	if err := q.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !shared {
		start(t, elsewhere)
	}
	next(t, ran)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the job went on after %v", took)
	}
}

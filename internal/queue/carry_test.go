package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
)

// heir is a job that puts another into the queue, the last of which may fail.
type heir struct {
	Left  int    `json:"left"`
	Fails bool   `json:"fails"`
	Cause string `json:"cause"`
}

func (heir) Kind() string { return "heir" }

// A mark goes along with a job and with what the job puts into the queue, also
// where several callers share a transaction; others' jobs have none of it.
func TestMarked(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *store.Store) {
		workers := queue.NewWorkers(time.Hour, nil)
		var ended atomic.Int32
		queue.Handle(workers, func(ctx context.Context, args heir) error {
			if args.Left > 0 {
				return s.Enqueue(ctx, heir{args.Left - 1, args.Fails, args.Cause})
			}
			ended.Add(1)
			if args.Fails {
				return errors.New("not now") // and is unfinished for an hour
			}
			return nil
		})
		q, err := queue.New(queue.Options{Store: s, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		var callers sync.WaitGroup
		for n := range 12 {
			ctx := t.Context()
			if n < 3 {
				ctx = queue.Marked(ctx, "ours")
			}
			callers.Go(func() {
				if err := s.Enqueue(ctx, heir{2, n < 6, "test"}); err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
		ours := func() int {
			left, err := q.UnfinishedOf(t.Context(), "ours")
			if err != nil {
				t.Error(err)
			}
			return left
		}
		if n := ours(); n != 3 {
			t.Errorf("%d jobs carry the mark, want 3", n)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error {
			left, err := q.Unfinished(t.Context(), "heir", "test")
			if n := ended.Load(); err == nil && (n != 12 || left != 6) {
				return fmt.Errorf("%d of 12 have ended, %d are unfinished, want 6", n, left)
			}
			return err
		})
		if n := ours(); n != 3 {
			t.Errorf("%d last jobs carry the mark, want 3", n)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

package queue_test

import (
	"context"
	"testing"

	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
)

// single has a field that does not count.
type single struct {
	Name  string `json:"name" river:"unique"`
	Cause string `json:"cause"`
}

func (single) Kind() string { return "single" }
func (single) Once() bool   { return true }

// A job of which one is enough is left out while an equal one is unfinished,
// and comes again after it; other jobs beside it are kept.
func TestOfSomeJobsOneIsEnough(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *store.Store) {
		began, may := make(chan string, 10), make(chan struct{})
		other := make(chan struct{}, 10)
		workers := queue.NewWorkers(0, nil)
		queue.Handle(workers, func(ctx context.Context, job single) error {
			began <- job.Name
			select {
			case <-may:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		queue.Handle(workers, func(context.Context, task) error { other <- struct{}{}; return nil })
		start(t, queue.Options{Store: s, Workers: workers})
		enqueue := func(jobs ...store.Job) {
			t.Helper()
			if err := s.Enqueue(t.Context(), jobs...); err != nil {
				t.Fatal(err)
			}
		}
		enqueue(single{"a", "1"})
		if got := next(t, began); got != "a" {
			t.Fatalf("began %s", got)
		}
		enqueue(single{"a", "2"}, task{"beside"}, task{"beside"}) // left out: the first one runs
		enqueue(single{"b", "1"})
		if got := next(t, began); got != "b" {
			t.Fatalf("began %s, want the other one only", got)
		}
		next(t, other)
		next(t, other)
		close(may)
		// Once the first is finished there may be a new one; until then it is left out.
		for {
			enqueue(single{"a", "3"})
			select {
			case got := <-began:
				if got != "a" {
					t.Fatalf("began %s", got)
				}
				return
			case <-t.Context().Done():
				t.Fatal("never again")
			default:
			}
		}
	})
}

package queue_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
)

// A job is the backlog while it is ready and nobody works on it.
func TestOldest(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *store.Store) {
		workers := queue.NewWorkers(time.Hour, nil)
		queue.Handle(workers, func(context.Context, errand) error { return fault.After(time.Hour, errors.New("later")) })
		q, err := queue.New(queue.Options{Store: s, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if at, err := q.Oldest(t.Context()); err != nil || !at.IsZero() {
			t.Errorf("nothing waits: %v, %v", at, err)
		}
		before := time.Now().Add(-2 * time.Second)
		if err := s.Enqueue(t.Context(), errand{Cause: "a"}, errand{Cause: "b"}); err != nil {
			t.Fatal(err)
		}
		if at, err := q.Oldest(t.Context()); err != nil || at.Before(before) || at.After(time.Now()) {
			t.Errorf("waits since %v, %v", at, err)
		}
	})
}

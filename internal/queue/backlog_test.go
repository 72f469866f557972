package queue_test

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
)

// What waits is counted by kind; how old the inbox is, is told by jobs that a delivery caused.
func TestBacklog(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *store.Store) {
		q, err := queue.New(queue.Options{Store: s})
		if err != nil {
			t.Fatal(err)
		}
		if b, err := q.Backlog(t.Context()); err != nil || len(b.Waiting) != 0 || !b.OldestDelivery.IsZero() {
			t.Fatalf("nothing waits: %+v, %v", b, err)
		}
		before := time.Now().Add(-2 * time.Second)
		if err := s.Enqueue(t.Context(), errand{Cause: "poll:1"}, errand{Cause: "asked"}); err != nil {
			t.Fatal(err)
		}
		b, err := q.Backlog(t.Context())
		if err != nil || !b.OldestDelivery.IsZero() || len(b.Waiting) != 1 {
			t.Fatalf("no delivery waits: %+v, %v", b, err)
		}
		if err := s.Enqueue(t.Context(), errand{Cause: "webhook:1"}); err != nil {
			t.Fatal(err)
		}
		b, err = q.Backlog(t.Context())
		if err != nil || b.OldestDelivery.Before(before) || b.OldestDelivery.After(time.Now()) || len(b.Waiting) != 1 {
			t.Fatalf("a delivery waits: %+v, %v", b, err)
		}
		w := b.Waiting[0]
		if w.Kind != (errand{}).Kind() || w.State != queue.Ready || w.Jobs != 3 || w.Since.Before(before) {
			t.Errorf("waiting: %+v", w)
		}
	})
}

package queue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
)

// errand is a job that says what caused it.
type errand struct {
	Cause string     `json:"cause"`
	Fate  fault.Fate `json:"fate"`
}

func (errand) Kind() string { return "errand" }

func TestUnfinished(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *store.Store) {
		workers := queue.NewWorkers(time.Hour, nil)
		queue.Handle(workers, func(_ context.Context, args errand) error {
			err := errors.New("no")
			switch args.Fate {
			case fault.Retry:
				return err
			case fault.Later:
				return fault.After(time.Hour, err)
			case fault.Dead:
				return fault.Permanent(err)
			case fault.Asks:
				return fault.NeedsMerchant("code", "", err)
			default:
				return nil
			}
		})
		queue.Handle(workers, func(context.Context, task) error { return nil })
		q, err := queue.New(queue.Options{Store: s, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		ask := func(cause string) int {
			n, err := q.Unfinished(t.Context(), errand{}.Kind(), cause)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		jobs := []store.Job{errand{"b", fault.None}, task{"a"}}
		for _, fate := range []fault.Fate{fault.None, fault.Retry, fault.Later, fault.Dead, fault.Asks} {
			jobs = append(jobs, errand{"a", fate})
		}
		if err := s.Enqueue(t.Context(), jobs...); err != nil {
			t.Fatal(err)
		}
		if a, b, c := ask("a"), ask("b"), ask("c"); a != 5 || b != 1 || c != 0 {
			t.Errorf("waiting: %d, %d, %d", a, b, c)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		// What is to be tried again, at once or later, is unfinished; the others are done with.
		eventually(t, func() error {
			if a, b := ask("a"), ask("b"); a != 2 || b != 0 {
				return fmt.Errorf("%d and %d are unfinished, want 2 and 0", a, b)
			}
			return nil
		})
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// eventually asks again until there is no error.
func eventually(t *testing.T, holds func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for {
		err := holds()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-ticks.C:
		}
	}
}

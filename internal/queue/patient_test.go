package queue_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/switchbackhq/switchback/internal/queue"
)

type patient struct {
	Name string `json:"name"`
}

func (patient) Kind() string  { return "patient" }
func (patient) Patient() bool { return true }

// A backlog lets what happens now go first.
func TestAPatientJobLetsOthersGoFirst(t *testing.T) {
	t.Parallel()
	s := openStore(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	ran := make(chan string, 4)
	workers := queue.NewWorkers(0, nil)
	queue.Handle(workers, func(_ context.Context, job patient) error { ran <- job.Name; return nil })
	queue.Handle(workers, func(_ context.Context, job task) error { ran <- job.Name; return nil })
	q, err := queue.New(queue.Options{Store: s, Workers: workers, AtOnce: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Enqueue(t.Context(), patient{"third"}, task{"first"}, patient{"fourth"}, task{"second"}); err != nil {
		t.Fatal(err)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"first", "second", "third", "fourth"} {
		if got := next(t, ran); got != want {
			t.Errorf("%s ran, want %s", got, want)
		}
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

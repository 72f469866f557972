package queue_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// parcel is a job of a shop.
type parcel struct {
	Shop string `json:"shop"`
	N    int    `json:"n"`
	// Backlog tells that others may go first.
	Backlog bool `json:"backlog,omitempty"`
}

func (parcel) Kind() string    { return "parcel" }
func (p parcel) Patient() bool { return p.Backlog }

// One shop's flood delays neither a quiet shop nor one with a hundred jobs, also
// where all of these are a backlog.
func TestAFloodDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "x.db") },
		"postgres": func(t *testing.T) string { return postgrestest.URL(t) },
	} {
		for kind, backlog := range map[string]bool{"deliveries": false, "backlog": true} {
			t.Run(name+" "+kind, func(t *testing.T) { t.Parallel(); flooded(t, openStore(t, address(t)), backlog) })
		}
	}
}

func flooded(t *testing.T, s *store.Store, backlog bool) {
	t.Helper()
	const flood, busy, quiet = 3000, 100, 10
	done := make(chan parcel, flood+busy+quiet)
	workers := queue.NewWorkers(0, nil)
	queue.Handle(workers, func(ctx context.Context, p parcel) error {
		select { // a call of a platform
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		done <- p
		return nil
	})
	q, err := queue.New(queue.Options{Store: s, Workers: workers, Finish: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	put := func(shop string, from, to int) {
		var jobs []store.Job
		for n := range to - from {
			jobs = append(jobs, parcel{shop, from + n, backlog})
		}
		if err := s.Enqueue(t.Context(), jobs...); err != nil {
			t.Fatal(err)
		}
	}
	for n := 0; n < flood; n += 100 {
		put("flooded", n, n+100)
	}
	put("busy", 0, busy)
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	of := map[string]int{}
	var delays []time.Duration
	for n := range quiet {
		put("quiet", n, n+1)
		put("flooded", flood+10*n, flood+10*n+10) // it goes on
		asked := time.Now()
		for {
			p := next(t, done)
			if of[p.Shop]++; p.Shop == "quiet" {
				break
			}
		}
		delays = append(delays, time.Since(asked))
	}
	for of["busy"] < busy {
		of[next(t, done).Shop]++
	}
	slices.Sort(delays)
	t.Logf("quiet jobs took %v at most, %v in the middle; the busy shop's %d were done beside %d of the flood",
		slices.Max(delays), delays[len(delays)/2], busy, of["flooded"])
	if slowest := slices.Max(delays); slowest > 3*time.Second {
		t.Errorf("a quiet shop waited %v", slowest)
	}
	if of["flooded"] > flood*2/3 {
		t.Errorf("the busy shop waited for %d of the flood's jobs", of["flooded"])
	}
}

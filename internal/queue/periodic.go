package queue

import (
	"time"

	"github.com/riverqueue/river"

	"github.com/switchbackhq/switchback/internal/store"
)

// Periodic is a job that comes again and again.
type Periodic struct {
	every time.Duration
	job   store.Job
}

// Every starts job when the queue starts and then every d. While one is
// waiting, running or to be retried no second one of the same kind and
// arguments is added. The kind is a Periodic's name: one per kind.
func Every(d time.Duration, job store.Job) Periodic { return Periodic{every: d, job: job} }

func (p Periodic) river() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(p.every), func() (river.JobArgs, *river.InsertOpts) {
		return p.job, &river.InsertOpts{UniqueOpts: unfinished()}
	}, &river.PeriodicJobOpts{ID: p.job.Kind(), RunOnStart: true})
}

// unfinished makes a job unique by kind and arguments while it is in any but a final state.
func unfinished() river.UniqueOpts {
	unique := river.UniqueOpts{ByArgs: true}
	// The type's name is River's own.
	unique.ByState = append(unique.ByState, "available", "pending", "retryable", "running", "scheduled")
	return unique
}

package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/store/db"
)

// Group commit. A commit costs one sync of the disk whatever it holds, and a
// disk syncs a few thousand times a second. So deliveries that arrive while one
// transaction is being synced share the next: one goroutine takes a delivery,
// adds whatever else waits by then and commits them together. There is no
// timer: a lone delivery is committed at once.
//
// The channel is first in, first out, which the waiting for a database/sql
// connection is not; under load the slowest delivery would starve there.
const (
	intakeRoom  = 1024
	intakeBatch = 256
	// intakeTimeout bounds one commit: TikTok waits three seconds for an answer.
	intakeTimeout = 2500 * time.Millisecond
)

// ErrBusy is returned for a delivery that came when too many were waiting; the platform delivers it again.
var ErrBusy = errors.New("too many deliveries are waiting")

// delivery is one event on its way into the database.
type delivery struct {
	ctx  context.Context // the request's: a sender that gave up is not served
	row  db.AddEventParams
	jobs []Job
	// fresh is for the committing goroutine, until it sends the outcome.
	fresh   bool
	outcome chan outcome
}

type outcome struct {
	fresh bool
	err   error
}

type intake struct {
	waiting chan *delivery
	stop    chan struct{}
	stopped chan struct{}
	keep    func(context.Context, []*delivery) error
}

func startIntake(keep func(context.Context, []*delivery) error) *intake {
	in := &intake{
		waiting: make(chan *delivery, intakeRoom),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
		keep:    keep,
	}
	go in.run()
	return in
}

// close commits nothing more; it returns when the last commit is over.
func (in *intake) close() {
	close(in.stop)
	<-in.stopped
}

// receive hands d over and waits for its commit, at most as long as its context.
func (in *intake) receive(d *delivery) (bool, error) {
	select {
	case <-in.stop:
		return false, ErrClosed
	default:
	}
	select {
	case in.waiting <- d:
	default:
		return false, ErrBusy
	}
	select {
	case out := <-d.outcome:
		return out.fresh, out.err
	case <-d.ctx.Done():
		return false, d.ctx.Err()
	case <-in.stopped:
	}
	// It may have been the last one to be committed.
	select {
	case out := <-d.outcome:
		return out.fresh, out.err
	default:
		return false, ErrClosed
	}
}

func (in *intake) run() {
	defer close(in.stopped)
	batch := make([]*delivery, 0, intakeBatch)
	for {
		select {
		case <-in.stop:
			return
		case d := <-in.waiting:
			batch = in.gather(append(batch[:0], d))
			in.commit(batch)
			clear(batch) // else a payload stays in memory until its place is used again
		}
	}
}

// gather adds what is waiting now.
func (in *intake) gather(batch []*delivery) []*delivery {
	for len(batch) < intakeBatch {
		select {
		case d := <-in.waiting:
			batch = append(batch, d)
		default:
			return batch
		}
	}
	return batch
}

// commit keeps the batch in one transaction. If that fails each delivery gets a
// transaction of its own, so that one that cannot be kept does not take its
// neighbors with it. If the database is away all fail at once.
func (in *intake) commit(batch []*delivery) {
	live := wanted(batch)
	err := in.try(live)
	if err == nil || len(live) == 1 || away(err) {
		answer(live, err)
		return
	}
	for n, d := range live {
		if d.ctx.Err() != nil {
			continue
		}
		err := in.try(live[n : n+1])
		if away(err) {
			answer(live[n:], err)
			return
		}
		answer(live[n:n+1], err)
	}
}

// try keeps the batch within the time that an answer may take.
func (in *intake) try(batch []*delivery) error {
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), intakeTimeout)
	defer cancel()
	return in.keep(ctx, batch)
}

// wanted are the deliveries whose senders still wait; the others have gone
// without an answer and will deliver again.
func wanted(batch []*delivery) []*delivery {
	return slices.DeleteFunc(batch, func(d *delivery) bool { return d.ctx.Err() != nil })
}

// away tells whether trying the next delivery is pointless.
func away(err error) bool {
	return errors.Is(err, errNotBegun) || errors.Is(err, context.DeadlineExceeded)
}

func answer(batch []*delivery, err error) {
	for _, d := range batch {
		d.outcome <- outcome{fresh: d.fresh && err == nil, err: err}
	}
}

// keepEvents is the transaction of a batch: the new events and their jobs.
func (s *Store) keepEvents(ctx context.Context, batch []*delivery) error {
	return s.within(ctx, func(q *db.Queries) ([]Job, error) {
		var jobs []Job
		for _, d := range batch {
			rows, err := q.AddEvent(ctx, d.row)
			if err != nil {
				return nil, fmt.Errorf("add event: %w", err)
			}
			if d.fresh = rows == 1; d.fresh {
				jobs = append(jobs, d.jobs...)
			}
		}
		return jobs, nil
	})
}

package store

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/switchbackhq/switchback/internal/store/db"
)

// Group commit. A commit costs one sync of the disk whatever it holds, and a
// disk syncs a few hundred to a few thousand times a second. So units of work
// that arrive while one transaction is being synced share the next: one
// goroutine takes a unit, adds whatever else waits by then and commits them
// together. There is no timer: a lone unit is committed at once.
//
// Each unit has a savepoint, so that one that fails leaves its neighbors alone.
//
// On SQLite, which has one writer, every unit comes this way. On PostgreSQL
// deliveries do; other units have connections of their own.
//
// The channel is first in, first out, which the waiting for a database/sql
// connection is not; under load the slowest unit would starve there.
const (
	commitRoom  = 1024
	commitBatch = 256
	// commitTimeout bounds one transaction, as long as the longest job.
	commitTimeout = 30 * time.Second
)

// ErrBusy is returned for a delivery that came when too many were waiting; the platform delivers it again.
var ErrBusy = errors.New("too many deliveries are waiting")

// unit is a unit of work on its way into the database.
type unit struct {
	ctx  context.Context // the caller's: one who gave up is not served
	work func(*db.Queries) ([]Job, error)
	// delivery marks the one statement that keeps an event. It needs no savepoint,
	// because a statement undoes itself, and is turned away rather than kept waiting
	// when there are too many.
	delivery bool
	claimed  atomic.Bool
	// err is the unit's own, failed that of its transaction; to be read once done is closed.
	err, failed error
	done        chan struct{}
}

func newUnit(ctx context.Context, work func(*db.Queries) ([]Job, error)) *unit {
	return &unit{ctx: ctx, work: work, done: make(chan struct{})}
}

// claim decides, once, between the committing goroutine and a caller who gives up.
func (u *unit) claim() bool { return u.claimed.CompareAndSwap(false, true) }

type commits struct {
	waiting chan *unit
	stop    chan struct{}
	stopped chan struct{}
	commit  func(context.Context, []*unit) error
}

func startCommits(commit func(context.Context, []*unit) error) *commits {
	c := &commits{
		waiting: make(chan *unit, commitRoom),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
		commit:  commit,
	}
	go c.run()
	return c
}

// close commits nothing more; it returns when the last commit is over.
func (c *commits) close() {
	close(c.stop)
	<-c.stopped
}

// do hands u over and waits for its commit. When u's context ends first nothing
// of u is kept, unless it is being committed already: then its outcome counts.
// Only a delivery whose time is up is given up even so, its outcome unknown: the
// platform must hear in time, and one that was kept is known when it comes again.
func (c *commits) do(u *unit) error {
	select {
	case <-c.stop:
		return ErrClosed
	default:
	}
	if err := c.queue(u); err != nil {
		return err
	}
	select {
	case <-u.done:
		return u.failed
	case <-u.ctx.Done():
		if u.claim() || u.delivery && errors.Is(u.ctx.Err(), context.DeadlineExceeded) {
			return u.ctx.Err()
		}
	case <-c.stopped:
		if u.claim() {
			return ErrClosed
		}
	}
	<-u.done
	return u.failed
}

func (c *commits) queue(u *unit) error {
	if u.delivery {
		select {
		case c.waiting <- u:
			return nil
		default:
			return ErrBusy
		}
	}
	select {
	case c.waiting <- u:
		return nil
	case <-u.ctx.Done():
		return u.ctx.Err()
	case <-c.stopped:
		return ErrClosed
	}
}

func (c *commits) run() {
	defer close(c.stopped)
	batch := make([]*unit, 0, commitBatch)
	for {
		select {
		case <-c.stop:
			return
		case u := <-c.waiting:
			batch = c.gather(append(batch[:0], u))
			c.settle(batch)
			clear(batch) // else a payload stays in memory until its place is used again
		}
	}
}

// gather adds what is waiting now.
func (c *commits) gather(batch []*unit) []*unit {
	for len(batch) < commitBatch {
		select {
		case u := <-c.waiting:
			batch = append(batch, u)
		default:
			return batch
		}
	}
	return batch
}

// settle commits the batch, without those whose callers have gone. If the
// transaction as a whole fails each unit gets one of its own, so that one that
// cannot be kept does not take its neighbors with it. If the database is away
// all fail at once.
func (c *commits) settle(batch []*unit) {
	live := wanted(batch)
	err := c.try(live)
	if err == nil || len(live) == 1 || away(err) {
		finish(live, err)
		return
	}
	for n := range live {
		err := c.try(live[n : n+1])
		if away(err) {
			finish(live[n:], err)
			return
		}
		finish(live[n:n+1], err)
	}
}

// try commits the batch. Its error is the transaction's; a unit's own is in the unit.
func (c *commits) try(batch []*unit) error {
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	return c.commit(ctx, batch)
}

// wanted are the units whose callers still wait; the others have gone, and
// nothing of theirs may be kept.
func wanted(batch []*unit) []*unit {
	return slices.DeleteFunc(batch, func(u *unit) bool { return u.ctx.Err() != nil || !u.claim() })
}

// away tells whether trying the next unit is pointless.
func away(err error) bool {
	return errors.Is(err, errNotBegun) || errors.Is(err, context.DeadlineExceeded)
}

// finish tells the callers what became of their transaction.
func finish(batch []*unit, err error) {
	for _, u := range batch {
		u.failed = err
		close(u.done)
	}
}

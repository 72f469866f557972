package queue

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/switchbackhq/switchback/internal/store"
)

const (
	jobTimeout  = 30 * time.Second
	rescueAfter = 40 * time.Second // more than a job may last, or a living one would run twice
	maxAttempts = 48
	// fetchCooldown bounds throughput to jobs-at-once per cooldown; River's own 100 ms is far too much.
	fetchCooldown = 10 * time.Millisecond
	// fetchPoll finds jobs whose short wait is over.
	fetchPoll = 250 * time.Millisecond
	// defaultAtOnce suits jobs that mostly wait for a platform.
	defaultAtOnce = 20
	// softStop is how long running jobs may finish, hardStop how long they get to notice that they must stop.
	softStop = 20 * time.Second
	hardStop = 5 * time.Second
)

// Options are what a queue needs.
type Options struct {
	// Store is the open and migrated store; the queue becomes its JobInserter.
	Store *store.Store
	// Workers are the methods that do the jobs; nil gives a queue that only takes jobs.
	Workers *Workers
	// AtOnce is how many jobs run at a time, and how many more of shops that have
	// many waiting; 0 means 20.
	AtOnce int
	// Finish is how long running jobs may go on once Stop is called; 0 means 20 seconds.
	Finish time.Duration
	// Periodic jobs are started again and again by one of the processes.
	Periodic []Periodic
	// Carry, where set, gives what else goes along with jobs that are put into the queue under a context.
	Carry func(ctx context.Context) map[string]string
	// Logger gets River's warnings; nil means silence.
	Logger *slog.Logger
}

// Queue takes jobs and, once started, runs them.
type Queue struct {
	store  *store.Store
	client client
	insert func(ctx context.Context, conn *sql.Conn, tx *sql.Tx, jobs []river.InsertManyParams) error
	crowd  *crowd
	carry  func(ctx context.Context) map[string]string
	finish time.Duration
	// running is true from Start to Stop.
	running atomic.Bool
}

// client is what both of River's clients can do.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// New is a queue on the store's database. It also hands itself to the store.
func New(o Options) (*Queue, error) {
	config := config(o)
	q := &Queue{store: o.Store, crowd: newCrowd(o.Store), carry: o.Carry, finish: cmp.Or(o.Finish, softStop)}
	if pool := o.Store.Postgres(); pool != nil {
		c, err := river.NewClient(riverpgxv5.New(pool), config)
		if err != nil {
			return nil, fmt.Errorf("set up queue: %w", err)
		}
		q.client = c
		q.insert = func(ctx context.Context, conn *sql.Conn, _ *sql.Tx, jobs []river.InsertManyParams) error {
			return withPGX(conn, func(tx pgx.Tx) error { return insertMany(ctx, c, tx, jobs) })
		}
	} else {
		c, err := river.NewClient(riversqlite.New(o.Store.SQLite()), config)
		if err != nil {
			return nil, fmt.Errorf("set up queue: %w", err)
		}
		q.client = c
		q.insert = func(ctx context.Context, _ *sql.Conn, tx *sql.Tx, jobs []river.InsertManyParams) error {
			return insertMany(ctx, c, tx, jobs)
		}
	}
	o.Store.HandJobsTo(q)
	return q, nil
}

func config(o Options) *river.Config {
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	c := &river.Config{
		Logger: slog.New(warnings{logger.Handler()}), MaxAttempts: maxAttempts,
		FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll, JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter,
	}
	if o.Workers == nil {
		return c
	}
	atOnce := o.AtOnce
	if atOnce == 0 {
		atOnce = defaultAtOnce
	}
	c.Workers = o.Workers.river
	c.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}, crowded: {MaxWorkers: atOnce}}
	for _, p := range o.Periodic {
		c.PeriodicJobs = append(c.PeriodicJobs, p.river())
	}
	return c
}

// InsertJobs puts jobs into a transaction of the store. They run once it is
// committed and are gone when it is not. A job whose method Once says so is left
// out while an equal one is unfinished; others are not unique: what must happen
// once is the ledger's concern. A job whose method Patient says so lets its
// shop's others go first, and a shop with many jobs lets the other shops.
func (q *Queue) InsertJobs(ctx context.Context, conn *sql.Conn, tx *sql.Tx, jobs []store.Job) error {
	params := make([]river.InsertManyParams, len(jobs))
	ahead := map[string]int{}
	for n, job := range jobs {
		job, metadata, err := unwrap(job)
		if err != nil {
			return err
		}
		single, ok := job.(interface{ Once() bool })
		once := ok && single.Once()
		waits, ok := job.(interface{ Patient() bool })
		patient := ok && waits.Patient() && !once
		queue, priority, err := q.crowd.place(ctx, tx, ahead, job, patient)
		if err != nil {
			return fmt.Errorf("insert %d jobs: %w", len(jobs), err)
		}
		opts := &river.InsertOpts{Queue: queue, Priority: priority, Metadata: metadata}
		if once {
			opts.UniqueOpts = unfinished()
		}
		params[n] = river.InsertManyParams{Args: job, InsertOpts: opts}
	}
	return q.insert(ctx, conn, tx, params)
}

func insertMany[T any](ctx context.Context, c *river.Client[T], tx T, jobs []river.InsertManyParams) error {
	// The fast way fails where a unique job is there already, the other leaves it out.
	insert := func() error { _, err := c.InsertManyFastTx(ctx, tx, jobs); return err }
	if slices.ContainsFunc(jobs, func(job river.InsertManyParams) bool {
		return job.InsertOpts.UniqueOpts.ByArgs
	}) {
		insert = func() error { _, err := c.InsertManyTx(ctx, tx, jobs); return err }
	}
	if err := insert(); err != nil {
		return fmt.Errorf("insert %d jobs: %w", len(jobs), err)
	}
	return nil
}

// Start begins to run jobs; it returns at once. On SQLite, where this process
// owns the database, whatever a predecessor was doing is free to be done again.
// Jobs do not end with ctx but with Stop.
func (q *Queue) Start(ctx context.Context) error {
	if writer := q.store.SQLite(); writer != nil {
		if err := q.takeOver(ctx, writer); err != nil {
			return fmt.Errorf("take over jobs: %w", err)
		}
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start queue: %w", err)
	}
	q.running.Store(true)
	return nil
}

var errNotRunning = errors.New("the queue runs no jobs: it was not started, or is stopping")

// Ready fails while no jobs are run or the queue's tables cannot be read.
func (q *Queue) Ready(ctx context.Context) error {
	if !q.running.Load() {
		return errNotRunning
	}
	var n int
	if err := q.store.Reader().QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM river_job LIMIT 1) AS any_job`).Scan(&n); err != nil {
		return fmt.Errorf("read the queue: %w", err)
	}
	return nil
}

// takeOver ends what only a dead process can have left behind: running jobs,
// leases, and River's leadership, which would otherwise keep retries waiting.
// An attempt that the process cut short does not count: else each restart would
// double a job's next wait, and a job that met enough of them would be discarded.
func (q *Queue) takeOver(ctx context.Context, writer *sql.DB) error {
	_, err := writer.ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0) WHERE state = 'running'`)
	if err != nil {
		return fmt.Errorf("free running jobs: %w", err)
	}
	if _, err := writer.ExecContext(ctx, `DELETE FROM river_leader`); err != nil {
		return fmt.Errorf("free leadership: %w", err)
	}
	return q.store.VoidLeases(ctx)
}

// Stop takes up no more jobs and waits for the running ones, which are told to
// end after 20 seconds; it returns within 25. A job that ends because it was told
// to is free at once for another process, and the attempt does not count.
func (q *Queue) Stop(ctx context.Context) error {
	q.running.Store(false)
	soft, cancel := context.WithTimeout(ctx, q.finish)
	defer cancel()
	if err := q.client.Stop(soft); err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), hardStop)
	defer cancel()
	if err := q.client.StopAndCancel(hard); err != nil {
		return errors.Join(errors.New("jobs are still running"), err)
	}
	return nil
}

// warnings lets River's warnings through and nothing below: what becomes of a
// job is logged here, once.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

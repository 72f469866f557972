package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Job is what the queue can run: a value that encodes as JSON, under a frozen name.
type Job = interface{ Kind() string }

// JobInserter puts jobs into a transaction of the store. Both the connection
// and its transaction are given, because PostgreSQL's driver is reached through
// the connection alone. Package queue is one.
type JobInserter interface {
	InsertJobs(ctx context.Context, conn *sql.Conn, tx *sql.Tx, jobs []Job) error
}

// errNotBegun marks a transaction that could not even begin.
var errNotBegun = errors.New("begin transaction")

// within runs work in one transaction, adds the jobs and the timeline entries
// that wait in the context, and commits. Nothing of it remains after an error. The work must use the given queries alone: on
// SQLite the transaction holds the only writing connection. It may be run again
// when a transaction that it shared with others failed.
func (s *Store) within(ctx context.Context, work func(*db.Queries) ([]Job, error)) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	story := timeline.Take(ctx)
	err := s.do(newUnit(ctx, func(q *db.Queries) ([]Job, error) {
		if err := s.tell(ctx, q, story); err != nil {
			return nil, fmt.Errorf("append to timeline: %w", err)
		}
		return work(q)
	}))
	if err != nil {
		timeline.Add(ctx, story...)
	}
	return err
}

func (s *Store) do(u *unit) error {
	if s.pool == nil {
		return s.share(u)
	}
	if err := s.commit(u.ctx, []*unit{u}); err != nil {
		return err
	}
	return u.outcome()
}

// share commits u together with whatever else waits for a commit.
func (s *Store) share(u *unit) error {
	if err := s.commits.do(u); err != nil {
		return err
	}
	return u.outcome()
}

// outcome is the unit's own error. Its panic goes on where its caller expects it.
func (u *unit) outcome() error {
	if fell, ok := errors.AsType[panicked](u.err); ok {
		panic(fell.value)
	}
	return u.err
}

// commit runs the units in one transaction, each for itself, and adds their
// jobs. A unit that fails leaves nothing behind and holds its error; the error
// returned is the transaction's, of which nothing remains then.
func (s *Store) commit(ctx context.Context, batch []*unit) (err error) {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotBegun, err)
	}
	defer func() { _ = conn.Close() }() // after a commit nothing can be lost here
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotBegun, err)
	}
	defer func() { _ = tx.Rollback() }() // says "done" after a commit; otherwise the first error counts
	q := db.New(steady{tx, ctx})
	var jobs []Job
	for _, u := range batch {
		more, err := u.run(ctx, tx, q, len(batch) == 1)
		if err != nil {
			return err
		}
		jobs = append(jobs, s.loaded(u, more)...)
	}
	if len(batch) == 1 && batch[0].err != nil {
		return nil // and roll back
	}
	if err := s.insertJobs(ctx, conn, tx, jobs); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// run does the unit's work in a transaction that may be shared.
func (u *unit) run(ctx context.Context, tx *sql.Tx, q *db.Queries, alone bool) ([]Job, error) {
	if alone || u.delivery {
		jobs, err := u.attempt(q)
		u.err = err
		if alone {
			return jobs, nil
		}
		return jobs, err
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT unit"); err != nil {
		return nil, fmt.Errorf("set savepoint: %w", err)
	}
	jobs, err := u.attempt(q)
	if u.err = err; err != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO unit"); err != nil {
			return nil, fmt.Errorf("return to savepoint: %w", err)
		}
		jobs = nil
	}
	if _, err := tx.ExecContext(ctx, "RELEASE unit"); err != nil {
		return nil, fmt.Errorf("release savepoint: %w", err)
	}
	return jobs, nil
}

// attempt turns a panic into an error: it is its caller's, not the committing goroutine's.
func (u *unit) attempt(q *db.Queries) (jobs []Job, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicked{value}
		}
	}()
	return u.work(q)
}

type panicked struct{ value any }

func (panicked) Error() string { return "panicked" }

// steady gives every statement the transaction's context in place of its
// caller's: SQLite undoes the whole transaction, and so the neighbors' work,
// when a statement is interrupted.
type steady struct {
	*sql.Tx
	ctx context.Context
}

func (s steady) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	return s.Tx.ExecContext(s.ctx, query, args...)
}

func (s steady) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.Tx.QueryContext(s.ctx, query, args...)
}

func (s steady) QueryRowContext(_ context.Context, query string, args ...any) *sql.Row {
	return s.Tx.QueryRowContext(s.ctx, query, args...)
}

// change is within for work that needs no job.
func (s *Store) change(ctx context.Context, work func(*db.Queries) error) error {
	return s.within(ctx, func(q *db.Queries) ([]Job, error) { return nil, work(q) })
}

func (s *Store) insertJobs(ctx context.Context, conn *sql.Conn, tx *sql.Tx, jobs []Job) error {
	switch {
	case len(jobs) == 0:
		return nil
	case s.jobs == nil:
		return errors.New("insert jobs: the store was given no queue")
	}
	if err := s.jobs.InsertJobs(ctx, conn, tx, jobs); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	return nil
}

// Enqueue puts jobs into the queue that belong to no other change.
func (s *Store) Enqueue(ctx context.Context, jobs ...Job) error {
	return s.within(ctx, func(*db.Queries) ([]Job, error) { return jobs, nil })
}

// one turns "no row" into the caller's word for it.
func one(err, none error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return none
	}
	return err
}

// touched turns "no row was changed" into the caller's word for it.
func touched(rows int64, err, none error) error {
	if err == nil && rows == 0 {
		return none
	}
	return err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/store/db"
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

// within runs work in one transaction, adds the jobs to it and commits. Nothing
// of it remains after an error. The work must use the given queries alone: on
// SQLite the transaction holds the only writing connection.
func (s *Store) within(ctx context.Context, work func(*db.Queries) ([]Job, error)) (err error) {
	if s.writer == nil {
		return ErrReadOnly
	}
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
	jobs, err := work(s.write.WithTx(tx))
	if err != nil {
		return err
	}
	if err := s.insertJobs(ctx, conn, tx, jobs); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
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

package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/switchbackhq/switchback/internal/store"
)

// Move copies a SQLite database with its jobs to an empty PostgreSQL one, whole
// or not at all. Jobs that are done with stay behind. Both databases must have
// been migrated, and no process may run on the source.
func Move(ctx context.Context, from, to *store.Store) ([]store.Moved, error) {
	return from.MoveTo(ctx, to, func(ctx context.Context, tx pgx.Tx) (store.Moved, error) {
		n, err := moveJobs(ctx, from, tx)
		if err != nil {
			return store.Moved{}, fmt.Errorf("move jobs: %w", err)
		}
		return store.Moved{Table: "jobs", Rows: n}, nil
	})
}

// job is a row of River's as both databases can say it. What unique_states holds
// as a number on SQLite are the same bits on PostgreSQL.
type job struct {
	args, kind, metadata, queue, state, tags string
	attempt, most, priority                  int
	created, scheduled                       int64
	key                                      []byte
	states                                   *int64
}

const (
	// An attempt that was cut short does not count; see takeOver.
	readJobs = `SELECT json(args), kind, json(metadata), queue, CASE state WHEN 'running' THEN 'available' ELSE state END, json(tags),
		CASE state WHEN 'running' THEN max(attempt - 1, 0) ELSE attempt END, max_attempts, priority,
		CAST(strftime('%s', created_at) AS INTEGER), CAST(strftime('%s', scheduled_at) AS INTEGER), unique_key, unique_states
		FROM river_job WHERE ` + movable + ` ORDER BY id`
	movable  = `state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`
	writeJob = `INSERT INTO river_job (args, kind, metadata, queue, state, tags, attempt, max_attempts, priority, created_at, scheduled_at, unique_key, unique_states)
		VALUES ($1::jsonb, $2, $3::jsonb, $4, $5::river_job_state, ARRAY(SELECT jsonb_array_elements_text($6::jsonb)), $7, $8, $9, $10, $11, $12, $13::bigint::bit(8))`
	// atATime is how many jobs are sent to PostgreSQL together.
	atATime = 500
)

func moveJobs(ctx context.Context, from *store.Store, tx pgx.Tx) (moved int64, err error) {
	var there bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM river_job)`).Scan(&there); err != nil {
		return 0, err
	}
	if there {
		return 0, store.ErrNotEmpty
	}
	rows, err := from.Reader().QueryContext(ctx, readJobs)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	batch := &pgx.Batch{}
	for rows.Next() {
		var j job
		if err := rows.Scan(&j.args, &j.kind, &j.metadata, &j.queue, &j.state, &j.tags, &j.attempt, &j.most, &j.priority,
			&j.created, &j.scheduled, &j.key, &j.states); err != nil {
			return 0, err
		}
		batch.Queue(writeJob, j.args, j.kind, j.metadata, j.queue, j.state, j.tags, j.attempt, j.most, j.priority,
			time.Unix(j.created, 0), time.Unix(j.scheduled, 0), j.key, j.states)
		if batch.Len() == atATime {
			if err := tx.SendBatch(ctx, batch).Close(); err != nil {
				return 0, err
			}
			batch = &pgx.Batch{}
		}
		moved++
	}
	if err := errors.Join(rows.Err(), tx.SendBatch(ctx, batch).Close()); err != nil {
		return 0, err
	}
	var before, after int64
	if err := errors.Join(
		from.Reader().QueryRowContext(ctx, `SELECT count(*) FROM river_job WHERE `+movable).Scan(&before),
		tx.QueryRow(ctx, `SELECT count(*) FROM river_job`).Scan(&after)); err != nil {
		return 0, err
	}
	if before != after || moved != after {
		return 0, fmt.Errorf("%d jobs became %d", before, after)
	}
	return moved, nil
}

package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Ready is the state of a job that could run and waits for a worker.
const Ready = "available"

// mostCounted bounds what Backlog looks at of each state.
const mostCounted = 10000

// Backlog is what the queue holds.
type Backlog struct {
	// OldestDelivery is when the oldest delivery came whose job is not done; zero when none.
	OldestDelivery time.Time
	Waiting        []Waiting
}

// Waiting are the jobs of one kind in one state.
type Waiting struct {
	Kind, State string
	Jobs        int
	// Since is when the first of them was to run.
	Since time.Time
}

// Backlog counts what is not done, by kind and state. Of each state it looks at
// ten thousand jobs and no more. A job came with a delivery when its arguments'
// cause begins with "webhook:".
func (q *Queue) Backlog(ctx context.Context) (Backlog, error) {
	seconds, cause := `CAST(strftime('%%s', %s) AS BIGINT)`, `json_extract(args, '$.cause')`
	if q.store.Postgres() != nil {
		seconds, cause = `CAST(floor(extract(epoch FROM %s)) AS BIGINT)`, `args->>'cause'`
	}
	query := `SELECT kind, count(*), ` + fmt.Sprintf(seconds, `min(scheduled_at)`) + `, ` +
		fmt.Sprintf(seconds, `min(created_at) FILTER (WHERE `+cause+` LIKE 'webhook:%')`) +
		` FROM (SELECT kind, scheduled_at, created_at, args FROM river_job WHERE state = $1 LIMIT $2) AS found GROUP BY kind ORDER BY kind`
	var b Backlog
	for _, state := range []string{Ready, "running", "retryable", "scheduled"} {
		if err := q.waiting(ctx, &b, query, state); err != nil {
			return Backlog{}, fmt.Errorf("count %s jobs: %w", state, err)
		}
	}
	return b, nil
}

func (q *Queue) waiting(ctx context.Context, b *Backlog, query, state string) (err error) {
	rows, err := q.store.Reader().QueryContext(ctx, query, state, mostCounted)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		w := Waiting{State: state}
		var since, delivered sql.NullInt64
		if err := rows.Scan(&w.Kind, &w.Jobs, &since, &delivered); err != nil {
			return err
		}
		w.Since = time.Unix(since.Int64, 0)
		b.Waiting = append(b.Waiting, w)
		if came := time.Unix(delivered.Int64, 0); delivered.Valid && (b.OldestDelivery.IsZero() || came.Before(b.OldestDelivery)) {
			b.OldestDelivery = came
		}
	}
	return rows.Err()
}

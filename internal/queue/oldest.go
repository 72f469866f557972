package queue

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Oldest is since when the job has been ready that has waited longest for a
// worker; zero when none waits. Jobs that are to run later do not count.
func (q *Queue) Oldest(ctx context.Context) (time.Time, error) {
	const ready = ` FROM river_job WHERE state = 'available'`
	var at sql.NullInt64
	var err error
	if pool := q.store.Postgres(); pool != nil {
		err = pool.QueryRow(ctx, `SELECT floor(extract(epoch FROM min(scheduled_at)))::bigint`+ready).Scan(&at)
	} else {
		err = q.store.SQLite().QueryRowContext(ctx, `SELECT CAST(strftime('%s', min(scheduled_at)) AS INTEGER)`+ready).Scan(&at)
	}
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("find the oldest job: %w", err)
	case !at.Valid:
		return time.Time{}, nil
	}
	return time.Unix(at.Int64, 0), nil
}

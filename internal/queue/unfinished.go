package queue

import (
	"context"
	"fmt"
)

// Unfinished counts the jobs of a kind whose arguments name that cause (a text
// under the key "cause") and that are not done with: waiting, running, or to be
// tried again.
func (q *Queue) Unfinished(ctx context.Context, kind, cause string) (int, error) {
	const unfinished = ` FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') AND kind = $1 AND `
	var n int
	var err error
	if pool := q.store.Postgres(); pool != nil {
		err = pool.QueryRow(ctx, `SELECT count(*)`+unfinished+`args->>'cause' = $2`, kind, cause).Scan(&n)
	} else {
		err = q.store.SQLite().QueryRowContext(ctx, `SELECT count(*)`+unfinished+`json_extract(args, '$.cause') = $2`, kind, cause).Scan(&n)
	}
	if err != nil {
		return 0, fmt.Errorf("count %s jobs of %s: %w", kind, cause, err)
	}
	return n, nil
}

package queue

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/switchbackhq/switchback/internal/store"
)

// markKey is where a job's metadata says what it belongs to. Metadata is no part
// of what makes a job unique, and its keys stay flat: on SQLite River merges
// what is nested badly.
const markKey = "mark"

type markOf struct{}

// Marked marks what is put into the queue under ctx, and what the jobs of that
// put there in turn, so that UnfinishedOf finds all of it.
func Marked(ctx context.Context, mark string) context.Context {
	return context.WithValue(ctx, markOf{}, mark)
}

// Carry is what goes along with jobs that are put into the queue under ctx.
func (q *Queue) Carry(ctx context.Context) map[string]string {
	var with map[string]string
	if q.carry != nil {
		with = q.carry(ctx)
	}
	if mark, ok := ctx.Value(markOf{}).(string); ok {
		if with == nil {
			with = map[string]string{}
		}
		with[markKey] = mark
	}
	return with
}

// carried is a context with a job's mark, and all that came along with the job.
func carried(ctx context.Context, metadata []byte) (context.Context, map[string]string) {
	var all map[string]any
	if len(metadata) <= len(`{}`) || json.Unmarshal(metadata, &all) != nil {
		return ctx, nil
	}
	with := map[string]string{}
	for key, value := range all {
		if text, ok := value.(string); ok {
			with[key] = text
		}
	}
	if mark := with[markKey]; mark != "" {
		ctx = Marked(ctx, mark)
	}
	return ctx, with
}

// unwrap divides a job from what goes along with it.
func unwrap(job store.Job) (store.Job, []byte, error) {
	wrapped, ok := job.(store.Carried)
	if !ok {
		return job, nil, nil
	}
	metadata, err := json.Marshal(wrapped.With)
	if err != nil {
		return nil, nil, fmt.Errorf("encode metadata of %s job: %w", job.Kind(), err)
	}
	return wrapped.Job, metadata, nil
}

// UnfinishedOf counts the jobs of that mark that are not done with.
func (q *Queue) UnfinishedOf(ctx context.Context, mark string) (int, error) {
	const unfinished = `SELECT count(*) FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') AND `
	var n int
	var err error
	if pool := q.store.Postgres(); pool != nil {
		err = pool.QueryRow(ctx, unfinished+`metadata->>'mark' = $1`, mark).Scan(&n)
	} else {
		err = q.store.SQLite().QueryRowContext(ctx, unfinished+`json_extract(metadata, '$.mark') = $1`, mark).Scan(&n)
	}
	if err != nil {
		return 0, fmt.Errorf("count jobs of %s: %w", mark, err)
	}
	return n, nil
}

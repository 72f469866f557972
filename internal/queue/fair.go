package queue

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/switchbackhq/switchback/internal/store"
)

// crowded is the queue for shops that have many jobs waiting. It has workers of
// its own, so that the others' queue always has all of its.
const crowded = "crowded"

// The steps by which a shop's jobs step back. Up to few they are in the common
// queue; beyond it they are crowded, and come the later the more the shop has
// waiting, so that a shop waits for a multiple of what it has itself, whatever
// another has.
const (
	few  = 20
	some = 200
	many = 2000
)

// crowdFor is how long a count of many jobs is believed: to count them for each
// delivery of a flood would cost more than the flood.
const crowdFor = time.Second

// unfinishedStates are those of jobs that are not done with; the index of fair and
// its query must say it in the same words.
const unfinishedStates = `state IN ('available', 'retryable', 'running', 'scheduled')`

// shopIndex finds a shop's unfinished jobs.
func shopIndex(shop string) string {
	return `CREATE INDEX IF NOT EXISTS switchback_job_shop ON river_job ((` + shop + `), scheduled_at) WHERE ` + unfinishedStates
}

const (
	postgresShop = `args->>'shop'`
	sqliteShop   = `json_extract(args, '$.shop')`
)

// crowd knows how many jobs each shop has waiting, or near enough.
type crowd struct {
	query string
	mu    sync.Mutex
	known map[string]counted
}

type counted struct {
	jobs int
	at   time.Time
}

func newCrowd(s *store.Store) *crowd {
	shop, soon := sqliteShop, `datetime('now', '+1 minute')`
	if s.Postgres() != nil {
		shop, soon = postgresShop, `now() + interval '1 minute'`
	}
	return &crowd{
		query: `SELECT count(*) FROM (SELECT 1 FROM river_job WHERE ` + unfinishedStates +
			` AND ` + shop + ` = $1 AND scheduled_at <= ` + soon + ` LIMIT ` + fmt.Sprint(many) + `) AS theirs`,
		known: map[string]counted{},
	}
}

// shopOf is the shop a job is for; empty for what concerns all.
func shopOf(job store.Job) (string, error) {
	text, err := json.Marshal(job)
	if err != nil {
		return "", fmt.Errorf("encode %s job: %w", job.Kind(), err)
	}
	var about struct {
		Shop string `json:"shop"`
	}
	if err := json.Unmarshal(text, &about); err != nil {
		return "", fmt.Errorf("read shop of %s job: %w", job.Kind(), err)
	}
	return about.Shop, nil
}

// place says where a job stands in line, after those that its shop has already.
// A patient job comes after the shop's others.
func (c *crowd) place(ctx context.Context, tx *sql.Tx, ahead map[string]int, job store.Job, patient bool) (queue string, priority int, err error) {
	queue, priority = river.QueueDefault, river.PriorityDefault
	shop, err := shopOf(job)
	if err != nil {
		return "", 0, err
	}
	if shop != "" {
		n, found := ahead[shop]
		if !found {
			if n, err = c.count(ctx, tx, shop); err != nil {
				return "", 0, fmt.Errorf("count jobs of %s: %w", shop, err)
			}
		}
		ahead[shop] = n + 1
		if n >= few {
			queue = crowded
		}
		if n >= some {
			priority++
		}
		if n >= many {
			priority++
		}
	}
	if patient {
		priority++
	}
	return queue, priority, nil
}

// count is how many jobs the shop has that are to run within a minute, up to many.
func (c *crowd) count(ctx context.Context, tx *sql.Tx, shop string) (int, error) {
	c.mu.Lock()
	known, ok := c.known[shop]
	c.mu.Unlock()
	if ok && time.Since(known.at) < crowdFor {
		return known.jobs, nil
	}
	fresh := counted{at: time.Now()}
	if err := tx.QueryRowContext(ctx, c.query, shop).Scan(&fresh.jobs); err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// Only what is costly to count is remembered: few jobs become many in less than a second.
	if fresh.jobs >= some {
		c.known[shop] = fresh
	} else {
		delete(c.known, shop)
	}
	return fresh.jobs, nil
}

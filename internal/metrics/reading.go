package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// Backlog tells what the queue holds. Each answer is bounded.
type Backlog interface {
	Backlog(ctx context.Context) (queue.Backlog, error)
}

// Book tells what the database holds. Each answer is bounded.
type Book interface {
	// OpenByCode counts the open exceptions of each code; a count may end at some limit.
	OpenByCode(ctx context.Context) (map[exceptions.Code]int, error)
	// TokenStates counts the tokens that are kept by platform and state.
	TokenStates(ctx context.Context) ([]tokens.Count, error)
}

// Limiter tells how much of a platform's limit is left where least is, from 0 to
// 1, and how many calls wait for their turn.
type Limiter func() (level float64, waiting int)

// Sources are what is read at a scrape.
type Sources struct {
	Queue    Backlog
	Book     Book
	Limiters map[string]Limiter
	Now      func() time.Time
}

const (
	readWithin = 5 * time.Second
	// fresh is how long one reading serves, however many ask.
	fresh = 5 * time.Second
)

var (
	inboxAge = prometheus.NewDesc("switchback_inbox_oldest_seconds", "How long ago the oldest delivery came whose work is not done; 0 when none.", nil, nil)
	depth    = prometheus.NewDesc("switchback_queue_jobs", "Jobs that are not done, by kind and state; of each state no more than 10,000 are counted.", []string{"kind", "state"}, nil)
	queueAge = prometheus.NewDesc("switchback_queue_oldest_seconds", "How long the oldest job that could run has waited for a worker, by kind.", []string{"kind"}, nil)
	open     = prometheus.NewDesc("switchback_exceptions_open", "Open exceptions by code; of each no more than 10,000 are counted.", []string{"code"}, nil)
	kept     = prometheus.NewDesc("switchback_tokens", "Tokens that are kept, by platform and state.", []string{"platform", "state"}, nil)
	level    = prometheus.NewDesc("switchback_limiter_level", "How much of a platform's rate limit is left where least is, from 0 to 1.", []string{"platform"}, nil)
	waiting  = prometheus.NewDesc("switchback_limiter_waiting", "Calls that wait for their turn at a platform's rate limit.", []string{"platform"}, nil)
	unread   = prometheus.NewDesc("switchback_scrape_errors", "What could not be read for this scrape: 1 for each part that is missing.", []string{"part"}, nil)
)

// reading reads when it is asked.
type reading struct {
	Sources

	mu   sync.Mutex
	at   time.Time
	last []prometheus.Metric
}

// Describe names the metrics.
func (r *reading) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{inboxAge, depth, queueAge, open, kept, level, waiting, unread} {
		descs <- d
	}
}

// Collect gives the last reading, or a new one.
func (r *reading) Collect(metrics chan<- prometheus.Metric) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.Now(); now.Sub(r.at) >= fresh || now.Before(r.at) {
		r.at, r.last = now, r.read(now)
	}
	for _, m := range r.last {
		metrics <- m
	}
}

// read leaves out what cannot be read, and says so.
func (r *reading) read(now time.Time) []prometheus.Metric {
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	defer cancel()
	var all []prometheus.Metric
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		all = append(all, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...))
	}
	missing := func(part string, err error) {
		value := 0.0
		if err != nil {
			value = 1
		}
		gauge(unread, value, part)
	}
	jobs, err := r.Queue.Backlog(ctx)
	missing("queue", err)
	if err == nil {
		gauge(inboxAge, age(now, jobs.OldestDelivery))
		for _, w := range jobs.Waiting {
			gauge(depth, float64(w.Jobs), w.Kind, w.State)
			if w.State == queue.Ready {
				gauge(queueAge, age(now, w.Since), w.Kind)
			}
		}
	}
	codes, err := r.Book.OpenByCode(ctx)
	missing("exceptions", err)
	for code, n := range codes {
		gauge(open, float64(n), string(code))
	}
	counts, err := r.Book.TokenStates(ctx)
	missing("tokens", err)
	for _, c := range counts {
		gauge(kept, float64(c.N), c.Platform, c.State)
	}
	for platform, limiter := range r.Limiters {
		left, calls := limiter()
		gauge(level, left, platform)
		gauge(waiting, float64(calls), platform)
	}
	return all
}

func age(now, since time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(0, now.Sub(since).Seconds())
}

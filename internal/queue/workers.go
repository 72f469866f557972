package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/store"
)

// Workers are the methods that do jobs, by kind.
type Workers struct {
	river     *river.Workers
	retryBase time.Duration
	log       *slog.Logger
	// Observe, where set, is told of every attempt: the job's kind, the last word
	// of its line in the log (completed, failed…) and how long it took.
	Observe func(kind, result string, took time.Duration)
	// Trace, where set, begins the trace of an attempt with what came along with the
	// job; end is told as Observe is, and whether it is a failure.
	Trace func(ctx context.Context, with map[string]string, kind string, id int64, attempt int) (_ context.Context, end func(result string, failed bool))
}

// NewWorkers is an empty set. RetryBase is the first wait of a retried job (0
// means a second); the logger gets one line per attempt (nil means silence).
func NewWorkers(retryBase time.Duration, log *slog.Logger) *Workers {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Workers{river: river.NewWorkers(), retryBase: cmp.Or(retryBase, time.Second), log: log}
}

// Handle lets work do the jobs of A's kind. It panics when the kind has a
// worker already: that is a mistake in the wiring.
func Handle[A store.Job](w *Workers, work func(context.Context, A) error) {
	river.AddWorker(w.river, &worker[A]{work: work, Workers: w})
}

type worker[A store.Job] struct {
	river.WorkerDefaults[A]
	*Workers
	work func(context.Context, A) error
}

// Work does one job and maps its error's fate to River's.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	start := time.Now()
	ctx, with := carried(ctx, job.Metadata)
	end := func(string, bool) {}
	if w.Trace != nil {
		ctx, end = w.Trace(ctx, with, job.Kind, job.ID, job.Attempt)
	}
	err := w.guarded(ctx, job)
	fate := fault.Of(err)
	if fate == fault.Retry && stopping(ctx) {
		w.handBack(ctx, job, err, time.Since(start))
		end("handed_back", false)
		return river.JobSnooze(0)
	}
	end(w.report(ctx, job, fate, err, time.Since(start)))
	switch fate {
	case fault.None:
		return nil
	case fault.Later:
		return river.JobSnooze(waitOf(err))
	case fault.Dead, fault.Asks:
		return river.JobCancel(err)
	default:
		return err
	}
}

// stopping tells a job that was told to end, because its process does, from one
// whose time was up.
func stopping(ctx context.Context) bool {
	return errors.Is(ctx.Err(), context.Canceled) && !errors.Is(context.Cause(ctx), river.ErrJobCancelledRemotely)
}

// handBack is the line of a job that another process is to take up.
func (w *worker[A]) handBack(ctx context.Context, job *river.Job[A], err error, took time.Duration) {
	attrs := append(about(job.JobRow), slog.Duration("took", took), slog.Any("error", err))
	w.log.LogAttrs(ctx, slog.LevelInfo, "job.handed_back", attrs...)
	if w.Observe != nil {
		w.Observe(job.Kind, "handed_back", took)
	}
}

// NextRetry is the table of the package comment.
func (w *worker[A]) NextRetry(job *river.Job[A]) time.Time {
	wait := backoff(w.retryBase, job.Attempt)
	return time.Now().Add(wait + rand.N(wait/10+1)) //nolint:gosec // jitter needs no secrecy
}

const longestWait = time.Hour

// backoff doubles base with each attempt, up to an hour.
func backoff(base time.Duration, attempt int) time.Duration {
	for range attempt - 1 {
		if base >= longestWait/2 {
			return longestWait
		}
		base *= 2
	}
	return min(base, longestWait)
}

// waitOf is how long the outermost mark asks for; a bound keeps a job that asks
// for nothing from spinning.
func waitOf(err error) time.Duration {
	const least = 50 * time.Millisecond
	var delayed *fault.Delayed
	if errors.As(err, &delayed) {
		return max(delayed.Wait, least)
	}
	return least
}

// guarded turns a panic into an error without its value, which may hold
// anything; a runtime error's text is the program's own.
func (w *worker[A]) guarded(ctx context.Context, job *river.Job[A]) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		var own runtime.Error
		if asError, ok := r.(error); ok && errors.As(asError, &own) {
			err = fmt.Errorf("job panicked: %w", own)
		} else {
			err = fmt.Errorf("job panicked with %T", r)
		}
		attrs := append(about(job.JobRow), slog.Any("error", err), slog.String("stack", string(debug.Stack())))
		w.log.LogAttrs(ctx, slog.LevelError, "job.panicked", attrs...)
	}()
	return w.work(ctx, job.Args)
}

// report is the one line per attempt; it tells the line's last word, and whether
// it is a failure.
func (w *worker[A]) report(ctx context.Context, job *river.Job[A], fate fault.Fate, err error, took time.Duration) (result string, failed bool) {
	attrs := append(about(job.JobRow), slog.Duration("took", took), slog.Duration("waited", job.AttemptedAt.Sub(job.ScheduledAt)))
	level, event := slog.LevelInfo, "job.completed"
	switch fate {
	case fault.None:
	case fault.Later:
		event = "job.postponed"
		attrs = append(attrs, slog.Duration("again_after", waitOf(err)))
	case fault.Dead:
		level, event = slog.LevelError, "job.cancelled"
	case fault.Asks:
		level, event = slog.LevelWarn, "job.needs_merchant"
	default:
		level, event = slog.LevelWarn, "job.failed"
		if job.Attempt >= job.MaxAttempts {
			level, event = slog.LevelError, "job.discarded"
		}
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	w.log.LogAttrs(ctx, level, event, attrs...)
	result = strings.TrimPrefix(event, "job.")
	if w.Observe != nil {
		w.Observe(job.Kind, result, took)
	}
	return result, level > slog.LevelInfo
}

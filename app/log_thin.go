package main

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// mostAlike is how many lines of one kind a second may have in the log, of those
// that strangers can cause as often as they like.
const mostAlike = 20

var (
	// strangers are the lines that any request can cause.
	strangers = map[string]bool{
		"http.request": true, "http.failed": true, "not_ready": true, "visit.lookup": true,
		"webhook.rejected": true, "webhook.crowded": true, "webhook.not_kept": true,
	}
	// alike tells their kinds apart: words of this program, in a number that ends.
	alike = map[string]bool{"method": true, "route": true, "status": true, "code": true, "platform": true, "part": true}
)

// thin keeps a flood of requests from filling the disk with lines. The next line
// of a kind says how many were left out before it.
func thin(next slog.Handler) slog.Handler {
	return thinned{next, &repeats{kinds: map[string]*repeat{}}}
}

type thinned struct {
	slog.Handler
	seen *repeats
}

// Handle hands the line on unless there were many like it.
func (t thinned) Handle(ctx context.Context, r slog.Record) error {
	if !strangers[r.Message] {
		return t.Handler.Handle(ctx, r)
	}
	left, shown := t.seen.pass(kind(r), r.Time)
	if !shown {
		return nil
	}
	if left > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("left_out", left))
	}
	return t.Handler.Handle(ctx, r)
}

// WithAttrs is slog.Handler's.
func (t thinned) WithAttrs(attrs []slog.Attr) slog.Handler {
	return thinned{t.Handler.WithAttrs(attrs), t.seen}
}

// WithGroup is slog.Handler's.
func (t thinned) WithGroup(name string) slog.Handler {
	return thinned{t.Handler.WithGroup(name), t.seen}
}

func kind(r slog.Record) string {
	var b strings.Builder
	b.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		if alike[a.Key] {
			b.WriteByte(' ')
			b.WriteString(a.Value.String())
		}
		return true
	})
	return b.String()
}

// repeats is how often each kind came of late.
type repeats struct {
	mu    sync.Mutex
	kinds map[string]*repeat
}

type repeat struct {
	// second is the one that shown counts.
	second      time.Time
	shown, left int
}

// pass tells whether a line of that kind and time is shown and, if so, how many were left out before it.
func (s *repeats) pass(kind string, at time.Time) (left int, shown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.kinds[kind]
	if of == nil {
		of = &repeat{}
		s.kinds[kind] = of
	}
	if second := at.Truncate(time.Second); !second.Equal(of.second) {
		of.second, of.shown = second, 0
	}
	if of.shown == mostAlike {
		of.left++
		return 0, false
	}
	left, of.left = of.left, 0
	of.shown++
	return left, true
}

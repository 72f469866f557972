package main

import (
	"io"
	"log/slog"

	"github.com/switchbackhq/switchback/internal/config"
)

// newLog writes one line per event to out, of a flood some: with LOG_FORMAT=json
// an object, whose times spent are seconds, else text for people.
func newLog(cfg config.Config, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "text" {
		return slog.New(thin(slog.NewTextHandler(out, options)))
	}
	options.ReplaceAttr = inSeconds
	return slog.New(thin(slog.NewJSONHandler(out, options)))
}

// inSeconds spares whoever reads the log slog's nanoseconds.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
	return a
}

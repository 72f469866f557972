package main

import (
	"context"
	"log/slog"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/metrics"
	"github.com/switchbackhq/switchback/internal/telemetry"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// startTracer is nil where the configuration names no receiver.
func startTracer(ctx context.Context, cfg config.Config, log *slog.Logger) (*telemetry.Tracer, error) {
	if cfg.OTLPEndpoint == "" {
		return nil, nil //nolint:nilnil // nothing is what was asked for
	}
	return telemetry.New(ctx, telemetry.Options{Endpoint: cfg.OTLPEndpoint + "/v1/traces", Version: version(), Log: log})
}

// traceRequests is nil where no traces are wanted.
func (p *program) traceRequests() func(context.Context, string) (context.Context, func(string, int)) {
	if p.tracer == nil {
		return nil
	}
	return p.tracer.Request
}

// observe tells numbers, traces and the order's timeline of each call to a platform.
func (p *program) observe(platform string, recorder *timeline.Recorder) metrics.Observer {
	return p.metrics.Calls(platform, p.tracer.Calls(platform, p.metrics.Code(platform), recorder.Observe(platform)))
}

// close ends what the program holds. Traces that cannot be sent any more are no fault of its.
func (p *program) close() error {
	if err := p.tracer.Close(context.Background()); err != nil {
		p.log.Warn("traces.lost")
	}
	return p.store.Close()
}

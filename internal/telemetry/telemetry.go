package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	// stopWithin is how long the last spans may take to be sent.
	stopWithin = 3 * time.Second
	scope      = "github.com/switchbackhq/switchback"
)

// Options say where traces go.
type Options struct {
	// Endpoint is the OTLP receiver's address for traces over HTTP, as in
	// https://collector.example.com/v1/traces; empty means that none are made.
	Endpoint string
	Version  string
	// Log is told when spans could not be sent.
	Log *slog.Logger
}

// Tracer makes spans. A nil one makes none.
type Tracer struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	w3c      propagation.TraceContext
}

// New is a Tracer that sends to the endpoint, or nil when there is none. What
// else there is to choose has OpenTelemetry's own variables, which its library
// reads from the process: OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER,
// OTEL_SERVICE_NAME.
func New(ctx context.Context, o Options) (*Tracer, error) {
	if o.Endpoint == "" {
		return nil, nil //nolint:nilnil // nothing is what was asked for
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(o.Endpoint))
	if err != nil {
		return nil, fmt.Errorf("set up traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", "switchback"), attribute.String("service.version", o.Version)), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("describe the service in traces: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(&telling{exporter, o.Log}), sdktrace.WithResource(about))
	return &Tracer{provider: provider, tracer: provider.Tracer(scope)}, nil
}

// Close sends what has not been sent, for three seconds at most.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}

// telling says in our own log what could not be sent, and to nobody else. A
// receiver's own words are left out: it may quote what it was sent.
type telling struct {
	sdktrace.SpanExporter
	log *slog.Logger
}

func (e *telling) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		e.log.WarnContext(ctx, "traces.lost", "spans", len(spans))
	}
	return nil
}

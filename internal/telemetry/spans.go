package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Request begins the span of a request; end takes the route's pattern, empty
// where none fits, and the answer's status. Method is a word of a short list.
func (t *Tracer) Request(ctx context.Context, method string) (_ context.Context, end func(route string, status int)) {
	if t == nil {
		return ctx, func(string, int) {}
	}
	ctx, span := t.tracer.Start(ctx, method, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", method)))
	return ctx, func(route string, status int) {
		if route != "" {
			span.SetName(method + " " + route)
			span.SetAttributes(attribute.String("http.route", route))
		}
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Carry is what a job takes along to be in the trace of whoever asked for it.
func (t *Tracer) Carry(ctx context.Context) map[string]string {
	if t == nil || !trace.SpanContextFromContext(ctx).IsValid() {
		return nil
	}
	with := propagation.MapCarrier{}
	t.w3c.Inject(ctx, with)
	return with
}

// Job begins the span of one attempt at a job with what it took along; end takes
// the attempt's result, and whether that is a failure.
func (t *Tracer) Job(ctx context.Context, with map[string]string, kind string, id int64, attempt int) (_ context.Context, end func(result string, failed bool)) {
	if t == nil {
		return ctx, func(string, bool) {}
	}
	ctx, span := t.tracer.Start(t.w3c.Extract(ctx, propagation.MapCarrier(with)), "job "+kind, trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.String("job.kind", kind), attribute.Int64("job.id", id), attribute.Int("job.attempt", attempt)))
	return ctx, func(result string, failed bool) {
		span.SetAttributes(attribute.String("job.result", result))
		if failed {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Observer is what a platform's client tells its calls to.
type Observer = func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error)

// Calls makes a span of each call to a platform and tells next of it too. Code
// is the platform's word, of a number that ends, for what became of a call.
func (t *Tracer) Calls(platform string, code func(status int, err error) string, next Observer) Observer {
	if t == nil {
		return next
	}
	return func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error) {
		end := time.Now()
		_, span := t.tracer.Start(ctx, platform+" "+op, trace.WithTimestamp(end.Add(-latency)), trace.WithSpanKind(trace.SpanKindClient),
			trace.WithAttributes(attribute.String("platform", platform), attribute.String("operation", op),
				attribute.Int("http.response.status_code", status), attribute.String("code", code(status, err))))
		if err != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End(trace.WithTimestamp(end))
		next(ctx, op, requestID, status, latency, err)
	}
}

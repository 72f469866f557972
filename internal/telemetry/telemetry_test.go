package telemetry_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/telemetry"
)

func off(t testing.TB) *telemetry.Tracer {
	t.Helper()
	none, err := telemetry.New(t.Context(), telemetry.Options{})
	if err != nil || none != nil {
		t.Fatalf("%v, %v, want nothing", none, err)
	}
	return none
}

// round is what one delivery with one job and one call asks of a Tracer.
func round(ctx context.Context, tracer *telemetry.Tracer, call telemetry.Observer) {
	ctx, endRequest := tracer.Request(ctx, http.MethodPost)
	with := tracer.Carry(ctx)
	ctx, endJob := tracer.Job(ctx, with, "kind", 1, 1)
	call(ctx, "op", "", http.StatusOK, time.Millisecond, nil)
	endJob("completed", false)
	endRequest("/route", http.StatusOK)
}

// What is off costs no memory. Allocations are counted while no other test runs.
func TestOff(t *testing.T) {
	none := off(t)
	told := 0
	call := none.Calls("platform", nil, func(context.Context, string, string, int, time.Duration, error) { told++ })
	if n := testing.AllocsPerRun(100, func() { round(t.Context(), none, call) }); n > 0 {
		t.Errorf("%v allocations for nothing", n)
	}
	if told == 0 {
		t.Error("calls are told to nobody else")
	}
	if err := none.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func BenchmarkOff(b *testing.B) {
	none := off(b)
	call := none.Calls("platform", nil, func(context.Context, string, string, int, time.Duration, error) {})
	for b.Loop() {
		round(b.Context(), none, call)
	}
}

// A receiver that is away costs its spans and nothing else, and its words are not repeated.
func TestReceiverRefuses(t *testing.T) {
	t.Parallel()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "you sent me hush", http.StatusBadRequest)
	}))
	defer refusing.Close()
	var log strings.Builder
	tracer, err := telemetry.New(t.Context(), telemetry.Options{Endpoint: refusing.URL, Version: "1", Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	told := errors.New("not told")
	round(t.Context(), tracer, tracer.Calls("platform", func(int, error) string { return "ok" },
		func(_ context.Context, _, _ string, _ int, _ time.Duration, err error) { told = err }))
	if told != nil {
		t.Error(told)
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := log.String(); !strings.Contains(got, "traces.lost") || !strings.Contains(got, "spans=3") || strings.Contains(got, "hush") {
		t.Errorf("the log says %q", got)
	}
}

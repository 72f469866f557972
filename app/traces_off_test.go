//go:build unix

package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

// TestTracesOffRunNothing asks the program for all that it is doing, after an
// order: without a receiver nothing of OpenTelemetry's runs, and jobs carry
// nothing along; with one it does, so that the question is the right one.
func TestTracesOffRunNothing(t *testing.T) {
	t.Parallel()
	others := []string{"OTEL_SERVICE_NAME=switchback", "OTEL_EXPORTER_OTLP_HEADERS=authorization=x", "OTEL_TRACES_SAMPLER=always_on"}
	off, carried := doing(t, append(others, "OTEL_EXPORTER_OTLP_ENDPOINT="))
	for dump := range strings.SplitSeq(off, "\n\n") {
		if strings.Contains(dump, "go.opentelemetry.io") {
			t.Errorf("without a receiver this runs:\n%s", dump)
		}
	}
	if carried {
		t.Error("jobs carry a trace that nobody makes")
	}
	r := newReceiver(t)
	on, carried := doing(t, append(others, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL))
	if !strings.Contains(on, "go.opentelemetry.io/otel/sdk/trace") || !carried {
		t.Errorf("with a receiver nothing runs: is the question right? (jobs carry a trace: %v)", carried)
	}
	more := strings.Count(on, "\ngoroutine ") - strings.Count(off, "\ngoroutine ")
	t.Logf("%d goroutines without traces, %d more with them", strings.Count(off, "\ngoroutine "), more)
}

// doing is what every goroutine of a program does that has written an order, and
// whether that order's jobs carried a trace.
func doing(t *testing.T, environ []string) (dump string, carried bool) {
	t.Helper()
	address := freeAddress(t)
	s := surround(t, "http://"+address, scenery{environ: append([]string{portOf(t, address)}, environ...)})
	c := s.start(t)
	s.furnished(t)
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_orders":true,"push_orders":true}`, nil)
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))
	check(t, c.cmd.Process.Signal(syscall.SIGQUIT))
	if c.cmd.Wait() == nil {
		t.Error("the program took the question for nothing")
	}
	dump = c.log.whole()
	if !strings.Contains(dump, "SIGQUIT") || strings.Count(dump, "\ngoroutine ") < 10 {
		t.Fatalf("no goroutines in %.2000s", dump)
	}
	for _, metadata := range column(t, s.opened(t), `SELECT CAST(metadata AS TEXT) FROM river_job WHERE kind = 'order_import'`) {
		carried = carried || strings.Contains(metadata, "traceparent")
	}
	return dump, carried
}

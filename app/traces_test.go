package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// receiver takes traces as a collector would.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	text  bytes.Buffer // all that was sent, but ids
	spans map[string]*tracepb.Span
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{spans: map[string]*tracepb.Span{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var export collector.ExportTraceServiceRequest
	if err != nil || req.URL.Path != "/v1/traces" || proto.Unmarshal(body, &export) != nil {
		http.Error(w, "no traces", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range export.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				r.spans[hex.EncodeToString(span.GetSpanId())] = span
			}
		}
	}
	// As text: between two fields of the encoding, chance may write anything, and so it may in random ids.
	told := prototext.Format(&export)
	for line := range strings.Lines(told) {
		if !strings.Contains(line, "_id:") {
			r.text.WriteString(line)
		}
	}
}

// ways are the names from the root of a trace to each of its spans.
func (r *receiver) ways() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]int{}
	for _, span := range r.spans {
		way, at := span.GetName(), span
		for len(at.GetParentSpanId()) > 0 {
			above := r.spans[hex.EncodeToString(at.GetParentSpanId())]
			if above == nil || !bytes.Equal(above.GetTraceId(), span.GetTraceId()) {
				way = "? > " + way
				break
			}
			at, way = above, above.GetName()+" > "+way
		}
		all[way]++
	}
	return all
}

// mayBeTold are the only things that a span says of itself.
var mayBeTold = []string{
	"http.request.method", "http.route", "http.response.status_code", "job.kind", "job.id", "job.attempt", "job.result",
	"platform", "operation", "code",
}

// TestTraces tells the whole story with traces on: webhook, job and the job's
// calls are one trace, and nothing that was sent holds a secret or a person.
func TestTraces(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); traces(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); traces(t, postgrestest.URL(t)) })
}

func traces(t *testing.T, database string) {
	t.Helper()
	r := newReceiver(t)
	s := play(t, scenery{database: database, environ: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + r.URL + "/"}})
	var told strings.Builder
	story := sandbox.Story{World: s.platforms, App: s.app, Out: &told, Patience: patience}
	if err := story.Tell(t.Context()); err != nil {
		t.Fatalf("%v\n\ntold so far:\n%s", err, told.String())
	}
	s.until(t, func() error {
		found := r.ways()
		// What a webhook and a poll both tell of may be done by either's job.
		for _, way := range []string{
			`^POST /webhooks/tiktok > job order_import > tiktok order\.detail$`,
			` > job order_import > shopify OrderCreate$`,
			` > job order_import > job order_reference > tiktok order\.external\.add$`,
			`^POST /webhooks/shopify > job refund_forward > tiktok order\.detail$`,
			` > job refund_forward > tiktok return\.create$`,
		} {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(found)), regexp.MustCompile(way).MatchString) {
				return fmt.Errorf("no span came by the way %q; these did: %v", way, found)
			}
		}
		return nil
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	log := &journal{out: io.Discard}
	log.text.Write(r.text.Bytes())
	log.check(t)
	if !bytes.Contains(r.text.Bytes(), []byte("order_import")) {
		t.Fatalf("is this what was sent?\n%.500s", r.text.Bytes())
	}
	for _, private := range []string{sandbox.Shop, sandbox.TikTokShop, s.app, "127.0.0.1"} {
		if bytes.Contains(r.text.Bytes(), []byte(private)) {
			t.Errorf("what was sent holds %q", private)
		}
	}
	for _, span := range r.spans {
		for _, a := range span.GetAttributes() {
			if !slices.Contains(mayBeTold, a.GetKey()) {
				t.Errorf("%s tells %s=%v", span.GetName(), a.GetKey(), a.GetValue())
			}
		}
		if said := span.GetStatus().GetMessage(); said != "" || len(span.GetEvents()) > 0 {
			t.Errorf("%s says %q and %d events", span.GetName(), said, len(span.GetEvents()))
		}
		if span.GetEndTimeUnixNano() < span.GetStartTimeUnixNano() {
			t.Errorf("%s ends before it begins", span.GetName())
		}
	}
}

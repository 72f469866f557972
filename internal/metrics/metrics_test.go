package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/metrics"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// scrape is what Prometheus would get.
func scrape(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("scrape: %d %s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// shows checks that the scrape has these lines.
func shows(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("the scrape lacks %q", line)
		}
	}
}

func TestCallsAreCountedByCode(t *testing.T) {
	t.Parallel()
	m := metrics.New("v1")
	told := 0
	next := func(context.Context, string, string, int, time.Duration, error) { told++ }
	for platform, calls := range map[string]map[string]struct {
		status int
		err    error
	}{
		"tiktok": {
			"ok": {200, nil}, "36009002": {200, fmt.Errorf("call: %w", &tiktok.Error{Code: 36009002})},
			"http_502": {502, &tiktok.Error{HTTPStatus: 502}}, "no_answer": {0, errors.New("reset")}, "cancelled": {0, context.Canceled}, "malformed": {200, tiktok.ErrMalformed},
		},
		"shopify": {"throttled": {200, &shopify.Error{Codes: []string{"THROTTLED", "OTHER"}}}, "http_423": {423, &shopify.Error{Codes: []string{"a text by ann@example.com"}}}},
		"loop":    {"order-not-found": {404, &loop.Error{Code: loop.CodeOrderNotFound}}},
	} {
		observe := m.Calls(platform, next)
		for _, call := range calls {
			observe(t.Context(), "Op", "request-1", call.status, 300*time.Millisecond, call.err)
		}
		text := scrape(t, m)
		for code := range calls {
			shows(t, text, fmt.Sprintf(`switchback_calls_total{code=%q,operation="Op",platform=%q} 1`, code, platform))
		}
	}
	text := scrape(t, m)
	shows(t, text, `switchback_call_seconds_bucket{operation="Op",platform="loop",le="0.25"} 0`, `switchback_call_seconds_bucket{operation="Op",platform="loop",le="0.5"} 1`)
	if told != 9 || strings.Contains(text, "ann@example.com") {
		t.Errorf("told of %d calls of 9, in\n%s", told, text)
	}
}

// A platform that invents codes cannot make the scrape grow without end.
func TestCodesAreBounded(t *testing.T) {
	t.Parallel()
	m := metrics.New("v1")
	observe := m.Calls("tiktok", nil)
	for n := range 500 {
		observe(t.Context(), "Op", "", 200, 0, &tiktok.Error{Code: int64(n + 1)})
	}
	text := scrape(t, m)
	if n := strings.Count(text, "\nswitchback_calls_total{"); n != 81 {
		t.Errorf("%d series", n)
	}
	shows(t, text, `switchback_calls_total{code="other",operation="Op",platform="tiktok"} 420`)
}

func TestOutcomesAreCountedAsTheyAreLogged(t *testing.T) {
	t.Parallel()
	m := metrics.New("v1")
	var shown strings.Builder
	log := slog.New(m.Log(slog.NewTextHandler(&shown, &slog.HandlerOptions{Level: slog.LevelWarn}))).With("process", 1)
	log.Info("order.imported", "shop", "demo.myshopify.com")
	log.Info("order.imported", "shop", "demo.myshopify.com")
	log.Warn("refund.needs_merchant", "code", "refund_differs")
	log.WithGroup("g").Info("webhook.received")
	log.Info("token.refreshed", "platform", "tiktok", "shop", "demo.myshopify.com")
	log.Info("token.refreshed", "platform", "a person's name")
	log.Info("something.else")
	log.Debug("order.imported") // nothing is logged as an outcome below info
	text := scrape(t, m)
	shows(t, text,
		`switchback_orders_total{result="imported"} 2`, `switchback_orders_total{result="held"} 0`,
		`switchback_refunds_total{result="needs_merchant"} 1`, `switchback_deliveries_total{result="received"} 1`,
		`switchback_token_renewals_total{platform="tiktok",result="refreshed"} 1`, `switchback_token_renewals_total{platform="other",result="refreshed"} 1`,
		`switchback_shipments_total{result="mirrored"} 0`,
	)
	if strings.Count(shown.String(), "\n") != 1 || !strings.Contains(shown.String(), "process=1") {
		t.Errorf("shown was %q", shown.String())
	}
	if strings.Contains(text, "myshopify") || strings.Contains(text, "person") {
		t.Error("the scrape names a shop or a person")
	}
}

// source answers as the queue and the store would.
type source struct {
	reads   int
	failing bool
}

func (s *source) Backlog(context.Context) (queue.Backlog, error) {
	s.reads++
	if s.failing {
		return queue.Backlog{}, errors.New("away")
	}
	return queue.Backlog{OldestDelivery: noon.Add(-90 * time.Second), Waiting: []queue.Waiting{
		{Kind: "order_import", State: queue.Ready, Jobs: 7, Since: noon.Add(-time.Minute)},
		{Kind: "order_poll", State: "scheduled", Jobs: 1, Since: noon.Add(time.Minute)},
	}}, nil
}

func (s *source) OpenByCode(context.Context) (map[exceptions.Code]int, error) {
	return map[exceptions.Code]int{exceptions.SKUUnmatched: 3}, nil
}

func (s *source) TokenStates(context.Context) ([]tokens.Count, error) {
	return []tokens.Count{{Platform: tokens.TikTok, State: "ending", N: 2}}, nil
}

func TestAScrapeReadsAtMostEveryFewSeconds(t *testing.T) {
	t.Parallel()
	m, s, now := metrics.New("v1"), &source{}, noon
	m.Read(metrics.Sources{
		Queue: s, Book: s, Now: func() time.Time { return now },
		Limiters: map[string]metrics.Limiter{"shopify": func() (float64, int) { return 0.25, 4 }},
	})
	m.Job("order_import", "completed", 20*time.Millisecond)
	text := scrape(t, m)
	shows(t, text,
		`switchback_inbox_oldest_seconds 90`, `switchback_queue_jobs{kind="order_import",state="available"} 7`, `switchback_queue_oldest_seconds{kind="order_import"} 60`,
		`switchback_queue_jobs{kind="order_poll",state="scheduled"} 1`, `switchback_exceptions_open{code="sku_unmatched"} 3`, `switchback_tokens{platform="tiktok",state="ending"} 2`,
		`switchback_limiter_level{platform="shopify"} 0.25`, `switchback_limiter_waiting{platform="shopify"} 4`, `switchback_scrape_errors{part="queue"} 0`,
		`switchback_jobs_total{kind="order_import",result="completed"} 1`, `switchback_job_seconds_bucket{kind="order_import",le="0.05"} 1`,
	)
	if strings.Contains(text, `switchback_queue_oldest_seconds{kind="order_poll"}`) {
		t.Error("a job that is to run later counts as waiting")
	}
	now = noon.Add(4 * time.Second)
	scrape(t, m)
	if s.reads != 1 {
		t.Errorf("read %d times within five seconds", s.reads)
	}
	now, s.failing = noon.Add(6*time.Second), true
	text = scrape(t, m)
	shows(t, text, `switchback_scrape_errors{part="queue"} 1`, `switchback_exceptions_open{code="sku_unmatched"} 3`)
	if s.reads != 2 || strings.Contains(text, "switchback_inbox_oldest_seconds ") {
		t.Errorf("read %d times, and an age that is not known is told:\n%s", s.reads, text)
	}
}

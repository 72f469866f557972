package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/metrics"
)

// A flood has a bounded number of lines, which say how many were left out, and
// the counters count each; what happened to orders is there to the last.
func TestAFloodDoesNotFillTheLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const seconds, each = 3, 1000
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // of the bubble's clock
		var out bytes.Buffer
		counters := metrics.New("v1")
		log := slog.New(counters.Log(newLog(config.Config{LogFormat: "text"}, &out).Handler()))
		for n := range seconds {
			for range each {
				log.Warn("webhook.rejected", "request_id", n, "route", "/webhooks/tiktok", "status", 401, "code", "invalid_signature")
				log.With("request_id", n).Info("http.request", "route", "/orders/:id", "status", 404)
				log.Info("order.imported", "tiktok_order_id", n)
			}
			log.Warn("webhook.rejected", "route", "/webhooks/tiktok", "status", 408, "code", "too_slow")
			time.Sleep(time.Second) // of the bubble's clock
		}
		text := out.String()
		for line, want := range map[string]int{
			"msg=http.request": seconds * mostAlike, "code=invalid_signature": seconds * mostAlike, "code=too_slow": seconds, "msg=order.imported": seconds * each,
			fmt.Sprintf("left_out=%d\n", each-mostAlike): 2 * (seconds - 1),
			"left_out": 2 * (seconds - 1),
		} {
			if n := strings.Count(text, line); n != want {
				t.Errorf("%d lines with %s, want %d", n, line, want)
			}
		}
		answer := httptest.NewRecorder()
		counters.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
		if want := fmt.Sprintf("switchback_deliveries_total{result=\"rejected\"} %d\n", seconds*(each+1)); !strings.Contains(answer.Body.String(), want) {
			t.Errorf("the scrape lacks %s", want)
		}
	})
}

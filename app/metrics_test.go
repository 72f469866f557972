package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

// TestScrapeAfterTheStory reads the metrics once an order was placed, written,
// shipped, returned and refunded: each family is there and nobody is named.
func TestScrapeAfterTheStory(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := play(t, scenery{environ: []string{"METRICS_ADDR=" + address}})
	story := sandbox.Story{World: s.platforms, App: s.app, Out: t.Output(), Patience: patience}
	if err := story.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	status, text, err := s.get("http://" + address + "/metrics")
	if err != nil || status != 200 {
		t.Fatalf("scrape: %d, %v", status, err)
	}
	for _, more := range []string{
		`switchback_orders_total{result="imported"}`, `switchback_refunds_total{result="forwarded"}`, `switchback_shipments_total{result="forwarded"}`,
		`switchback_deliveries_total{result="received"}`, `switchback_calls_total{code="ok",operation="OrderCreate",platform="shopify"}`,
		`switchback_jobs_total{kind="order_import",result="completed"}`, `switchback_tokens{platform="tiktok",state="good"}`, `switchback_limiter_level{platform="tiktok"}`,
	} {
		if found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(more) + ` (\S+)$`).FindStringSubmatch(text); found == nil || found[1] == "0" {
			t.Errorf("the scrape has no %s above 0", more)
		}
	}
	for _, family := range []string{
		"switchback_inbox_oldest_seconds", "switchback_queue_jobs", "switchback_exceptions_open", "switchback_call_seconds_bucket", "switchback_job_seconds_bucket",
		"switchback_limiter_waiting", "switchback_token_renewals_total", "switchback_build_info", "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(text, "\n"+family) {
			t.Errorf("the scrape lacks %s", family)
		}
	}
	orders := s.platforms.TikTok.OrderIDs()
	for _, word := range append([]string{"myshopify", "Whitfield", "Osei", "Example Trail", "SW1A", "@", "gid://"}, orders...) {
		if strings.Contains(text, word) {
			t.Errorf("the scrape holds %q", word)
		}
	}
	if len(orders) == 0 || strings.Contains(text, `scrape_errors{part="queue"} 1`) {
		t.Error("no order, or the queue could not be read")
	}
}

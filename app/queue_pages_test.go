package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// TestQueuePages reads River's own pages over HTTP, as a browser would.
func TestQueuePages(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); queuePagesWork(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); queuePagesWork(t, postgrestest.URL(t)) })
}

func queuePagesWork(t *testing.T, database string) {
	t.Helper()
	address := freeAddress(t)
	s := play(t, scenery{database: database, environ: []string{"METRICS_ADDR=" + address, "RIVER_UI=loopback"}})
	s.furnished(t)
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))
	base := "http://" + address + queuePages
	s.until(t, func() error {
		status, body, err := s.get(base + "/api/jobs?state=completed&limit=100")
		if err == nil && (status != http.StatusOK || !strings.Contains(body, `"kind":"order_import"`)) {
			return &miscount{"GET /api/jobs without the order's import: " + body, status, http.StatusOK}
		}
		return err
	})
	status, body, err := s.get(base + "/")
	if err != nil || status != http.StatusOK || !strings.Contains(body, "<html") || !strings.Contains(body, queuePages+"/assets/") {
		t.Errorf("the page: %d, %v: %s", status, err, body)
	}
	for name, foreign := range map[string]func(*http.Request){
		"another site's page": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another host's name": func(r *http.Request) { r.Host = "rebound.example.com" },
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/jobs/delete", strings.NewReader(`{"ids":["1"]}`))
		check(t, err)
		foreign(request)
		response, err := http.DefaultClient.Do(request)
		check(t, err)
		check(t, response.Body.Close())
		if response.StatusCode != http.StatusForbidden && response.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s may delete a job: %d", name, response.StatusCode)
		}
	}
	s.one(t, sandbox.Shop, s.platforms.TikTok.OrderIDs()[0])
}

// The pages are not there unless asked for, and not where others can come by one word alone.
func TestQueuePagesAreOff(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := play(t, scenery{environ: []string{"METRICS_ADDR=" + address}})
	if status, _, err := s.get("http://" + address + queuePages + "/"); err != nil || status != http.StatusNotFound {
		t.Errorf("%d, %v, want 404", status, err)
	}
	for _, public := range []string{"0.0.0.0:9090", ":9090", "192.0.2.1:9090", ""} {
		code, _, errs := command(t, append(s.environ, "METRICS_ADDR="+public, "RIVER_UI=loopback"), "serve")
		has(t, "serve with pages at "+public, code, 1, errs, "RIVER_UI", "anywhere")
	}
}

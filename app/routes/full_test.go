package routes_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/app/routes"
)

// In a full house everybody is told so, valid deliveries too, which are not
// kept; the log names those, once each.
func TestAFullHouseKeepsNothing(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	handler := routes.Full(routes.Deps{Log: slog.New(slog.NewTextHandler(&log, nil))})
	for name, r := range map[string]*http.Request{
		"shopify": shopifyDelivery(t, `{"id":1}`, newHush), "tiktok": tiktokDelivery(t, orderBody),
		"page": request(t, http.MethodGet, "/orders", ""), "readiness": request(t, http.MethodGet, "/readyz", ""),
	} {
		log.Reset()
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		if code := errorCode(t, rec); rec.Code != http.StatusServiceUnavailable || code != "busy" {
			t.Errorf("%s: %d %s", name, rec.Code, code)
		}
		if rec.Header().Get("Retry-After") == "" || rec.Header().Get("Connection") != "close" {
			t.Errorf("%s: %v", name, rec.Header())
		}
		lines := strings.Count(log.String(), "\n")
		if delivery := strings.Contains(log.String(), "msg=webhook.crowded"); lines != 1 || delivery != (r.Method == http.MethodPost) {
			t.Errorf("%s has the lines %s", name, log.String())
		}
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, request(t, http.MethodGet, "/healthz", ""))
	if rec.Code != http.StatusOK {
		t.Errorf("whether it lives: %d", rec.Code)
	}
}

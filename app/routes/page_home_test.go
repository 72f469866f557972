package routes_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// look remembers what was counted.
func (w *world) look(at string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looked = append(w.looked, at)
}

// Glance knows when the shop's day began.
func (w *world) Glance(_ context.Context, shop shopify.Domain, today time.Time) (links.Glance, error) {
	w.look("glance " + string(shop) + " " + today.UTC().Format(time.RFC3339))
	return links.Glance{WrittenToday: 41, Exceptions: links.Count{N: 2}}, nil
}

func (w *world) Statistics(_ context.Context, _ shopify.Domain, since time.Time) ([]links.Slot, error) {
	w.look("slots since " + since.UTC().Format(time.RFC3339))
	return []links.Slot{{At: w.now.Add(-time.Hour), Written: 7, Measured: 7, Delay: 7 * 3 * time.Second}}, nil
}

func (w *world) Oldest(context.Context) (time.Time, error) { return w.now.Add(-90 * time.Second), nil }

func TestHomePage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.shops[demo] = inNewYork(w.shops[demo])
	holds(t, w.authed(t, http.MethodGet, "/", ""), http.StatusOK,
		"<b>41</b>", "<b>1m30s</b>", "7 orders", "Nov 1, 2026: 3s", "Sunny</span> (US, USD)", "already in Shopify, written by something other")
	want := map[string]bool{"glance demo.myshopify.com 2026-11-01T04:00:00Z": true, "slots since 2026-10-02T04:00:00Z": true}
	for _, at := range w.looked {
		delete(want, at)
	}
	if len(want) > 0 {
		t.Errorf("looked at %v", w.looked)
	}
}

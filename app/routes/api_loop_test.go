package routes_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// LoopCheck knows an answer about the written order alone.
func (w *world) LoopCheck(_ context.Context, shop shopify.Domain, id tiktok.OrderID) (links.LoopCheck, error) {
	if id != "576461413038785752" {
		return links.LoopCheck{}, nil
	}
	return links.LoopCheck{Shop: shop, Order: id, CheckedAt: w.now, Found: true, Code: "found", Message: "Loop finds the order."}, nil
}

// findingKey is a key with which Loop finds every order.
const findingKey = "loop-finds"

// Test answers for orders of the shop, by their state and the key.
func (w *world) Test(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (loopcheck.Report, error) {
	if _, bounded := ctx.Deadline(); !bounded {
		return loopcheck.Report{}, context.DeadlineExceeded
	}
	order, err := w.Order(ctx, shop, id)
	switch key := w.settings[shop].LoopKey; {
	case err != nil:
		return loopcheck.Report{}, err
	case key == nil || key.Empty():
		return loopcheck.Report{}, loopcheck.ErrKeyMissing
	case order.State != links.Written:
		return loopcheck.Report{}, loopcheck.ErrNotWritten
	case key.Reveal() == findingKey:
		return loopcheck.Report{CheckedAt: w.now, Found: true, Code: "found"}, nil
	}
	return loopcheck.Report{
		CheckedAt: w.now, Code: "secondary-input-mismatch", Message: "Not by this ZIP.", Fix: "Look at the ZIP.",
		Tries: []loopcheck.Try{{ZIP: "as_given", Code: "secondary-input-mismatch"}},
	}, nil
}

func TestTheKeyForLoopIsWrittenAndNeverRead(t *testing.T) {
	t.Parallel()
	w := newWorld()
	const key = "loop-key-0123456789"
	rec := w.authed(t, http.MethodPut, "/api/settings", `{"loop_api_key":" `+key+` "}`)
	if kept := w.settings[demo].LoopKey; rec.Code != http.StatusOK || kept == nil || kept.Reveal() != key {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for target, text := range map[string]string{"the answer": rec.Body.String(), "the log": w.log.String()} {
		if strings.Contains(text, key) {
			t.Errorf("%s shows the key", target)
		}
	}
	set := w.settings[demo]
	set.LoopKeySet = true
	w.settings[demo] = set
	rec = w.authed(t, http.MethodGet, "/api/settings", "")
	if got := decode(t, rec); got["loop_api_key_set"] != true || got["loop_api_key"] != nil || strings.Contains(rec.Body.String(), key) {
		t.Errorf("%s", rec.Body)
	}
	for _, body := range []string{
		`{"loop_api_key":null}`, `{"loop_api_key":7}`, `{"loop_api_key":"two words"}`, `{"loop_api_key":"line\nbreak"}`,
		`{"loop_api_key":"` + strings.Repeat("k", 257) + `"}`, `{"loop_api_key_set":true}`, `{"fulfillments_held":0}`, `{"refunds_held":[]}`,
	} {
		rec := w.authed(t, http.MethodPut, "/api/settings", body)
		if code := errorCode(t, rec); rec.Code != http.StatusUnprocessableEntity || code != "invalid_setting" || strings.Contains(rec.Body.String(), "two words") {
			t.Errorf("%.60s: %d %s", body, rec.Code, rec.Body)
		}
	}
	if rec := w.authed(t, http.MethodPut, "/api/settings", `{"loop_api_key":""}`); rec.Code != http.StatusOK || !w.settings[demo].LoopKey.Empty() {
		t.Errorf("removing: %d %s", rec.Code, rec.Body)
	}
}

func TestAnOrderTellsWhatLoopAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld()
	got := decode(t, w.authed(t, http.MethodGet, "/api/orders/576461413038785752", ""))
	want := map[string]any{"checked_at": w.now.Format(time.RFC3339), "found": true, "code": "found", "message": "Loop finds the order."}
	if diff := cmp.Diff(want, got["loop"]); diff != "" {
		t.Error(diff)
	}
	if got := decode(t, w.authed(t, http.MethodGet, "/api/orders/576461413038785753", "")); got["loop"] != nil {
		t.Errorf("never asked, and yet %v", got["loop"])
	}
}

func TestLoopCheckOnDemand(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ask := func(order string, status int, code string) {
		t.Helper()
		rec := w.authed(t, http.MethodPost, "/api/orders/"+order+"/loop-check", "")
		if rec.Code != status {
			t.Fatalf("%s: %d %s", order, rec.Code, rec.Body)
		}
		if status != http.StatusOK && errorCode(t, rec) != code {
			t.Errorf("%s: %s, want %s", order, rec.Body, code)
		}
	}
	ask("576461413038785752", http.StatusConflict, "loop_key_missing")
	w.authed(t, http.MethodPut, "/api/settings", `{"loop_api_key":"k"}`)
	ask("576461413038785753", http.StatusConflict, "order_not_written")
	ask("576461413038785799", http.StatusNotFound, "not_found") // another shop's
	ask("1-or-1", http.StatusNotFound, "not_found")
	ask("576461413038785752", http.StatusOK, "")
	got := decode(t, w.authed(t, http.MethodPost, "/api/orders/576461413038785752/loop-check", ""))
	want := map[string]any{
		"checked_at": w.now.Format(time.RFC3339), "found": false, "code": "secondary-input-mismatch",
		"message": "Not by this ZIP.", "fix": "Look at the ZIP.", "draft_left": false,
		"tries": []any{map[string]any{"zip": "as_given", "found": false, "code": "secondary-input-mismatch"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

package routes_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/switchbackhq/switchback/internal/shopify"
)

// What one shop has under way is bounded, by whoever holds its tokens: the
// others go on, and it goes on itself once something is done.
func TestOneShopLeavesTheOthersTheirTurn(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/api/settings", "/settings"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { takeTurns(t, path) })
		})
	}
}

func takeTurns(t *testing.T, path string) {
	t.Helper()
	const turns = 32
	w := newWorld()
	leave := make(chan struct{})
	w.slow = func(shop shopify.Domain) {
		if shop == demo {
			<-leave
		}
	}
	handler := w.handler()
	ask := func(shop shopify.Domain) *httptest.ResponseRecorder {
		r := request(t, http.MethodGet, path, "")
		r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, shop)))
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		return rec
	}
	var askers sync.WaitGroup
	hold := func() {
		askers.Go(func() {
			if rec := ask(demo); rec.Code != http.StatusOK {
				t.Errorf("%d for who had a turn", rec.Code)
			}
		})
		synctest.Wait()
	}
	refused := func() {
		rec := ask(demo)
		if code := errorCode(t, rec); rec.Code != http.StatusTooManyRequests || code != "too_many" || rec.Header().Get("Retry-After") == "" {
			t.Errorf("one too many: %d %s %v", rec.Code, code, rec.Header())
		}
	}
	for range turns {
		hold()
	}
	refused()
	if rec := ask(other); rec.Code != http.StatusOK {
		t.Errorf("another shop: %d", rec.Code)
	}
	leave <- struct{}{}
	synctest.Wait()
	hold()
	refused()
	close(leave)
	askers.Wait()
}

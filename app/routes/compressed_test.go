package routes_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"
)

// A compressed body is what it is: some KiB that are no JSON and no form. Not
// even one whose signature is good, or whose caller is signed in, is expanded.
func TestCompressedBodiesAreNotExpanded(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err1 := w.Write([]byte(`{"order_number_prefix":"` + strings.Repeat("a", 16<<20) + `"}`))
	if err2 := w.Close(); err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	bomb := packed.String()
	signedIn := func(method, path string) func(*world) *http.Request {
		return func(w *world) *http.Request {
			r := request(t, method, path, bomb)
			r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
			return r
		}
	}
	for name, c := range map[string]struct {
		ask  func(*world) *http.Request
		want int
		says string
	}{
		"shopify": {func(*world) *http.Request { return shopifyDelivery(t, bomb, newHush) }, 400, "malformed"},
		"tiktok":  {func(*world) *http.Request { return tiktokDelivery(t, bomb) }, 400, "malformed"},
		"api":     {signedIn(http.MethodPut, "/api/settings"), 400, "invalid_json"},
		"page":    {signedIn(http.MethodPost, "/orders/import"), 422, "has digits alone"},
	} {
		w := newWorld()
		r := c.ask(w)
		r.Header.Set("Content-Encoding", "gzip")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := w.call(t, r)
		if rec.Code != c.want || !strings.Contains(rec.Body.String(), c.says) {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
		if len(w.events) > 0 {
			t.Errorf("%s: something was kept", name)
		}
	}
}

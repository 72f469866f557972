package routes_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestStaticServesFilesAndNoListings(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for path, want := range map[string]int{
		"/static/app.js": http.StatusOK, "/static/app.css": http.StatusOK, "/static/reopen.js": http.StatusOK,
		"/static/": http.StatusNotFound, "/static": http.StatusNotFound, "/static/no.js": http.StatusNotFound,
		"/static/../templates/layout.html": http.StatusNotFound, "/static/..%2ftemplates%2flayout.html": http.StatusNotFound,
	} {
		if rec := w.call(t, request(t, http.MethodGet, path, "")); rec.Code != want {
			t.Errorf("%s: status %d, want %d", path, rec.Code, want)
		}
	}
}

// A page names our files by their version: kept by browsers, and small on the way.
func TestStaticIsKeptAndCompressed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	home := w.call(t, request(t, http.MethodGet, "/?shop="+string(demo)+"&id_token="+token(t, "HS256", newHush, claims(w, demo)), ""))
	address := regexp.MustCompile(`/static/app\.js\?v=\w+`).FindString(home.Body.String())
	if address == "" {
		t.Fatalf("the page does not name its script:\n%s", home.Body)
	}
	r := request(t, http.MethodGet, address, "")
	r.Header.Set("Accept-Encoding", "gzip, br")
	rec := w.call(t, r)
	if h := rec.Header(); h.Get("Content-Encoding") != "gzip" || !strings.Contains(h.Get("Cache-Control"), "immutable") ||
		!strings.HasPrefix(h.Get("Content-Type"), "text/javascript") {
		t.Errorf("headers %v", h)
	}
	const most = 100 << 10
	if rec.Body.Len() > most {
		t.Errorf("%d bytes compressed, want at most %d", rec.Body.Len(), most)
	}
	unpacked, err := gzip.NewReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(unpacked)
	plain := w.call(t, request(t, http.MethodGet, "/static/app.js?v=old", ""))
	if err != nil || !bytes.Equal(got, plain.Body.Bytes()) {
		t.Errorf("%v: %d bytes unpacked, %d plain", err, len(got), plain.Body.Len())
	}
	if kept := plain.Header().Get("Cache-Control"); kept != "no-store" {
		t.Errorf("another version's address is kept: %q", kept)
	}
}

package routes_test

import (
	"net/http"
	"testing"
)

func TestStaticServesFilesAndNoListings(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for path, want := range map[string]int{
		"/static/home.js": http.StatusOK, "/static/home.css": http.StatusOK,
		"/static/": http.StatusNotFound, "/static": http.StatusNotFound, "/static/no.js": http.StatusNotFound,
		"/static/../templates/home.html": http.StatusNotFound,
	} {
		if rec := w.call(t, request(t, http.MethodGet, path, "")); rec.Code != want {
			t.Errorf("%s: status %d, want %d", path, rec.Code, want)
		}
	}
}

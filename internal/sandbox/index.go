package sandbox

import "net/http"

// index serves the page that lists the platforms, and is Shopify's admin and
// CDN to whoever looks for them there.
func (w *World) index() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", w.start)
	mux.Handle("/", w.Admin.Handler())
	return mux
}

package sandbox

import (
	_ "embed" // for appbridge.js
	"net/http"
)

//go:embed appbridge.js
var appBridge string

// index serves the page that lists the platforms, and stands in for Shopify's
// CDN, from which pages inside the admin load App Bridge.
func (w *World) index() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", w.start)
	mux.HandleFunc("GET /shopifycloud/app-bridge.js", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = out.Write([]byte(appBridge))
	})
	mux.HandleFunc("GET /shopifycloud/", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = out.Write([]byte("/* simulated: Shopify serves Polaris here */\n"))
	})
	mux.HandleFunc("GET /session-token", func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Access-Control-Allow-Origin", w.app)
		_, _ = out.Write([]byte(w.Shopify.SessionToken(r.FormValue("shop"), merchant)))
	})
	return mux
}

package sandbox

import (
	_ "embed" // for appbridge.js
	"html/template"
	"net/http"
)

var indexPage = template.Must(template.New("index").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Switchback sandbox</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}li{margin:.5rem 0}</style></head><body>
<h1>Switchback sandbox</h1>
<p>Everything here is simulated and forgotten when the program ends.</p>
<ul>
<li><a href="{{.TikTok}}/sandbox/tiktok">TikTok Shop</a>: place an order and move it through its statuses.</li>
<li><a href="{{.Shopify}}/sandbox/shopify/">Shopify</a>: the orders that arrived, and the app inside the admin.</li>
<li><a href="{{.Loop}}/{{.Portal}}">Loop return portal</a>: find an order by its TikTok number and ZIP.</li>
<li><a href="{{.App}}/healthz">Switchback</a> itself answers at {{.App}}.</li>
</ul></body></html>`))

//go:embed appbridge.js
var appBridge string

// index serves the page that lists the platforms, and stands in for Shopify's
// CDN, from which pages inside the admin load App Bridge.
func (w *World) index() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = indexPage.Execute(out, map[string]string{
			"TikTok": w.URL.TikTok, "Shopify": w.URL.Shopify, "Loop": w.URL.Loop, "Portal": Portal, "App": w.app,
		})
	})
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

package routes_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// filled is a route's path with something in place of its parameters.
func filled(path string) string {
	parts := strings.Split(path, "/")
	for n, part := range parts {
		if strings.HasPrefix(part, ":") || strings.HasPrefix(part, "*") {
			parts[n] = "577000000000000001"
		}
	}
	return strings.Join(parts, "/")
}

// Whatever changes anything wants the session token in the header, where no
// other site can put it: not in the address, not in a cookie, not in the form.
func TestNothingChangesWithoutAToken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	engine, ok := w.handler().(*gin.Engine)
	if !ok {
		t.Fatal("the handler is no gin engine")
	}
	raw := token(t, "HS256", newHush, claims(w, demo))
	changing := 0
	for _, route := range engine.Routes() {
		if route.Method == http.MethodGet || route.Method == http.MethodHead || route.Method == http.MethodOptions || strings.HasPrefix(route.Path, "/webhooks/") {
			continue
		}
		changing++
		path := filled(route.Path)
		for name, r := range map[string]*http.Request{
			"nothing":    request(t, route.Method, path, "a=b"),
			"in address": request(t, route.Method, path+"?"+url.Values{"shop": {string(demo)}, "id_token": {raw}}.Encode(), "a=b"),
			"in form":    request(t, route.Method, path, url.Values{"id_token": {raw}, "session": {raw}}.Encode()),
			"in cookie":  request(t, route.Method, path, "a=b"),
		} {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", "https://evil.example")
			if name == "in cookie" {
				r.AddCookie(&http.Cookie{Name: "Authorization", Value: "Bearer " + raw})
				r.AddCookie(&http.Cookie{Name: "id_token", Value: raw})
			}
			if rec := w.call(t, r); rec.Code != http.StatusUnauthorized {
				t.Errorf("%s %s, token %s: %d", route.Method, route.Path, name, rec.Code)
			}
		}
	}
	if changing < 20 {
		t.Errorf("only %d routes that change something were found", changing)
	}
	if len(w.did) > 0 {
		t.Errorf("did %v", w.did)
	}
}

// Every page and every answer of the API wants a token of an installed shop,
// and no answer to a stranger tells whether an order is there.
func TestNothingIsShownWithoutAToken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	engine, _ := w.handler().(*gin.Engine)
	public := []string{"/healthz", "/readyz", "/auth", "/auth/callback", "/auth/session-token", "/tiktok/callback", "/static/:name", "/returns/:slug", "/returns/:slug/"}
	for _, route := range engine.Routes() {
		if route.Method != http.MethodGet || slices.Contains(public, route.Path) {
			continue
		}
		rec := w.call(t, request(t, http.MethodGet, filled(route.Path), ""))
		page := !strings.HasPrefix(route.Path, "/api/")
		switch {
		case page && (rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Open Switchback in your Shopify admin")):
			t.Errorf("page %s: %d %s", route.Path, rec.Code, rec.Body)
		case !page && rec.Code != http.StatusUnauthorized:
			t.Errorf("%s: %d", route.Path, rec.Code)
		}
	}
	if len(w.did) > 0 {
		t.Errorf("did %v", w.did)
	}
}

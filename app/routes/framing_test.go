package routes_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// framers are whom an answer lets frame it; the answer's policy has to say.
func framers(t *testing.T, name string, h http.Header) string {
	t.Helper()
	policies := h.Values("Content-Security-Policy")
	if len(policies) != 1 {
		t.Errorf("%s: %d policies", name, len(policies))
		return ""
	}
	for directive := range strings.SplitSeq(policies[0], ";") {
		if sources, ok := strings.CutPrefix(strings.TrimSpace(directive), "frame-ancestors "); ok {
			return sources
		}
	}
	t.Errorf("%s: anybody may frame it: %s", name, policies[0])
	return ""
}

// Each answer of each route, to the merchant and to a stranger, refused or not,
// is framed by the shop's own admin or by nobody. What tells a stranger to open
// the admin is the same for everybody, and any admin may frame it.
func TestEveryAnswerSaysWhoMayFrameIt(t *testing.T) {
	t.Parallel()
	const nobody, own, anyAdmin = "'none'", "https://demo.myshopify.com https://admin.shopify.com", "https://*.myshopify.com https://admin.shopify.com"
	engine, _ := newWorld().handler().(*gin.Engine)
	check := func(name, method, path, authorization, want string) {
		w := newWorld()
		r := request(t, method, path, "")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		if got := framers(t, name, w.call(t, r).Header()); got != want {
			t.Errorf("%s %s: framed by %s, want %s", name, path, got, want)
		}
	}
	pages := 0
	for _, route := range engine.Routes() {
		path, name := filled(route.Path), route.Method+" "+route.Path
		w := newWorld()
		good := token(t, "HS256", newHush, claims(w, demo))
		apart := strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/auth") || strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/returns/") ||
			strings.HasPrefix(path, "/webhooks/") || path == "/tiktok/callback" || path == "/healthz" || path == "/readyz"
		inside, outside := own, anyAdmin
		if apart {
			inside, outside = nobody, nobody
		} else {
			pages++
		}
		if route.Method != http.MethodGet {
			outside = nobody
		}
		check("merchant: "+name, route.Method, path, "Bearer "+good, inside)
		check("stranger: "+name, route.Method, path, "", outside)
		check("bad token: "+name, route.Method, path, "Bearer x", nobody)
		if !apart && route.Method == http.MethodGet {
			check("to be bounced: "+name, route.Method, path+"?shop="+string(demo), "", own)
			check("refused: "+name, route.Method, path+"?id_token=x&shop="+string(demo), "", own)
			check("no shop: "+name, route.Method, path+"?id_token=x&shop=evil.example", "", nobody)
		}
	}
	if pages < 20 {
		t.Errorf("only %d routes of pages were found", pages)
	}
	check("no such address", http.MethodGet, "/nowhere", "", nobody)
	check("no such method", http.MethodPatch, "/orders", "", nobody)
	check("return link, found", http.MethodGet, "/returns/demoslug?order=1&zip=2", "", nobody)
	check("return link, failed", http.MethodGet, "/returns/broken?order=1&zip=2", "", nobody)
	check("authorization", http.MethodGet, "/auth?shop="+string(demo), "", nobody)
	check("bounce page", http.MethodGet, "/auth/session-token?shop="+string(demo)+"&shopify-reload="+url.QueryEscape(appURL+"/"), "", own)
}

// ownHost is the demo shop's admin as Shopify names it.
var ownHost = strings.TrimPrefix(hostOf("admin.shopify.com/store/demo"), "host=")

func hostOf(admin string) string {
	return "host=" + base64.RawStdEncoding.EncodeToString([]byte(admin))
}

// App Bridge talks to the admin that the host parameter names: a page is opened
// with its own shop's, in either form, or with none.
func TestAPageKnowsItsAdmin(t *testing.T) {
	t.Parallel()
	w := newWorld()
	token := "&id_token=" + token(t, "HS256", newHush, claims(w, demo))
	for query, want := range map[string]int{
		"shop=" + string(demo) + "&" + hostOf("admin.shopify.com/store/demo") + token:                         http.StatusOK,
		"shop=" + string(demo) + "&" + hostOf("demo.myshopify.com/admin") + token:                             http.StatusOK,
		hostOf("demo.myshopify.com/admin") + token:                                                            http.StatusOK,
		"shop=" + string(demo) + "&" + hostOf("admin.shopify.com/store/other") + token:                        http.StatusBadRequest,
		"shop=" + string(demo) + "&" + hostOf("evil.example") + token:                                         http.StatusBadRequest,
		"shop=" + string(demo) + "&" + hostOf("evil.example"):                                                 http.StatusBadRequest,
		"shop=" + string(demo) + "&host=" + token:                                                             http.StatusBadRequest,
		"shop=" + string(demo) + "&host=" + ownHost + "&" + hostOf("evil.example") + token:                    http.StatusBadRequest,
		hostOf("admin.shopify.com/store/other") + token:                                                       http.StatusBadRequest,
		"shop=" + string(demo) + "&" + hostOf("admin.shopify.com/store/demo/../other") + token:                http.StatusBadRequest,
		"shop=" + string(demo) + "&" + hostOf("admin.shopify.com/store/demo@evil.example") + token:            http.StatusBadRequest,
		"shop=" + string(demo) + "&" + hostOf("admin.shopify.com/store/demo\r\nContent-Type: text/x") + token: http.StatusBadRequest,
	} {
		if rec := w.call(t, request(t, http.MethodGet, "/?"+query, "")); rec.Code != want {
			t.Errorf("%s: %d, want %d", query, rec.Code, want)
		}
	}
}

// The bounce page hands a session token to the address it names. A browser's
// scripts read an address otherwise than we do; where the two may differ nothing
// is shown.
func TestTheBounceLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	ours, shop := "shopify-reload="+url.QueryEscape(appURL+"/orders"), "shop="+string(demo)
	const evil = "shopify-reload=https://evil.example/"
	host := "host=" + ownHost
	for query, want := range map[string]int{
		shop + "&" + ours:                                                      http.StatusOK,
		shop + "&" + host + "&" + ours:                                         http.StatusOK,
		shop + "&" + ours + "&filter=a&filter=b":                               http.StatusOK,
		shop + "&" + host + "&host=ZXZpbA&" + ours:                             http.StatusBadRequest,
		shop + "&" + hostOf("admin.shopify.com/store/other") + "&" + ours:      http.StatusBadRequest,
		shop + "&" + hostOf("evil.example/store/demo") + "&" + ours:            http.StatusBadRequest,
		shop + "&" + evil:                                                      http.StatusBadRequest,
		shop + "&" + evil + "%zz&" + ours:                                      http.StatusBadRequest,
		shop + "&" + evil + ";x&" + ours:                                       http.StatusBadRequest,
		shop + "&" + evil + "&" + ours:                                         http.StatusBadRequest,
		shop + "&" + ours + "&" + evil:                                         http.StatusBadRequest,
		shop + "&" + ours + "&%73hopify-reload=https://evil.example/":          http.StatusBadRequest,
		shop + "&" + ours + "&shop=evil.myshopify.com":                         http.StatusBadRequest,
		"shop=evil.myshopify.com%zz&" + shop + "&" + ours:                      http.StatusBadRequest,
		shop + "&shopify-reload=//evil.example/":                               http.StatusBadRequest,
		shop + "&shopify-reload=https:evil.example/":                           http.StatusBadRequest,
		shop + "&shopify-reload=javascript:alert(1)":                           http.StatusBadRequest,
		shop + "&shopify-reload=" + url.QueryEscape(appURL):                    http.StatusBadRequest,
		shop + "&shopify-reload=" + url.QueryEscape(appURL+"@evil.example/"):   http.StatusBadRequest,
		shop + "&shopify-reload=" + url.QueryEscape(appURL+"\\@evil.example/"): http.StatusBadRequest,
		shop + "&shopify-reload=" + url.QueryEscape(appURL+"。evil.example/"):   http.StatusBadRequest,
		shop + "&shopify-reload=" + url.QueryEscape(" "+appURL+"/"):            http.StatusBadRequest,
		shop + "&SHOPIFY-RELOAD=" + url.QueryEscape(appURL+"/"):                http.StatusBadRequest,
	} {
		rec := newWorld().call(t, request(t, http.MethodGet, "/auth/session-token?"+query, ""))
		if rec.Code != want || want != http.StatusOK && strings.Contains(rec.Body.String(), "app-bridge.js") {
			t.Errorf("%s: %d, want %d", query, rec.Code, want)
		}
	}
}

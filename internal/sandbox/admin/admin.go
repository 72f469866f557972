// Package admin stands in for what a merchant's browser meets of Shopify: the
// admin with its orders, the app in a frame inside it, the app's block on an
// order's page, and the two scripts that Shopify's CDN serves, App Bridge and
// Polaris.
//
// The sandbox serves it, people click in it and browser tests use it. The
// orders are shopifysim's; nothing is kept here but how many session tokens are
// to be stale. The block is the bundle that would be deployed. None of it is
// Shopify's code, and none of it is the app's.
package admin

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

//go:embed pages static polaris
var files embed.FS

var views = frame.Parse(template.FuncMap{"words": words}, files, "pages/*.html")

// Admin is the admin of every shop in the simulator.
type Admin struct {
	Shopify *shopifysim.Sim
	// AppURL is the app's address without a trailing slash, StartURL the sandbox's start page.
	AppURL, StartURL string
	// User is the number of the staff member who is signed in.
	User string

	mu    sync.Mutex
	stale int
}

// mostStale bounds what a form may ask for.
const mostStale = 1000

// StaleTokens has the next n session tokens be expired when they are handed out.
func (a *Admin) StaleTokens(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stale = n
}

// Handler serves `/store/`, `/assets/`, `/shopifycloud/` and `/sandbox/session-tokens`.
func (a *Admin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /store/{shop}/{$}", a.toOrders)
	mux.HandleFunc("GET /store/{shop}", a.toOrders)
	mux.HandleFunc("GET /store/{shop}/orders", a.orders)
	mux.HandleFunc("POST /store/{shop}/orders", a.buy)
	mux.HandleFunc("GET /store/{shop}/orders/{id}", a.order)
	mux.HandleFunc("POST /store/{shop}/orders/{id}/{button}", a.press)
	mux.HandleFunc("GET /store/{shop}/orders/{id}/block", a.block)
	mux.HandleFunc("POST /store/{shop}/graphql", a.graphql)
	mux.HandleFunc("GET /store/{shop}/apps/switchback", a.app)
	mux.HandleFunc("GET /store/{shop}/apps/switchback/{path...}", a.app)
	// The admin knows an app by its key too, and puts its handle in the place.
	mux.HandleFunc("GET /store/{shop}/apps/{key}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/store/"+url.PathEscape(r.PathValue("shop"))+"/apps/switchback", http.StatusFound)
	})
	mux.HandleFunc("GET /assets/{name}", asset)
	mux.HandleFunc("GET /shopifycloud/{name}", a.cdn)
	mux.HandleFunc("GET /store/{shop}/session-token", a.token)
	mux.HandleFunc("POST /sandbox/session-tokens", a.control)
	// A page of some other site must not be able to press the buttons.
	return http.NewCrossOriginProtection().Handler(mux)
}

// domain is the shop that a path names, by its domain or, as the admin does, by the first part of it.
func (a *Admin) domain(r *http.Request) (string, bool) {
	named := r.PathValue("shop")
	if !strings.Contains(named, ".") {
		named += ".myshopify.com"
	}
	known := slices.ContainsFunc(a.Shopify.Shops(), func(s shopifysim.ShopSpec) bool { return s.Domain == named })
	return named, known
}

// Store is the path of a shop's admin.
func Store(domain string) string {
	handle, _, _ := strings.Cut(domain, ".")
	return "/store/" + handle
}

// shell is what every page of a shop's admin shows around its own.
type shell struct {
	frame.Page
	// Store is the path of the shop's admin, Here the entry of the navigation that is open.
	Store, Here string
}

func (a *Admin) around(domain, title, here string) shell {
	store := Store(domain)
	name := domain
	for _, s := range a.Shopify.Shops() {
		if s.Domain == domain {
			name = cmp.Or(s.Name, domain)
		}
	}
	return shell{frame.Page{Look: "shopify", Brand: name + " · Shopify admin", BrandHref: store + "/orders", Title: title, Start: a.StartURL}, store, here}
}

func (a *Admin) toOrders(w http.ResponseWriter, r *http.Request) {
	domain, known := a.domain(r)
	if !known {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, Store(domain)+"/orders", http.StatusFound)
}

// token mints what App Bridge hands to the app's page. Only the admin's own pages can read it.
func (a *Admin) token(w http.ResponseWriter, r *http.Request) {
	domain, known := a.domain(r)
	if !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(a.Shopify.SessionToken(domain, a.User, a.freshness()...))) // the browser has gone: nothing to tell it
}

// control sets from outside how many of the next session tokens are expired: the form's field "stale".
func (a *Admin) control(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formBytes)
	n, err := strconv.Atoi(r.PostFormValue("stale"))
	if err != nil || n < 0 || n > mostStale {
		http.Error(w, fmt.Sprintf("stale must be a number from 0 to %d", mostStale), http.StatusUnprocessableEntity)
		return
	}
	a.StaleTokens(n)
	w.WriteHeader(http.StatusNoContent)
}

// longAgo is how old a stale token is.
const longAgo = time.Hour

// freshness makes a token stale while some are to be.
func (a *Admin) freshness() []shopifysim.TokenOption {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stale == 0 {
		return nil
	}
	a.stale--
	return staleToken()
}

func staleToken() []shopifysim.TokenOption {
	return []shopifysim.TokenOption{shopifysim.IssuedAt(time.Now().Add(-longAgo))}
}

// staleVisit in an address of the app opens it with an expired token, as an old tab would.
const staleVisit = "stale-token"

// app shows a page of the app inside the admin.
func (a *Admin) app(w http.ResponseWriter, r *http.Request) {
	domain, known := a.domain(r)
	if !known {
		http.NotFound(w, r)
		return
	}
	query := r.URL.Query()
	token := a.freshness
	if query.Has(staleVisit) {
		query.Del(staleVisit)
		token = staleToken
	}
	view := struct {
		shell
		Src, Root, AppOrigin string
	}{
		shell: a.around(domain, "Switchback", "Switchback"), Root: Store(domain) + "/apps/switchback", AppOrigin: a.AppURL,
		Src: a.Shopify.EmbeddedURLAt(domain, a.User, path.Clean("/"+r.PathValue("path")), query, token()...),
	}
	policy := frame.Policy{Scripts: []string{"'self'"}, Styles: []string{"'self'"}, Frames: []string{a.AppURL}, Connect: []string{"'self'"}}
	frame.ShowUnder(policy, w, http.StatusOK, views, "app", view)
}

// graphql answers the block's own queries.
func (a *Admin) graphql(w http.ResponseWriter, r *http.Request) {
	domain, known := a.domain(r)
	if !known {
		http.NotFound(w, r)
		return
	}
	a.Shopify.ServeDirect(w, r, domain)
}

// kinds are the media types of what is served as a file.
var kinds = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json"}

func asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	text, err := files.ReadFile("static/" + name)
	if err != nil || strings.HasPrefix(name, "app-bridge") {
		http.NotFound(w, r)
		return
	}
	serve(w, name, text)
}

func serve(w http.ResponseWriter, name string, text []byte) {
	w.Header().Set("Content-Type", kinds[path.Ext(name)])
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(text) // the browser has gone: nothing to tell it
}

// cdn serves the scripts that the app's pages load from Shopify.
func (a *Admin) cdn(w http.ResponseWriter, r *http.Request) {
	switch name := r.PathValue("name"); name {
	case "app-bridge.js":
		text, _ := files.ReadFile("static/app-bridge.js") // embedded: it is there
		serve(w, name, text)
	case "polaris-1.js":
		serve(w, name, components())
	default:
		http.NotFound(w, r)
	}
}

// components are the parts of the stand-in for Polaris as one script.
var components = sync.OnceValue(func() []byte {
	script := []byte("(() => {\n\"use strict\";\n")
	parts, _ := fs.Glob(files, "polaris/*.js") // the pattern is right; sorted, and their names begin with numbers
	for _, part := range parts {
		text, _ := files.ReadFile(part) // embedded: it is there
		script = append(script, text...)
	}
	return append(script, "})();\n"...)
})

// OrderPath is where an order's page is, by the number at the end of its GID.
func OrderPath(domain, legacyID string) string {
	return Store(domain) + "/orders/" + url.PathEscape(legacyID)
}

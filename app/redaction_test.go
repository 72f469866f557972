package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

// gossip stands before a platform. In its mood it answers by quoting what it was
// sent, and passes on what is asked otherwise.
type gossip struct {
	name string
	pass http.Handler

	mu      sync.Mutex
	mood    string
	quoted  map[string]int
	secrets map[string]string
}

// moods are the ways in which a platform, or a proxy before it, quotes.
var moods = []string{"refusal", "errors", "outage", "no HTTP"}

func (g *gossip) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(sent))
	g.mu.Lock()
	g.listen(r, sent)
	mood := g.mood
	g.quoted[mood]++
	g.mu.Unlock()
	head, _ := httputil.DumpRequest(r, false)
	quote := r.URL.RawQuery + " " + string(head) + " " + string(sent)
	for name := range r.Header {
		w.Header().Set("X-Request-Id", w.Header().Get("X-Request-Id")+r.Header.Get(name))
	}
	answer := func(status int, body any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	switch mood {
	case "":
		w.Header().Del("X-Request-Id")
		g.pass.ServeHTTP(w, r)
	case "refusal":
		answer(http.StatusForbidden, map[string]any{
			"code": 36009003, "message": quote, "request_id": quote, "errors": quote, "error": "invalid_request", "error_description": quote,
		})
	case "errors":
		answer(http.StatusOK, map[string]any{
			"code": 36009003, "message": quote, "errors": []any{map[string]any{"message": quote, "extensions": map[string]string{"code": "ACCESS_DENIED"}}},
		})
	case "outage":
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, quote)
	default:
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer func(c net.Conn) { _ = c.Close() }(conn)
		_, _ = io.WriteString(conn, r.Header.Get("X-Shopify-Access-Token")+r.Header.Get("X-Tts-Access-Token")+r.Header.Get("X-Authorization")+quote+"\r\n\r\n")
	}
}

// listen notes the secrets that the program sends.
func (g *gossip) listen(r *http.Request, sent []byte) {
	for _, name := range []string{"X-Shopify-Access-Token", "X-Tts-Access-Token", "X-Authorization"} {
		g.note(name, r.Header.Get(name))
	}
	var body map[string]any
	_ = json.Unmarshal(sent, &body)
	for _, name := range []string{"client_secret", "refresh_token", "subject_token", "code", "app_secret", "auth_code"} {
		value, _ := body[name].(string)
		g.note(name, value)
		g.note(name, r.URL.Query().Get(name))
	}
}

func (g *gossip) note(name, value string) {
	if value != "" {
		g.secrets[value] = g.name + "'s " + name
	}
}

func (g *gossip) gets(mood string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mood = mood
}

func (g *gossip) has(mood string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.quoted[mood]
}

// TestNoSecretIsRepeated: platforms that quote what they were sent, in four ways,
// bring no token, key or app's secret into log, database, scrape or page.
func TestNoSecretIsRepeated(t *testing.T) {
	t.Parallel()
	s, all := gossiping(t)
	s.furnished(t)
	s.giveLoopKey(t, theLoopKey)
	ids := []string{s.place(t, "AWAITING_SHIPMENT")}
	s.orderIs(t, sandbox.Shop, ids[0], "written", "")
	for _, g := range all {
		for _, mood := range moods {
			ids = append(ids, s.repeated(t, g, mood, ids[0]))
		}
	}
	secrets := map[string]string{encryptionKey: "encryption key"}
	for _, g := range all {
		g.mu.Lock()
		maps.Copy(secrets, g.secrets)
		g.mu.Unlock()
	}
	if len(secrets) < 7 {
		t.Errorf("only %d secrets were sent", len(secrets))
	}
	for where, text := range s.told(t, ids) {
		for value, name := range secrets {
			for _, shape := range shapes(value) {
				if bytes.Contains(text, shape) {
					t.Errorf("%s: %s", where, name)
					break
				}
			}
		}
	}
}

// gossiping is a stage with a gossip before each platform.
func gossiping(t *testing.T) (*stage, []*gossip) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	s := surround(t, "http://"+listener.Addr().String(), scenery{hostile: true, environ: []string{"METRICS_ADDR=" + freeAddress(t), "LOG_LEVEL=debug", "RETRY_BASE=20ms"}})
	check(t, os.WriteFile(s.file, migrated(t), 0o600))
	var all []*gossip
	before := func(name, address string) string {
		to, err := url.Parse(address)
		check(t, err)
		g := &gossip{name: name, pass: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: to.Scheme, Host: to.Host}), quoted: map[string]int{}, secrets: map[string]string{}}
		server := httptest.NewServer(g)
		t.Cleanup(server.Close)
		all = append(all, g)
		return server.URL + to.Path
	}
	tiktok := before("TikTok", s.platforms.URL.TikTok)
	s.environ = append(s.environ, "TIKTOK_API_URL="+tiktok, "TIKTOK_AUTH_URL="+tiktok,
		"SHOPIFY_SHOP_URL="+before("Shopify", s.platforms.URL.Shopify)+"/{shop}", "LOOP_API_URL="+before("Loop", s.platforms.URL.Loop)+"/api/v1")
	s.serve(t, listener)
	return s, all
}

// repeated has a platform quote what it is sent about a new order, a person's
// question about one that is written, and a token's renewal.
func (s *stage) repeated(t *testing.T, g *gossip, mood, written string) (id string) {
	t.Helper()
	g.gets(mood)
	defer g.gets("")
	id = s.place(t, "AWAITING_SHIPMENT")
	heard := 0
	more := func() error {
		s.api(t, sandbox.Shop, http.MethodPost, "/api/orders/"+written+"/loop-check", "")
		if g.has(mood) <= heard {
			return fmt.Errorf("%s was not asked in its mood %q", g.name, mood)
		}
		return nil
	}
	s.until(t, more)
	heard = g.has(mood)
	s.platforms.Shopify.ExpireTokens(sandbox.Shop)
	check(t, s.platforms.TikTok.ExpireTokens(sandbox.Seller))
	s.place(t, "AWAITING_SHIPMENT")
	s.until(t, more)
	return id
}

// told is everything that the program tells anybody.
func (s *stage) told(t *testing.T, ids []string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"log": []byte(s.log.whole())}
	database, err := sql.Open("sqlite", "file:"+s.file+"?_pragma=busy_timeout(5000)")
	check(t, err)
	defer func() { _ = database.Close() }()
	for _, table := range column(t, database, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		for _, row := range rawRows(t, database, table) {
			for field, value := range row {
				all[table+"."+field] = append(all[table+"."+field], value+"\n"...)
			}
		}
	}
	_, scrape, err := s.get("http://" + s.variable("METRICS_ADDR") + "/metrics")
	check(t, err)
	all["scrape"] = []byte(scrape)
	for _, path := range append([]string{"/", "/orders", "/exceptions", "/settings"}, "/orders/"+ids[0], "/orders/"+ids[len(ids)-1]) {
		_, page, err := s.get(s.platforms.Shopify.EmbeddedURLAt(sandbox.Shop, user, path, nil))
		check(t, err)
		all["page "+path] = []byte(page)
	}
	for _, path := range []string{"/api/exceptions", "/api/orders", "/api/orders/" + ids[0], "/api/settings"} {
		_, body := s.api(t, sandbox.Shop, http.MethodGet, path, "")
		all[path] = []byte(body)
	}
	cut := func(text []byte) bool { return bytes.Contains(text, []byte("[redacted]")) }
	if !slices.ContainsFunc(slices.Collect(maps.Values(all)), cut) {
		t.Error("nothing was cut out anywhere: does anybody quote?")
	}
	return all
}

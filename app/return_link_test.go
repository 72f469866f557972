package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

const askedPortal = "https://returns.example.com/"

// linked is a shop with a portal, an order in Shopify and one that is held, and
// a neighbor with an order of their own. It returns the path of the return link.
func (s *stage) linked(t *testing.T) (path, written, held string) {
	t.Helper()
	held, _ = s.neighbors(t)
	var settings struct {
		Link string `json:"return_link"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"return_portal_url":"`+askedPortal+`"}`, &settings)
	written = s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, written, "written", "")
	return strings.TrimPrefix(settings.Link, s.app), written, held
}

// raw sends bytes as they are and reads the answer to its end.
func (s *stage) raw(t *testing.T, request string) string {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.app, "http://"))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer func() { _ = conn.Close() }()
	deadlineErr := conn.SetDeadline(time.Now().Add(patience))
	_, writeErr := io.WriteString(conn, request)
	answer, readErr := io.ReadAll(conn)
	if err := errors.Join(deadlineErr, writeErr, readErr); err != nil {
		t.Error(err)
	}
	return string(answer)
}

// asking is a request line with what every request has.
func asking(target, more string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: switchback.test\r\nConnection: close\r\n" + more + "\r\n"
}

var own = regexp.MustCompile(`(?m)^(Date|X-Request-Id): .*\r\n`)

// A stranger who holds two answers side by side cannot tell which number the
// shop has: all that differs is what they themselves typed.
func TestTheReturnLinksMissesAreTheSame(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	path, written, held := s.linked(t)
	misses := map[string][2]string{
		"another ZIP": {written, "99999"}, "held": {held, "73301"}, "nobody's": {"576999999999999999", "73301"},
		"no number": {"what-is-this", "73301"}, "a long number": {strings.Repeat("5", 19), "73301"},
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	answers := map[string]string{}
	for name, typed := range misses {
		all.Go(func() {
			answer := s.raw(t, asking(path+"?order="+url.QueryEscape(typed[0])+"&zip="+typed[1], ""))
			mu.Lock()
			defer mu.Unlock()
			answers[name] = own.ReplaceAllString(strings.NewReplacer(typed[0], "ORDER", typed[1], "ZIP").Replace(answer), "")
		})
	}
	all.Wait()
	want := answers["nobody's"]
	if !strings.HasPrefix(want, "HTTP/1.1 302 ") || !strings.Contains(want, "Location: "+askedPortal+"?order=ORDER&zip=ZIP\r\n") {
		t.Fatalf("the answer is\n%s", want)
	}
	length := regexp.MustCompile(`(?m)^Content-Length: .*\r\n`) // goes with the length of what was typed
	for name, got := range answers {
		if length.ReplaceAllString(got, "") != length.ReplaceAllString(want, "") {
			t.Errorf("%s:\n%s\nbut nobody's:\n%s", name, got, want)
		}
	}
}

// Whatever stands on the line of a request, the answer's headers are ours, and
// where it leads is the portal, the app itself, or Shopify.
func TestNoRequestLineWritesAHeader(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{environ: seldom.environ, hostile: true})
	path, written, _ := s.linked(t)
	values := []string{
		"x%0d%0aX-Injected:%20yes", "x%0aX-Injected:%20yes", "x%0dX-Injected:%20yes", "x%E5%98%8A%E5%98%8DX-Injected:%20yes", "x%00", "%zz", "//evil.example", "https://evil.example/",
		"%5cevil.example", "%2f%2fevil.example", "@evil.example", "javascript:alert(1)", "x;y", "x%26order=1", "%EF%BC%8Fevil.example", "shop.myshopify.com%0d%0aX-Injected:%20yes",
		"evil.example%23.myshopify.com", "evil.example%2f.myshopify.com", "stoneware.myshopify.com.evil.example", "stoneware%E3%80%82myshopify.com",
	}
	leads := regexp.MustCompile(`^(` + regexp.QuoteMeta(askedPortal) + `(\?|$)|` + regexp.QuoteMeta(s.app) + `/|/[^/\\]|` + regexp.QuoteMeta(s.platforms.URL.Shopify) + `/|` + regexp.QuoteMeta(s.platforms.URL.Index) + `/)`)
	var all sync.WaitGroup // most visits to the return link take as long as a miss
	look := func(request string) {
		head, _, _ := strings.Cut(s.raw(t, request), "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 ") {
			t.Errorf("%q is answered %q", request, head)
		}
		if regexp.MustCompile(`(?m)^X-Injected:`).MatchString(head) || strings.ContainsAny(strings.ReplaceAll(head, "\r\n", ""), "\r\n") {
			t.Errorf("%q writes the header\n%s", request, head)
		}
		if m := regexp.MustCompile(`(?m)^Location: (.*)\r$`).FindStringSubmatch(head + "\r"); m != nil && !leads.MatchString(m[1]) {
			t.Errorf("%q leads to %s", request, m[1])
		}
		if strings.HasPrefix(head, "HTTP/1.1 5") {
			t.Errorf("%q: %s", request, head)
		}
	}
	for _, value := range values {
		for _, target := range []string{
			path + "?order=%s&zip=", path + "?order=&zip=%s", path + "?order=" + written + "&zip=99999&order=%s&zip=%s", "/returns/%s?order=1", path + "/%s",
			"/auth?shop=%s", "/auth?shop=stoneware.myshopify.com&host=%s", "/auth/callback?shop=%s&code=1&state=1&hmac=1", "/auth/session-token?shop=%s&shopify-reload=%s",
			"/tiktok/callback?code=%s&state=%s", "/?shop=%s", "/orders?shop=stoneware.myshopify.com&x=%s&host=%s", "/%s", "/orders/%s?shop=stoneware.myshopify.com", "http://evil.example/%s",
			"http://evil.example" + path + "?order=%s", "//evil.example/%s",
		} {
			all.Go(func() { look(asking(strings.ReplaceAll(target, "%s", value), "")) })
		}
	}
	for _, more := range []string{"X-Forwarded-Host: evil.example\r\n", "X-Forwarded-Proto: javascript\r\n", "X-Original-URL: //evil.example\r\n", "Forwarded: host=evil.example\r\n", "X-Request-Id: x\r\nReferer: https://evil.example\r\n"} {
		for _, target := range []string{path + "?order=&zip=", "/orders?shop=stoneware.myshopify.com", "/auth?shop=stoneware.myshopify.com", "/returns"} {
			all.Go(func() { look(asking(target, more)) })
		}
	}
	look("GET " + path + "?order=1\r\nX-Injected: yes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	look(fmt.Sprintf("GET %s?order=1\rX-Injected: yes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path))
	all.Wait()
}

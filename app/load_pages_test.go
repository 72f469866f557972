//go:build load && linux

package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/store/storetest"
)

// TestLoadPages tells how long the program takes to answer for each page and
// list of a shop with 1,000,000 orders in SQLite, and how heavy pages are.
func TestLoadPages(t *testing.T) {
	s, p := servedHere(t)
	s.furnished(t)
	keys, err := secret.ParseKeyring(encryptionKey)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Million{
		Shop: sandbox.Shop, TikTokShop: sandbox.TikTokShop, ZIPHash: keys.Hash("zip|"+sandbox.Shop, "90210"),
	}.Fill(t, p.store)

	rows := []string{"request\tp50 ms\tp99 ms\tkB\tkB compressed\t"}
	for _, one := range loadedPages(t, s, p) {
		body := []byte(s.ask(t, p, one.path, one.holds)) // also warms up
		var took []time.Duration
		// 200 of them, or as many as there are in ten seconds.
		for start := time.Now(); len(took) < 200 && time.Since(start) < 10*time.Second; {
			s.fresh(one.request) // tokens live for a minute
			began := time.Now()
			answer := httptest.NewRecorder()
			p.handler.ServeHTTP(answer, one.request)
			took = append(took, time.Since(began))
			if answer.Code != http.StatusOK {
				t.Fatalf("%s: %d", one.path, answer.Code)
			}
		}
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%.1f\t%.1f\t", one.path, millis(percentile(took, 0.5)), millis(percentile(took, 0.99)),
			float64(len(body))/1000, compressed(t, body)))
	}
	table(rows...)
	table(slices.Concat([]string{"our own files\tkB\tkB compressed\t"}, ownFiles(t))...)
}

// servedHere is the program with its platforms, whose handler can be called
// without a way over the network. No job is done meanwhile.
func servedHere(t *testing.T) (*stage, *program) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := surround(t, "http://"+listener.Addr().String(), scenery{})
	cfg, err := config.Load(s.environ, config.Encryption, config.ShopifyApp, config.TikTokApp)
	if err != nil {
		t.Fatal(err)
	}
	p, err := build(t.Context(), cfg, everything, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: p.handler, ReadHeaderTimeout: headerWithin}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
		if err := p.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, p
}

// loadedPage is a request, and a text that its answer must hold.
type loadedPage struct {
	path, holds string
	request     *http.Request
}

func loadedPages(t *testing.T, s *stage, p *program) []loadedPage {
	t.Helper()
	middle, newest := strconv.FormatInt(storetest.MillionNumber(500_000), 10), strconv.FormatInt(storetest.MillionNumber(999_984), 10)
	list := []loadedPage{
		{path: "/", holds: "Orders"},
		{path: "/orders", holds: newest},
		{path: "/orders?query=" + middle, holds: middle},
		{path: "/orders?query=" + middle[:6], holds: "s-table-row"},
		{path: "/orders?query=%23" + strconv.Itoa(storetest.MillionName(500_000)), holds: middle},
		{path: "/orders?query=90210", holds: "s-table-row"},
		{path: "/orders?query=nothing", holds: "No order is found"},
		{path: "/orders/" + middle, holds: middle},
		{path: "/orders/" + newest, holds: newest},
		{path: "/exceptions", holds: "sku_unmatched"},
		{path: "/exceptions/sku_unmatched", holds: "5769"},
		{path: "/reconciliation", holds: "Reconciliation"},
		{path: "/settings", holds: "Settings"},
		{path: "/guide", holds: "guide"},
		{path: "/mappings/skus", holds: "SKU"},
		{path: "/api/orders", holds: newest},
		{path: "/api/orders/" + newest, holds: newest},
		{path: "/api/exceptions", holds: "zip_missing"},
		{path: "/api/block?order=" + url.QueryEscape("gid://shopify/Order/500000"), holds: middle},
		{path: "/api/settings", holds: "refunds_held"},
		{path: "/api/reconciliation", holds: "24.99"},
	}
	var filters pages.Orders
	for name, picks := range map[string][]pages.Pick{"state": filters.States(), "leg": filters.Legs()} {
		for _, pick := range picks[1:] {
			list = append(list, loadedPage{path: "/orders?" + name + "=" + pick.Value, holds: "Orders"})
		}
	}
	list = append(list, loadedPage{path: "/orders?state=held&leg=shipments.done", holds: "older orders"}) // of which there is none
	_, more, found := strings.Cut(s.ask(t, p, "/orders", newest), `href="/orders?cursor=`)
	cursor, _, _ := strings.Cut(more, `"`)
	if !found {
		t.Fatal("the list of orders has no second page")
	}
	list = append(list, loadedPage{path: "/orders?cursor=" + cursor, holds: "s-table-row"})
	for n := range list {
		list[n].request = httptest.NewRequestWithContext(t.Context(), http.MethodGet, list[n].path, nil)
	}
	slices.SortStableFunc(list, func(a, b loadedPage) int { return strings.Compare(a.path, b.path) })
	return list
}

// ask is the answer to a person who is signed in; it must be 200 and hold a text.
func (s *stage) ask(t *testing.T, p *program, path, holds string) string {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	s.fresh(request)
	answer := httptest.NewRecorder()
	p.handler.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), holds) {
		t.Fatalf("%s: %d, want %q in\n%s", path, answer.Code, holds, answer.Body)
	}
	return answer.Body.String()
}

func (s *stage) fresh(request *http.Request) {
	request.Header.Set("Authorization", "Bearer "+s.platforms.Shopify.SessionToken(sandbox.Shop, user))
}

// compressed is how many kB are left of a text by gzip.
func compressed(t *testing.T, body []byte) float64 {
	t.Helper()
	var small bytes.Buffer
	w := gzip.NewWriter(&small)
	_, err1 := w.Write(body)
	if err2 := w.Close(); err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return float64(small.Len()) / 1000
}

// ownFiles is the weight of what a browser loads from us and keeps.
func ownFiles(t *testing.T) []string {
	t.Helper()
	var rows []string
	whole, small := 0.0, 0.0
	for _, name := range []string{"app.js", "app.css"} {
		body, err := os.ReadFile("pages/static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		packed := compressed(t, body)
		whole, small = whole+float64(len(body))/1000, small+packed
		rows = append(rows, fmt.Sprintf("%s\t%.1f\t%.1f\t", name, float64(len(body))/1000, packed))
	}
	return append(rows, fmt.Sprintf("together\t%.1f\t%.1f\t", whole, small))
}

package main

import (
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

const (
	// attackers is how many connections each kind of flood has here.
	attackers = 200
	// mostOfBodies is for large bodies, of which 32 MiB may come (routes.bodiesBytes):
	// a body's room may be twice what has come, and garbage as much again.
	mostOfBodies = 4 * 32
	// mostEach is what a connection may take beside: header, buffers, a small body, stacks.
	mostEach = 64.0 / 1024
)

// attacks are what floods of the program's memory send, many times at once, with
// {token} for a merchant's.
func attacks() map[string]string {
	signed := func(line string) string {
		return line + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
	}
	large := strings.Repeat("a", 1<<20-1)
	all := maps.Clone(floods)
	maps.Copy(all, map[string]string{
		"large bodies":      "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + large,
		"unmeasured bodies": "POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n" + large,
		"large forms": signed("POST /mappings/skus") +
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1048576\r\n\r\n" + large,
		"long line":         "GET /" + large + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"slow readers":      strings.Repeat("GET /static/app.js HTTP/1.1\r\nHost: x\r\n\r\n", 500),
		"slow page readers": strings.Repeat(signed("GET /orders")+"\r\n", 50),
		"api":               strings.Repeat(signed("GET /api/orders")+"\r\n", 10),
	})
	return all
}

// TestAFloodTakesLittleMemory floods the program with one kind after the other,
// hundreds of connections at once, none of which reads more of its answers than
// the first byte. Its memory stays below what the bounds allow, and then it works.
func TestAFloodTakesLittleMemory(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := surround(t, "http://"+address, scenery{hostile: true, environ: []string{portOf(t, address)}})
	victim := s.start(t)
	s.furnished(t)
	_, before := memory(t, victim.cmd.Process.Pid)
	limit := before + mostOfBodies + attackers*mostEach
	for name, text := range attacks() {
		s.attack(t, text, attackers)
		now, most := memory(t, victim.cmd.Process.Pid)
		t.Logf("%s: %.0f MB, %.0f at most", name, now, most)
		if most > limit {
			t.Fatalf("%s: the program took %.0f MB, where %.0f are allowed", name, most, limit)
		}
	}
	order := s.place(t, "AWAITING_SHIPMENT")
	if status := s.deliver(t, "after-the-flood", order); status != http.StatusOK {
		t.Errorf("a delivery after the flood: %d", status)
	}
	s.wellWritten(t, order)
	victim.stop(t)
}

// attack has that many connections send the text and hold what comes of it,
// until each has the first byte of an answer or was closed.
func (s *stage) attack(t *testing.T, text string, width int) {
	t.Helper()
	text = strings.ReplaceAll(text, "{token}", s.platforms.Shopify.SessionToken(sandbox.Shop, user))
	var waiting sync.WaitGroup
	for range width {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.app, "http://"))
		if err != nil {
			t.Error(err)
			break
		}
		defer func() { _ = conn.Close() }()
		check(t, conn.SetDeadline(time.Now().Add(patience)))
		go func() { _, _ = io.WriteString(conn, text) }() // ends with the connection
		waiting.Go(func() { _, _ = conn.Read(make([]byte, 1)) })
	}
	waiting.Wait()
}

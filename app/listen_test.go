package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Idle connections go when others come; those that are at work stay.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	c := newCrowd(4)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = c.state
	server.Start()
	defer server.Close()
	ask := func() {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	for range 10 {
		ask()
	}
	err := within(t.Context(), patience, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.open > c.most {
			return fmt.Errorf("%d connections are open, where %d may be", c.open, c.most)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A header that no browser and no platform sends is refused, and not read to its end.
func TestAHugeHeaderIsRefused(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.app+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]int{12 << 10: http.StatusOK, 32 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		r.Header.Set("X-Long", strings.Repeat("a", size))
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%d bytes: %s", size, response.Status)
		}
	}
}

package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHealthCommand is what a container asks itself.
func TestHealthCommand(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	port := func(address string) []string { return []string{"PORT=" + address[strings.LastIndex(address, ":")+1:]} }
	code, out, errs := command(t, port(s.app), "health")
	has(t, "a server that can work", code, 0, out+errs, "ready")

	ill := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"error":{"part":"database"}}`))
	}))
	defer ill.Close()
	code, out, errs = command(t, port(ill.URL), "health")
	has(t, "a server that cannot", code, 1, out+errs, "not ready", "database")

	code, out, errs = command(t, port(freeAddress(t)), "health")
	has(t, "no server", code, 1, out+errs, "ask the server")
}

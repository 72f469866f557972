package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
)

// A page of somebody else that puts ours into a frame, to have a merchant click
// on it unseen, gets an empty frame.
func TestNobodyElseFramesAPage(t *testing.T) {
	t.Parallel()
	s := sitDown(t, browsertest.Desktop)
	s.open(t, "/").See(t, "At a glance")
	for _, path := range []string{"/", "/settings", "/guide/print", "/orders/577000000000000001", "/returns/nobody", "/nowhere"} {
		token := s.platforms.Shopify.SessionToken(sandbox.Shop, user)
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, `<!doctype html><title>You have won</title><iframe src="%s%s?shop=%s&id_token=%s"></iframe>`, s.app, path, sandbox.Shop, token)
		}))
		t.Cleanup(evil.Close)
		s.tab.Visit(t, evil.URL)
		s.until(t, func() error {
			for _, trouble := range s.tab.Troubles() {
				if strings.Contains(trouble, "frame-ancestors") {
					return nil
				}
			}
			return errors.New(path + " was framed by another page")
		})
	}
}

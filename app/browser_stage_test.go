package main

import (
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
)

// seat is somebody at a browser, with the program and the platforms around it.
type seat struct {
	*stage
	tab *browsertest.Tab
}

// sitDown starts all of it.
func sitDown(t *testing.T, size browsertest.Size) *seat {
	t.Helper()
	tab := browsertest.Open(t, size) // first: without a browser nothing else need start
	return &seat{play(t, scenery{}), tab}
}

// admin is an address in the shop's admin.
func (s *seat) admin(path string) string {
	handle, _, _ := strings.Cut(sandbox.Shop, ".")
	return s.platforms.URL.Index + "/store/" + handle + path
}

// open opens one of the app's pages inside the admin, from outside.
func (s *seat) open(t *testing.T, path string) *browsertest.View {
	t.Helper()
	s.tab.Visit(t, strings.TrimSuffix(s.admin("/apps/switchback"+path), "/"))
	return s.tab.View(s.app)
}

// sellerCenter opens a page of the seller's.
func (s *seat) sellerCenter(t *testing.T, path string) *browsertest.View {
	t.Helper()
	return s.tab.Visit(t, s.platforms.URL.TikTok+"/sandbox/tiktok"+path)
}

// quiet fails when the browser has shown anything red.
func (s *seat) quiet(t *testing.T, expected ...string) {
	t.Helper()
	for _, trouble := range s.tab.Troubles(expected...) {
		t.Errorf("the browser says: %s", trouble)
	}
}

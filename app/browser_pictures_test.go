package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
)

// TestPictures takes the README's pictures from the sandbox, into the folder
// that SCREENSHOTS names (`make screenshots`).
func TestPictures(t *testing.T) {
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		t.Skip("no pictures are asked for: SCREENSHOTS names no folder")
	}
	t.Parallel()
	s, written, held := furnished(t, browsertest.Desktop)
	take := func(name string, size browsertest.Size, path, see string) {
		s.tab.Resize(t, size)
		s.open(t, path).See(t, see)
		keep(t, s, folder, name)
	}
	take("home", browsertest.Desktop, "/", "At a glance")
	take("guide", browsertest.Desktop, "/guide", "Ask TikTok for H5 Redirect")
	take("order", browsertest.Size{Width: 1280, Height: 1300}, "/orders/"+written, "Both sides agree.")
	take("exceptions", browsertest.Desktop, "/exceptions/sku_unmatched", held)
	take("orders-phone", browsertest.Phone, "/orders", written)
	s.tab.Resize(t, browsertest.Desktop)
	s.openShopifyOrder(t, written).See(t, "Open in Switchback")
	keep(t, s, folder, "block")
	s.tab.Visit(t, s.platforms.URL.Index).See(t, "The way of an order")
	keep(t, s, folder, "sandbox")
}

func keep(t *testing.T, s *seat, folder, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name+".png"), s.tab.Picture(t), 0o600); err != nil {
		t.Fatal(err)
	}
}

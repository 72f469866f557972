package main

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// TestStory is the end-to-end test: the story that `switchback sandbox` tells,
// on both databases and with both things that Shopify may do with a second
// order of one number.
func TestStory(t *testing.T) {
	t.Parallel()
	databases := map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { t.Helper(); return postgrestest.URL(t) },
	}
	for database, address := range databases {
		for rule, drop := range map[string]bool{"duplicate refused": false, "metafield dropped": true} {
			t.Run(database+", "+rule, func(t *testing.T) {
				t.Parallel()
				s := play(t, scenery{database: address(t), dropMetafield: drop})
				var told strings.Builder
				story := sandbox.Story{World: s.platforms, App: s.app, Out: &told, Patience: patience}
				if err := story.Tell(t.Context()); err != nil {
					t.Fatalf("%v\n\ntold so far:\n%s", err, told.String())
				}
			})
		}
	}
}

// The sandbox itself starts the same on any free port, and ends when it is told to.
func TestSandboxSurroundings(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:0", ":0"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			database := "sqlite:" + filepath.Join(t.TempDir(), "folder", "that", "is", "not", "there", "x.db")
			around, err := startSandbox(context.WithoutCancel(t.Context()), listener, database, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			story := sandbox.Story{World: around.platforms, App: around.app, Out: t.Output(), Patience: patience}
			if err := story.Tell(t.Context()); err != nil {
				t.Error(err)
			}
			if err := around.stop(); err != nil {
				t.Errorf("stop: %v", err)
			}
		})
	}
}

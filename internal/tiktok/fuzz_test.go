package tiktok_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/tiktok"
)

// FuzzOrder: an order is read or refused, never half of either, and fields that
// TikTok adds change nothing.
func FuzzOrder(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("..", "orders", "testdata", "*", "tiktok.json"))
	if err != nil || len(paths) < 40 {
		f.Fatalf("%d orders to begin with, %v", len(paths), err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var order tiktok.Order
		if json.Unmarshal(raw, &order) != nil {
			return
		}
		trimmed := bytes.TrimSpace(raw)
		if len(trimmed) == 0 || trimmed[0] != '{' {
			return
		}
		more := append([]byte(`{"added_next_year":{"id":[1,"2",null]}`), ',')
		if rest := bytes.TrimSpace(trimmed[1:]); rest[0] == '}' {
			more = more[:len(more)-1]
		}
		var extended tiktok.Order
		if err := json.Unmarshal(append(more, trimmed[1:]...), &extended); err != nil {
			t.Fatalf("a new field made the order unreadable: %v", err)
		}
		if diff := cmp.Diff(order, extended); diff != "" {
			t.Fatalf("a new field changed the order:\n%s", diff)
		}
	})
}

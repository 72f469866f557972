package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// What is deleted is overwritten in the file.
func TestWhatIsDeletedIsNotLeftInTheFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.db")
	s := open(t, "sqlite:"+file, store.Options{})
	const shop = "demo.myshopify.com"
	pair := tokens.Pair{Access: secret.New("access"), Refresh: secret.New("refresh")}
	if _, err := s.InstallShop(t.Context(), shops.Shop{Domain: shop}, pair); err != nil {
		t.Fatal(err)
	}
	var sealed []byte
	if err := s.SQLite().QueryRowContext(t.Context(), `SELECT access_sealed FROM tokens`).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	there := func() bool {
		t.Helper()
		if _, err := s.SQLite().ExecContext(t.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
			t.Fatal(err)
		}
		held, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(held, sealed)
	}
	if !there() {
		t.Fatalf("the token is not in the file: the test looks for the wrong thing")
	}
	if _, err := s.UninstallShop(t.Context(), shop, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if there() {
		t.Error("the token of an uninstalled shop is still in the file")
	}
}

package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
	"github.com/switchbackhq/switchback/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	// Migrated once and copied: under the race detector that is half the time.
	pattern := filepath.Join(t.TempDir(), "x.db")
	s := open(t, "sqlite:"+pattern, store.Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	migrated, err := os.ReadFile(pattern)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T, o store.Options) *store.Store {
		t.Helper()
		file := filepath.Join(t.TempDir(), "100% #1?.db")
		if err := os.WriteFile(file, migrated, 0o600); err != nil {
			t.Fatal(err)
		}
		return open(t, "sqlite:"+file, o)
	})
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, o store.Options) *store.Store {
		t.Helper()
		return open(t, postgrestest.URL(t), o)
	})
}

// What is listed, searched and paged is the same where texts are not in the
// order of their bytes.
func TestPostgresInALanguagesOrder(t *testing.T) {
	t.Parallel()
	storetest.RunOrdered(t, func(t *testing.T, o store.Options) *store.Store {
		t.Helper()
		return open(t, postgrestest.CollatedURL(t), o)
	})
}

// open gives a migrated store with a queue that takes jobs and runs none.
func open(t testing.TB, address string, o store.Options) *store.Store {
	t.Helper()
	if o.Keyring == nil {
		o.Keyring = storetest.Keyring(t)
	}
	s, err := store.Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := queue.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, err := queue.New(queue.Options{Store: s}); err != nil {
		t.Fatal(err)
	}
	return s
}

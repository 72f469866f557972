package store_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
	"github.com/switchbackhq/switchback/internal/store/storetest"
	"github.com/switchbackhq/switchback/internal/tokens"
)

func TestAddressesThatLeadNowhere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a database, and long enough to be looked at as one"), 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"":                           "want sqlite:PATH or postgres://",
		"mysql://root:hunter2@db":    "want sqlite:PATH or postgres://",
		"sqlite:":                    "no path",
		"sqlite:" + file + "/x.db":   "not a directory",
		"sqlite:" + file:             "not a database",
		"postgres://u:hunter2@h:x/d": "cannot parse",
		"postgres://u:hunter2@127.0.0.1:1/d?connect_timeout=1": "refused",
	} {
		s, err := store.Open(t.Context(), address, store.Options{Keyring: storetest.Keyring(t)})
		if err == nil {
			err = errors.Join(s.Migrate(t.Context()), s.Close())
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", address, err, want)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows the password", address)
		}
	}
	if _, err := store.Open(t.Context(), "sqlite:"+file, store.Options{}); err == nil {
		t.Error("opened without a keyring")
	}
}

func TestOneProcessOwnsAnSQLiteFile(t *testing.T) {
	t.Parallel()
	address := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	options := store.Options{Keyring: storetest.Keyring(t)}
	first := open(t, address, options)
	if _, err := store.Open(t.Context(), address, options); !errors.Is(err, store.ErrInUse) {
		t.Fatalf("got %v, want ErrInUse", err)
	}
	if err := first.Ping(t.Context()); err != nil {
		t.Errorf("the owner was disturbed: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := store.Open(t.Context(), address, options)
	if err != nil {
		t.Fatalf("not free after it was closed: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyBesideAServer(t *testing.T) {
	t.Parallel()
	address := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	server := open(t, address, store.Options{})
	if _, err := server.InstallShop(t.Context(), shops.Shop{Domain: "demo.myshopify.com"}, tokens.Pair{}); err != nil {
		t.Fatal(err)
	}
	reader, err := store.Open(t.Context(), address, store.Options{Keyring: storetest.Keyring(t), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Shop(t.Context(), "demo.myshopify.com"); err != nil {
		t.Error(err)
	}
	_, received := reader.ReceiveEvent(t.Context(), inbox.Event{})
	_, leased := reader.LeaseOrder(t.Context(), "demo.myshopify.com", "1", 1)
	for name, err := range map[string]error{
		"migrate": reader.Migrate(t.Context()), "receive": received, "lease": leased,
		"save": reader.SaveOrder(t.Context(), links.Lease{}, links.Order{}),
	} {
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("%s: got %v, want ErrReadOnly", name, err)
		}
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheDatabaseIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	open(t, "sqlite:"+filepath.Join(folder, "x.db"), store.Options{})
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %v", filepath.Base(path), info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAClosedStoreTakesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err := s.ReceiveEvent(t.Context(), inbox.Event{Source: "x", Account: "x", Topic: "x", DeliveryID: "x"})
	if !errors.Is(err, store.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

// Several processes of a new version start at once on one PostgreSQL.
func TestMigrationsWaitForOneAnother(t *testing.T) {
	t.Parallel()
	address := postgrestest.URL(t)
	var group sync.WaitGroup
	for n := range 3 {
		group.Go(func() {
			s, err := store.Open(t.Context(), address, store.Options{Keyring: storetest.Keyring(t)})
			if err == nil {
				err = errors.Join(queue.Migrate(t.Context(), s), s.Close())
			}
			if err != nil {
				t.Error(fmt.Errorf("process %d: %w", n, err))
			}
		})
	}
	group.Wait()
}

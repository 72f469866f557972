// Package postgrestest gives a test an empty PostgreSQL database of its own.
//
// It uses the server that TEST_POSTGRES_URL names, else starts the one that is
// installed on this machine, once per test process, on a temporary folder and a
// socket. Where there is neither the test is skipped, saying what was not
// checked; with CI=true it fails instead, so that CI cannot fall silent.
//
// The tests of the store, of the queue and of the whole program use it. It
// downloads nothing and leaves nothing behind, also when the tests are killed.
package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// errNone is returned where there is no server to use.
var errNone = errors.New("not checked on PostgreSQL: TEST_POSTGRES_URL is not set and no server is installed")

// server is the one server of this process.
var server = sync.OnceValues(func() (running, error) {
	if address := os.Getenv("TEST_POSTGRES_URL"); address != "" {
		return running{address: address}, nil
	}
	return start()
})

// URL is the address of a new empty database, which is dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	return create(t, "")
}

// CollatedURL is the same of a database whose texts are in the order of a
// language, not of their bytes, which is what most providers hand out.
func CollatedURL(t testing.TB) string {
	t.Helper()
	return create(t, " TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'und' ENCODING 'UTF8'")
}

func create(t testing.TB, options string) string {
	t.Helper()
	s, err := server()
	if errors.Is(err, errNone) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := "switchback_" + strings.ToLower(rand.Text())
	admin(t, s.address, "CREATE DATABASE "+name+options)
	t.Cleanup(func() { admin(t, s.address, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(s.address)
	if err != nil {
		t.Fatal("TEST_POSTGRES_URL is no address")
	}
	u.Path = "/" + name
	return u.String()
}

func admin(t testing.TB, address, statement string) {
	t.Helper()
	// Not t.Context(): that one has ended when clean-ups run.
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("reach PostgreSQL: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// buildFolder is the test process's own; TestMain makes and removes it.
var buildFolder string

func TestMain(m *testing.M) {
	code, err := withFolder(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withFolder(run func() int) (code int, err error) {
	buildFolder, err = os.MkdirTemp("", "switchback-test-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(buildFolder)) }()
	return run(), nil
}

var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(buildFolder, "switchback")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return path, nil
})

var template = sync.OnceValues(func() ([]byte, error) {
	file := filepath.Join(buildFolder, "template.db")
	var errs bytes.Buffer
	environ := []string{"DATABASE_URL=sqlite:" + file, "ENCRYPTION_KEY=" + encryptionKey}
	if run(world{ctx: context.Background(), environ: environ, out: io.Discard, errs: &errs}, []string{"migrate"}) != 0 {
		return nil, errors.New(errs.String())
	}
	return os.ReadFile(file)
})

// migrated is a SQLite file as `switchback migrate` leaves it: making one for
// each test would be a sixth of all that the tests do.
func migrated(t testing.TB) []byte {
	t.Helper()
	raw, err := template()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// binary is the program as `go build ./app` makes it, built once per test process.
func binary(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

package main

import (
	"context"
	"errors"
	"fmt"
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

// binary is the program as `go build ./app` makes it, built once per test process.
func binary(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

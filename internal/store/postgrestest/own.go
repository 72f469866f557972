package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ownKeeper is keeper for a server that is begun again whenever it ends. What it
// said to be committed outlives that: synchronous_commit is on, and without a
// crash of the whole machine fsync is not needed for it.
const ownKeeper = `
exec 3<&0
trap '' INT TERM HUP
( read -r _ <&3
  : >"$2/over"
  while [ -e "$2/over" ]; do kill -INT "$(head -n1 "$2/data/postmaster.pid")" 2>/dev/null; sleep 0.1; done ) &
until [ -e "$2/over" ]; do
  "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off
  sleep 0.05
done
rm -rf "$2"
`

// Server is one that nobody else uses, so that it may be restarted.
type Server struct {
	// Address is its database's.
	Address string

	data string
}

// Own starts a server for one test. Where none is installed the test is skipped, or fails as with URL.
func Own(t testing.TB) *Server {
	t.Helper()
	r, folder, err := startWith(ownKeeper)
	if errors.Is(err, errNone) && os.Getenv("CI") != "true" {
		t.Skip("not checked: a PostgreSQL that restarts; no server is installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.held.Close() })
	return &Server{Address: r.address, data: filepath.Join(folder, "data")}
}

// Crash ends the server at once, in the middle of whatever it does, and returns
// when it answers again.
func (s *Server) Crash(ctx context.Context) error {
	text, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	if err != nil {
		return fmt.Errorf("crash PostgreSQL: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return fmt.Errorf("crash PostgreSQL: %w", err)
	}
	if err := exec.CommandContext(ctx, "kill", "-QUIT", strconv.Itoa(pid)).Run(); err != nil { //nolint:gosec // our own server
		return fmt.Errorf("crash PostgreSQL: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	return await(ctx, s.Address)
}

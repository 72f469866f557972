package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// keeper runs the server until its standard input ends, which it does when the
// test process ends, however that happens; then it removes the folder.
const keeper = `
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off &
trap '' INT TERM HUP
read -r _
kill -INT $!
wait $!
rm -rf "$2"
`

const startTimeout = 60 * time.Second

// running is a server. It stops when held is closed, which the collector would
// do to a file that nobody can reach.
type running struct {
	address string
	held    *os.File
}

// start sets a server up and returns once it answers.
func start() (running, error) {
	r, _, err := startWith(keeper)
	return r, err
}

// startWith has script run the server, and tells the folder too.
func startWith(script string) (r running, folder string, err error) {
	binaries := binaryFolder()
	if binaries == "" {
		return running{}, "", errNone
	}
	// Not TMPDIR: a socket's path may have about a hundred characters.
	folder, err = os.MkdirTemp("/tmp", "switchback-pg-")
	if err != nil {
		return running{}, "", fmt.Errorf("start PostgreSQL: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	initdb := exec.CommandContext(ctx, filepath.Join(binaries, "initdb"), //nolint:gosec // found by ourselves
		"-D", filepath.Join(folder, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	if err := demote(initdb, folder); err != nil {
		return running{}, "", errors.Join(fmt.Errorf("start PostgreSQL: %w", err), os.RemoveAll(folder))
	}
	if out, err := initdb.CombinedOutput(); err != nil {
		return running{}, "", errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(folder))
	}
	held, err := keep(script, binaries, folder)
	if err != nil {
		return running{}, "", errors.Join(fmt.Errorf("start PostgreSQL: %w", err), os.RemoveAll(folder))
	}
	address := (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: "host=" + folder}).String()
	return running{address, held}, folder, await(ctx, address)
}

// keep starts the keeper and returns the end of its input that holds it. The
// keeper's context is nobody's: it outlives every test.
func keep(script, binaries, folder string) (*os.File, error) {
	cmd := exec.CommandContext(context.Background(), "sh", "-c", script, "sh", binaries, folder) //nolint:gosec // our own script
	if err := demote(cmd, folder); err != nil {
		return nil, err
	}
	input, held, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdin = input
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, input.Close(), held.Close())
	}
	return held, errors.Join(input.Close(), cmd.Process.Release())
}

func await(ctx context.Context, address string) error {
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case <-ticks.C:
		}
	}
}

// binaryFolder is where the newest installed server is; empty where there is none.
func binaryFolder() string {
	var folders []string
	if out, err := exec.CommandContext(context.Background(), "pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // the patterns above are well formed
		}
		slices.Reverse(found)
		folders = append(folders, found...)
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			return folder
		}
	}
	return ""
}

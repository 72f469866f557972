package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// TestBackup copies the database of a server that runs, after the story: what is
// put back tells the same of every order, and the same sums.
func TestBackup(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) (string, func(*testing.T, *stage) string){
		"sqlite": func(*testing.T) (string, func(*testing.T, *stage) string) { return "", copyOfFile },
		"postgres": func(t *testing.T) (string, func(*testing.T, *stage) string) {
			t.Helper()
			return postgrestest.URL(t), copyOfServer
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, restored := database(t)
			s := play(t, scenery{database: address, environ: []string{"POLL_INTERVAL=15s"}}) // between two polls nothing changes
			story := sandbox.Story{World: s.platforms, App: s.app, Out: t.Output(), Patience: patience}
			if err := story.Tell(t.Context()); err != nil {
				t.Fatal(err)
			}
			var want string
			var elsewhere []string
			s.until(t, func() error { // the server works on: a copy between two equal looks is a copy of what they saw
				want = books(t, s, s.environ)
				elsewhere = slices.Concat(s.environ, []string{"DATABASE_URL=" + restored(t, s)})
				if want != books(t, s, s.environ) {
					return errors.New("the books changed meanwhile")
				}
				return nil
			})
			code, out, errs := command(t, elsewhere, "migrate")
			has(t, "migrate what was put back", code, 0, out+errs)
			if diff := cmp.Diff(want, books(t, s, elsewhere)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// books are everything that is told of every order, and the sums.
func books(t *testing.T, s *stage, environ []string) string {
	t.Helper()
	var all strings.Builder
	for _, args := range append([][]string{{"reconcile", "--since", "2020-01-01"}}, explaining(s.platforms.TikTok.OrderIDs())...) {
		code, out, errs := command(t, environ, args...)
		if code != 0 || out == "" {
			t.Fatalf("%v: %s", args, errs)
		}
		all.WriteString(out)
	}
	return all.String()
}

func explaining(orders []string) (calls [][]string) {
	for _, id := range orders {
		calls = append(calls, []string{"explain", id})
	}
	return calls
}

// copyOfFile is made with the program's own command, beside the server.
func copyOfFile(t *testing.T, s *stage) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.db")
	code, out, errs := command(t, s.environ, "backup", file)
	has(t, "backup", code, 0, out+errs, "put it back", "ENCRYPTION_KEY")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup is %v, %v", info.Mode(), err)
	}
	code, out, errs = command(t, s.environ, "backup", file)
	has(t, "a second backup into the same file", code, 1, out+errs, "is there already")
	if left, err := filepath.Glob(file + "?*"); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	return "sqlite:" + file
}

// copyOfServer is made with the commands that the program names.
func copyOfServer(t *testing.T, s *stage) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.dump")
	code, out, errs := command(t, s.environ, "backup", file)
	has(t, "backup of PostgreSQL", code, 1, out+errs, "pg_dump --format=custom --file=FILE", "pg_restore --no-owner --dbname=")
	target := postgrestest.URL(t)
	for _, call := range [][]string{
		{"pg_dump", "--format=custom", "--file=" + file, s.variable("DATABASE_URL")},
		{"pg_restore", "--no-owner", "--dbname=" + target, file},
	} {
		if _, err := exec.LookPath(call[0]); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("no %s: CI must put a backup back", call[0])
			}
			t.Skipf("%s is not installed", call[0])
		}
		if text, err := exec.CommandContext(t.Context(), call[0], call[1:]...).CombinedOutput(); err != nil { //nolint:gosec // the test's own words
			t.Fatalf("%s: %v\n%s", call[0], err, text)
		}
	}
	return target
}

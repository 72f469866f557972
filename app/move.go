package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/store"
)

// moveCommand takes what one machine no longer carries to PostgreSQL.
type moveCommand struct {
	To string `required:"" placeholder:"postgres://…" help:"The empty database to move to. A password may come from PGPASSWORD instead."`
}

// retired is what the name of a moved file ends with: a server that is started
// on it by mistake would do all the work a second time.
const retired = ".moved"

// Run copies DATABASE_URL, a SQLite file, and retires it.
func (c moveCommand) Run(w world) error {
	cfg, err := config.Load(w.environ, config.Encryption)
	if err != nil {
		return err
	}
	file, ok := strings.CutPrefix(cfg.DatabaseURL.Reveal(), "sqlite:")
	if !ok || !strings.HasPrefix(c.To, "postgres:") && !strings.HasPrefix(c.To, "postgresql:") {
		return store.ErrMove
	}
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	moved, err := c.move(w, cfg)
	switch {
	case errors.Is(err, store.ErrInUse):
		return errors.New("a running `switchback serve` has this database: stop it first")
	case errors.Is(err, store.ErrNotEmpty):
		return fmt.Errorf("%w: nothing was copied; if an earlier move to it was told to be done, set DATABASE_URL to it", err)
	case err != nil:
		return err
	}
	for _, one := range moved {
		_, _ = fmt.Fprintf(w.out, "%10d  %s\n", one.Rows, one.Table)
	}
	if err := retire(file); err != nil {
		return fmt.Errorf("all was copied; put %s away, so that no server is started on it again: %w", file, err)
	}
	_, err = fmt.Fprintf(w.out, "moved, and counted on both sides. The old file is %s now. Set DATABASE_URL to the new address and start `switchback serve`.\n", file+retired)
	return err
}

// move opens both, brings both to this version and copies.
func (c moveCommand) move(w world, cfg config.Config) (moved []store.Moved, err error) {
	var both [2]*store.Store
	for n, address := range []secret.String{cfg.DatabaseURL, secret.New(c.To)} {
		cfg.DatabaseURL = address
		if both[n], err = openStore(w.ctx, cfg, store.Options{}); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, both[n].Close()) }()
		if err := queue.Migrate(w.ctx, both[n]); err != nil {
			return nil, fmt.Errorf("migrate: %w", err)
		}
	}
	return queue.Move(w.ctx, both[0], both[1])
}

// retire renames a closed file, with the log that a reader may have kept from
// being folded into it.
func retire(file string) error {
	for _, part := range []string{"-wal", "-shm"} {
		if err := os.Rename(file+part, file+retired+part); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return os.Rename(file, file+retired)
}

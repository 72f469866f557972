package main

import (
	"fmt"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/store"
)

// migrateCommand brings the database to this version. `serve` does it too; the
// command is for those who want it to be a step of its own.
type migrateCommand struct{}

// Run migrates the program's tables and the queue's.
func (migrateCommand) Run(w world) error {
	cfg, err := config.Load(w.environ, config.Encryption)
	if err != nil {
		return err
	}
	kept, err := openStore(w.ctx, cfg, store.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = kept.Close() }()
	if err := queue.Migrate(w.ctx, kept); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, err = fmt.Fprintln(w.out, "the database is at this program's version")
	return err
}

package main

import (
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/store"
)

// backupCommand copies the SQLite database beside a running server. Of
// PostgreSQL, whose own tools do it better, it names the command.
type backupCommand struct {
	File string `arg:"" help:"The file to write; it must not be there yet."`
}

var errBackupPostgres = errors.New(`PostgreSQL has its own tools; back up with: pg_dump --format=custom --file=FILE "$DATABASE_URL"
and restore into an empty database with: pg_restore --no-owner --dbname="$DATABASE_URL" FILE`)

// Run writes the file and says how it is put back.
func (c *backupCommand) Run(w world) (err error) {
	cfg, err := config.Load(w.environ, config.Encryption)
	if err != nil {
		return err
	}
	kept, err := openStore(w.ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	err = kept.Backup(w.ctx, c.File)
	if errors.Is(err, store.ErrNotSQLite) {
		return errBackupPostgres
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.out, "%s holds the database as it was now. To put it back: stop the server, move it to where DATABASE_URL points,\n"+
		"remove the files beside it that end in -wal and -shm, start the server. It needs the same ENCRYPTION_KEY.\n", c.File)
	return err
}

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrNotSQLite is returned by what only a file can do.
var ErrNotSQLite = errors.New("the database is not SQLite")

// Backup writes the SQLite database as it is at this moment into a new file,
// readable by its owner alone, while others go on reading and writing. The file
// is whole or not there.
func (s *Store) Backup(ctx context.Context, file string) (err error) {
	if s.pool != nil {
		return ErrNotSQLite
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("write backup: %s is there already", file)
	}
	part := file + ".part"
	created, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	defer func() {
		err = errors.Join(err, created.Close())
		if err != nil {
			_ = os.Remove(part) // what is left of it is of no use
		}
	}()
	if _, err := s.reader.ExecContext(ctx, `VACUUM INTO $1`, part); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	// SQLite leaves that to the operating system; a backup is for when it had no time to.
	if err := created.Sync(); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return nil
}

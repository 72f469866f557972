package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

const (
	// busy_timeout comes first: the pragmas after it may have to wait for a lock.
	// synchronous=FULL is what makes an acknowledged delivery survive a power cut.
	// secure_delete overwrites what is deleted, in pages that are written anyway: a
	// token of an uninstalled shop would else stay in the file.
	writerPragmas = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(FAST)&_txlock=immediate"
	readerPragmas = "?_pragma=busy_timeout(5000)&mode=ro"
	sqliteReaders = 4
)

func (s *Store) openSQLite(ctx context.Context, path string, readOnly bool) error {
	if path == "" {
		return errors.New("sqlite: no path, want sqlite:PATH")
	}
	file, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("sqlite %s: %w", path, err)
	}
	source := "file:" + (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath()
	if !readOnly {
		if err := s.openWriter(ctx, file, source); err != nil {
			return fmt.Errorf("sqlite %s: %w", path, err)
		}
	}
	connector, err := newPreparing(source + readerPragmas)
	if err != nil {
		return fmt.Errorf("sqlite %s: %w", path, err)
	}
	s.reader = sql.OpenDB(connector)
	s.reader.SetMaxOpenConns(sqliteReaders)
	s.reader.SetMaxIdleConns(sqliteReaders)
	if err := s.reader.PingContext(ctx); err != nil {
		return fmt.Errorf("sqlite %s: %w", path, err)
	}
	return nil
}

// openWriter takes the lock before it opens the file, so that of two processes
// the second never touches it.
func (s *Store) openWriter(ctx context.Context, file, source string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	var err error
	if s.lock, err = lockFile(file + ".lock"); err != nil {
		return err
	}
	// SQLite would create it readable by everybody.
	created, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	if err := created.Close(); err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	connector, err := newPreparing(source + writerPragmas)
	if err != nil {
		return err
	}
	s.writer = sql.OpenDB(connector)
	// One connection: SQLite has one writer anyway, and waiting in Go is cheaper than its busy loop.
	s.writer.SetMaxOpenConns(1)
	s.writer.SetMaxIdleConns(1)
	return s.writer.PingContext(ctx)
}

package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the database to the program's own version. What else must be
// migrated (the queue's tables) is given as also and runs under the same lock,
// so that of several processes starting at once one does the work.
// It is called once, before any other method.
func (s *Store) Migrate(ctx context.Context, also ...func(context.Context) error) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	if s.pool != nil {
		return s.migratePostgres(ctx, also)
	}
	return s.migrate(ctx, goose.DialectSQLite3, sqliteTexts{migrations}, also)
}

func (s *Store) migratePostgres(ctx context.Context, also []func(context.Context) error) (err error) {
	// Asks once a second for half a minute.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 30))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := locker.SessionLock(ctx, conn); err != nil {
		return fmt.Errorf("wait for another process to migrate: %w", err)
	}
	defer func() { err = errors.Join(err, locker.SessionUnlock(context.WithoutCancel(ctx), conn)) }()
	return s.migrate(ctx, goose.DialectPostgres, migrations, also)
}

func (s *Store) migrate(ctx context.Context, dialect goose.Dialect, texts fs.FS, also []func(context.Context) error) error {
	folder, err := fs.Sub(texts, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	provider, err := goose.NewProvider(dialect, s.writer, folder)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	results, err := provider.Up(ctx)
	for _, done := range results {
		s.log.InfoContext(ctx, "database.migrated", "version", done.Source.Version, "took", done.Duration)
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, more := range also {
		if err := more(ctx); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	return nil
}

// ErrNotMigrated is returned while the database is older than the program.
var ErrNotMigrated = errors.New("the database is older than this program: run `switchback migrate`")

// Migrated fails while the database lacks a migration of this program's. A newer
// database is fine: that is how it looks to the old processes during an upgrade.
func (s *Store) Migrated(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("list migrations: %w", err)
	}
	own, err := goose.NumericComponent(path.Base(slices.Max(names)))
	if err != nil {
		return fmt.Errorf("list migrations: %w", err)
	}
	var has int64
	if err := s.reader.QueryRowContext(ctx, `SELECT COALESCE(max(version_id), 0) FROM goose_db_version`).Scan(&has); err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if has < own {
		return fmt.Errorf("version %d of %d: %w", has, own, ErrNotMigrated)
	}
	return nil
}

// sqliteTexts are the same migrations with the words that differ replaced.
type sqliteTexts struct{ fs.FS }

// sqliteWords: bytes have another name, and texts are compared byte by byte anyway.
var sqliteWords = strings.NewReplacer("BYTEA", "BLOB", ` COLLATE "C"`, "")

// Open replaces them in the texts it gives.
func (t sqliteTexts) Open(name string) (fs.File, error) {
	file, err := t.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return sqliteText{File: file, text: strings.NewReader(sqliteWords.Replace(string(text)))}, nil
}

type sqliteText struct {
	fs.File
	text *strings.Reader
}

func (t sqliteText) Read(p []byte) (int, error) { return t.text.Read(p) }

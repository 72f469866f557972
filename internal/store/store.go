package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// Options are what a store needs beside its database.
type Options struct {
	// Keyring seals tokens and payloads.
	Keyring *secret.Keyring
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger gets migrations and nothing else; nil means silence.
	Logger *slog.Logger
	// ReadOnly opens SQLite beside a running server: no lock is taken and every
	// write fails. PostgreSQL ignores it.
	ReadOnly bool
}

// Store is an open database. Its methods may be called from many goroutines.
type Store struct {
	keyring *secret.Keyring
	now     func() time.Time
	log     *slog.Logger

	// writer has one connection on SQLite and is the pool on PostgreSQL; it is nil when read only.
	writer, reader *sql.DB
	read           *db.Queries
	pool           *pgxpool.Pool // nil on SQLite
	lock           *fileLock     // nil on PostgreSQL

	jobs    JobInserter
	commits *commits
	counter atomic.Uint32 // tells ids of one microsecond apart
	left    atomic.Pointer[[]secret.HashKey]

	closing  sync.Once
	closeErr error
}

var (
	// ErrReadOnly is returned by writes to a store that was opened read only.
	ErrReadOnly = errors.New("the database was opened read only")
	// ErrInUse is returned when another process has the SQLite file.
	ErrInUse = errors.New("another process uses this database")
	// ErrClosed is returned once the store was closed.
	ErrClosed = errors.New("the store is closed")
)

// Open opens `sqlite:PATH`, creating file and folder, or `postgres://…`. The
// database may be older than the program: Migrate comes next.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.Keyring == nil {
		return nil, errors.New("open store: no keyring")
	}
	s := &Store{keyring: o.Keyring, now: o.Now, log: o.Logger}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		err = s.openSQLite(ctx, rest, o.ReadOnly)
	case "postgres", "postgresql":
		err = s.openPostgres(ctx, url)
	default:
		// The address is not shown: it may hold a password.
		err = errors.New("want sqlite:PATH or postgres://…")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.Close())
	}
	s.read = db.New(s.reader)
	if s.writer != nil {
		s.commits = startCommits(s.commit)
	}
	return s, nil
}

// HandJobsTo names who puts jobs into the store's transactions. It is called
// once, before the store is used; without it a unit of work that needs a job fails.
func (s *Store) HandJobsTo(inserter JobInserter) { s.jobs = inserter }

// SQLite is the writing connection, for package queue; nil on PostgreSQL.
func (s *Store) SQLite() *sql.DB {
	if s.pool != nil {
		return nil
	}
	return s.writer
}

// Reader is for package queue's reads, which hold up no write on SQLite.
func (s *Store) Reader() *sql.DB { return s.reader }

// Postgres is the pool, for package queue; nil on SQLite.
func (s *Store) Postgres() *pgxpool.Pool { return s.pool }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.reader.PingContext(ctx); err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	return nil
}

// Close ends what is under way and frees the database. Units of work that are
// not kept by then fail with ErrClosed; the senders of deliveries try again.
// Closing again does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Store) close() error {
	if s.commits != nil {
		s.commits.close()
	}
	var errs []error
	if s.reader != nil && s.reader != s.writer {
		errs = append(errs, s.reader.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

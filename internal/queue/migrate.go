package queue

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/switchbackhq/switchback/internal/store"
)

// Migrate brings the store's tables and River's to the program's own version,
// under one lock.
func Migrate(ctx context.Context, s *store.Store) error {
	return s.Migrate(ctx, func(ctx context.Context) error { return migrateRiver(ctx, s) })
}

func migrateRiver(ctx context.Context, s *store.Store) error {
	silent := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	if pool := s.Postgres(); pool != nil {
		m, err := rivermigrate.New(riverpgxv5.New(pool), silent)
		if err := up(ctx, m, err); err != nil {
			return err
		}
		if _, err := pool.Exec(ctx, shopIndex(postgresShop)); err != nil {
			return fmt.Errorf("index jobs by shop: %w", err)
		}
		return nil
	}
	m, err := rivermigrate.New(riversqlite.New(s.SQLite()), silent)
	if err := up(ctx, m, err); err != nil {
		return err
	}
	if _, err := s.SQLite().ExecContext(ctx, shopIndex(sqliteShop)); err != nil {
		return fmt.Errorf("index jobs by shop: %w", err)
	}
	return nil
}

func up[T any](ctx context.Context, m *rivermigrate.Migrator[T], err error) error {
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err != nil {
		return fmt.Errorf("migrate queue: %w", err)
	}
	return nil
}

package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// leastPool is enough for the workers, the pages and the queue's listener.
const leastPool = 16

func (s *Store) openPostgres(ctx context.Context, url string) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	config.MaxConns = max(config.MaxConns, leastPool)
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	s.writer = stdlib.OpenDBFromPool(s.pool)
	s.reader = s.writer
	if err := s.reader.PingContext(ctx); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	return nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Moved is how many rows of a table were copied.
type Moved struct {
	Table string
	Rows  int64
}

var (
	// ErrNotEmpty is returned by MoveTo where the target holds something already.
	ErrNotEmpty = errors.New("the target database is not empty")
	// ErrMove is returned by MoveTo for databases that it does not copy between.
	ErrMove = errors.New("only a SQLite database moves, and only to PostgreSQL")
)

// MoveTo copies all that a SQLite database holds to an empty PostgreSQL one, in
// one transaction of the target: it is there whole or not at all. What else
// moves (the queue's jobs) is given as also. Both must be at the program's
// version, and the source must not be in use, which its lock sees to.
func (s *Store) MoveTo(ctx context.Context, target *Store, also func(context.Context, pgx.Tx) (Moved, error)) (moved []Moved, err error) {
	if s.pool != nil || s.writer == nil || target.pool == nil {
		return nil, ErrMove
	}
	if err := s.VoidLeases(ctx); err != nil {
		return nil, err
	}
	tx, err := target.pool.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin move: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // says "closed" after a commit
	tables, err := targetTables(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	for _, t := range tables {
		n, err := s.moveTable(ctx, tx, t)
		if err != nil {
			return nil, fmt.Errorf("move %s: %w", t.name, err)
		}
		moved = append(moved, Moved{t.name, n})
	}
	jobs, err := also(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := tx.Commit(ctx); err != nil {
		return nil, fmt.Errorf("commit move: %w", err)
	}
	// Without statistics the first pages would be slow; the copy is whole without them.
	if _, err := target.pool.Exec(ctx, "ANALYZE"); err != nil {
		return nil, fmt.Errorf("gather statistics: %w", err)
	}
	return append(moved, jobs), nil
}

// moving is a table with its columns.
type moving struct {
	name    string
	columns []string
	// truths are the columns that hold true or false, which SQLite keeps as numbers.
	truths map[int]bool
}

// targetTables are all of the program's own; River's and goose's are theirs.
func targetTables(ctx context.Context, tx pgx.Tx) ([]moving, error) {
	rows, err := tx.Query(ctx, `SELECT table_name, column_name, data_type
		FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'river\_%' AND table_name NOT LIKE 'goose\_%'
		ORDER BY table_name, ordinal_position`)
	if err != nil {
		return nil, err
	}
	var tables []moving
	var name, column, kind string
	_, err = pgx.ForEachRow(rows, []any{&name, &column, &kind}, func() error {
		if len(tables) == 0 || tables[len(tables)-1].name != name {
			tables = append(tables, moving{name: name, truths: map[int]bool{}})
		}
		t := &tables[len(tables)-1]
		t.truths[len(t.columns)] = kind == "boolean"
		t.columns = append(t.columns, column)
		return nil
	})
	return tables, err
}

// moveTable copies one table and compares how many rows each side has then.
func (s *Store) moveTable(ctx context.Context, tx pgx.Tx, t moving) (copied int64, err error) {
	name := pgx.Identifier{t.name}
	var there bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+name.Sanitize()+")").Scan(&there); err != nil {
		return 0, err
	}
	if there {
		return 0, ErrNotEmpty
	}
	columns := make([]string, len(t.columns))
	for n, column := range t.columns {
		columns[n] = pgx.Identifier{column}.Sanitize()
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+name.Sanitize()) //nolint:gosec // names of our own tables, quoted
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	copied, err = tx.CopyFrom(ctx, name, t.columns, pgx.CopyFromFunc(func() ([]any, error) { return t.next(rows) }))
	if err := errors.Join(err, rows.Err()); err != nil {
		return 0, err
	}
	var before, after int64
	count := "SELECT count(*) FROM " + name.Sanitize()
	if err := errors.Join(s.reader.QueryRowContext(ctx, count).Scan(&before), tx.QueryRow(ctx, count).Scan(&after)); err != nil {
		return 0, err
	}
	if before != copied || after != copied {
		return 0, fmt.Errorf("%d rows became %d", before, after)
	}
	return copied, nil
}

// next is a row as PostgreSQL takes it, nil after the last.
func (t moving) next(rows *sql.Rows) ([]any, error) {
	if !rows.Next() {
		return nil, nil
	}
	values, places := make([]any, len(t.columns)), make([]any, len(t.columns))
	for n := range values {
		places[n] = &values[n]
	}
	if err := rows.Scan(places...); err != nil {
		return nil, err
	}
	for n, value := range values {
		if number, ok := value.(int64); ok && t.truths[n] {
			values[n] = number != 0
		}
	}
	return values, nil
}

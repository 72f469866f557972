package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// withPGX gives the pgx view of a transaction that was begun through
// database/sql on this connection: River's PostgreSQL driver understands no
// other, and the store no other than database/sql's.
func withPGX(conn *sql.Conn, work func(pgx.Tx) error) error {
	return conn.Raw(func(driverConn any) error {
		c, ok := driverConn.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("want a pgx connection, got %T", driverConn)
		}
		return work(borrowed{c.Conn()})
	})
}

// borrowed is a transaction that somebody else begins and ends.
type borrowed struct{ conn *pgx.Conn }

var errBorrowed = errors.New("the transaction belongs to the store")

func (b borrowed) Begin(context.Context) (pgx.Tx, error) { return nil, errBorrowed }
func (b borrowed) Commit(context.Context) error          { return errBorrowed }
func (b borrowed) Rollback(context.Context) error        { return errBorrowed }
func (b borrowed) LargeObjects() pgx.LargeObjects        { panic(errBorrowed) }
func (b borrowed) Conn() *pgx.Conn                       { return b.conn }

func (b borrowed) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return b.conn.CopyFrom(ctx, table, columns, rows)
}

func (b borrowed) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return b.conn.SendBatch(ctx, batch)
}

func (b borrowed) Prepare(ctx context.Context, name, text string) (*pgconn.StatementDescription, error) {
	return b.conn.Prepare(ctx, name, text)
}

func (b borrowed) Exec(ctx context.Context, text string, args ...any) (pgconn.CommandTag, error) {
	return b.conn.Exec(ctx, text, args...)
}

func (b borrowed) Query(ctx context.Context, text string, args ...any) (pgx.Rows, error) {
	return b.conn.Query(ctx, text, args...)
}

func (b borrowed) QueryRow(ctx context.Context, text string, args ...any) pgx.Row {
	return b.conn.QueryRow(ctx, text, args...)
}

package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"maps"

	"modernc.org/sqlite"
)

// mostStatements bounds what one connection keeps; the program has about two hundred texts.
const mostStatements = 500

// preparing opens SQLite connections that keep their prepared statements:
// preparing one of our small statements costs more than running it. Doing it
// here serves the store and the queue alike.
type preparing struct{ driver.Connector }

func newPreparing(source string) (driver.Connector, error) {
	connector, err := sqlite.NewConnector(source)
	return preparing{connector}, err
}

// Connect opens one.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(connection)
	if !ok {
		return nil, fmt.Errorf("sqlite gave a %T", opened)
	}
	return &preparedConn{connection: conn, idle: map[string]statement{}}, nil
}

// connection and statement are what the driver's own can do.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparedConn is used by one goroutine at a time, as database/sql sees to it.
type preparedConn struct {
	connection
	// idle statements by their text; one that runs is not among them.
	idle map[string]statement
}

// ExecContext runs a statement that gives no rows.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	stmt, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := stmt.ExecContext(ctx, args)
	if kept := c.keep(query, stmt); err == nil {
		err = kept
	}
	return result, err
}

// QueryContext runs a statement whose rows are read until they are closed.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	stmt, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args)
	if err != nil {
		_ = c.keep(query, stmt) // the first error counts
		return nil, err
	}
	return &keptRows{Rows: rows, keep: func() error { return c.keep(query, stmt) }}, nil
}

// take is the statement of that text for one run.
func (c *preparedConn) take(ctx context.Context, query string) (statement, error) {
	if stmt, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return stmt, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	stmt, ok := prepared.(statement)
	if !ok {
		return nil, fmt.Errorf("sqlite gave a %T", prepared)
	}
	return stmt, nil
}

// keep lets the statement be taken again.
func (c *preparedConn) keep(query string, stmt statement) error {
	if _, twice := c.idle[query]; twice || len(c.idle) >= mostStatements {
		return stmt.Close()
	}
	c.idle[query] = stmt
	return nil
}

// Close ends the statements and then the connection.
func (c *preparedConn) Close() error {
	for stmt := range maps.Values(c.idle) {
		_ = stmt.Close() // the connection's own end frees it too
	}
	clear(c.idle)
	return c.connection.Close()
}

// keptRows give their statement back when they are closed.
type keptRows struct {
	driver.Rows
	keep func() error
}

// Close ends the reading.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	if kept := r.keep(); err == nil {
		err = kept
	}
	return err
}

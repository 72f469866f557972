package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// trace is what every table holds, row by row.
type trace map[string]string

// rounds are the jobs that come by themselves when the program starts, and then seldom.
const rounds = `('event_prune', 'order_poll', 'order_recheck', 'tiktok_watch', 'fulfillment_recheck', 'refund_poll', 'refund_recheck', 'ship_by_watch', 'shopify_sweep', 'privacy_round')`

// trace reads the SQLite file beside the program, once its first rounds are
// over and no job is under way. The rounds are left out, and River's own
// heartbeats (who leads, which queues live).
func (s *stage) trace(t *testing.T) trace {
	t.Helper()
	database, err := sql.Open("sqlite", "file:"+s.file+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = database.Close() }()
	s.until(t, func() error {
		var begun, busy int
		err := database.QueryRowContext(t.Context(), `SELECT count(DISTINCT kind) FILTER (WHERE kind IN `+rounds+`),
			count(*) FILTER (WHERE state NOT IN ('completed', 'cancelled', 'discarded')) FROM river_job`).Scan(&begun, &busy)
		switch {
		case err == nil && begun < 10:
			return &miscount{"rounds begun", begun, 10}
		case err == nil && busy > 0:
			return &miscount{"jobs under way", busy, 0}
		}
		return err
	})
	found := trace{}
	for _, table := range column(t, database, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`) {
		if strings.HasPrefix(table, "river_") && table != "river_job" || strings.HasPrefix(table, "sqlite_") {
			continue
		}
		query := `SELECT * FROM ` + table
		if table == "river_job" {
			query += ` WHERE kind NOT IN ` + rounds
		}
		rows := column(t, database, query+` ORDER BY rowid`)
		found[table] = fmt.Sprintf("%d rows\n%s", len(rows), strings.Join(rows, "\n"))
	}
	if len(found) < 14 {
		t.Fatalf("only %d tables: is this the database?", len(found))
	}
	return found
}

// column reads all rows, each as one text.
func column(t *testing.T, database *sql.DB, query string) (list []string) {
	t.Helper()
	rows, err := database.QueryContext(context.WithoutCancel(t.Context()), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // its errors are those of Err
	names, err := rows.Columns()
	for err == nil && rows.Next() {
		values := make([]any, len(names))
		for n := range values {
			values[n] = new(any)
		}
		if err = rows.Scan(values...); err != nil {
			break
		}
		texts := make([]string, len(values))
		for n, v := range values {
			texts[n] = fmt.Sprint(*v.(*any))
		}
		list = append(list, strings.Join(texts, " | "))
	}
	if err := errors.Join(err, rows.Err()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return list
}

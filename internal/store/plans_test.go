package store_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// explainer answers each statement with how SQLite would go about it.
type explainer struct {
	*sql.DB
	plan []string
}

var errExplained = errors.New("explained")

func (e *explainer) explain(ctx context.Context, query string, args []any) error {
	rows, err := e.DB.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return err
		}
		e.plan = append(e.plan, step)
	}
	return errors.Join(rows.Err(), errExplained)
}

func (e *explainer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return nil, e.explain(ctx, query, args)
}

func (e *explainer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return nil, e.explain(ctx, query, args)
}

// What every look at an order reads and writes costs as much as that order has,
// not as much as its shop has.
func TestALookAtAnOrderReadsThatOrder(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	for name, query := range map[string]func(*db.Queries) error{
		"refunds":   func(q *db.Queries) error { _, err := q.OrderRefunds(t.Context(), db.OrderRefundsParams{}); return err },
		"steps":     func(q *db.Queries) error { _, err := q.RefundSteps(t.Context(), db.RefundStepsParams{}); return err },
		"intents":   func(q *db.Queries) error { _, err := q.Intents(t.Context(), db.IntentsParams{}); return err },
		"shipments": func(q *db.Queries) error { _, err := q.Shipments(t.Context(), db.ShipmentsParams{}); return err },
		"lines":     func(q *db.Queries) error { _, err := q.Lines(t.Context(), db.LinesParams{}); return err },
		"units":     func(q *db.Queries) error { _, err := q.Units(t.Context(), db.UnitsParams{}); return err },
		"exceptions": func(q *db.Queries) error {
			_, err := q.OrderExceptions(t.Context(), db.OrderExceptionsParams{})
			return err
		},
		"exceptions resolved": func(q *db.Queries) error {
			_, err := q.ResolveExceptions(t.Context(), db.ResolveExceptionsParams{})
			return err
		},
		"marks cleared": func(q *db.Queries) error { return q.ClearExcepted(t.Context(), db.ClearExceptedParams{}) },
	} {
		e := &explainer{DB: s.Reader()}
		if err := query(db.New(e)); !errors.Is(err, errExplained) {
			t.Fatalf("%s: %v", name, err)
		}
		for _, step := range e.plan {
			named := strings.Contains(step, "order_id=?") || strings.Contains(step, "shopify_refund=?")
			if strings.HasPrefix(step, "SCAN") || strings.HasPrefix(step, "SEARCH") && !named {
				t.Errorf("%s: %s", name, step)
			}
		}
	}
}

// A report reads the refunds of its period and what belongs to them, not all
// that the shop ever refunded.
func TestAReportReadsItsPeriod(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	for name, query := range map[string]func(*db.Queries) error{
		"refunds": func(q *db.Queries) error {
			_, err := q.RefundsOfRefunded(t.Context(), db.RefundsOfRefundedParams{})
			return err
		},
		"steps": func(q *db.Queries) error {
			_, err := q.StepsOfRefunded(t.Context(), db.StepsOfRefundedParams{})
			return err
		},
		"intents": func(q *db.Queries) error {
			_, err := q.IntentsOfRefunded(t.Context(), db.IntentsOfRefundedParams{})
			return err
		},
		"orders": func(q *db.Queries) error {
			_, err := q.OrdersOfRefunded(t.Context(), db.OrdersOfRefundedParams{})
			return err
		},
	} {
		e := &explainer{DB: s.Reader()}
		if err := query(db.New(e)); !errors.Is(err, errExplained) {
			t.Fatalf("%s: %v", name, err)
		}
		for _, step := range e.plan {
			narrow := strings.Contains(step, "order_id=?") || strings.Contains(step, "shopify_refund=?") || strings.Contains(step, "refunded_at>?")
			if strings.HasPrefix(step, "SCAN") || strings.HasPrefix(step, "SEARCH") && !narrow {
				t.Errorf("%s: %s", name, step)
			}
		}
	}
}

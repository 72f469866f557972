// Package db is the SQL of the store, made by sqlc of the texts in queries, but
// for what is about the queue's table, which sqlc does not know. Only package
// store calls it.
package db

import (
	"context"
	"strconv"
	"strings"
)

// The jobs' table is River's, whose schema the generator does not read. Both
// databases understand these texts.

const overJobs = `state IN ('completed', 'cancelled', 'discarded')`

// ForgetJobs deletes the jobs about these orders that are done with, and empties
// what others say of their failures. Orders are named by TikTok's number or by
// Shopify's id; empty ids name none.
func (q *Queries) ForgetJobs(ctx context.Context, shop string, orders, shopifyOrders []string) error {
	args := []any{shop}
	list := func(ids []string) string {
		places := []string{"NULL"} // equal to nothing; an empty list is no SQL
		for _, id := range ids {
			if id != "" {
				args = append(args, id)
				places = append(places, "$"+strconv.Itoa(len(args)))
			}
		}
		return strings.Join(places, ", ")
	}
	where := `args->>'shop' = $1 AND (args->>'order_id' IN (` + list(orders) + `) OR args->>'shopify_order' IN (` + list(shopifyOrders) + `))`
	if len(args) == 1 {
		return nil
	}
	if _, err := q.db.ExecContext(ctx, `DELETE FROM river_job WHERE `+overJobs+` AND `+where, args...); err != nil {
		return err
	}
	_, err := q.db.ExecContext(ctx, `UPDATE river_job SET errors = NULL WHERE errors IS NOT NULL AND `+where, args...)
	return err
}

// EraseJobs deletes the shop's jobs but those that run.
func (q *Queries) EraseJobs(ctx context.Context, shop string) error {
	_, err := q.db.ExecContext(ctx, `DELETE FROM river_job WHERE state <> 'running' AND args->>'shop' = $1`, shop)
	return err
}

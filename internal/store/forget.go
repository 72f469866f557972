package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// ForgetOrders erases, in one transaction, what is kept of the buyers of these
// orders: hashes of ZIP and address, the stories and ended exceptions with what
// people and platforms said in them, the platforms' answers, the payloads of
// both platforms' events, and of jobs what went wrong and, where they are done
// with, all. What stays is listed, column by column and with why, in package
// storetest (staying). An order of which a refund, an exception, a parcel or a
// change is open, or that a job is at work on, is left as it is; but when its
// time is up an exception is no reason, and goes with the rest. It tells of how
// many orders nothing but identifiers, amounts and states is left, one that the
// ledger does not know among them.
func (s *Store) ForgetOrders(ctx context.Context, shop shopify.Domain, timeIsUp bool, ids ...tiktok.OrderID) (done int, err error) {
	err = s.change(ctx, func(q *db.Queries) error {
		done = 0 // it may be run again
		var numbers, gids []string
		for _, id := range ids {
			written, forgotten, err := s.forgetOrder(ctx, q, shop, id, timeIsUp)
			if err != nil {
				return fmt.Errorf("order %s: %w", id, err)
			}
			if forgotten {
				done++
				numbers, gids = append(numbers, string(id)), append(gids, string(written))
			}
		}
		return q.ForgetJobs(ctx, string(shop), numbers, gids)
	})
	if err != nil {
		return 0, fmt.Errorf("forget buyers of %s: %w", shop, err)
	}
	return done, nil
}

// forgetOrder forgets an order's buyer unless something is under way, and tells the order's id in Shopify.
func (s *Store) forgetOrder(ctx context.Context, q *db.Queries, shop shopify.Domain, id tiktok.OrderID, timeIsUp bool) (written shopify.GID, done bool, err error) {
	row, err := q.OrderAtRest(ctx, db.OrderAtRestParams{Shop: shop, OrderID: id})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", true, nil
	case err != nil:
		return "", false, err
	case row.RedactedAt > 0:
		return row.ShopifyOrder, true, nil
	case !row.AtRest.Bool, row.Excepted.Bool && !timeIsUp:
		return "", false, nil
	}
	err = s.forget(ctx, q, shop, id, row.ShopifyOrder)
	if errors.Is(err, links.ErrLeased) {
		return "", false, nil
	}
	return row.ShopifyOrder, err == nil, err
}

// forget does one order, or returns links.ErrLeased. Its new lease, given back at
// once, fences off whoever read the order before.
func (s *Store) forget(ctx context.Context, q *db.Queries, shop shopify.Domain, id tiktok.OrderID, written shopify.GID) error {
	now := micros(s.now())
	fence, err := q.LeaseOrder(ctx, db.LeaseOrderParams{Shop: shop, OrderID: id, Now: now, Until: now + 1})
	if err != nil {
		return one(err, links.ErrLeased)
	}
	if _, err := q.ReleaseLease(ctx, db.ReleaseLeaseParams{Shop: shop, OrderID: id, Fence: fence}); err != nil {
		return err
	}
	return errors.Join(
		q.RedactOrder(ctx, db.RedactOrderParams{Shop: shop, OrderID: id, Now: now}),
		q.ForgetExceptions(ctx, db.ForgetExceptionsParams{Shop: shop, OrderID: id}),
		q.ForgetTimeline(ctx, db.ForgetTimelineParams{Shop: shop, OrderID: id}),
		q.ForgetWarnings(ctx, db.ForgetWarningsParams{Shop: shop, OrderID: id}),
		q.ForgetLoopMessage(ctx, db.ForgetLoopMessageParams{Shop: shop, OrderID: id}),
		q.ForgetRefundDetails(ctx, db.ForgetRefundDetailsParams{Shop: shop, OrderID: id}),
		forgetCalls(ctx, q, shop, id),
		s.forgetPayloads(ctx, q, shop, id, written),
		s.tell(ctx, q, []timeline.Entry{{Shop: shop, Order: id, At: s.now(), Kind: timeline.Decision, Text: "the buyer's data was deleted"}}),
	)
}

// forgetCalls leaves of what was sent for refunds that it was sent: a later
// request of the buyer's is told from ours by that.
func forgetCalls(ctx context.Context, q *db.Queries, shop shopify.Domain, id tiktok.OrderID) error {
	refunds, err := q.OrderRefunds(ctx, db.OrderRefundsParams{Shop: shop, OrderID: id})
	if err != nil {
		return err
	}
	for _, refund := range refunds {
		steps, err := q.RefundSteps(ctx, db.RefundStepsParams{Shop: shop, ShopifyRefund: refund.ShopifyRefund})
		if err != nil {
			return err
		}
		for _, step := range steps {
			var call tiktok.Write
			if err := json.Unmarshal([]byte(step.Call), &call); err != nil {
				return fmt.Errorf("step %d of refund %s: %w", step.Number, refund.ShopifyRefund, err)
			}
			text, err := json.Marshal(tiktok.Write{Op: call.Op})
			if err != nil {
				return err
			}
			err = q.ForgetRefundStep(ctx, db.ForgetRefundStepParams{
				Shop: shop, ShopifyRefund: refund.ShopifyRefund, Number: step.Number, Call: string(text),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetPayloads empties the order's events. Their rows stay until their time is
// over: by them a repeated delivery is known.
func (s *Store) forgetPayloads(ctx context.Context, q *db.Queries, shop shopify.Domain, id tiktok.OrderID, written shopify.GID) error {
	events, err := q.EventsOfOrder(ctx, db.EventsOfOrderParams{Shop: shop, OrderID: id, ShopifyOrder: written})
	if err != nil {
		return err
	}
	for _, event := range events {
		if err := s.emptyEvent(ctx, q, event); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) emptyEvent(ctx context.Context, q *db.Queries, row db.Event) error {
	e := eventIn(row)
	return q.ReplaceBody(ctx, db.ReplaceBodyParams{ID: row.ID, BodySealed: s.keyring.Seal(eventContext(e), nil)})
}

// EmptyLatePayloads empties the payloads received since then about orders whose
// buyers had been forgotten before, or in the same moment.
func (s *Store) EmptyLatePayloads(ctx context.Context, since time.Time) error {
	const together = 200
	late := db.LateEventsParams{Since: micros(since), Empty: int64(len(s.keyring.Seal("", nil))), Most: together}
	for more := true; more; {
		err := s.change(ctx, func(q *db.Queries) error {
			events, err := q.LateEvents(ctx, late)
			if err != nil {
				return err
			}
			more = len(events) == together
			for _, event := range events {
				if err := s.emptyEvent(ctx, q, event); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("empty late payloads: %w", err)
		}
	}
	return nil
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// SaveRefunds keeps refunds of the leased order, each whole with its steps,
// together with what they leave of the order: the change's lines and intents,
// where it has any. It fails with links.ErrFenced when the lease was lost and
// with links.ErrRefundTransition when a refund may not go to its new state.
func (s *Store) SaveRefunds(ctx context.Context, lease links.Lease, refunds []links.Refund, change links.Change, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		if err := hold(ctx, q, lease); err != nil {
			return nil, err
		}
		for _, refund := range refunds {
			if err := s.saveRefund(ctx, q, lease, refund); err != nil {
				return nil, fmt.Errorf("refund %s: %w", refund.ID, err)
			}
		}
		order := links.Order{Shop: lease.Shop, ID: lease.Order}
		if change.Lines != nil {
			if err := saveLines(ctx, q, order, change.Lines); err != nil {
				return nil, err
			}
		}
		for _, intent := range change.Intents {
			if err := s.saveIntent(ctx, q, order, intent); err != nil {
				return nil, fmt.Errorf("intent %s: %w", intent.Key, err)
			}
		}
		return jobs, followRefunds(ctx, q, lease.Shop, lease.Order)
	})
	if err != nil {
		return fmt.Errorf("save refunds of order %s: %w", lease.Order, err)
	}
	return nil
}

func (s *Store) saveRefund(ctx context.Context, q *db.Queries, lease links.Lease, refund links.Refund) error {
	before, err := q.RefundState(ctx, db.RefundStateParams{Shop: lease.Shop, ShopifyRefund: refund.ID})
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case before.OrderID != lease.Order:
		return fmt.Errorf("it is order %s's", before.OrderID)
	}
	if !before.State.CanFollow(refund.State) {
		if begun, err := mayBeAtTikTok(ctx, q, lease.Shop, refund.ID); err != nil || begun || !before.State.CanBeHeldBack(refund.State) {
			return errors.Join(err, fmt.Errorf("%w: %q after %q", links.ErrRefundTransition, refund.State, before.State))
		}
	}
	units, err := unitText(refund.Units)
	if err != nil {
		return err
	}
	err = q.SaveRefund(ctx, db.SaveRefundParams{
		Shop: lease.Shop, OrderID: lease.Order, ShopifyRefund: refund.ID, State: refund.State, Reason: refund.Reason, Detail: refund.Detail,
		Units: units, Amount: refund.Amount, Completed: refund.Completed, Currency: refund.Currency, TiktokCase: refund.Case,
		RefundedAt: micros(refund.RefundedAt), ApprovedAt: microsOf(refund.ApprovedAt), CreatedAt: micros(s.now()),
	})
	if err != nil {
		return err
	}
	if err := q.DeleteRefundSteps(ctx, db.DeleteRefundStepsParams{Shop: lease.Shop, ShopifyRefund: refund.ID}); err != nil {
		return err
	}
	for _, step := range refund.Steps {
		if err := addStep(ctx, q, lease, refund.ID, step); err != nil {
			return fmt.Errorf("step %d: %w", step.Number, err)
		}
	}
	return s.countCompleted(ctx, q, lease.Shop, before.State, refund)
}

// mayBeAtTikTok tells whether a step of the refund, as it is kept, was sent and not refused.
func mayBeAtTikTok(ctx context.Context, q *db.Queries, shop shopify.Domain, refund shopify.GID) (bool, error) {
	steps, err := q.RefundSteps(ctx, db.RefundStepsParams{Shop: shop, ShopifyRefund: refund})
	return slices.ContainsFunc(steps, func(step db.RefundStep) bool { return step.State.Stands() }), err
}

func addStep(ctx context.Context, q *db.Queries, lease links.Lease, refund shopify.GID, step links.RefundStep) error {
	units, err := unitText(step.Units)
	if err != nil {
		return err
	}
	call, err := json.Marshal(step.Call)
	if err != nil {
		return err
	}
	return q.AddRefundStep(ctx, db.AddRefundStepParams{
		Shop: lease.Shop, ShopifyRefund: refund, Number: int64(step.Number), Kind: step.Kind, Units: units, Amount: step.Amount,
		Completed: step.Completed, Reason: step.Reason, Call: string(call), State: step.State, Attempt: int64(step.Attempt),
		SentAt: microsOf(step.SentAt), TiktokCase: step.Case, Answer: step.Answer,
	})
}

// Refunds are an order's with their steps, the oldest first.
func (s *Store) Refunds(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Refund, error) {
	rows, err := s.read.OrderRefunds(ctx, db.OrderRefundsParams{Shop: shop, OrderID: id})
	if err != nil {
		return nil, fmt.Errorf("read refunds of order %s: %w", id, err)
	}
	return s.refundsOf(ctx, rows)
}

// Refund is one with its steps, or links.ErrNotFound.
func (s *Store) Refund(ctx context.Context, shop shopify.Domain, id shopify.GID) (links.Refund, error) {
	row, err := s.read.Refund(ctx, db.RefundParams{Shop: shop, ShopifyRefund: id})
	if err != nil {
		return links.Refund{}, fmt.Errorf("read refund %s: %w", id, one(err, links.ErrNotFound))
	}
	return s.refundOf(ctx, row)
}

// RefundsIn lists a shop's refunds in a state with an id greater than after, in
// the order of their ids as texts.
func (s *Store) RefundsIn(ctx context.Context, shop shopify.Domain, state links.RefundState, after shopify.GID, limit int) ([]links.Refund, error) {
	rows, err := s.read.RefundsInState(ctx, db.RefundsInStateParams{
		Shop: shop, State: state, After: after, Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list %s refunds of %s: %w", state, shop, err)
	}
	return s.refundsOf(ctx, rows)
}

// HeldRefunds are a shop's refunds that wait for a person's word: when they were
// made, why they are held, and their money; of steps only their amounts, and only
// where the refund has none of its own.
func (s *Store) HeldRefunds(ctx context.Context, shop shopify.Domain) ([]links.Refund, error) {
	rows, err := s.read.HeldRefunds(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("list held refunds of %s: %w", shop, err)
	}
	var refunds []links.Refund
	for _, row := range rows {
		if last := len(refunds) - 1; last < 0 || refunds[last].ID != row.ShopifyRefund {
			refunds = append(refunds, links.Refund{
				Shop: shop, ID: row.ShopifyRefund, State: links.RefundHeld, Reason: row.Reason, Amount: row.Amount, Currency: row.Currency,
				RefundedAt: timeOf(row.RefundedAt),
			})
		}
		if row.StepAmount != "" {
			one := &refunds[len(refunds)-1]
			one.Steps = append(one.Steps, links.RefundStep{Amount: row.StepAmount})
		}
	}
	return refunds, nil
}

// RefundCounts tells how many of a shop's refunds are in each state.
func (s *Store) RefundCounts(ctx context.Context, shop shopify.Domain) (map[links.RefundState]int, error) {
	rows, err := s.read.CountRefunds(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("count refunds of %s: %w", shop, err)
	}
	counts := make(map[links.RefundState]int, len(rows))
	for _, row := range rows {
		counts[row.State] = int(row.Refunds)
	}
	return counts, nil
}

func (s *Store) refundsOf(ctx context.Context, rows []db.Refund) ([]links.Refund, error) {
	refunds := make([]links.Refund, len(rows))
	for n, row := range rows {
		var err error
		if refunds[n], err = s.refundOf(ctx, row); err != nil {
			return nil, err
		}
	}
	return refunds, nil
}

func (s *Store) refundOf(ctx context.Context, row db.Refund) (links.Refund, error) {
	refund := links.Refund{
		Shop: row.Shop, Order: row.OrderID, ID: row.ShopifyRefund, State: row.State, Reason: row.Reason, Detail: row.Detail, Amount: row.Amount,
		Completed: row.Completed, Currency: row.Currency, Case: row.TiktokCase, RefundedAt: timeOf(row.RefundedAt),
		ApprovedAt: timeOrNil(row.ApprovedAt), CreatedAt: timeOf(row.CreatedAt), UpdatedAt: timeOf(row.UpdatedAt),
	}
	var err error
	if refund.Units, err = unitsOf(row.Units); err != nil {
		return links.Refund{}, fmt.Errorf("read refund %s: %w", row.ShopifyRefund, err)
	}
	steps, err := s.read.RefundSteps(ctx, db.RefundStepsParams{Shop: row.Shop, ShopifyRefund: row.ShopifyRefund})
	if err != nil {
		return links.Refund{}, fmt.Errorf("read steps of refund %s: %w", row.ShopifyRefund, err)
	}
	for _, step := range steps {
		one := links.RefundStep{
			Number: int(step.Number), Kind: step.Kind, Amount: step.Amount, Completed: step.Completed, Reason: step.Reason, State: step.State,
			Attempt: int(step.Attempt), SentAt: timeOrNil(step.SentAt), Case: step.TiktokCase, Answer: step.Answer,
		}
		one.Units, err = unitsOf(step.Units)
		if err := errors.Join(err, json.Unmarshal([]byte(step.Call), &one.Call)); err != nil {
			return links.Refund{}, fmt.Errorf("read step %d of refund %s: %w", step.Number, row.ShopifyRefund, err)
		}
		refund.Steps = append(refund.Steps, one)
	}
	return refund, nil
}

func unitText(units []tiktok.LineItemID) (string, error) {
	words := make([]string, len(units))
	for n, unit := range units {
		words[n] = string(unit)
	}
	return listText(words)
}

func unitsOf(text string) ([]tiktok.LineItemID, error) {
	words, err := listOf(text)
	if err != nil || len(words) == 0 {
		return nil, err
	}
	units := make([]tiktok.LineItemID, len(words))
	for n, word := range words {
		units[n] = tiktok.LineItemID(word)
	}
	return units, nil
}

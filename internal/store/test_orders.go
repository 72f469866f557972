package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/testorders"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

var _ testorders.Book = (*Store)(nil)

// AddTestOrder keeps a new run with its job, or returns testorders.ErrRunning
// while another one of the shop is under way.
func (s *Store) AddTestOrder(ctx context.Context, run testorders.Run, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		steps, err := json.Marshal(run.Steps)
		if err != nil {
			return nil, fmt.Errorf("encode steps: %w", err)
		}
		if _, err := q.LockShop(ctx, run.Shop); err != nil {
			return nil, err
		}
		runs, err := q.TestOrderRuns(ctx, run.Shop)
		if err != nil {
			return nil, err
		}
		if runs {
			return nil, testorders.ErrRunning
		}
		return jobs, q.AddTestOrder(ctx, db.AddTestOrderParams{
			Shop: run.Shop, OrderID: run.ID, State: run.State, Steps: string(steps), NextStep: run.Next, StepAt: micros(run.StepAt),
			Variant: run.Variant, ShopifyOrder: run.Order, ShopifyName: run.Name, SentAt: microsOf(run.SentAt), Attempts: int64(run.Attempts), CancelJob: run.CancelJob,
			StartedAt: micros(run.StartedAt), FinishedAt: microsOf(run.FinishedAt), Turn: run.Turn,
		})
	})
	if err != nil {
		return fmt.Errorf("add test order %s: %w", run.ID, err)
	}
	return nil
}

// SaveTestOrder keeps the run as the turn after run.Turn. It returns
// testorders.ErrOvertaken when another turn came first.
func (s *Store) SaveTestOrder(ctx context.Context, run testorders.Run, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		steps, err := json.Marshal(run.Steps)
		if err != nil {
			return nil, fmt.Errorf("encode steps: %w", err)
		}
		rows, err := q.SaveTestOrder(ctx, db.SaveTestOrderParams{
			State: run.State, Steps: string(steps), NextStep: run.Next, StepAt: micros(run.StepAt),
			Variant: run.Variant, ShopifyOrder: run.Order, ShopifyName: run.Name, SentAt: microsOf(run.SentAt), Attempts: int64(run.Attempts), CancelJob: run.CancelJob,
			FinishedAt: microsOf(run.FinishedAt), Shop: run.Shop, OrderID: run.ID, Turn: run.Turn,
		})
		return jobs, touched(rows, err, testorders.ErrOvertaken)
	})
	if err != nil {
		return fmt.Errorf("save test order %s: %w", run.ID, err)
	}
	return nil
}

// TestOrder is the shop's run of that id, or testorders.ErrNotFound.
func (s *Store) TestOrder(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (testorders.Run, error) {
	row, err := s.read.TestOrder(ctx, db.TestOrderParams{Shop: shop, OrderID: id})
	if err != nil {
		return testorders.Run{}, fmt.Errorf("read test order %s: %w", id, one(err, testorders.ErrNotFound))
	}
	return testOrderOf(row)
}

// LastTestOrder is the shop's newest run, or testorders.ErrNotFound.
func (s *Store) LastTestOrder(ctx context.Context, shop shopify.Domain) (testorders.Run, error) {
	row, err := s.read.LastTestOrder(ctx, shop)
	if err != nil {
		return testorders.Run{}, fmt.Errorf("read last test order of %s: %w", shop, one(err, testorders.ErrNotFound))
	}
	return testOrderOf(row)
}

func testOrderOf(row db.TestOrder) (testorders.Run, error) {
	run := testorders.Run{
		Shop: row.Shop, ID: row.OrderID, State: row.State, Next: row.NextStep, StepAt: timeOf(row.StepAt), Variant: row.Variant,
		Order: row.ShopifyOrder, Name: row.ShopifyName, SentAt: timeOrNil(row.SentAt), Attempts: int(row.Attempts), CancelJob: row.CancelJob,
		StartedAt: timeOf(row.StartedAt), FinishedAt: timeOrNil(row.FinishedAt), Turn: row.Turn,
	}
	if err := json.Unmarshal([]byte(row.Steps), &run.Steps); err != nil {
		return testorders.Run{}, fmt.Errorf("decode steps of test order %s: %w", row.OrderID, err)
	}
	return run, nil
}

package testorders

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// Book keeps runs. Saving names the turn that was read: somebody else's change
// in between gives ErrOvertaken, so each turn happens once.
type Book interface {
	// AddTestOrder returns ErrRunning while another run of the shop is under way.
	AddTestOrder(ctx context.Context, run Run, jobs ...Job) error
	// TestOrder returns ErrNotFound where the shop has none of that id.
	TestOrder(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (Run, error)
	// LastTestOrder is the newest; ErrNotFound where there was none.
	LastTestOrder(ctx context.Context, shop shopify.Domain) (Run, error)
	// SaveTestOrder keeps run as the turn after run.Turn.
	SaveTestOrder(ctx context.Context, run Run, jobs ...Job) error
}

// Desk takes what people ask for.
type Desk struct {
	Book Book
	Now  func() time.Time
}

// stale is how long a step may show no end before its job is taken for lost:
// longer than a job waits between two tries of a step.
const stale = time.Hour

// Start sends a test order, or returns the run that is under way.
func (d *Desk) Start(ctx context.Context, shop shopify.Domain) (Run, error) {
	id, err := newID()
	if err != nil {
		return Run{}, err
	}
	now := d.Now()
	run := Run{Shop: shop, ID: id, State: Running, Steps: []Step{}, Next: sequence[0], StepAt: now, StartedAt: now}
	err = d.Book.AddTestOrder(ctx, run, Args{Shop: shop, Order: id})
	switch {
	case err == nil:
		return run, nil
	case !errors.Is(err, ErrRunning):
		return Run{}, fmt.Errorf("start test order: %w", err)
	}
	last, err := d.Book.LastTestOrder(ctx, shop)
	if err != nil || last.State != Running || now.Sub(last.StepAt) < stale {
		return last, err
	}
	// Nothing works on it any more: it goes on, or at least cleans up.
	err = d.Book.SaveTestOrder(ctx, last, Args{Shop: shop, Order: last.ID})
	if errors.Is(err, ErrOvertaken) {
		err = nil
	}
	return last, err
}

// Last is the newest run; ErrNotFound where there was none.
func (d *Desk) Last(ctx context.Context, shop shopify.Domain) (Run, error) {
	return d.Book.LastTestOrder(ctx, shop)
}

// newID is a number that no order of TikTok's has.
func newID() (tiktok.OrderID, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1e18))
	if err != nil {
		return "", fmt.Errorf("make a test order's number: %w", err)
	}
	return tiktok.OrderID(fmt.Sprintf("TEST-%018d", n)), nil
}

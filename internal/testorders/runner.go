package testorders

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Args asks for a test order to be brought to its end.
type Args struct {
	Shop  shopify.Domain `json:"shop"`
	Order tiktok.OrderID `json:"order_id"`
}

// Kind is the job's frozen name.
func (Args) Kind() string { return "test_order" }

// Shops is what is known of the Shopify shop.
type Shops interface {
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error)
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
}

// Shopify is what a run asks Shopify.
type Shopify interface {
	// ActiveVariant is nil where nothing is for sale.
	ActiveVariant(ctx context.Context, shop shopify.Domain) (*shopify.Variant, error)
	CreateOrder(ctx context.Context, shop shopify.Domain, order admin.OrderCreateOrderInput, options admin.OrderCreateOptionsInput) (shopify.Created, error)
	OrderByTikTokID(ctx context.Context, shop shopify.Domain, id string) (*shopify.FoundOrder, error)
	OrderByID(ctx context.Context, shop shopify.Domain, id shopify.GID) (*shopify.FoundOrder, error)
	FindOrders(ctx context.Context, shop shopify.Domain, id string) ([]shopify.FoundOrder, error)
	Standing(ctx context.Context, shop shopify.Domain, order shopify.GID, lines int) (*shopify.Standing, error)
	CreateRefund(ctx context.Context, shop shopify.Domain, refund admin.RefundInput, key string) (shopify.GID, error)
	CancelOrder(ctx context.Context, shop shopify.Domain, order shopify.GID, reason admin.OrderCancelReason, restock bool, note string) (job string, err error)
	JobDone(ctx context.Context, shop shopify.Domain, job string) (bool, error)
	DeleteOrder(ctx context.Context, shop shopify.Domain, order shopify.GID) error
}

// Asker asks Loop about an order's name; its error is loopcheck.ErrKeyMissing or one of ours.
type Asker interface {
	Ask(ctx context.Context, shop shopify.Domain, name string) (loopcheck.Answer, error)
}

const (
	// patience is how long a step may not get through before it has failed.
	patience = 10 * time.Minute
	// pollWait, in units of RetryBase, lies between two looks at work that Shopify does in the background.
	pollWait = 2
	// lookWait and lookFor, in units of RetryBase, are how often and how long an order is looked for whose creation has
	// an unknown outcome: Shopify may commit after the connection was lost.
	lookWait, lookFor = 10, 60
)

// Runner does runs.
type Runner struct {
	Book     Book
	Shops    Shops
	Shopify  Shopify
	Loop     Asker
	Timeline timeline.Writer
	Now      func() time.Time
	// RetryBase is the unit of the waits between two looks.
	RetryBase time.Duration
	Log       *slog.Logger
}

// Run goes on with a run where it is, to its end. An error is for the queue.
func (r *Runner) Run(ctx context.Context, args Args) error {
	ctx = timeline.With(ctx, args.Shop, args.Order)
	run, err := r.Book.TestOrder(ctx, args.Shop, args.Order)
	if errors.Is(err, ErrNotFound) {
		return fault.Permanent(fmt.Errorf("test order %s: %w", args.Order, err))
	}
	if err != nil {
		return fmt.Errorf("read test order %s: %w", args.Order, err)
	}
	w := &work{Runner: r, Run: run}
	for w.State == Running {
		if err := w.step(ctx); errors.Is(err, ErrOvertaken) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// work is a run while a job does it.
type work struct {
	*Runner
	Run
}

// result is what a step came to.
type result struct {
	outcome Outcome
	message string
}

func ok(format string, args ...any) (result, error) {
	return result{OK, fmt.Sprintf(format, args...)}, nil
}

func told(format string, args ...any) (result, error) {
	return result{Information, fmt.Sprintf(format, args...)}, nil
}

func failed(format string, args ...any) (result, error) {
	return result{NotOK, fmt.Sprintf(format, args...)}, nil
}

// step does the step at hand and keeps what it came to.
func (w *work) step(ctx context.Context) error {
	do := map[StepName]func(context.Context) (result, error){
		Product: w.product, Write: w.write, Find: w.find, Loop: w.loop, Refund: w.refund, Cancel: w.cancel, Delete: w.remove,
	}[w.Next]
	if do == nil {
		return fault.Permanent(fmt.Errorf("test order %s: no step %q", w.ID, w.Next))
	}
	out, err := do(ctx)
	if err != nil {
		if ctx.Err() != nil || !w.over(err) {
			return fmt.Errorf("%s test order %s: %w", w.Next, w.ID, err)
		}
		out = w.inWords(err)
	}
	return w.done(ctx, out)
}

// over tells whether another try of the step is pointless, or has become so.
func (w *work) over(err error) bool {
	switch fate := fault.Of(err); {
	case errors.Is(err, ErrOvertaken):
		return false
	case fate == fault.Asks, fate == fault.Dead:
		return true
	}
	return w.Now().Sub(w.StepAt) >= patience
}

// inWords says why a step failed, as the merchant is to read it.
func (w *work) inWords(err error) result {
	message := fmt.Sprintf("It did not get through within %d minutes: %v.", int(patience.Minutes()), err)
	var act *fault.Act
	if errors.As(err, &act) {
		e := exceptions.New(w.Shop, "", exceptions.Code(act.Code), act.Detail, w.Now())
		message = e.Message + " " + e.Fix
	}
	switch {
	case w.Next == Delete:
		message += " " + w.leftBehind()
	case w.Next == Write && w.SentAt != nil:
		message += " Shopify may have taken the order all the same; it is looked for below."
	}
	return result{NotOK, message}
}

// done keeps a step's outcome and moves on.
func (w *work) done(ctx context.Context, out result) error {
	now := w.Now()
	step := Step{Name: w.Next, Outcome: out.outcome, Message: out.message, At: now}
	w.Steps = append(w.Steps, step)
	w.Next, w.StepAt = w.following(out), now
	if w.Next == "" {
		w.State, w.FinishedAt = Passed, &now
		if w.failed() {
			w.State = Failed
		}
	}
	if err := w.save(ctx); err != nil {
		return err
	}
	entry := timeline.Entry{
		Shop: w.Shop, Order: w.ID, At: now, Kind: timeline.Change, Text: "test order, " + string(step.Name) + ": " + step.Message,
		Facts: map[string]string{"outcome": string(step.Outcome)},
	}
	if err := w.Timeline.AppendTimeline(ctx, entry); err != nil {
		return fmt.Errorf("note %s of test order %s: %w", step.Name, w.ID, err)
	}
	if w.Next == "" {
		w.Log.InfoContext(ctx, "test_order."+string(w.State), "shop", w.Shop, "test_order_id", w.ID, "last_step", step.Name)
	}
	return nil
}

// following is the next step: without an order only what may still turn up is cleaned away.
func (w *work) following(out result) StepName {
	if w.Next == Write && out.outcome == NotOK {
		if w.SentAt == nil {
			return ""
		}
		return Delete
	}
	return after(w.Next)
}

func (w *work) save(ctx context.Context) error {
	if err := w.Book.SaveTestOrder(ctx, w.Run); err != nil {
		return fmt.Errorf("save test order %s: %w", w.ID, err)
	}
	w.Turn++
	return nil
}

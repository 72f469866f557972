package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Kept is what the store has of the events, and the way to the queue.
type Kept interface {
	// EventsIn lists what was received in the span after the event of that id, the oldest first.
	EventsIn(ctx context.Context, since, until time.Time, after string, limit int) ([]Event, error)
	EventsOfDelivery(ctx context.Context, id string) ([]Event, error)
	EventsOfOrder(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]Event, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Errors of a replay.
var (
	// ErrNoDelivery is returned for a delivery that was never kept, or is no longer.
	ErrNoDelivery = errors.New("no such delivery is kept")
	// ErrTooMany is returned for a span with more events than one replay takes.
	ErrTooMany = errors.New("too many events for one replay: choose a shorter span")
)

// Replayer finds what followed from kept events and starts it again. It is safe
// to repeat: the jobs ask the platforms for the truth, as they did the first time.
type Replayer struct {
	Kept     Kept
	Accounts Accounts
}

// Consequence is an event, without its payload, and the jobs that follow from it.
type Consequence struct {
	Event Event
	Jobs  []Job
}

// Ends tells whether the jobs take away what a shop has here, rather than look
// again at how things are.
func (c Consequence) Ends() bool {
	return len(c.Jobs) > 0 && c.Event.Source == FromShopify && (c.Event.Topic == "app/uninstalled" || c.Event.Topic == "shop/redact")
}

const (
	// replayPage bounds one transaction.
	replayPage = 200
	// mostReplayed bounds the memory of a replay.
	mostReplayed = 100_000
)

// Span finds what followed from what was received from since on, before until.
func (r *Replayer) Span(ctx context.Context, since, until time.Time) (all []Consequence, err error) {
	for after := ""; ; {
		page, err := r.Kept.EventsIn(ctx, since, until, after, replayPage)
		if err != nil || len(page) == 0 {
			return all, err
		}
		some, err := r.follow(ctx, page)
		if err != nil {
			return nil, err
		}
		if all, after = append(all, some...), page[len(page)-1].ID; len(all) > mostReplayed {
			return nil, ErrTooMany
		}
	}
}

// Delivery finds what followed from the events of one delivery, or returns ErrNoDelivery.
func (r *Replayer) Delivery(ctx context.Context, id string) ([]Consequence, error) {
	found, err := r.Kept.EventsOfDelivery(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("delivery %s: %w", id, ErrNoDelivery)
	}
	return r.follow(ctx, found)
}

// Order finds what followed from all that is kept about an order of these shops,
// and about it before a shop was known to have it.
func (r *Replayer) Order(ctx context.Context, shops []shopify.Domain, order tiktok.OrderID) (all []Consequence, err error) {
	for _, shop := range append([]shopify.Domain{""}, shops...) {
		found, err := r.Kept.EventsOfOrder(ctx, shop, order)
		if err != nil {
			return nil, err
		}
		some, err := r.follow(ctx, found)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// follow addresses each event anew, since its account may have been connected
// after it came.
func (r *Replayer) follow(ctx context.Context, events []Event) ([]Consequence, error) {
	addresser := &Receiver{Accounts: r.Accounts}
	list := make([]Consequence, len(events))
	for n, e := range events {
		e.Shop = ""
		if err := addresser.address(ctx, &e); err != nil {
			return nil, err
		}
		list[n].Jobs = dispatch(e)
		e.Body = nil
		list[n].Event = e
	}
	return list, nil
}

// Start puts into the queue what follows.
func (r *Replayer) Start(ctx context.Context, all []Consequence) error {
	for len(all) > 0 {
		page := all[:min(replayPage, len(all))]
		all = all[len(page):]
		var jobs []Job
		for _, c := range page {
			jobs = append(jobs, c.Jobs...)
		}
		if len(jobs) == 0 {
			continue
		}
		if err := r.Kept.Enqueue(ctx, jobs...); err != nil {
			return fmt.Errorf("replay %d events: %w", len(page), err)
		}
	}
	return nil
}

package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Kept is what the store has of the events, and the way to the queue.
type Kept interface {
	// EventsIn lists what was received in the span after the event of that id, the oldest first.
	EventsIn(ctx context.Context, since, until time.Time, after string, limit int) ([]Event, error)
	EventsOfDelivery(ctx context.Context, id string) ([]Event, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// ErrNoDelivery is returned for a delivery that was never kept, or is no longer.
var ErrNoDelivery = errors.New("no such delivery is kept")

// Replayer starts again what followed from kept events. It is safe to repeat:
// the jobs ask the platforms for the truth, as they did the first time.
type Replayer struct {
	Kept     Kept
	Accounts Accounts
}

// replayPage bounds one transaction.
const replayPage = 200

// Span replays what was received from since until before until; it tells how
// many events there were and how many of them had work to do.
func (r *Replayer) Span(ctx context.Context, since, until time.Time) (events, jobs int, err error) {
	for after := ""; ; {
		page, err := r.Kept.EventsIn(ctx, since, until, after, replayPage)
		if err != nil || len(page) == 0 {
			return events, jobs, err
		}
		started, err := r.start(ctx, page)
		if err != nil {
			return events, jobs, err
		}
		events, jobs, after = events+len(page), jobs+started, page[len(page)-1].ID
	}
}

// Delivery replays the events of one delivery, or returns ErrNoDelivery.
func (r *Replayer) Delivery(ctx context.Context, id string) (events, jobs int, err error) {
	found, err := r.Kept.EventsOfDelivery(ctx, id)
	if err != nil {
		return 0, 0, err
	}
	if len(found) == 0 {
		return 0, 0, fmt.Errorf("delivery %s: %w", id, ErrNoDelivery)
	}
	jobs, err = r.start(ctx, found)
	return len(found), jobs, err
}

// start addresses each event anew, since its account may have been connected
// after it came, and puts what follows from it into the queue.
func (r *Replayer) start(ctx context.Context, events []Event) (int, error) {
	addresser := &Receiver{Accounts: r.Accounts}
	var jobs []Job
	for _, e := range events {
		e.Shop = ""
		if err := addresser.address(ctx, &e); err != nil {
			return 0, err
		}
		jobs = append(jobs, dispatch(e)...)
	}
	if len(jobs) == 0 {
		return 0, nil
	}
	if err := r.Kept.Enqueue(ctx, jobs...); err != nil {
		return 0, fmt.Errorf("replay %d events: %w", len(events), err)
	}
	return len(jobs), nil
}

package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// EventsIn lists what was received in the span (until is not in it) after the
// event of that id, the oldest first.
func (s *Store) EventsIn(ctx context.Context, since, until time.Time, after string, limit int) ([]inbox.Event, error) {
	rows, err := s.read.EventsIn(ctx, db.EventsInParams{
		Since: micros(since), Until: micros(until), After: after, Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return s.eventsOf(rows)
}

// EventsOfDelivery lists the events that a platform delivered under that id.
func (s *Store) EventsOfDelivery(ctx context.Context, id string) ([]inbox.Event, error) {
	rows, err := s.read.EventsOfDelivery(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read events of delivery %s: %w", id, err)
	}
	return s.eventsOf(rows)
}

func (s *Store) eventsOf(rows []db.Event) ([]inbox.Event, error) {
	list := make([]inbox.Event, len(rows))
	for n, row := range rows {
		var err error
		if list[n], err = s.eventOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

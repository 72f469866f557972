package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// receiveTimeout bounds the wait for a commit: TikTok waits three seconds for an answer.
const receiveTimeout = 2500 * time.Millisecond

// ErrNoEvent is returned for a delivery that was never kept, or is no longer.
var ErrNoEvent = errors.New("no such event")

// ReceiveEvent keeps a delivery and the jobs that follow from it in one durable
// transaction, which concurrent deliveries share. It reports false for a
// delivery, or a Shopify event, that is known: then no job is added. Any error
// means that nobody may count on the event: the platform must deliver it again.
// It may have been kept all the same when time was up in the middle of a commit.
func (s *Store) ReceiveEvent(ctx context.Context, e inbox.Event, jobs ...Job) (bool, error) {
	if s.commits == nil {
		return false, ErrReadOnly
	}
	if e.Source == "" || e.Account == "" || e.Topic == "" || e.DeliveryID == "" {
		return false, errors.New("receive event: source, account, topic and delivery id are needed")
	}
	if e.ReceivedAt.IsZero() {
		e.ReceivedAt = s.now()
	}
	row := db.AddEventParams{
		ID: s.newID(e.ReceivedAt), Source: e.Source, Account: e.Account, Topic: e.Topic, DeliveryID: e.DeliveryID, EventID: e.EventID,
		Shop: e.Shop, OrderID: e.Order, ShopifyOrder: e.ShopifyOrder, TriggeredAt: micros(e.TriggeredAt), ReceivedAt: micros(e.ReceivedAt),
		// Sealed here, by the many, and not by the one who commits.
		BodySealed: s.keyring.Seal(eventContext(e), e.Body),
	}
	ctx, cancel := context.WithTimeout(ctx, receiveTimeout)
	defer cancel()
	var fresh bool
	u := newUnit(ctx, func(q *db.Queries) ([]Job, error) {
		rows, err := q.AddEvent(ctx, row)
		if fresh = rows == 1; !fresh {
			return nil, err
		}
		return jobs, err
	})
	u.delivery = true
	err := s.share(u)
	if err != nil {
		return false, fmt.Errorf("receive %s event %s: %w", e.Source, e.Topic, err)
	}
	return fresh, nil
}

// Event is a kept delivery with its payload, or ErrNoEvent.
func (s *Store) Event(ctx context.Context, source inbox.Source, account, topic, deliveryID string) (inbox.Event, error) {
	row, err := s.read.Event(ctx, db.EventParams{Source: source, Account: account, Topic: topic, DeliveryID: deliveryID})
	if err != nil {
		return inbox.Event{}, fmt.Errorf("read %s event %s: %w", source, topic, one(err, ErrNoEvent))
	}
	return s.eventOf(row)
}

// eventOf opens a kept delivery.
func (s *Store) eventOf(row db.Event) (inbox.Event, error) {
	e := eventIn(row)
	var err error
	if e.Body, err = s.keyring.Open(eventContext(e), row.BodySealed); err != nil {
		return inbox.Event{}, fmt.Errorf("open %s event %s: %w", e.Source, e.Topic, err)
	}
	return e, nil
}

// eventIn is a kept delivery without its payload.
func eventIn(row db.Event) inbox.Event {
	return inbox.Event{
		ID: row.ID, Source: row.Source, Account: row.Account, Topic: row.Topic, DeliveryID: row.DeliveryID, EventID: row.EventID,
		Shop: row.Shop, Order: row.OrderID, ShopifyOrder: row.ShopifyOrder, TriggeredAt: timeOf(row.TriggeredAt), ReceivedAt: timeOf(row.ReceivedAt),
	}
}

// CountEvents tells how many deliveries are kept.
func (s *Store) CountEvents(ctx context.Context) (int, error) {
	count, err := s.read.CountEvents(ctx)
	if err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	return int(count), nil
}

// PruneEvents deletes deliveries received before then and tells how many. Later
// than the platforms' last repetition (TikTok 16 hours, Shopify 4) nothing can
// come twice; a week leaves room for replay.
func (s *Store) PruneEvents(ctx context.Context, before time.Time) (int, error) {
	var rows int64
	err := s.change(ctx, func(q *db.Queries) (err error) {
		rows, err = q.DeleteOldEvents(ctx, micros(before))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune events: %w", err)
	}
	return int(rows), nil
}

// eventContext binds a sealed payload to its delivery.
func eventContext(e inbox.Event) string {
	return "event|" + string(e.Source) + "|" + e.Account + "|" + e.Topic + "|" + e.DeliveryID
}

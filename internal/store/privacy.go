package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// AddPrivacyRequest keeps a request once and empties the delivery that brought
// it, which names the customer. A shop that is not known (any more) keeps none.
func (s *Store) AddPrivacyRequest(ctx context.Context, r privacy.Request) error {
	words := make([]string, len(r.Orders))
	for n, order := range r.Orders {
		words[n] = string(order)
	}
	orders, err := listText(words)
	if err != nil {
		return fmt.Errorf("keep request %s: %w", r.ID, err)
	}
	err = s.change(ctx, func(q *db.Queries) error {
		known, err := q.LockShop(ctx, r.Shop)
		if err != nil || known == 0 {
			return err
		}
		_, err = q.AddPrivacyRequest(ctx, db.AddPrivacyRequestParams{
			Shop: r.Shop, RequestID: r.ID, Kind: r.Kind, Customer: r.Customer, Orders: orders, ReceivedAt: micros(r.ReceivedAt),
		})
		if err != nil {
			return err
		}
		events, err := q.EventsOfDelivery(ctx, r.ID)
		for _, event := range events {
			if event.Source == inbox.FromShopify && event.Shop == r.Shop {
				err = errors.Join(err, s.emptyEvent(ctx, q, event))
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("keep request %s: %w", r.ID, err)
	}
	return nil
}

// PrivacyRequests lists a shop's requests, the newest first.
func (s *Store) PrivacyRequests(ctx context.Context, shop shopify.Domain, limit int) ([]privacy.Request, error) {
	rows, err := s.read.PrivacyRequests(ctx, db.PrivacyRequestsParams{Shop: shop, Most: int32(min(max(limit, 1), mostListed))})
	if err != nil {
		return nil, fmt.Errorf("list requests of %s: %w", shop, err)
	}
	return requestsOf(rows)
}

// OpenPrivacyRequests lists those of one kind that are not done, the oldest first.
func (s *Store) OpenPrivacyRequests(ctx context.Context, shop shopify.Domain, kind privacy.Kind) ([]privacy.Request, error) {
	rows, err := s.read.OpenPrivacyRequests(ctx, db.OpenPrivacyRequestsParams{Shop: shop, Kind: kind})
	if err != nil {
		return nil, fmt.Errorf("list open requests of %s: %w", shop, err)
	}
	return requestsOf(rows)
}

// PrivacyRequest is the shop's of that id, or privacy.ErrNotFound.
func (s *Store) PrivacyRequest(ctx context.Context, shop shopify.Domain, id string) (privacy.Request, error) {
	row, err := s.read.PrivacyRequest(ctx, db.PrivacyRequestParams{Shop: shop, RequestID: id})
	if err != nil {
		return privacy.Request{}, fmt.Errorf("read request: %w", one(err, privacy.ErrNotFound))
	}
	return requestOf(row)
}

// FinishPrivacyRequest says that a request is done; one that is done keeps its time.
func (s *Store) FinishPrivacyRequest(ctx context.Context, shop shopify.Domain, id string) error {
	err := s.change(ctx, func(q *db.Queries) error {
		return q.FinishPrivacyRequest(ctx, db.FinishPrivacyRequestParams{Shop: shop, RequestID: id, DoneAt: micros(s.now())})
	})
	if err != nil {
		return fmt.Errorf("finish request %s: %w", id, err)
	}
	return nil
}

// DropPrivacyRequests deletes a shop's requests that were done with before.
func (s *Store) DropPrivacyRequests(ctx context.Context, shop shopify.Domain, before time.Time) error {
	err := s.change(ctx, func(q *db.Queries) error {
		return q.ErasePrivacyRequestsDone(ctx, db.ErasePrivacyRequestsDoneParams{Shop: shop, Before: micros(before)})
	})
	if err != nil {
		return fmt.Errorf("drop requests of %s: %w", shop, err)
	}
	return nil
}

func requestsOf(rows []db.PrivacyRequest) ([]privacy.Request, error) {
	list := make([]privacy.Request, len(rows))
	for n, row := range rows {
		var err error
		if list[n], err = requestOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func requestOf(row db.PrivacyRequest) (privacy.Request, error) {
	words, err := listOf(row.Orders)
	if err != nil {
		return privacy.Request{}, fmt.Errorf("read request %s: %w", row.RequestID, err)
	}
	r := privacy.Request{
		Shop: row.Shop, ID: row.RequestID, Kind: row.Kind, Customer: row.Customer,
		ReceivedAt: timeOf(row.ReceivedAt), DoneAt: timeOrNil(row.DoneAt),
	}
	for _, word := range words {
		r.Orders = append(r.Orders, shopify.GID(word))
	}
	return r, nil
}

// AllShops names every shop of which something is kept, with the app or without.
func (s *Store) AllShops(ctx context.Context) ([]shopify.Domain, error) {
	list, err := s.read.AllShops(ctx)
	if err != nil {
		return nil, fmt.Errorf("list shops: %w", err)
	}
	return list, nil
}

// UnredactedOrders lists orders whose time was over before then, the oldest
// first, that come after the one given; none for the first page. Of an order of
// which TikTok never told the end the time counts from when it was last touched.
func (s *Store) UnredactedOrders(ctx context.Context, shop shopify.Domain, before time.Time, after links.Order, limit int) ([]links.Order, error) {
	rows, err := s.read.UnredactedOrders(ctx, db.UnredactedOrdersParams{
		Shop: shop, Before: micros(before), AfterAt: micros(after.CreatedAt), After: after.ID, Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list orders of %s to forget: %w", shop, err)
	}
	list := make([]links.Order, len(rows))
	for n, row := range rows {
		list[n] = links.Order{Shop: shop, ID: row.OrderID, CreatedAt: timeOf(row.CreatedAt)}
	}
	return list, nil
}

// OrderEvents are the deliveries about an order that are still kept, with their payloads, the oldest first.
func (s *Store) OrderEvents(ctx context.Context, order links.Order) ([]privacy.Payload, error) {
	rows, err := s.read.EventsOfOrder(ctx, db.EventsOfOrderParams{Shop: order.Shop, OrderID: order.ID, ShopifyOrder: order.ShopifyOrder})
	if err != nil {
		return nil, fmt.Errorf("read events of order %s: %w", order.ID, err)
	}
	events, err := s.eventsOf(rows)
	list := make([]privacy.Payload, len(events))
	for n, e := range events {
		list[n] = privacy.Payload{Platform: string(e.Source), Topic: e.Topic, ReceivedAt: e.ReceivedAt, Body: e.Body}
	}
	return list, err
}

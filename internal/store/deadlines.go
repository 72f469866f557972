package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// OrdersToShip lists orders of all shops of which TikTok awaits units until a
// time, those that are due first before the others. It goes on behind after.
func (s *Store) OrdersToShip(ctx context.Context, until time.Time, after links.Deadline, limit int) ([]links.Deadline, error) {
	rows, err := s.read.OrdersToShip(ctx, db.OrdersToShipParams{
		Until: until.Unix(), Due: after.ShipBy, Shop: after.Shop, OrderID: after.Order, Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list orders to ship: %w", err)
	}
	list := make([]links.Deadline, len(rows))
	for n, row := range rows {
		list[n] = deadlineOf(row)
	}
	return list, nil
}

// OrderToShip is an order's deadline, or links.ErrNotFound when TikTok awaits nothing of it.
func (s *Store) OrderToShip(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Deadline, error) {
	row, err := s.read.OrderToShip(ctx, db.OrderToShipParams{Shop: shop, OrderID: id})
	if err != nil {
		return links.Deadline{}, fmt.Errorf("read deadline of order %s: %w", id, one(err, links.ErrNotFound))
	}
	return deadlineOf(row), nil
}

func deadlineOf(row db.OrdersToShip) links.Deadline {
	return links.Deadline{Shop: row.Shop, Order: row.OrderID, ShipBy: row.ShipBy, OrderedAt: timeOf(row.OrderedAt)}
}

// OpenExceptions lists all shops' open exceptions of a code with an id greater
// than after, in the order of their ids.
func (s *Store) OpenExceptions(ctx context.Context, code exceptions.Code, after string, limit int) ([]exceptions.Exception, error) {
	rows, err := s.read.OpenExceptions(ctx, db.OpenExceptionsParams{Code: code, After: after, Most: int32(min(max(limit, 1), mostListed))})
	if err != nil {
		return nil, fmt.Errorf("list open %s: %w", code, err)
	}
	return exceptionsOf(rows), nil
}

// FirstWritten is when the oldest of a shop's orders that were written since
// then was written; the zero time where none was.
func (s *Store) FirstWritten(ctx context.Context, shop shopify.Domain, since time.Time) (time.Time, error) {
	at, err := s.read.FirstWritten(ctx, db.FirstWrittenParams{Shop: shop, Since: micros(since)})
	if err != nil {
		return time.Time{}, fmt.Errorf("read when %s got its first order: %w", shop, err)
	}
	return timeOf(at), nil
}

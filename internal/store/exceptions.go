package store

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// OpenException opens an exception. One that is open already for the same
// order and code stays, with its id and age, and says what was found last.
func (s *Store) OpenException(ctx context.Context, e exceptions.Exception) error {
	if e.OpenedAt.IsZero() {
		e.OpenedAt = s.now()
	}
	id, fresh := s.newID(e.OpenedAt), false
	err := s.change(ctx, func(q *db.Queries) error {
		open, err := q.OpenException(ctx, db.OpenExceptionParams{
			ID: id, Shop: e.Shop, OrderID: e.Order, Code: e.Code,
			Message: e.Message, Fix: e.Fix, OpenedAt: micros(e.OpenedAt),
		})
		if err != nil {
			return err
		}
		fresh = open == id
		return q.SetExcepted(ctx, db.SetExceptedParams{Shop: e.Shop, OrderID: e.Order})
	})
	if err != nil {
		return fmt.Errorf("open %s on order %s: %w", e.Code, e.Order, err)
	}
	if fresh {
		s.log.LogAttrs(ctx, slog.LevelWarn, "exception.opened", aboutException(e.Shop, e.Order, e.Code)...)
	}
	return nil
}

// aboutException is what the log says of an exception: its message may quote what a platform said.
func aboutException(shop shopify.Domain, order tiktok.OrderID, code exceptions.Code) []slog.Attr {
	attrs := []slog.Attr{slog.String("shop", string(shop)), slog.String("code", string(code))}
	if order != "" {
		attrs = append(attrs, slog.String("tiktok_order_id", string(order)))
	}
	return attrs
}

// ResolveExceptions ends the order's open exceptions of those codes, or all of
// them when none is named. That there is nothing to end is no error.
func (s *Store) ResolveExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID, resolution string, codes ...exceptions.Code) error {
	// Nearly always there is none, and reading that is cheaper than a transaction.
	open, err := s.read.OrderExceptions(ctx, db.OrderExceptionsParams{Shop: shop, OrderID: order})
	if err != nil {
		return fmt.Errorf("list exceptions of order %s: %w", order, err)
	}
	if len(open) == 0 {
		return nil
	}
	at := micros(s.now())
	var ended []exceptions.Code
	err = s.change(ctx, func(q *db.Queries) (err error) {
		ended = nil // it may run again
		if len(codes) == 0 {
			ended, err = q.ResolveExceptions(ctx, db.ResolveExceptionsParams{Shop: shop, OrderID: order, Resolution: resolution, ResolvedAt: at})
			if err != nil {
				return err
			}
		}
		for _, code := range codes {
			n, err := q.ResolveException(ctx, db.ResolveExceptionParams{
				Shop: shop, OrderID: order, Code: code, Resolution: resolution, ResolvedAt: at,
			})
			if err != nil {
				return fmt.Errorf("%s: %w", code, err)
			}
			if n > 0 {
				ended = append(ended, code)
			}
		}
		if order == "" { // the shop's own
			return nil
		}
		return q.ClearExcepted(ctx, db.ClearExceptedParams{Shop: shop, OrderID: order})
	})
	if err != nil {
		return fmt.Errorf("resolve exceptions of order %s: %w", order, err)
	}
	for _, code := range ended {
		s.log.LogAttrs(ctx, slog.LevelInfo, "exception.resolved", append(aboutException(shop, order, code), slog.String("resolution", resolution))...)
	}
	return nil
}

// The two parts of the list of exceptions, as a cursor names them.
const (
	openPart     = "open"
	resolvedPart = "resolved"
)

// Exceptions lists a shop's exceptions, the open ones first and of each kind
// the newest first. The returned cursor leads to the next page and is empty on
// the last; one that is not ours gives exceptions.ErrCursor.
func (s *Store) Exceptions(ctx context.Context, shop shopify.Domain, cursor string, limit int) ([]exceptions.Exception, string, error) {
	from, err := exceptionPlace(cursor)
	if err != nil {
		return nil, "", err
	}
	limit = min(max(limit, 1), mostListed)
	var list []exceptions.Exception
	if from.part == openPart {
		if list, err = s.listExceptions(ctx, shop, exceptions.Open, from, limit+1); err != nil {
			return nil, "", err
		}
		from = top(resolvedPart)
	}
	if missing := limit + 1 - len(list); missing > 0 {
		rest, err := s.listExceptions(ctx, shop, exceptions.Resolved, from, missing)
		if err != nil {
			return nil, "", err
		}
		list = append(list, rest...)
	}
	if len(list) <= limit {
		return list, "", nil
	}
	last := list[limit-1]
	return list[:limit], place{part: string(last.Status), at: micros(last.OpenedAt), id: last.ID}.String(), nil
}

func exceptionPlace(cursor string) (place, error) {
	if cursor == "" {
		return top(openPart), nil
	}
	from, err := parsePlace(cursor)
	if err != nil || from.part != openPart && from.part != resolvedPart {
		return place{}, exceptions.ErrCursor
	}
	return from, nil
}

func (s *Store) listExceptions(ctx context.Context, shop shopify.Domain, status exceptions.Status, from place, limit int) ([]exceptions.Exception, error) {
	rows, err := s.read.ListExceptions(ctx, db.ListExceptionsParams{Shop: shop, Status: status, Before: from.at, BeforeID: from.id, Most: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("list exceptions of %s: %w", shop, err)
	}
	return exceptionsOf(rows), nil
}

// Exception is the shop's of that id, or exceptions.ErrNotFound.
func (s *Store) Exception(ctx context.Context, shop shopify.Domain, id string) (exceptions.Exception, error) {
	if !plain(id) {
		return exceptions.Exception{}, fmt.Errorf("read exception: %w", exceptions.ErrNotFound)
	}
	row, err := s.read.Exception(ctx, db.ExceptionParams{Shop: shop, ID: id})
	if err != nil {
		return exceptions.Exception{}, fmt.Errorf("read exception %s: %w", id, one(err, exceptions.ErrNotFound))
	}
	return exceptionOf(row), nil
}

// OrderExceptions are the order's open ones, the newest first.
func (s *Store) OrderExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]exceptions.Exception, error) {
	rows, err := s.read.OrderExceptions(ctx, db.OrderExceptionsParams{Shop: shop, OrderID: order})
	if err != nil {
		return nil, fmt.Errorf("list exceptions of order %s: %w", order, err)
	}
	return exceptionsOf(rows), nil
}

// OpenByCode counts the open exceptions of all shops by code, each up to a limit.
func (s *Store) OpenByCode(ctx context.Context) (map[exceptions.Code]int, error) {
	counts := map[exceptions.Code]int{}
	for _, code := range exceptions.All() {
		n, err := s.read.CountOpenOfCode(ctx, db.CountOpenOfCodeParams{Code: code, Most: mostCounted})
		if err != nil {
			return nil, fmt.Errorf("count open %s: %w", code, err)
		}
		counts[code] = int(n)
	}
	return counts, nil
}

func exceptionsOf(rows []db.Exception) []exceptions.Exception {
	list := make([]exceptions.Exception, len(rows))
	for n, row := range rows {
		list[n] = exceptionOf(row)
	}
	return list
}

func exceptionOf(row db.Exception) exceptions.Exception {
	return exceptions.Exception{
		ID: row.ID, Shop: row.Shop, Order: row.OrderID, Code: row.Code, Message: row.Message, Fix: row.Fix, Status: row.Status,
		OpenedAt: timeOf(row.OpenedAt), ResolvedAt: timeOrNil(row.ResolvedAt), Resolution: row.Resolution,
	}
}

// OpenExceptionsOf lists the shop's open exceptions of one code whose order's
// number comes after the one given, in the order of those numbers. After none
// it begins with the one that concerns the whole shop, if there is one.
func (s *Store) OpenExceptionsOf(ctx context.Context, shop shopify.Domain, code exceptions.Code, after tiktok.OrderID, limit int) ([]exceptions.Exception, error) {
	rows, err := s.read.OpenExceptionsOf(ctx, db.OpenExceptionsOfParams{
		Shop: shop, Code: code, After: after, Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list %s of %s: %w", code, shop, err)
	}
	return exceptionsOf(rows), nil
}

package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// longestLease bounds how long a crashed job keeps others out.
const longestLease = 60 * time.Second

// LeaseOrder gives the right to work on an order to one caller, for ttl (at
// most a minute), or returns links.ErrLeased while somebody has it.
func (s *Store) LeaseOrder(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, ttl time.Duration) (links.Lease, error) {
	now := s.now()
	until := now.Add(min(ttl, longestLease))
	lease := links.Lease{Shop: shop, Order: id, Until: until}
	err := s.change(ctx, func(q *db.Queries) (err error) {
		lease.Fence, err = q.LeaseOrder(ctx, db.LeaseOrderParams{Shop: shop, OrderID: id, Now: micros(now), Until: micros(until)})
		return one(err, links.ErrLeased)
	})
	if err != nil {
		return links.Lease{}, fmt.Errorf("lease order %s: %w", id, err)
	}
	return lease, nil
}

// RenewLease lets a lease last ttl from now, also one whose time was up but
// that nobody else was given; else it returns links.ErrFenced.
func (s *Store) RenewLease(ctx context.Context, lease links.Lease, ttl time.Duration) (links.Lease, error) {
	until := s.now().Add(min(ttl, longestLease))
	err := s.change(ctx, func(q *db.Queries) error {
		rows, err := q.RenewLease(ctx, db.RenewLeaseParams{Shop: lease.Shop, OrderID: lease.Order, Fence: lease.Fence, Until: micros(until)})
		return touched(rows, err, links.ErrFenced)
	})
	if err != nil {
		return links.Lease{}, fmt.Errorf("renew lease on order %s: %w", lease.Order, err)
	}
	lease.Until = until
	return lease, nil
}

// ReleaseLease ends a lease, or returns links.ErrFenced when it was lost before.
// Timeline entries that wait are kept either way.
func (s *Store) ReleaseLease(ctx context.Context, lease links.Lease) error {
	var rows int64
	err := s.change(ctx, func(q *db.Queries) (err error) {
		rows, err = q.ReleaseLease(ctx, db.ReleaseLeaseParams{Shop: lease.Shop, OrderID: lease.Order, Fence: lease.Fence})
		return err
	})
	if err = touched(rows, err, links.ErrFenced); err != nil {
		return fmt.Errorf("release order %s: %w", lease.Order, err)
	}
	return nil
}

// VoidLeases ends every lease on orders and tokens. Only a process that is
// alone may call it: on SQLite, when it starts.
func (s *Store) VoidLeases(ctx context.Context) error {
	err := s.change(ctx, func(q *db.Queries) error {
		return errors.Join(q.VoidLeases(ctx), q.VoidTokenLeases(ctx))
	})
	if err != nil {
		return fmt.Errorf("void leases: %w", err)
	}
	return nil
}

// hold makes the rest of the transaction conditional on the lease: it fails
// with links.ErrFenced, or keeps everybody else from being given the order
// until the transaction ends.
func hold(ctx context.Context, q *db.Queries, lease links.Lease) error {
	rows, err := q.HoldLease(ctx, db.HoldLeaseParams{Shop: lease.Shop, OrderID: lease.Order, Fence: lease.Fence})
	return touched(rows, err, links.ErrFenced)
}

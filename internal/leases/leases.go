// Package leases gives one job at a time the right to work on a TikTok order.
//
// Every feature that reads or changes an order (import, shipments, refunds)
// does so inside Hold, with the same lease, so that the legs of one order never
// work at once. The package decides nothing and never calls a platform; that a
// write under a lost lease fails is the ledger's doing.
package leases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

const (
	// leaseFor is how long a lease lives unless renewed; a crashed job keeps others out no longer.
	leaseFor = 60 * time.Second
	// renewEvery leaves two chances before a lease ends.
	renewEvery = leaseFor / 3
	// leaseWait is how long a job waits when another one has the order.
	leaseWait = 2 * time.Second
)

// Keeper gives leases out; the ledger does.
type Keeper interface {
	LeaseOrder(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, ttl time.Duration) (links.Lease, error)
	RenewLease(ctx context.Context, lease links.Lease, ttl time.Duration) (links.Lease, error)
	ReleaseLease(ctx context.Context, lease links.Lease) error
}

// Hold runs work while holding the order's lease and renews it meanwhile. When
// the lease is lost, the work's context ends, so that it stops before its next
// call. While another job has the order the error is one to come back after.
// Timeline entries are kept with what is saved, at the latest when the lease is
// given back.
func Hold(ctx context.Context, keeper Keeper, shop shopify.Domain, id tiktok.OrderID, work func(context.Context, links.Lease) error) error {
	ctx = timeline.Collect(ctx)
	lease, err := keeper.LeaseOrder(ctx, shop, id, leaseFor)
	if errors.Is(err, links.ErrLeased) {
		return fault.After(leaseWait, err)
	}
	if err != nil {
		return fmt.Errorf("lease order %s: %w", id, err)
	}
	held, lose := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		renew(held, keeper, lease, lose)
	}()
	err = work(held, lease)
	if cause := context.Cause(held); errors.Is(cause, links.ErrFenced) {
		err = errors.Join(cause, err)
	}
	lose(nil)
	<-renewed
	// A lease that is not given back only delays the next job.
	if released := keeper.ReleaseLease(context.WithoutCancel(ctx), lease); released != nil && !errors.Is(released, links.ErrFenced) && err == nil {
		return fmt.Errorf("release order %s: %w", id, released)
	}
	return err
}

func renew(ctx context.Context, keeper Keeper, lease links.Lease, lose context.CancelCauseFunc) {
	ticks := time.NewTicker(renewEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			// Another error than ErrFenced may pass before the lease ends: the next tick tries again,
			// and a lease that ended all the same fences the next write.
			if _, err := keeper.RenewLease(ctx, lease, leaseFor); errors.Is(err, links.ErrFenced) {
				lose(links.ErrFenced)
				return
			}
		}
	}
}

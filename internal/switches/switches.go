// Package switches changes a shop's settings and sets free what a switch had
// held back, in one transaction.
//
// Routes call it for `PUT /api/settings`. It knows which jobs follow from which
// switch and nothing of what they do.
package switches

import (
	"context"
	"fmt"

	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// Store keeps settings and the jobs that follow from a change together.
type Store interface {
	// ChangeSettings applies change to the shop's settings and keeps the result
	// with the jobs that follow from it, unless change returns an error.
	ChangeSettings(ctx context.Context, shop shopify.Domain, change func(*shops.Settings) ([]Job, error)) (shops.Settings, error)
}

// Panel is where settings are changed.
type Panel struct {
	Store Store
	// KeyReview is the job that asks Loop whether it takes a key that was just changed.
	KeyReview func(shop shopify.Domain) Job
}

// Change applies edit to the shop's settings, validates the outcome and starts
// what the change releases. The error wraps *shops.SettingsError when the
// outcome cannot be taken; then nothing was changed.
func (p *Panel) Change(ctx context.Context, shop shopify.Domain, edit func(*shops.Settings) error) (shops.Settings, error) {
	settings, err := p.Store.ChangeSettings(ctx, shop, func(s *shops.Settings) ([]Job, error) {
		before := *s
		if err := edit(s); err != nil {
			return nil, err
		}
		if err := s.Validate(); err != nil {
			return nil, err
		}
		jobs := released(shop, before, *s)
		if s.LoopKey != nil {
			jobs = append(jobs, p.KeyReview(shop))
		}
		return jobs, nil
	})
	if err != nil {
		return shops.Settings{}, fmt.Errorf("change settings of %s: %w", shop, err)
	}
	return settings, nil
}

// released lists the jobs that look again at what a setting had held back.
func released(shop shopify.Domain, before, after shops.Settings) []Job {
	var jobs []Job
	if after.PullOrders && !before.PullOrders {
		jobs = append(jobs, orders.ReleaseArgs{Shop: shop, State: links.Waiting, Reason: orders.PullOff})
	}
	if after.PushOrders && !before.PushOrders {
		jobs = append(jobs,
			orders.ReleaseArgs{Shop: shop, State: links.Held, Reason: orders.PushOff},
			orders.ReleaseArgs{Shop: shop, State: links.Written, Reason: orders.PushOff}, // changes of written orders
		)
	}
	jobs = append(jobs, fulfillments.Released(shop, before, after)...)
	jobs = append(jobs, refunds.Released(shop, before, after)...)
	if after.MirrorRefunds && !before.MirrorRefunds {
		jobs = append(jobs, orders.ReleaseArgs{Shop: shop, State: links.Written, Reason: orders.MirrorOff})
	}
	return jobs
}

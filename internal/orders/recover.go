package orders

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// lookups are the moments, in units of RetryBase after the attempt, at which an
// order whose creation has an unknown outcome is looked for before another
// attempt: Shopify may commit after the connection was lost.
var lookups = [...]time.Duration{0, 10, 60}

// errUnknownOutcome is why a job waits between lookups.
var errUnknownOutcome = errors.New("nobody knows yet whether Shopify took the order")

// recover looks for an order whose creation has an unknown outcome. Not found,
// it waits for the next lookup; after the last one the order may be attempted again.
func (r *run) recover(ctx context.Context) error {
	found, err := r.findOurs(ctx)
	if err != nil {
		return err
	}
	if found != nil {
		return r.adopt(ctx, *found, "found in Shopify after the answer was lost")
	}
	since := r.Now().Sub(*r.row.AttemptAt)
	if due := lookups[r.row.Lookups] * r.RetryBase; since >= due {
		r.row.Lookups++
	}
	if r.row.Lookups < len(lookups) {
		if err := r.Ledger.SaveOrder(ctx, r.lease, r.row); err != nil {
			return fmt.Errorf("save lookup of order %s: %w", r.args.Order, err)
		}
		return fault.After(lookups[r.row.Lookups]*r.RetryBase-since, errUnknownOutcome)
	}
	if err := r.disclaim(ctx); err != nil {
		return err
	}
	return fault.After(0, errUnknownOutcome)
}

// findOurs looks for our own order: by the metafield, then, as the metafield
// may be what was lost, by the source identifier, where name and tag must be ours too.
func (r *run) findOurs(ctx context.Context) (*shopify.FoundOrder, error) {
	id := string(r.args.Order)
	found, err := r.Shopify.OrderByTikTokID(ctx, r.args.Shop, id)
	if err != nil {
		return nil, fmt.Errorf("look up order %s by its metafield: %w", id, err)
	}
	if found != nil {
		return found, nil
	}
	candidates, err := r.Shopify.FindOrders(ctx, r.args.Shop, id)
	if err != nil {
		return nil, fmt.Errorf("search order %s in shopify: %w", id, err)
	}
	for _, c := range candidates {
		if c.SourceIdentifier == id && c.Name == orderName(r.args.Order, r.settings) && slices.Contains(c.Tags, Tag) {
			return &c, nil
		}
	}
	return nil, nil
}

// adopt records an order that is in Shopify already.
func (r *run) adopt(ctx context.Context, found shopify.FoundOrder, why string) error {
	c, err := r.asWritten(ctx, found)
	if err != nil {
		return err
	}
	return r.finish(ctx, found, c, why)
}

// asWritten is the form in which an order was written that Shopify has already.
// What TikTok cancelled since was part of it: the total tells.
func (r *run) asWritten(ctx context.Context, found shopify.FoundOrder) (Conversion, error) {
	c, err := r.convert(ctx)
	if err == nil && sameTotal(c, found) {
		return c, nil
	}
	now := r.order
	defer func() { r.order = now }()
	r.order = revived(now)
	if before, failed := r.convert(ctx); failed == nil && sameTotal(before, found) {
		return before, nil
	}
	return c, err
}

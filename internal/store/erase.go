package store

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// EraseShop deletes what is kept of a shop. A shop that is installed (again)
// loses only what was last touched before this installation began; a shop that
// is not known loses nothing and is no error.
func (s *Store) EraseShop(ctx context.Context, domain shopify.Domain) error {
	err := s.change(ctx, func(q *db.Queries) error {
		known, err := q.LockShop(ctx, domain)
		if err != nil || known == 0 {
			return err
		}
		row, err := q.Shop(ctx, domain)
		if err != nil {
			return err
		}
		if row.UninstalledAt == 0 {
			return s.eraseBefore(ctx, q, domain, row.InstalledAt)
		}
		return errors.Join(
			s.eraseBefore(ctx, q, domain, math.MaxInt64),
			dropAccess(ctx, q, domain),
			q.DeleteSettings(ctx, domain),
			q.DeleteSKUMappings(ctx, domain),
			q.DeleteCarriers(ctx, domain),
			q.DeleteReasons(ctx, domain),
			q.DeleteGuideMarks(ctx, domain),
			// Whoever holds one is fenced off by its being gone: a new lease's fence is the time.
			q.ForgetLeases(ctx, domain),
			q.EraseJobs(ctx, string(domain)),
			q.DeleteShop(ctx, domain),
		)
	})
	if err != nil {
		return fmt.Errorf("erase %s: %w", domain, err)
	}
	return nil
}

func (s *Store) eraseBefore(ctx context.Context, q *db.Queries, domain shopify.Domain, before int64) error {
	return errors.Join(
		q.EraseEvents(ctx, db.EraseEventsParams{Shop: domain, Account: string(domain), Before: before}),
		q.EraseExceptions(ctx, db.EraseExceptionsParams{Shop: domain, Before: before}),
		q.EraseTimeline(ctx, db.EraseTimelineParams{Shop: domain, Before: before}),
		q.EraseVisits(ctx, db.EraseVisitsParams{Shop: domain, Before: before}),
		q.EraseLoopChecks(ctx, db.EraseLoopChecksParams{Shop: domain, Before: before}),
		q.EraseRefundSteps(ctx, db.EraseRefundStepsParams{Shop: domain, Before: before}),
		q.EraseRefunds(ctx, db.EraseRefundsParams{Shop: domain, Before: before}),
		// Shipments, intents, lines and units first: they are found through their order.
		q.EraseShipmentUnits(ctx, db.EraseShipmentUnitsParams{Shop: domain, Before: before}),
		q.EraseShipments(ctx, db.EraseShipmentsParams{Shop: domain, Before: before}),
		q.EraseIntents(ctx, db.EraseIntentsParams{Shop: domain, Before: before}),
		q.EraseUnits(ctx, db.EraseUnitsParams{Shop: domain, Before: before}),
		q.EraseLines(ctx, db.EraseLinesParams{Shop: domain, Before: before}),
		q.EraseBackfills(ctx, db.EraseBackfillsParams{Shop: domain, Before: before}),
		q.EraseTestOrders(ctx, db.EraseTestOrdersParams{Shop: domain, Before: before}),
		q.ErasePrivacyRequests(ctx, db.ErasePrivacyRequestsParams{Shop: domain, Before: before}),
		q.EraseOrders(ctx, db.EraseOrdersParams{Shop: domain, Before: before}),
		q.EraseLeases(ctx, db.EraseLeasesParams{Shop: domain, Now: micros(s.now())}),
		eraseSlots(ctx, q, domain, before),
		// What stays forgets those that went.
		q.ClearAllExcepted(ctx, domain),
		refollowRefunds(ctx, q, domain),
	)
}

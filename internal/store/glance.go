package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// What is counted for a page ends here; the rest is told as "more".
const (
	mostCounted   = 10000
	mostDue       = 1000
	mostSummed    = 1000
	completedOver = 30 * 24 * time.Hour
)

// Glance is how a shop's orders are; today is when its day began.
func (s *Store) Glance(ctx context.Context, shop shopify.Domain, today time.Time) (links.Glance, error) {
	var g links.Glance
	written, err := s.read.WrittenSince(ctx, db.WrittenSinceParams{Shop: shop, Since: links.SlotOf(today).Unix()})
	g.WrittenToday = int(written)
	errs := []error{err}
	count := func(into *links.Count, most int, found int64, err error) {
		*into = links.CountUpTo(int(found), most)
		errs = append(errs, err)
	}
	for state, into := range map[links.State]*links.Count{links.Waiting: &g.Waiting, links.Held: &g.Held} {
		n, err := s.read.CountInState(ctx, db.CountInStateParams{Shop: shop, State: state, Most: mostCounted + 1})
		count(into, mostCounted, n, err)
	}
	n, err := s.read.CountOpen(ctx, db.CountOpenParams{Shop: shop, Most: mostCounted + 1})
	count(&g.Exceptions, mostCounted, n, err)
	now := s.now().Unix()
	n, err = s.read.CountToShip(ctx, db.CountToShipParams{Shop: shop, Since: now, Until: now + 24*60*60, Most: mostDue + 1})
	count(&g.DueSoon, mostDue, n, err)
	n, err = s.read.CountToShip(ctx, db.CountToShipParams{Shop: shop, Since: 0, Until: now, Most: mostDue + 1})
	count(&g.Overdue, mostDue, n, err)
	g.InFlight, err = s.inFlight(ctx, shop)
	errs = append(errs, err)
	g.Completed, err = s.completed(ctx, shop)
	if err := errors.Join(append(errs, err)...); err != nil {
		return links.Glance{}, fmt.Errorf("read how the orders of %s are: %w", shop, err)
	}
	return g, nil
}

// inFlight sums up what TikTok was asked to pay and has not, as far as mostSummed of a state.
func (s *Store) inFlight(ctx context.Context, shop shopify.Domain) ([]links.RefundSum, error) {
	var sums []links.RefundSum
	for _, state := range []links.RefundState{links.RefundSending, links.RefundPartlySent, links.RefundSent} {
		rows, err := s.read.RefundAmounts(ctx, db.RefundAmountsParams{Shop: shop, State: state, Most: mostSummed + 1})
		if err != nil {
			return nil, err
		}
		more := len(rows) > mostSummed
		for n, row := range rows[:min(len(rows), mostSummed)] {
			fresh := n == 0 || rows[n-1].ShopifyRefund != row.ShopifyRefund
			if sums, err = addRefund(sums, row, fresh, more); err != nil {
				return nil, fmt.Errorf("refund %s: %w", row.ShopifyRefund, err)
			}
		}
	}
	return sums, nil
}

func addRefund(sums []links.RefundSum, row db.RefundAmountsRow, fresh, more bool) ([]links.RefundSum, error) {
	currency := money.Currency(row.Currency)
	at := 0
	for at < len(sums) && sums[at].Currency != row.Currency {
		at++
	}
	if at == len(sums) {
		zero, err := money.Zero(currency)
		if err != nil {
			return nil, err
		}
		sums = append(sums, links.RefundSum{Currency: row.Currency, Amount: zero.String()})
	}
	sum := &sums[at]
	if fresh {
		sum.Count.N++
	}
	sum.Count.More = sum.Count.More || more
	text := row.Amount + row.StepAmount // never both
	if text == "" {
		return sums, nil
	}
	amount, err := money.Parse(text, currency)
	if err != nil {
		return nil, err
	}
	total, err := money.Parse(sum.Amount, currency)
	if err != nil {
		return nil, err
	}
	if total, err = total.Add(amount); err != nil {
		return nil, err
	}
	sum.Amount = total.String()
	return sums, nil
}

func (s *Store) completed(ctx context.Context, shop shopify.Domain) ([]links.RefundSum, error) {
	rows, err := s.read.CompletedSince(ctx, db.CompletedSinceParams{Shop: shop, Since: links.SlotOf(s.now().Add(-completedOver)).Unix()})
	if err != nil {
		return nil, err
	}
	var sums []links.RefundSum
	for _, row := range rows {
		amount, err := money.FromMinor(row.Amount, money.Currency(row.Currency))
		if err != nil {
			return nil, err
		}
		sums = append(sums, links.RefundSum{Currency: row.Currency, Amount: amount.String(), Count: links.Count{N: int(row.Completed)}})
	}
	return sums, nil
}

// Statistics are a shop's slots from the one that since is in, the oldest
// first; slots in which nothing was done are not there.
func (s *Store) Statistics(ctx context.Context, shop shopify.Domain, since time.Time) ([]links.Slot, error) {
	from := links.SlotOf(since).Unix()
	written, err := s.read.OrderSlots(ctx, db.OrderSlotsParams{Shop: shop, Since: from})
	if err != nil {
		return nil, fmt.Errorf("read statistics of %s: %w", shop, err)
	}
	refunded, err := s.read.RefundSlots(ctx, db.RefundSlotsParams{Shop: shop, Since: from})
	if err != nil {
		return nil, fmt.Errorf("read statistics of %s: %w", shop, err)
	}
	slots := make([]links.Slot, 0, len(written)+len(refunded))
	for len(written) > 0 || len(refunded) > 0 {
		at := int64(math.MaxInt64)
		if len(written) > 0 {
			at = written[0].Slot
		}
		if len(refunded) > 0 {
			at = min(at, refunded[0].Slot)
		}
		slot := links.Slot{At: time.Unix(at, 0).UTC()}
		if len(written) > 0 && written[0].Slot == at {
			slot.Written, slot.Measured = int(written[0].Written), int(written[0].Measured)
			slot.Delay = time.Duration(written[0].DelayTotal) * time.Millisecond
			slot.LongestDelay = time.Duration(written[0].DelayMost) * time.Millisecond
			written = written[1:]
		}
		if len(refunded) > 0 && refunded[0].Slot == at {
			slot.Refunds = int(refunded[0].Completed)
			refunded = refunded[1:]
		}
		slots = append(slots, slot)
	}
	return slots, nil
}

// eraseSlots forgets the slots that ended before, in unix microseconds.
func eraseSlots(ctx context.Context, q *db.Queries, shop shopify.Domain, before int64) error {
	first := time.UnixMicro(before).Truncate(links.SlotLength).Unix()
	if before == math.MaxInt64 {
		first = before
	}
	return errors.Join(
		q.EraseOrderSlots(ctx, db.EraseOrderSlotsParams{Shop: shop, Before: first}),
		q.EraseRefundSlots(ctx, db.EraseRefundSlotsParams{Shop: shop, Before: first}),
	)
}

package refunds

import (
	"context"
	"slices"
	"strconv"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
)

// noticedOutcome is kept when Loop's tag is first seen: its result is how many
// refunds there were, so that a later one is known to be what became of it.
const noticedOutcome = "noticed-outcome"

// loopOutcome lists the order where Loop's tags say that a return ended in what
// TikTok cannot give, and no refund tells more. Refunds from before the tag are
// of other returns.
func (r *run) loopOutcome(ctx context.Context) error {
	tagged := slices.ContainsFunc(r.marks.Tags, func(tag string) bool { return slices.Contains(loopOutcomes, tag) })
	if !tagged || r.wasDealtWith(handledOutcome) || r.toldByRefund() {
		return nil
	}
	if r.kept(noticedOutcome) == nil {
		intent := links.Intent{
			Shop: r.shop, Order: r.id, Key: noticedOutcome, Kind: links.HandledIntent, State: links.IntentDone, Result: strconv.Itoa(len(r.refunds)),
		}
		if err := r.keep(ctx, intent, nil); err != nil {
			return err
		}
	}
	r.notices[exceptions.OutcomeNotRefund] = ""
	return r.dealtWith(ctx, handledOutcome, exceptions.OutcomeNotRefund)
}

// toldByRefund tells whether a refund says what became of the tagged return: one
// without money, which is listed itself, one that came after the tag, or those
// that left the buyer nothing.
func (r *run) toldByRefund() bool {
	if first := r.kept(noticedOutcome); first != nil && first.Result != strconv.Itoa(len(r.refunds)) {
		return true
	}
	if slices.ContainsFunc(r.refunds, withoutMoney) {
		return true
	}
	return !slices.ContainsFunc(r.lines, func(line links.Line) bool {
		return slices.ContainsFunc(line.Units, func(unit links.Unit) bool { return unit.Gone == "" })
	})
}

// withoutMoney tells whether a refund in Shopify gave nothing back; a
// cancellation, which has no amount, is another matter.
func withoutMoney(one links.Refund) bool {
	amount, err := money.Parse(one.Amount, money.Currency(one.Currency))
	return err == nil && amount.IsZero()
}

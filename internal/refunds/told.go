package refunds

import (
	"context"
	"slices"

	"github.com/switchbackhq/switchback/internal/links"
)

// outcomes are the states of a refund that are told in the log, each when it is
// reached. The states between them are on the way to one of these.
var outcomes = map[links.RefundState]string{
	links.RefundWaiting:    "refund.waiting",
	links.RefundHeld:       "refund.held",
	links.RefundStopped:    "refund.needs_merchant",
	links.RefundPartlySent: "refund.needs_merchant",
	links.RefundCompleted:  "refund.completed",
	links.RefundIgnored:    "refund.ignored",
	links.RefundSatisfied:  "refund.satisfied",
	links.RefundHandled:    "refund.handled",
}

// tell is the line for what a refund has come to. That it was found as before,
// however often, is no outcome.
func (r *run) tell(ctx context.Context, before, now links.Refund) {
	log := r.Log.With("shop", r.shop, "tiktok_order_id", r.id, "shopify_refund_id", now.ID)
	ours := slices.ContainsFunc(now.Steps, func(s links.RefundStep) bool { return s.State.Stands() && s.Call.Op != "" })
	if ours && accepted(now.State) && !accepted(before.State) {
		log.InfoContext(ctx, "refund.forwarded")
	}
	event := outcomes[now.State]
	if event == "" || before.State == now.State && before.Reason == now.Reason {
		return
	}
	if now.Reason != "" {
		log = log.With("reason", now.Reason)
	}
	log.InfoContext(ctx, event)
}

// accepted says that TikTok has all of a refund.
func accepted(s links.RefundState) bool {
	return s == links.RefundSent || s == links.RefundCompleted
}

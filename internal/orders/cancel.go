package orders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/timeline"
)

const (
	// mostSteps bounds one run; an order needs three: a refund, a cancellation, its end.
	mostSteps = 8
	// cancelPoll is how long, in units of RetryBase, a run waits for Shopify's cancellation before it looks again.
	cancelPoll = 2
	// cancelPatience is how long Shopify may take to cancel an order before a person is told.
	cancelPatience = 10 * time.Minute
)

// errCancelling is why a job comes back: Shopify cancels orders in the background.
var errCancelling = errors.New("shopify is still cancelling the order")

// cancelCall is the input of orderCancel as an intent keeps it.
type cancelCall struct {
	Reason  admin.OrderCancelReason `json:"reason"`
	Restock bool                    `json:"restock"`
}

// followCancellations makes the Shopify order lack what was cancelled at
// TikTok. Each step looks at Shopify anew, finishes what was begun before it
// plans, and keeps its intent before it calls: whatever is cut off, a unit's
// money is recorded once.
func (r *run) followCancellations(ctx context.Context) error {
	for range mostSteps {
		more, err := r.cancelStep(ctx)
		if err != nil || !more {
			return err
		}
	}
	return fmt.Errorf("follow cancellations of order %s: no end after %d steps", r.args.Order, mostSteps)
}

// cancelStep does one thing and tells whether there may be more.
func (r *run) cancelStep(ctx context.Context) (more bool, err error) {
	intents, err := r.Ledger.Intents(ctx, r.args.Shop, r.args.Order)
	if err != nil {
		return false, fmt.Errorf("read intents of order %s: %w", r.args.Order, err)
	}
	begun := slices.IndexFunc(intents, func(i links.Intent) bool { return i.State == links.IntentOpen })
	if begun < 0 && len(newlyCancelled(r.lines, r.order)) == 0 && !cancelled(r.order) {
		return false, nil
	}
	if begun < 0 && !r.settings.MirrorRefunds {
		r.row.Reason = MirrorOff
		r.notices = append(r.notices, Notice{Code: exceptions.CancelNotMirrored})
		return false, nil
	}
	found, err := r.Shopify.Standing(ctx, r.args.Shop, r.row.ShopifyOrder, len(r.lines))
	if err != nil {
		return false, fmt.Errorf("read order %s in shopify: %w", r.args.Order, err)
	}
	if found == nil {
		r.notices = append(r.notices, Notice{Code: exceptions.OrderEdited, Detail: "It is no longer in Shopify."})
		return false, nil
	}
	if begun >= 0 {
		return r.resume(ctx, intents[begun], *found)
	}
	changes := Changes(r.row, r.lines, r.order, *found)
	if len(changes) == 0 {
		return false, nil
	}
	return r.apply(ctx, changes[0], intents, *found)
}

// apply begins one change.
func (r *run) apply(ctx context.Context, c Change, intents []links.Intent, found shopify.Standing) (more bool, err error) {
	switch c.Kind {
	case AskMerchant:
		r.notices = append(r.notices, Notice{Code: c.Code, Detail: c.Detail})
		return false, nil
	case UnitsGone:
		r.lines = left(r.lines, c.Units, links.GoneElsewhere)
		if err := r.keep(ctx, links.Change{Lines: r.lines}); err != nil {
			return false, err
		}
		return true, r.note(ctx, timeline.Decision, "units cancelled at TikTok were taken out in Shopify before", "units", fmt.Sprint(len(c.Units)))
	case OrderGone:
		return false, r.cancelledInShopify(ctx, nil, links.GoneElsewhere)
	}
	intent, err := r.intend(c, intents)
	if err != nil {
		return false, err
	}
	if err := r.keep(ctx, links.Change{Intents: []links.Intent{intent}}); err != nil {
		return false, err
	}
	return r.resume(ctx, intent, found)
}

// intend turns a change into what is stored before it is sent.
func (r *run) intend(c Change, intents []links.Intent) (links.Intent, error) {
	intent := links.Intent{Shop: r.args.Shop, Order: r.args.Order, Kind: links.RefundIntent, Units: c.Units, Amount: c.Amount, State: links.IntentOpen}
	if c.Kind == CancelOrder {
		intent.Kind = links.CancelIntent
	}
	attempt := 0
	for _, before := range intents {
		if before.Kind == intent.Kind && before.State == links.IntentRefused {
			attempt++
		}
	}
	intent.Key = intentKey(r.row, intent.Kind, c.Units, attempt)
	var body any = cancelCall{Reason: c.Reason, Restock: c.Restock}
	if intent.Kind == links.RefundIntent {
		body = refundInput(r.row.ShopifyOrder, intent.Key, c)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return links.Intent{}, fmt.Errorf("encode intent of order %s: %w", r.args.Order, err)
	}
	intent.Body = string(text)
	return intent, nil
}

// resume sends an intent, or finds out what became of one that was sent.
func (r *run) resume(ctx context.Context, intent links.Intent, found shopify.Standing) (more bool, err error) {
	if intent.Kind == links.CancelIntent {
		return r.resumeCancel(ctx, intent, found)
	}
	for _, made := range found.Refunds {
		if made.Note == refundNote(intent.Key) {
			return true, r.refunded(ctx, intent, made.ID)
		}
	}
	var input admin.RefundInput
	if err := json.Unmarshal([]byte(intent.Body), &input); err != nil {
		return false, fault.Permanent(fmt.Errorf("decode intent %s of order %s: %w", intent.Key, r.args.Order, err))
	}
	if err := r.sending(ctx, &intent); err != nil {
		return false, err
	}
	made, err := r.Shopify.CreateRefund(ctx, r.args.Shop, input, intent.Key)
	var refused shopify.UserErrors
	switch {
	case err == nil:
		return true, r.refunded(ctx, intent, made)
	case errors.As(err, &refused) && refused.Mentions("concurrent"): // the one before is still at work
		return false, fault.After(cancelPoll*r.RetryBase, fmt.Errorf("refund order %s in shopify: %w", r.args.Order, refused))
	case errors.As(err, &refused):
		return false, r.refusedBy(ctx, intent, "Shopify does not take the refund: "+refused.Error())
	}
	// Whatever became of it, the next run looks before it sends the same again under the same key.
	return false, fmt.Errorf("refund order %s in shopify: %w", r.args.Order, err)
}

// sending marks the intent as sent before it is.
func (r *run) sending(ctx context.Context, intent *links.Intent) error {
	now := r.Now()
	intent.SentAt = &now
	return r.keep(ctx, links.Change{Intents: []links.Intent{*intent}})
}

// refunded records that the refund is in Shopify: its units are gone for good.
func (r *run) refunded(ctx context.Context, intent links.Intent, made shopify.GID) error {
	intent.State, intent.Result = links.IntentDone, string(made)
	r.lines = left(r.lines, intent.Units, intent.Key)
	if err := r.keep(ctx, links.Change{Lines: r.lines, Intents: []links.Intent{intent}}); err != nil {
		return err
	}
	r.Log.InfoContext(ctx, "order.units_cancelled", "shop", r.args.Shop, "tiktok_order_id", r.args.Order, "shopify_refund_id", made, "units", len(intent.Units))
	return r.note(ctx, timeline.Change, "cancelled at TikTok; the refund is recorded in Shopify", "shopify_refund_id", string(made),
		"units", fmt.Sprint(len(intent.Units)), "amount", intent.Amount)
}

// refusedBy ends an intent that Shopify refused; nothing came of it.
func (r *run) refusedBy(ctx context.Context, intent links.Intent, detail string) error {
	intent.State, intent.SentAt = links.IntentRefused, nil
	r.notices = append(r.notices, Notice{Code: exceptions.CancelRefused, Detail: detail})
	return r.keep(ctx, links.Change{Intents: []links.Intent{intent}})
}

// resumeCancel cancels the order, or waits for Shopify to do so.
func (r *run) resumeCancel(ctx context.Context, intent links.Intent, found shopify.Standing) (more bool, err error) {
	switch {
	case found.CancelledAt != "":
		return false, r.cancelledInShopify(ctx, &intent, intent.Key)
	case intent.Result == "":
		return r.sendCancel(ctx, intent)
	}
	done, err := r.Shopify.JobDone(ctx, r.args.Shop, intent.Result)
	if err != nil {
		return false, fmt.Errorf("ask for the cancellation of order %s: %w", r.args.Order, err)
	}
	if !done && r.Now().Sub(*intent.SentAt) < cancelPatience {
		return false, fault.After(cancelPoll*r.RetryBase, errCancelling)
	}
	// The job may have ended between the two questions.
	again, err := r.Shopify.Standing(ctx, r.args.Shop, r.row.ShopifyOrder, len(r.lines))
	if err != nil {
		return false, fmt.Errorf("read order %s in shopify: %w", r.args.Order, err)
	}
	if again != nil && again.CancelledAt != "" {
		return false, r.cancelledInShopify(ctx, &intent, intent.Key)
	}
	return false, r.refusedBy(ctx, intent, "Shopify took the request and did not cancel the order.")
}

// sendCancel starts the cancellation. It may be repeated: an order is cancelled once.
func (r *run) sendCancel(ctx context.Context, intent links.Intent) (more bool, err error) {
	var call cancelCall
	if err := json.Unmarshal([]byte(intent.Body), &call); err != nil {
		return false, fault.Permanent(fmt.Errorf("decode intent %s of order %s: %w", intent.Key, r.args.Order, err))
	}
	sentBefore := intent.SentAt != nil
	if err := r.sending(ctx, &intent); err != nil {
		return false, err
	}
	job, err := r.Shopify.CancelOrder(ctx, r.args.Shop, r.row.ShopifyOrder, call.Reason, call.Restock, cancelNote)
	var refused shopify.UserErrors
	switch {
	case errors.As(err, &refused) && sentBefore:
		// The first call may have come through meanwhile: the next step sees the order cancelled, or is refused in turn.
		intent.SentAt = nil
		return true, r.keep(ctx, links.Change{Intents: []links.Intent{intent}})
	case errors.As(err, &refused):
		return false, r.refusedBy(ctx, intent, "Shopify says: "+refused.Error())
	case err != nil:
		return false, fmt.Errorf("cancel order %s in shopify: %w", r.args.Order, err)
	}
	intent.Result = job
	return true, r.keep(ctx, links.Change{Intents: []links.Intent{intent}})
}

// cancelledInShopify ends the order. What is left of its units went with it.
func (r *run) cancelledInShopify(ctx context.Context, intent *links.Intent, by string) error {
	r.row.State, r.row.Reason = links.Cancelled, ""
	change := links.Change{Lines: r.lines}
	for _, line := range r.lines {
		change.Lines = left(change.Lines, standing(line), by)
	}
	if intent != nil {
		intent.State = links.IntentDone
		change.Intents = []links.Intent{*intent}
	}
	r.lines = change.Lines
	if err := r.keep(ctx, change); err != nil {
		return err
	}
	r.Log.InfoContext(ctx, "order.cancelled", "shop", r.args.Shop, "tiktok_order_id", r.args.Order, "shopify_order_id", r.row.ShopifyOrder)
	return r.note(ctx, timeline.Change, "cancelled at TikTok and in Shopify", "shopify_order_id", string(r.row.ShopifyOrder))
}

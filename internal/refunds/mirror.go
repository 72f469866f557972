package refunds

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// mirror records in Shopify what TikTok gave back by returns that are not ours.
// Cancellations are the import's to follow. An intent is stored before the call:
// by it the refund is later known as our own, whatever comes first, webhook or
// answer, and found again when the answer was lost.
func (r *run) mirror(ctx context.Context) error {
	if r.marks.ID == "" || r.row.State != links.Written {
		return nil
	}
	if begun := slices.IndexFunc(r.intents, r.isMirror); begun >= 0 {
		if err := r.record(ctx, r.intents[begun]); err != nil {
			return err
		}
	}
	for _, c := range r.cases {
		if !c.Return || c.phase != tiktok.PhasePaid || !c.live() || r.known(c) {
			continue
		}
		if !r.settings.MirrorRefunds {
			r.notices[exceptions.RefundNotMirrored] = fmt.Sprintf("TikTok gave back %s %s.", c.Amount, r.currency())
		} else if err := r.begin(ctx, c); err != nil {
			return err
		}
		if err := r.dealtWith(ctx, handledReturn+c.ID, exceptions.RefundNotMirrored, exceptions.MirrorRefused); err != nil {
			return err
		}
	}
	return nil
}

// mirrorNote begins the note of a refund that we record; the intent's key follows.
const mirrorNote = "Refunded at TikTok Shop"

func (r *run) isMirror(i links.Intent) bool {
	return i.State == links.IntentOpen && i.Kind == links.RefundIntent && strings.Contains(i.Body, mirrorNote)
}

// known tells whether a return is one of ours, or one whose units have all left
// the Shopify order, be it by a refund there that it satisfied, or one that a
// person has dealt with.
func (r *run) known(c Case) bool {
	for _, refund := range r.refunds {
		if slices.ContainsFunc(refund.Steps, func(s links.RefundStep) bool { return s.Case == c.ID && s.Call.Op != "" }) {
			return true
		}
	}
	if slices.ContainsFunc(r.intents, func(i links.Intent) bool { return i.Key == r.mirrorKey(c) && i.State != links.IntentRefused }) {
		return true
	}
	return r.wasDealtWith(handledReturn+c.ID) || len(r.standing(c)) == 0
}

// standing lists a case's units that are still in the Shopify order.
func (r *run) standing(c Case) []tiktok.LineItemID {
	var units []tiktok.LineItemID
	for _, line := range r.lines {
		for _, unit := range line.Units {
			if unit.Gone == "" && slices.Contains(c.Units, unit.ID) {
				units = append(units, unit.ID)
			}
		}
	}
	return units
}

// begin stores what is to be recorded, then records it.
func (r *run) begin(ctx context.Context, c Case) error {
	found, err := r.Shopify.Standing(ctx, r.shop, r.row.ShopifyOrder, len(r.lines))
	if err != nil {
		return fmt.Errorf("read order %s in shopify: %w", r.id, err)
	}
	if found == nil {
		return nil
	}
	input, why := r.refundInput(c, *found)
	if why != "" {
		r.notices[exceptions.MirrorRefused] = why
		return nil
	}
	body, err := json.Marshal(input)
	if err != nil {
		return fmt.Errorf("encode the record of return %s: %w", c.ID, err)
	}
	intent := links.Intent{
		Shop: r.shop, Order: r.id, Key: r.mirrorKey(c), Kind: links.RefundIntent, Units: r.standing(c), Body: string(body), State: links.IntentOpen,
	}
	if len(input.Transactions) > 0 {
		intent.Amount = input.Transactions[0].Amount
	}
	return r.record(ctx, intent)
}

// refundInput is a return as refundCreate takes it: the units, and the money on
// our own payment, so that nothing moves in Shopify. Goods that the buyer sent
// back are put into stock where our write took them from there; goods that the
// buyer keeps are not.
func (r *run) refundInput(c Case, found shopify.Standing) (admin.RefundInput, string) {
	key := r.mirrorKey(c)
	in := admin.RefundInput{OrderId: string(r.row.ShopifyOrder), Note: new(mirrorNote + " (ref " + key + ")"), Notify: new(false)}
	units := r.standing(c)
	for _, line := range r.lines {
		n := 0
		for _, unit := range line.Units {
			if slices.Contains(units, unit.ID) {
				n++
			}
		}
		if n == 0 {
			continue
		}
		restock := admin.RefundLineItemRestockTypeNoRestock
		if line.TookStock && c.goodsCameBack {
			restock = admin.RefundLineItemRestockTypeReturn
		}
		in.RefundLineItems = append(in.RefundLineItems, &admin.RefundLineItemInput{LineItemId: string(line.ShopifyLine), Quantity: n, RestockType: &restock})
	}
	sum := sums{currency: r.currency()}
	for _, unit := range units {
		for _, part := range c.unit[unit] {
			sum.add(part)
		}
	}
	if len(units) == len(c.Units) {
		sum = sums{currency: r.currency()}
		sum.add(c.Amount)
	}
	amount, err := sum.amount()
	if err != nil {
		return in, "TikTok's amount cannot be read."
	}
	if amount.IsZero() {
		return in, ""
	}
	left := sums{currency: money.Currency(found.Currency)}
	left.minor = left.read(found.Total) - left.read(found.Refunded)
	sale := slices.IndexFunc(found.Sales, func(s shopify.Sale) bool { return s.Gateway == Gateway })
	switch {
	case sale < 0:
		return in, fmt.Sprintf("The order was not paid through %q in Shopify, so a refund there would move money.", Gateway)
	case left.err != nil || found.Currency != string(r.currency()) || amount.Minor() > left.minor:
		return in, fmt.Sprintf("TikTok gave back %s; of the order in Shopify %s of %s %s were given back.", amount.Text(), found.Refunded, found.Total, found.Currency)
	}
	in.Transactions = []*admin.OrderTransactionInput{{
		OrderId: string(r.row.ShopifyOrder), ParentId: new(string(found.Sales[sale].ID)), Gateway: Gateway,
		Kind: admin.OrderTransactionKindRefund, Amount: amount.String(),
	}}
	return in, ""
}

// mirrorKey names the record of a case, as a UUID: the same one after a restart.
// One that Shopify refused is asked for again under another, as a key keeps its answer.
func (r *run) mirrorKey(c Case) string {
	attempt := 0
	for _, intent := range r.intents {
		if intent.State == links.IntentRefused && strings.Contains(intent.Body, mirrorNote) {
			attempt++
		}
	}
	h := sha256.Sum256(fmt.Appendf(nil, "%s|%s|return|%s|%d", r.shop, r.id, c.ID, attempt))
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// record makes the refund in Shopify, or finds the one that was made.
func (r *run) record(ctx context.Context, intent links.Intent) error {
	found, err := r.Shopify.Standing(ctx, r.shop, r.row.ShopifyOrder, len(r.lines))
	if err != nil {
		return fmt.Errorf("read order %s in shopify: %w", r.id, err)
	}
	if found == nil {
		return nil
	}
	for _, made := range found.Refunds {
		if strings.Contains(made.Note, intent.Key) {
			return r.recorded(ctx, intent, made.ID)
		}
	}
	var input admin.RefundInput
	if err := json.Unmarshal([]byte(intent.Body), &input); err != nil {
		return fault.Permanent(fmt.Errorf("decode intent %s of order %s: %w", intent.Key, r.id, err))
	}
	now := r.Now()
	intent.SentAt = &now
	if err := r.keep(ctx, intent, nil); err != nil {
		return err
	}
	made, err := r.Shopify.CreateRefund(ctx, r.shop, input, intent.Key)
	var refused shopify.UserErrors
	switch {
	case err == nil:
		return r.recorded(ctx, intent, made)
	case errors.As(err, &refused) && refused.Mentions("concurrent"):
		return fault.After(2*r.RetryBase, fmt.Errorf("record a refund of order %s: %w", r.id, refused))
	case errors.As(err, &refused):
		intent.State, intent.SentAt = links.IntentRefused, nil
		r.notices[exceptions.MirrorRefused] = "Shopify says: " + refused.Error()
		return r.keep(ctx, intent, nil)
	}
	return fmt.Errorf("record a refund of order %s: %w", r.id, err)
}

// recorded ends an intent: its units have left the Shopify order for good.
func (r *run) recorded(ctx context.Context, intent links.Intent, made shopify.GID) error {
	intent.State, intent.Result = links.IntentDone, string(made)
	if err := r.keep(ctx, intent, gone(r.lines, intent.Units, intent.Key)); err != nil {
		return err
	}
	r.Log.InfoContext(ctx, "refund.mirrored", "shop", r.shop, "tiktok_order_id", r.id, "shopify_refund_id", made, "units", len(intent.Units))
	return r.note(ctx, timeline.Change, "refunded at TikTok; recorded in Shopify", "shopify_refund_id", string(made), "amount", intent.Amount,
		"units", fmt.Sprint(len(intent.Units)))
}

func (r *run) keep(ctx context.Context, intent links.Intent, lines []links.Line) error {
	if err := r.Ledger.SaveRefunds(ctx, r.lease, nil, links.Change{Intents: []links.Intent{intent}, Lines: lines}); err != nil {
		return fmt.Errorf("save intent %s of order %s: %w", intent.Key, r.id, err)
	}
	if lines != nil {
		r.lines = lines
	}
	i := slices.IndexFunc(r.intents, func(known links.Intent) bool { return known.Key == intent.Key })
	if i < 0 {
		r.intents = append(r.intents, intent)
	} else {
		r.intents[i] = intent
	}
	return nil
}

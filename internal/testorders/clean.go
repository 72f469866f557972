package testorders

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// errCancelling is why a run comes back: Shopify cancels orders in the background.
var errCancelling = errors.New("shopify is still cancelling the order")

// errLeft is why a run looks again for what it deleted, or what came late.
var errLeft = errors.New("shopify still shows the test order")

const cancelNote = "Test order of Switchback"

// oneLine is how many lines a test order has.
const oneLine = 1

// refund records that all of it was given back, as the refund of a real order that TikTok made.
func (w *work) refund(ctx context.Context) (result, error) {
	standing, err := w.Shopify.Standing(ctx, w.Shop, w.Order, oneLine)
	if err != nil {
		return result{}, err
	}
	if standing == nil {
		return failed("The order is no longer in Shopify: somebody deleted it.")
	}
	note := cancelNote + " (" + string(w.ID) + ")"
	for _, made := range standing.Refunds {
		if made.Note == note {
			return refunded(standing)
		}
	}
	input, problem := refundInput(*standing, note)
	if problem != "" {
		return result{NotOK, problem}, nil
	}
	_, err = w.Shopify.CreateRefund(ctx, w.Shop, input, "switchback-"+string(w.ID))
	var refused shopify.UserErrors
	switch {
	case errors.As(err, &refused) && refused.Mentions("concurrent"): // the one before is still at work
		return result{}, fault.After(pollWait*w.RetryBase, err)
	case errors.As(err, &refused):
		return failed("Shopify does not take the refund: %v.", refused)
	case err != nil:
		return result{}, err
	}
	return refunded(standing)
}

func refunded(s *shopify.Standing) (result, error) {
	total := s.Total + " " + s.Currency
	if amount, err := money.Parse(s.Total, money.Currency(s.Currency)); err == nil { // Shopify says 12.0
		total = amount.Text()
	}
	return ok("A refund of %s is recorded on the gateway %s; no money moved.", total, orders.Gateway)
}

// refundInput is the same for the same order, so that it may be repeated under its key.
func refundInput(s shopify.Standing, note string) (admin.RefundInput, string) {
	if len(s.Sales) != 1 || s.Sales[0].Gateway != orders.Gateway {
		return admin.RefundInput{}, "The order has no payment on the gateway " + orders.Gateway + " to refund."
	}
	in := admin.RefundInput{OrderId: string(s.ID), Note: &note, Notify: new(false), Shipping: &admin.ShippingRefundInput{FullRefund: new(true)}}
	for _, line := range s.Lines {
		in.RefundLineItems = append(in.RefundLineItems, &admin.RefundLineItemInput{
			LineItemId: string(line.ID), Quantity: line.Quantity, RestockType: new(admin.RefundLineItemRestockTypeNoRestock),
		})
	}
	in.Transactions = []*admin.OrderTransactionInput{{
		OrderId: string(s.ID), ParentId: new(string(s.Sales[0].ID)), Gateway: s.Sales[0].Gateway,
		Kind: admin.OrderTransactionKindRefund, Amount: s.Total,
	}}
	return in, ""
}

// cancel cancels the order and waits for Shopify to do so.
func (w *work) cancel(ctx context.Context) (result, error) {
	ended := false
	if w.CancelJob != "" {
		var err error
		if ended, err = w.Shopify.JobDone(ctx, w.Shop, w.CancelJob); err != nil {
			return result{}, err
		}
	}
	standing, err := w.Shopify.Standing(ctx, w.Shop, w.Order, oneLine)
	switch {
	case err != nil:
		return result{}, err
	case standing == nil:
		return failed("The order is no longer in Shopify: somebody deleted it.")
	case standing.CancelledAt != "":
		return ok("The order is cancelled; no stock, no message and no money moved.")
	case ended:
		return failed("Shopify took the cancellation and did not carry it out.")
	case w.CancelJob != "":
		return result{}, fault.After(pollWait*w.RetryBase, errCancelling)
	}
	return w.sendCancel(ctx)
}

// sendCancel starts the cancellation. It may be repeated: an order is cancelled once.
func (w *work) sendCancel(ctx context.Context) (result, error) {
	job, err := w.Shopify.CancelOrder(ctx, w.Shop, w.Order, admin.OrderCancelReasonOther, false, cancelNote)
	var refused shopify.UserErrors
	switch {
	case errors.As(err, &refused) && w.Now().Sub(w.StepAt) < lookFor*w.RetryBase:
		// A call whose answer was lost may be at work: the next look tells.
		return result{}, fault.After(pollWait*w.RetryBase, err)
	case errors.As(err, &refused):
		return failed("Shopify does not cancel the order: %v.", refused)
	case err != nil:
		return result{}, err
	}
	w.CancelJob = job
	if err := w.save(ctx); err != nil {
		return result{}, err
	}
	return w.cancel(ctx)
}

// remove deletes what is in Shopify of the run, until a look finds nothing.
func (w *work) remove(ctx context.Context) (result, error) {
	left, err := w.ours(ctx)
	if err != nil {
		return result{}, err
	}
	if len(left) == 0 && w.mayCome() {
		return result{}, fault.After(lookWait*w.RetryBase, errLeft)
	}
	if len(left) == 0 {
		return ok("Nothing of the test order is left in Shopify.")
	}
	for _, order := range left {
		w.Order, w.Name = order.ID, order.Name // named, should it stay
		refused, err := w.removeOne(ctx, order)
		if err != nil {
			return result{}, err
		}
		if refused != nil {
			return failed("Shopify does not delete the test order: %v. %s", refused, w.leftBehind())
		}
	}
	if left, err = w.ours(ctx); err != nil || len(left) == 0 && !w.mayCome() {
		return result{OK, "The order is deleted; nothing of the test is left in Shopify."}, err
	}
	return result{}, fault.After(pollWait*w.RetryBase, errLeft)
}

// mayCome tells whether an attempt to write, whose answer was lost, may still
// come through or be on its way into the search's index.
func (w *work) mayCome() bool {
	if w.Attempts < 2 && w.SentAt == nil {
		return false
	}
	written := slices.IndexFunc(w.Steps, func(s Step) bool { return s.Name == Write })
	return written >= 0 && w.Now().Sub(w.Steps[written].At) < lookFor*w.RetryBase
}

// removeOne deletes an order that is over, and has any other cancelled first.
func (w *work) removeOne(ctx context.Context, order shopify.FoundOrder) (refused shopify.UserErrors, err error) {
	if order.CancelledAt == "" {
		_, err := w.Shopify.CancelOrder(ctx, w.Shop, order.ID, admin.OrderCancelReasonOther, false, cancelNote)
		switch {
		case err == nil:
			return nil, fault.After(pollWait*w.RetryBase, errCancelling)
		case !errors.As(err, &refused):
			return nil, err
		}
	}
	err = w.Shopify.DeleteOrder(ctx, w.Shop, order.ID)
	if !errors.As(err, &refused) {
		return nil, err
	}
	if refused.Has("NOT_FOUND") {
		return nil, nil
	}
	return refused, nil
}

// leftBehind names what a person has to delete.
func (w *work) leftBehind() string {
	if w.Order == "" {
		return fmt.Sprintf("Search your Shopify orders for %s; if there is one, cancel and delete it.", w.ID)
	}
	return fmt.Sprintf("Delete order %s yourself: https://%s/admin/orders/%s", w.Name, w.Shop, w.Order.LegacyID())
}

package shopify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// Refund is a refund as Shopify holds it, whole. Amounts are decimals in
// Currency, the shop's.
type Refund struct {
	ID, Order GID
	// OrderTags are the order's tags, with which other apps say what they did; OrderCancelledAt is
	// empty for an order that stands.
	OrderTags        []string
	OrderCancelledAt string
	// The times are Shopify's RFC 3339 texts; CreatedAt may be empty.
	CreatedAt, ProcessedAt string
	Note                   string
	// Total is what the transactions gave back.
	Total, Currency string
	Lines           []RefundLine
	Shipping        []RefundShipping
	Adjustments     []RefundAdjustment
	// Transactions are the money that moved; none for store credit and exchanges.
	Transactions []RefundTransaction
	// Return is the return that the refund belongs to; nil for none.
	Return *RefundReturn
}

// RefundLine is what was taken back of one line of the order. Subtotal is what
// the units cost after discounts, Tax the tax on it.
type RefundLine struct {
	Line     GID
	Quantity int
	// RestockType is "CANCEL" (not shipped yet), "RETURN", "NO_RESTOCK" or "LEGACY_RESTOCK".
	RestockType   string
	Restocked     bool
	Subtotal, Tax string
}

// RefundShipping is what was taken back of a shipping line.
type RefundShipping struct{ Subtotal, Tax string }

// RefundAdjustment is a difference between what was taken back and what was
// paid back, such as a fee that was kept. Reason may be empty.
type RefundAdjustment struct{ Reason, Amount, Tax string }

// RefundTransaction is a movement of money. Parent is the sale that it undoes,
// empty when Shopify names none.
type RefundTransaction struct {
	ID                            GID
	Kind, Status, Gateway, Amount string
	Parent                        GID
}

// RefundReturn is a return in Shopify with the reasons its lines give.
type RefundReturn struct {
	ID           GID
	Name, Status string
	Reasons      []ReturnReason
}

// ReturnReason is why units of a line came back. Code is Shopify's handle or,
// for older returns, the reason in lower case; Name is for people. Line is empty
// for goods that Shopify could not match with a line.
type ReturnReason struct {
	Line             GID
	Quantity         int
	Code, Name, Note string
}

// Refund reads one refund whole; nil when it is not there. lines is about how
// many lines it has.
func (c *Client) Refund(ctx context.Context, shop Domain, id GID, lines int) (*Refund, error) {
	lines = min(max(lines, 1), mostPageLines)
	data, err := admin.Refund(ctx, c.at(shop, lines), string(id), lines)
	if err != nil || data.Refund == nil {
		return nil, err
	}
	r, err := refundOf(data.Refund)
	if err == nil {
		err = c.refundLines(ctx, shop, r, data.Refund.RefundLineItems)
	}
	if err != nil {
		return nil, fmt.Errorf("read refund %s: %w", id, err)
	}
	return r, nil
}

// errTooMuch is a refund of parts beyond what any has; half of one is never handed out.
var errTooMuch = errors.New("it has more parts than are read")

func refundOf(o *admin.RefundRefund) (*Refund, error) {
	r := &Refund{CreatedAt: text(o.CreatedAt), ProcessedAt: o.ProcessedAt, Note: text(o.Note)}
	var err error
	if r.ID, err = ParseGID("Refund", o.Id); err != nil {
		return nil, err
	}
	if o.Order == nil {
		return nil, errors.New("it names no order")
	}
	if r.Order, err = ParseGID("Order", o.Order.Id); err != nil {
		return nil, err
	}
	r.OrderTags, r.OrderCancelledAt = o.Order.Tags, text(o.Order.CancelledAt)
	r.Total, r.Currency = amountOf(o.TotalRefundedSet)
	if page := o.RefundShippingLines; page != nil {
		for _, node := range page.Nodes {
			r.Shipping = append(r.Shipping, RefundShipping{Subtotal: amount(node.SubtotalAmountSet), Tax: amount(node.TaxAmountSet)})
		}
		err = errors.Join(err, whole(page.PageInfo))
	}
	if page := o.OrderAdjustments; page != nil {
		for _, node := range page.Nodes {
			one := RefundAdjustment{Amount: amount(node.AmountSet), Tax: amount(node.TaxAmountSet)}
			if node.Reason != nil {
				one.Reason = string(*node.Reason)
			}
			r.Adjustments = append(r.Adjustments, one)
		}
		err = errors.Join(err, whole(page.PageInfo))
	}
	err = errors.Join(err, r.addTransactions(o), r.addReturn(o.Return))
	if err != nil {
		return nil, err
	}
	return r, nil
}

// whole is errTooMuch when another page follows.
func whole(info *admin.PageInfo) error {
	if nextPage(info) != nil {
		return errTooMuch
	}
	return nil
}

func amount(bag *admin.StandingMoney) string {
	a, _ := amountOf(bag)
	return a
}

func (r *Refund) addTransactions(o *admin.RefundRefund) error {
	if o.Transactions == nil {
		return nil
	}
	for _, node := range o.Transactions.Nodes {
		id, err := ParseGID("OrderTransaction", node.Id)
		if err != nil {
			return err
		}
		t := RefundTransaction{
			ID: id, Kind: string(node.Kind), Status: string(node.Status), Gateway: text(node.Gateway), Amount: amount(node.AmountSet),
		}
		if node.ParentTransaction != nil {
			t.Parent = GID(node.ParentTransaction.Id)
		}
		r.Transactions = append(r.Transactions, t)
	}
	return whole(o.Transactions.PageInfo)
}

func (r *Refund) addReturn(o *admin.RefundRefundReturn) error {
	if o == nil {
		return nil
	}
	id, err := ParseGID("Return", o.Id)
	if err != nil {
		return err
	}
	r.Return = &RefundReturn{ID: id, Name: o.Name, Status: string(o.Status)}
	if o.ReturnLineItems == nil {
		return nil
	}
	// A return may have more lines than are read: reasons only help to choose, so the first page is enough.
	for _, node := range o.ReturnLineItems.Nodes {
		reason := ReturnReason{
			Quantity: node.GetQuantity(), Note: node.GetReturnReasonNote(), Code: strings.ToLower(string(node.GetReturnReason())),
		}
		if d := node.GetReturnReasonDefinition(); d != nil {
			reason.Code, reason.Name = d.Handle, d.Name
		}
		if known, ok := node.(*admin.ReturnLineFieldsReturnLineItem); ok && known.FulfillmentLineItem != nil && known.FulfillmentLineItem.LineItem != nil {
			reason.Line = GID(known.FulfillmentLineItem.LineItem.Id)
		}
		r.Return.Reasons = append(r.Return.Reasons, reason)
	}
	return nil
}

// refundLines adds the first page of lines and reads the pages after it.
func (c *Client) refundLines(ctx context.Context, shop Domain, r *Refund, page *admin.RefundLinePage) error {
	for page != nil {
		for _, node := range page.Nodes {
			if node.LineItem == nil {
				return errors.New("a line of it names no line of the order")
			}
			line, err := ParseGID("LineItem", node.LineItem.Id)
			if err != nil {
				return err
			}
			r.Lines = append(r.Lines, RefundLine{
				Line: line, Quantity: node.Quantity, RestockType: string(node.RestockType), Restocked: node.Restocked,
				Subtotal: amount(node.SubtotalSet), Tax: amount(node.TotalTaxSet),
			})
		}
		after := nextPage(page.PageInfo)
		switch {
		case after == nil:
			return nil
		case len(r.Lines) >= maxLines:
			return errTooMuch
		}
		data, err := admin.RefundLines(ctx, c.at(shop, pageLines), string(r.ID), pageLines, after)
		if err != nil {
			return err
		}
		if data.Refund == nil || data.Refund.RefundLineItems == nil || len(data.Refund.RefundLineItems.Nodes) == 0 {
			return errors.New("a page that was promised is missing")
		}
		page = data.Refund.RefundLineItems
	}
	return nil
}

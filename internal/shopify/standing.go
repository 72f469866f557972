package shopify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// Standing is what is left of an order: read anew before anything of it is changed.
type Standing struct {
	ID   GID
	Name string
	// CancelledAt is Shopify's RFC 3339 text, empty for an order that stands.
	CancelledAt string
	// FulfillmentStatus is Shopify's displayFulfillmentStatus.
	FulfillmentStatus string
	// Total is the order's total before refunds, after edits; Current what is left of it; Refunded what
	// was given back. Decimals in Currency (the shop's, ISO 4217).
	Total, Current, Refunded, Currency string
	Lines                              []StandingLine
	// Whole is false when the order has more lines, refunds or transactions than were asked for.
	Whole   bool
	Sales   []Sale
	Refunds []MadeRefund
}

// StandingLine is one line: Quantity units as ordered, Current of them neither
// refunded nor taken out, Unfulfilled of those not shipped.
type StandingLine struct {
	ID                             GID
	Name                           string
	Quantity, Current, Unfulfilled int
}

// Sale is a payment that succeeded and can be refunded.
type Sale struct {
	ID      GID
	Gateway string
}

// MadeRefund is a refund that the order has.
type MadeRefund struct {
	ID     GID
	Note   string
	Amount string
}

const (
	// mostStanding bounds the lines asked for, which Shopify charges for up front.
	mostStanding = 250
	// mostTransactions and mostRefunds are the page sizes in the operation.
	mostTransactions, mostRefunds = 20, 40
)

// Standing reads what is left of an order whose number of lines is known; nil when it is not there.
func (c *Client) Standing(ctx context.Context, shop Domain, order GID, lines int) (*Standing, error) {
	// Room for what a person may have added.
	lines = min(lines+10, mostStanding)
	data, err := admin.OrderStanding(ctx, c.at(shop, lines), string(order), lines)
	if err != nil || data.Order == nil {
		return nil, err
	}
	s, err := standingOf(data.Order)
	if err != nil {
		return nil, fmt.Errorf("read order %s of %s: %w", order, shop, err)
	}
	return s, nil
}

func standingOf(o *admin.OrderStandingOrder) (*Standing, error) {
	id, err := ParseGID("Order", o.Id)
	if err != nil {
		return nil, err
	}
	s := &Standing{
		ID: id, Name: o.Name, CancelledAt: text(o.CancelledAt), FulfillmentStatus: string(o.DisplayFulfillmentStatus),
		Whole: len(o.Transactions) < mostTransactions && len(o.Refunds) < mostRefunds,
	}
	s.Total, s.Currency = amountOf(o.TotalPriceSet)
	s.Current, _ = amountOf(o.CurrentTotalPriceSet)
	s.Refunded, _ = amountOf(o.TotalRefundedSet)
	if page := o.LineItems; page != nil {
		s.Whole = s.Whole && (page.PageInfo == nil || !page.PageInfo.HasNextPage)
		for _, node := range page.Nodes {
			line, err := ParseGID("LineItem", node.Id)
			if err != nil {
				return nil, err
			}
			s.Lines = append(s.Lines, StandingLine{
				ID: line, Name: node.Name, Quantity: node.Quantity, Current: node.CurrentQuantity, Unfulfilled: node.UnfulfilledQuantity,
			})
		}
	}
	for _, t := range o.Transactions {
		if (t.Kind == admin.OrderTransactionKindSale || t.Kind == admin.OrderTransactionKindCapture) && t.Status == admin.OrderTransactionStatusSuccess {
			s.Sales = append(s.Sales, Sale{ID: GID(t.Id), Gateway: text(t.Gateway)})
		}
	}
	for _, r := range o.Refunds {
		refund := MadeRefund{ID: GID(r.Id), Note: text(r.Note)}
		refund.Amount, _ = amountOf(r.TotalRefundedSet)
		s.Refunds = append(s.Refunds, refund)
	}
	return s, nil
}

func amountOf(bag *admin.StandingMoney) (amount, currency string) {
	if bag == nil || bag.ShopMoney == nil {
		return "", ""
	}
	return bag.ShopMoney.Amount, string(bag.ShopMoney.CurrencyCode)
}

// Address is an order's shipping address, in Shopify's words; the zero value is none.
type Address struct {
	FirstName, LastName, Address1, Address2, City, ProvinceCode, CountryCode, ZIP, Phone string
}

// OrderAddress reads an order's shipping address, which Shopify shows only to
// apps that it approved for protected customer data.
func (c *Client) OrderAddress(ctx context.Context, shop Domain, order GID) (Address, error) {
	data, err := admin.OrderAddress(ctx, c.at(shop, 1), string(order))
	if err != nil || data.Order == nil || data.Order.ShippingAddress == nil {
		return Address{}, err
	}
	a := data.Order.ShippingAddress
	out := Address{
		FirstName: text(a.FirstName), LastName: text(a.LastName), Address1: text(a.Address1), Address2: text(a.Address2),
		City: text(a.City), ProvinceCode: text(a.ProvinceCode), ZIP: text(a.Zip), Phone: text(a.Phone),
	}
	if a.CountryCodeV2 != nil {
		out.CountryCode = string(*a.CountryCodeV2)
	}
	return out, nil
}

// UpdateAddress replaces an order's shipping address. It may be repeated. The
// error is UserErrors when Shopify refuses.
func (c *Client) UpdateAddress(ctx context.Context, shop Domain, order GID, address admin.MailingAddressInput) error {
	data, err := admin.OrderUpdate(ctx, c.at(shop, 1), &admin.OrderInput{Id: string(order), ShippingAddress: &address})
	if err != nil {
		return err
	}
	if data.OrderUpdate == nil {
		return unreadable("OrderUpdate", errors.New("the answer has no orderUpdate"))
	}
	var refused UserErrors
	for _, e := range data.OrderUpdate.UserErrors {
		refused = append(refused, UserError{Field: e.Field, Message: e.Message})
	}
	if len(refused) > 0 {
		return refused
	}
	return nil
}

// CreateRefund records a refund. Repeated with the same input under the same
// key it does nothing and answers as before; how long Shopify remembers keys is
// not documented, so the caller looks for the refund before it repeats an
// unknown outcome (OutcomeUnknown). The error is UserErrors when Shopify refuses.
func (c *Client) CreateRefund(ctx context.Context, shop Domain, refund admin.RefundInput, key string) (GID, error) {
	data, err := admin.RefundCreate(ctx, c.at(shop, max(len(refund.RefundLineItems), 1)), &refund, key)
	if err != nil {
		return "", err
	}
	if data.RefundCreate == nil {
		return "", unreadable("RefundCreate", errors.New("the answer has no refundCreate"))
	}
	if made := data.RefundCreate.Refund; made != nil {
		return ParseGID("Refund", made.Id)
	}
	var refused UserErrors
	for _, e := range data.RefundCreate.UserErrors {
		refused = append(refused, UserError{Field: e.Field, Message: e.Message})
	}
	if len(refused) == 0 {
		return "", unreadable("RefundCreate", errors.New("the answer has neither a refund nor userErrors"))
	}
	return "", refused
}

// CancelOrder starts cancelling an order without moving money and without
// telling the customer, and returns the job that does it. It is never repeated
// here. The error is UserErrors when Shopify refuses.
func (c *Client) CancelOrder(ctx context.Context, shop Domain, order GID, reason admin.OrderCancelReason, restock bool, note string) (job string, err error) {
	data, err := admin.OrderCancel(ctx, c.at(shop, 1), string(order), reason, &restock, &note)
	if err != nil {
		return "", err
	}
	if data.OrderCancel == nil {
		return "", unreadable("OrderCancel", errors.New("the answer has no orderCancel"))
	}
	var refused UserErrors
	for _, e := range data.OrderCancel.OrderCancelUserErrors {
		one := UserError{Field: e.Field, Message: e.Message}
		if e.Code != nil {
			one.Code = string(*e.Code)
		}
		refused = append(refused, one)
	}
	switch {
	case len(refused) > 0:
		return "", refused
	case data.OrderCancel.Job == nil:
		return "", unreadable("OrderCancel", errors.New("the answer has neither a job nor userErrors"))
	}
	return data.OrderCancel.Job.Id, nil
}

// JobDone tells whether asynchronous work has ended, well or not. A job that
// Shopify no longer knows has ended.
func (c *Client) JobDone(ctx context.Context, shop Domain, job string) (bool, error) {
	data, err := admin.JobDone(ctx, c.at(shop, 1), job)
	if err != nil {
		return false, err
	}
	return data.Job == nil || data.Job.Done, nil
}

// Mentions tells whether one of the messages speaks of the word, in any case.
func (u UserErrors) Mentions(word string) bool {
	for _, e := range u {
		if strings.Contains(strings.ToLower(e.Message), strings.ToLower(word)) {
			return true
		}
	}
	return false
}

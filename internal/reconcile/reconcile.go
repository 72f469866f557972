// Package reconcile compares, order by order and in total, what Shopify says was
// given back with what TikTok paid, and says of each difference where it comes from.
//
// The reconcile command and the admin's report hand it what the ledger has. It is
// pure: it never asks a platform, never changes the ledger and never rounds, and
// a refund that it cannot read is listed, not left out.
package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Books are what the ledger has of one order's money.
type Books struct {
	Order   links.Order
	Refunds []links.Refund
	Intents []links.Intent
}

// Sums are amounts of one currency.
type Sums struct {
	// Paid is the order's total as it was written: what the buyer paid TikTok.
	Paid money.Amount
	// Refunded is what Shopify gave back, without our own records of what TikTok did.
	Refunded money.Amount
	// Asked is what TikTok was asked for and did not refuse, Completed what it paid
	// for those refunds, whoever asked.
	Asked, Completed money.Amount
	// Mirrored is what TikTok gave back by itself and Shopify has our record of.
	Mirrored money.Amount
	// Difference is Refunded less Completed: what the buyer has still to get, or
	// below nothing what the buyer got and Shopify does not know of.
	Difference money.Amount
}

// Row is one order.
type Row struct {
	Order    tiktok.OrderID
	Name     string // in Shopify
	Currency money.Currency
	Sums
	// Differences add up to Difference.
	Differences []Difference
	// Over is by how much everything completed and on its way exceeds what was
	// paid; nothing in an order that keeps the rules.
	Over money.Amount
}

// Difference is the part of a difference that has one cause.
type Difference struct {
	// Code is an exception's, or the stable word of the refund's reason or state.
	// An amount of nothing is listed where the refund is not over.
	Code    string
	Refunds int
	Amount  money.Amount
}

// Codes that are no refund's reason or state.
const (
	// CancelledOnly: the order was cancelled in Shopify with no refund beside it, and TikTok gave its money back.
	CancelledOnly = "cancelled_without_refund"
	// Differs: a refund is over and TikTok paid another amount.
	Differs = "refund_differs"
)

// Of makes an order's row. It fails where an amount in the ledger cannot be read.
func Of(b Books) (Row, error) {
	c := counting{currency: money.Currency(b.Order.Currency), causes: map[string]*cause{}}
	for _, r := range b.Refunds {
		c.refund(r, b)
	}
	for _, i := range b.Intents {
		if i.Kind == links.RefundIntent && i.State == links.IntentDone {
			c.mirrored += c.read(i.Amount)
		}
	}
	paid := c.read(b.Order.Total)
	row := Row{Order: b.Order.ID, Name: b.Order.ShopifyName, Currency: c.currency}
	row.Sums = Sums{
		Paid: c.amount(paid), Refunded: c.amount(c.refunded), Asked: c.amount(c.asked), Completed: c.amount(c.completed),
		Mirrored: c.amount(c.mirrored), Difference: c.amount(c.refunded - c.completed),
	}
	row.Over = c.amount(max(0, c.completed+c.moving+c.mirrored-paid))
	row.Differences = c.differences()
	if c.err != nil {
		return Row{}, fmt.Errorf("reconcile order %s: %w", b.Order.ID, c.err)
	}
	return row, nil
}

// counting adds up one order in its currency's smallest units.
type counting struct {
	currency                                     money.Currency
	refunded, asked, completed, moving, mirrored int64
	causes                                       map[string]*cause
	err                                          error
}

type cause struct {
	refunds int
	minor   int64
	open    bool
}

func (c *counting) refund(r links.Refund, b Books) {
	if r.State == links.RefundIgnored {
		return // our own record: counted with the intent
	}
	given, paid := c.read(r.Amount), c.read(r.Completed)
	c.refunded += given
	c.completed += paid
	for _, step := range r.Steps {
		if !step.State.Stands() || step.Kind == links.GivenByTikTok {
			continue
		}
		amount := c.read(step.Amount)
		c.asked += amount
		if step.State != links.StepCompleted {
			c.moving += amount
		}
	}
	code := codeOf(r, b)
	if c.causes[code] == nil {
		c.causes[code] = &cause{}
	}
	one := c.causes[code]
	one.refunds++
	one.minor += given - paid
	one.open = one.open || !r.State.Over()
}

// codeOf says why a refund and what TikTok paid for it may differ. A cancelled
// order and the refund that Shopify made beside it have one cause, and one code.
func codeOf(r links.Refund, b Books) string {
	if r.Reason == links.CancelledBefore {
		i := slices.IndexFunc(b.Refunds, func(other links.Refund) bool { return other.ID == b.Order.ShopifyOrder })
		if i >= 0 {
			r = b.Refunds[i]
		}
	}
	cancelled := r.ID == b.Order.ShopifyOrder && r.State == links.RefundCompleted
	beside := slices.ContainsFunc(b.Refunds, func(other links.Refund) bool { return other.Reason == links.CancelledBefore })
	switch {
	case cancelled && !beside:
		return CancelledOnly
	case r.State == links.RefundCompleted:
		return Differs
	case r.Reason != "":
		return r.Reason
	}
	return string(r.State)
}

// differences lists the causes that leave money open, or a refund.
func (c *counting) differences() []Difference {
	var list []Difference
	for code, one := range c.causes {
		if one.minor != 0 || one.open {
			list = append(list, Difference{Code: code, Refunds: one.refunds, Amount: c.amount(one.minor)})
		}
	}
	slices.SortFunc(list, func(a, b Difference) int { return cmp.Compare(a.Code, b.Code) })
	return list
}

// read is a decimal of the ledger; it leaves out what is nothing.
func (c *counting) read(text string) int64 {
	if text == "" || c.err != nil {
		return 0
	}
	a, err := money.Parse(text, c.currency)
	if err != nil {
		c.err = err
		return 0
	}
	return a.Minor()
}

func (c *counting) amount(minor int64) money.Amount {
	a, err := money.FromMinor(minor, c.currency)
	if err != nil && c.err == nil {
		c.err = err
	}
	return a
}

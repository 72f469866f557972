package shopifysim

import (
	"slices"
	"time"
)

// Refund is a refund of an order. Amounts are minor units of the order's currency.
type Refund struct {
	GID, Note string
	Lines     []RefundLine
	// Shipping is what is taken back of shipping, with its tax; ShippingLines is the same by shipping line.
	Shipping      int64
	ShippingLines []RefundShippingLine
	// Adjustments are what the things cost and the transactions did not give back, less than zero for the other way round.
	Adjustments  []Adjustment
	Transactions []Transaction
	Return       *Return
	CreatedAt    time.Time
}

func (f Refund) clone() Refund {
	f.Lines, f.Transactions = slices.Clone(f.Lines), slices.Clone(f.Transactions)
	f.ShippingLines, f.Adjustments = slices.Clone(f.ShippingLines), slices.Clone(f.Adjustments)
	if f.Return = clonePointer(f.Return); f.Return != nil {
		f.Return.Lines = slices.Clone(f.Return.Lines)
	}
	return f
}

// RefundLine is what a refund takes off one line. Restocked says whether stock was put back, Removal that unshipped units
// were taken off without that.
type RefundLine struct {
	GID, LineGID, RestockType string
	Quantity                  int
	Restocked, Removal        bool
	Subtotal, Tax             int64
}

// RefundShippingLine is what a refund takes back of one shipping line.
type RefundShippingLine struct {
	GID, LineGID  string
	Subtotal, Tax int64
}

// Adjustment is a difference between a refund's things and its money.
type Adjustment struct {
	GID, Reason string
	Amount      int64
}

// Amount is what the refund gives back.
func (f Refund) Amount() int64 {
	var sum int64
	for _, t := range f.Transactions {
		sum += t.Amount
	}
	return sum
}

// value is what the refunded things cost.
func (f Refund) value(included bool) int64 {
	sum := f.Shipping
	for _, l := range f.Lines {
		sum += l.Subtotal
		if !included {
			sum += l.Tax
		}
	}
	return sum
}

// current is what is left of the order's total. What was refunded counts, whatever the refunded things cost; things
// taken off without money count with what they cost.
func (o Order) current() int64 {
	left := o.Total
	for _, f := range o.Refunds {
		if len(f.Transactions) > 0 {
			left -= f.Amount()
		} else {
			left -= f.value(o.TaxesIncluded)
		}
	}
	return max(0, left)
}

// spread writes down which shipping lines a refund of shipping falls on: the first ones first, less what earlier refunds took.
func (f *refunding) spread(refund *Refund) {
	left := refund.Shipping
	for _, l := range f.order.ShippingLines {
		tax, gross := sumTaxes(l.Taxes), l.Price
		if !f.order.TaxesIncluded {
			gross += tax
		}
		take := min(left, gross-f.order.refundedShipping(l.GID))
		if take <= 0 {
			continue
		}
		one := RefundShippingLine{GID: f.x.sim.nextGID("RefundShippingLine"), LineGID: l.GID, Subtotal: take, Tax: tax * take / gross}
		if !f.order.TaxesIncluded {
			one.Subtotal -= one.Tax
		}
		refund.ShippingLines = append(refund.ShippingLines, one)
		left -= take
	}
}

// refundedShipping is what earlier refunds took of a shipping line, as a buyer pays it.
func (o Order) refundedShipping(gid string) int64 {
	var sum int64
	for _, f := range o.Refunds {
		for _, l := range f.ShippingLines {
			if l.LineGID != gid {
				continue
			}
			sum += l.Subtotal
			if !o.TaxesIncluded {
				sum += l.Tax
			}
		}
	}
	return sum
}

// adjust writes down what the money of a refund lacks against its things, such as a fee that was kept.
func (f *refunding) adjust(refund *Refund) {
	lacks := refund.value(f.order.TaxesIncluded) - refund.Amount()
	if lacks == 0 {
		return
	}
	reason := f.in.text("discrepancyReason")
	switch {
	case len(refund.Transactions) == 0:
		reason = "PENDING_REFUND_DISCREPANCY"
	case reason == "", reason == "OTHER":
		reason = "REFUND_DISCREPANCY"
	}
	refund.Adjustments = append(refund.Adjustments, Adjustment{GID: f.x.sim.nextGID("OrderAdjustment"), Reason: reason, Amount: lacks})
}

package shopifysim

import (
	"fmt"
	"slices"
)

// RefundSpec is a refund that a person makes in the admin, or an app for returns through the API. Amounts are minor units.
type RefundSpec struct {
	Lines []RefundedLine
	// Shipping is what is taken back of shipping, with its tax.
	Shipping int64
	// Amount is what the buyer gets back. Nil: all that the things cost. 0: no transaction, as for store credit and exchanges.
	Amount *int64
	// Less is a fee that is kept of what the things cost; AllShipping takes back all that is left of shipping.
	Less        int64
	AllShipping bool
	Note        string
	// Reason is the handle of a return's reason, such as "size_too_small": the refund then belongs to a return of its lines.
	Reason, ReasonNote string
}

// RefundedLine are units of one line. RestockType is CANCEL (not shipped yet), RETURN (shipped) or NO_RESTOCK; empty: what
// fits. Removal, with NO_RESTOCK, takes unshipped units off what is to be shipped, which the admin can do and the API cannot.
type RefundedLine struct {
	LineGID     string
	Quantity    int
	RestockType string
	Removal     bool
}

// Refund refunds things of an order behind the app's back, on the gateway of the order's sale. It returns the refund's GID.
func (s *Sim) Refund(domain, order string, spec RefundSpec) (gid string, err error) {
	err = s.onOrder(domain, order, func(x *execution, r *orderRecord) error {
		f := &refunding{x: x, order: r, in: input{}}
		refund := Refund{Note: spec.Note, CreatedAt: x.now}
		for _, l := range spec.Lines {
			if l.RestockType == "" {
				l.RestockType = f.fitting(l)
			}
			in := input{"lineItemId": l.LineGID, "quantity": l.Quantity, "restockType": l.RestockType}
			one := f.line(in, refund.Lines, nil)
			one.Removal = l.Removal && l.RestockType == "NO_RESTOCK"
			refund.Lines = append(refund.Lines, one)
		}
		if refund.Shipping = spec.Shipping; refund.Shipping > 0 {
			f.shipping(input{"amount": fixed(spec.Shipping, r.Currency)})
		}
		if spec.AllShipping {
			refund.Shipping = f.shipping(input{"fullRefund": true})
		}
		if len(f.bad) > 0 {
			return fmt.Errorf("refund order %s: %s", order, f.bad[0].message)
		}
		if spec.Less > 0 && spec.Amount == nil {
			spec.Amount = new(max(refund.value(r.TaxesIncluded)-spec.Less, 0))
		}
		if err := f.pay(&refund, spec.Amount); err != nil {
			return err
		}
		if len(refund.Lines)+len(refund.Transactions) == 0 && refund.Shipping == 0 {
			return fmt.Errorf("refund order %s: of nothing", order)
		}
		if spec.Reason != "" {
			refund.Return = x.newReturn(r, refund.Lines, spec.Reason, spec.ReasonNote)
		}
		f.commit(&refund)
		gid = refund.GID
		return nil
	})
	return gid, err
}

// fitting is RETURN for units that were all shipped, CANCEL for units that were not.
func (f *refunding) fitting(l RefundedLine) string {
	i := slices.IndexFunc(f.order.Lines, func(line Line) bool { return line.GID == l.LineGID })
	if i >= 0 && f.order.unfulfilled(f.order.Lines[i]) >= l.Quantity {
		return "CANCEL"
	}
	return "RETURN"
}

// pay adds the transaction. An order that nobody paid for gets none.
func (f *refunding) pay(refund *Refund, amount *int64) error {
	r := f.order
	give := refund.value(r.TaxesIncluded)
	if amount != nil {
		give = *amount
	}
	sale := slices.IndexFunc(r.Transactions, func(t Transaction) bool { return t.Kind == "SALE" && t.Status == "SUCCESS" })
	switch {
	case give < 0 || give > r.Received-r.Refunded && sale >= 0:
		return fmt.Errorf("refund order %s: %s is not what is left to refund", r.GID, fixed(give, r.Currency))
	case give == 0 || sale < 0:
		return nil
	}
	t := r.Transactions[sale]
	refund.Transactions = []Transaction{{
		Kind: "REFUND", Status: "SUCCESS", Gateway: t.Gateway, Parent: t.GID, Amount: give, Test: r.Test, ProcessedAt: f.x.now,
	}}
	return nil
}

// InjectRefund refunds units of a line as a person does in the admin, with all the money for them and nothing put back on
// the shelf: what was not shipped is not shipped any more.
func (s *Sim) InjectRefund(domain, order, line string, quantity int) error {
	_, err := s.Refund(domain, order, RefundSpec{
		Note: "refunded by a person", Lines: []RefundedLine{{LineGID: line, Quantity: quantity, RestockType: "NO_RESTOCK", Removal: true}},
	})
	return err
}

// CancelSpec is a cancellation that a person makes in the admin. Reason is a value of OrderCancelReason; empty: CUSTOMER.
type CancelSpec struct {
	Reason string
	// Restock puts what is left back on the shelf, Refund gives back all that is left of the money.
	Restock, Refund bool
}

// CancelOrder cancels an order behind the app's back: one refund of what is left, where asked for, and orders/cancelled.
func (s *Sim) CancelOrder(domain, order string, spec CancelSpec) error {
	return s.onOrder(domain, order, func(x *execution, r *orderRecord) error {
		if message := r.uncancellable(); message != "" {
			return fmt.Errorf("cancel order %s: %s", order, message)
		}
		if spec.Reason == "" {
			spec.Reason = "CUSTOMER"
		}
		if spec.Refund {
			if err := x.refundRest(r, spec.Restock); err != nil {
				return err
			}
		}
		x.cancel(r, input{"reason": spec.Reason, "restock": spec.Restock})
		return nil
	})
}

// refundRest refunds every line and the shipping that are left, with the money that is left.
func (x *execution) refundRest(r *orderRecord, restock bool) error {
	f := &refunding{x: x, order: r, in: input{}}
	refund := Refund{CreatedAt: x.now, Shipping: f.shipping(input{"fullRefund": true})}
	kind := "NO_RESTOCK"
	if restock {
		kind = "CANCEL"
	}
	for _, l := range r.Lines {
		if left := l.Quantity - l.Removed; left > 0 {
			refund.Lines = append(refund.Lines, f.line(input{"lineItemId": l.GID, "quantity": left, "restockType": kind}, refund.Lines, nil))
		}
	}
	if len(f.bad) > 0 {
		return fmt.Errorf("cancel order %s: %s", r.GID, f.bad[0].message)
	}
	rest := r.Received - r.Refunded
	if err := f.pay(&refund, &rest); err != nil {
		return err
	}
	if len(refund.Lines) > 0 || len(refund.Transactions) > 0 {
		f.commit(&refund)
	}
	return nil
}

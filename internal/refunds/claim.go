package refunds

import (
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// Gateway is the payment that our own write recorded: the money that the buyer
// paid TikTok. What is refunded on another is not TikTok's to pay back.
const Gateway = "TikTok Shop"

// loopOutcomes are the tags by which Loop says that a return ended in something
// that TikTok cannot give.
var loopOutcomes = []string{"Gift Card", "LE:Exchange"}

// storeCredit are gateways of money that never leaves the shop.
var storeCredit = []string{"shopify_store_credit", "gift_card"}

// Halt is why nothing is sent for a refund, as a plan says it.
type Halt struct {
	// State is RefundWaiting, RefundStopped or RefundSatisfied.
	State links.RefundState
	// Code is an exception to open; empty for none. Reason is a stable word where there is none.
	Code   exceptions.Code
	Reason string
	// Detail says both amounts, in a sentence without the buyer's data.
	Detail string
	// Case is TikTok's return or cancellation that gave the money back, Paid how
	// much it was for the refund's units; empty where nothing did.
	Case, Paid string
}

// Reasons of a halt without an exception.
const (
	PaymentPending = "payment_pending"
	NotPaidYet     = "order_unpaid"
	PaidByTikTok   = "satisfied_by_tiktok"
)

func stop(code exceptions.Code, format string, args ...any) *Halt {
	return &Halt{State: links.RefundStopped, Code: code, Reason: string(code), Detail: fmt.Sprintf(format, args...)}
}

func wait(reason string) *Halt { return &Halt{State: links.RefundWaiting, Reason: reason} }

// Claim is the money that a Shopify refund says was given back.
type Claim struct {
	Amount money.Amount
	// Reason is Shopify's or Loop's own code of why the goods came back; empty where nobody said.
	Reason string
}

// ClaimOf reads what is to go back to the buyer: what the refund's transactions
// on our payment say, which is less than the price of its lines where a fee was
// kept.
func ClaimOf(r shopify.Refund, currency money.Currency) (Claim, *Halt) {
	claim := Claim{Reason: reasonIn(r)}
	sum := sums{currency: currency}
	credited := false
	for _, t := range r.Transactions {
		if t.Kind != "REFUND" {
			continue
		}
		credited = credited || slices.Contains(storeCredit, t.Gateway)
		switch {
		case t.Gateway != Gateway:
		case t.Status == "PENDING" || t.Status == "AWAITING_RESPONSE":
			return Claim{}, wait(PaymentPending)
		case t.Status == "SUCCESS":
			sum.add(t.Amount)
		}
	}
	if r.Currency != "" && r.Currency != string(currency) {
		return Claim{}, stop(exceptions.RefundCurrency, "The refund is in %s, the order in %s.", r.Currency, currency)
	}
	amount, err := sum.amount()
	if err != nil {
		return Claim{}, stop(exceptions.RefundNotUnderstood, "Its amounts cannot be read.")
	}
	claim.Amount = amount
	switch {
	case amount.IsNegative():
		return Claim{}, stop(exceptions.RefundNotUnderstood, "Its amount is negative.")
	case !amount.IsZero() && len(r.Lines) == 0:
		return claim, stop(exceptions.RefundWithoutLines, "It gives back %s and names no product.", amount.Text())
	case !amount.IsZero():
		return claim, nil
	case credited || slices.ContainsFunc(r.OrderTags, func(tag string) bool { return slices.Contains(loopOutcomes, tag) }):
		return claim, stop(exceptions.OutcomeNotRefund, "")
	}
	return claim, stop(exceptions.RefundNoMoney, "")
}

func reasonIn(r shopify.Refund) string {
	if r.Return == nil {
		return ""
	}
	for _, reason := range r.Return.Reasons {
		if reason.Code != "" {
			return reason.Code
		}
	}
	return ""
}

// sums adds decimals of one currency and keeps the first thing that went wrong.
type sums struct {
	currency money.Currency
	minor    int64
	err      error
}

// add counts an amount; TikTok leaves out what is nothing.
func (s *sums) add(text string) { s.minor += s.read(text) }

func (s *sums) read(text string) int64 {
	if text == "" || s.err != nil {
		return 0
	}
	a, err := money.Parse(text, s.currency)
	if err != nil {
		s.err = err
		return 0
	}
	return a.Minor()
}

func (s *sums) amount() (money.Amount, error) {
	if s.err != nil {
		return money.Amount{}, s.err
	}
	return money.FromMinor(s.minor, s.currency)
}

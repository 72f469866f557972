package loopsim

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Outcome is what a buyer gets for what comes back.
type Outcome string

// The outcomes.
const (
	ToPayment  Outcome = "refund"
	ToGiftCard Outcome = "gift-card"
	ToExchange Outcome = "exchange"
)

// tags are what Loop puts on the order in Shopify (help article 2880897).
var tags = map[Outcome]string{ToPayment: "Refund", ToGiftCard: "Gift Card", ToExchange: "LE:Exchange"}

// Return is one that a buyer submitted and that was processed at once, as a policy may say.
type Return struct {
	Shop, OrderID string
	Lines         []ReturnedLine
	Outcome       Outcome
	// Reason is the handle of one of Shopify's return reasons.
	Reason string
	// Fee is the handling fee that the merchant's policy keeps, in minor units; Shipping has the policy give back shipping too.
	Fee      int64
	Shipping bool
	// Tag goes onto the order. RefundID is Shopify's id of what was recorded there.
	Tag, RefundID string
}

// ReturnedLine is units of one line; ID is the line's in Order.
type ReturnedLine struct {
	ID       string
	Quantity int
}

// Refunds is where Loop has a return recorded: in Shopify, as any app would. It returns Shopify's id of the refund.
type Refunds interface {
	Refund(r Return) (id string, err error)
}

// Returns lists what was returned, oldest first.
func (s *Sim) Returns() []Return {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.returns)
}

// Codes of a portal page that answers a submitted return; the names are the simulator's.
const (
	Submitted         Code = "return-submitted"
	ItemsNotEligible  Code = "items-not-eligible"
	RefundError       Code = "refund-error"
	returnsNotOffered Code = "returns-not-offered"
)

var (
	reasonHandle = regexp.MustCompile(`^[a-z0-9_-]{0,64}$`)
	feeText      = regexp.MustCompile(`^([0-9]{1,6})(?:\.([0-9]{2}))?$`)
)

// submit is POST {portal}/ with a form: order and zip as for the look-up, quantity-{n} for the n-th line, outcome,
// reason, and what in life the merchant's policy says, fee (a decimal with two places) and shipping. With once, a text that
// is the form's own, the same form does its work once.
func (s *Sim) submit(r *http.Request, portal Portal, form url.Values) (Order, Lookup, Return) {
	order, l := s.Find(portal.Shop, form.Get("order"), form.Get("zip"))
	if l.Code != Found {
		return order, l, Return{}
	}
	back, why := s.readReturn(order, form)
	switch {
	case s.opts.Refunds == nil:
		l.Code, l.Why = returnsNotOffered, "this simulator has nowhere to record returns"
		return order, l, Return{}
	case why != "":
		s.violate(r, why)
		l.Code, l.Why = ItemsNotEligible, why
		return order, l, Return{}
	}
	back.Shop, back.OrderID, back.Tag = portal.Shop, order.ID, tags[back.Outcome]
	id, err := s.opts.Refunds.Refund(back)
	if err != nil {
		l.Code, l.Why = RefundError, err.Error()
		return order, l, Return{}
	}
	back.RefundID = id
	s.mu.Lock()
	s.returns = append(s.returns, back)
	s.mu.Unlock()
	l.Code, l.Why = Submitted, "the return is processed"
	order, _ = s.byName(portal.Shop, order.Name) // as it is now
	return order, l, back
}

// submitOnce submits a form, and a second time only shows what came of it: buyers press twice, and reload.
func (s *Sim) submitOnce(r *http.Request, portal Portal, form url.Values) (Order, Lookup, Return) {
	once := form.Get("once")
	if once == "" {
		return s.submit(r, portal, form)
	}
	s.once.Lock() // one form at a time: the second may come while the first is under way
	defer s.once.Unlock()
	if before, done := s.submitted[once]; done {
		order, l := s.Find(portal.Shop, form.Get("order"), form.Get("zip"))
		if l.Code == Found && order.ID == before.OrderID && portal.Shop == before.Shop {
			l.Code, l.Why = Submitted, "the return was processed before"
			return order, l, before
		}
		return order, l, Return{}
	}
	order, l, back := s.submit(r, portal, form)
	if l.Code == Submitted {
		s.submitted[once] = back
	}
	return order, l, back
}

// readReturn reads the form against what can be returned; why is what is wrong with it.
func (s *Sim) readReturn(o Order, form url.Values) (back Return, why string) {
	back = Return{Outcome: Outcome(form.Get("outcome")), Reason: form.Get("reason"), Shipping: form.Get("shipping") != ""}
	if tags[back.Outcome] == "" || !reasonHandle.MatchString(back.Reason) {
		return back, "the form names no outcome or no reason of Shopify's"
	}
	if fee := form.Get("fee"); fee != "" {
		parts := feeText.FindStringSubmatch(fee)
		if parts == nil {
			return back, "the fee is a decimal such as 5.00"
		}
		back.Fee, _ = strconv.ParseInt(parts[1]+(parts[2] + "00")[:2], 10, 64) // at most eight digits
	}
	for n, it := range items(o) {
		text := form.Get(fmt.Sprintf("quantity-%d", it.ID))
		if text == "" || text == "0" {
			continue
		}
		quantity, err := strconv.Atoi(text)
		if err != nil || quantity < 0 || !it.Eligible || quantity > it.Quantity {
			return back, fmt.Sprintf("of %s %d can be returned", it.Title, it.Quantity)
		}
		back.Lines = append(back.Lines, ReturnedLine{ID: o.Lines[n].ID, Quantity: quantity})
	}
	if len(back.Lines) == 0 {
		return back, "the form names nothing to return"
	}
	return back, ""
}

// formField says whether a form may have the field.
func formField(name string) bool {
	return slices.Contains([]string{"order", "zip", "outcome", "reason", "fee", "shipping", "once"}, name) || strings.HasPrefix(name, "quantity-")
}

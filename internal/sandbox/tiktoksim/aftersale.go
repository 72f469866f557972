package tiktoksim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// AftersaleRules are how TikTok deals with what comes after the sale. The zero value is the kind platform: a seller's
// refund needs no review, any amount up to the maximum is taken, and the money is back at once.
type AftersaleRules struct {
	NoPartial     bool          // less than the whole is refused with 25005020
	KeepShipping  bool          // shipping and fees do not come back with a return
	Review        bool          // a seller's refund waits for Review
	PayLater      bool          // approved money stays on its way until PayBack
	Pays          int64         // minor units; not 0: what a return pays back, whatever it was approved for
	Refuse        int           // not 0: the code with which every write is refused
	PartialErrors bool          // a write is answered with code 0 and data.errors[], and nothing is done
	Window        time.Duration // how long after delivery anything can be asked for; 0: 30 days
	Reasons       []string      // what a seller may give as reason; nil: the market's own
}

// answerTime is how long a seller may take to answer a buyer before TikTok says yes by itself.
const answerTime = 48 * time.Hour

// aftersale is one return or one cancellation.
type aftersale struct {
	id, requestID string
	order         *order
	cancel        bool   // a cancellation, else a return
	kind          string // REFUND, RETURN_AND_REFUND, REPLACEMENT; CANCEL, BUYER_CANCEL
	status, role  string
	reason        string
	lines         []caseLine
	created       int64
	updated       int64
	deadline      int64 // when TikTok answers in the seller's place; 0: it does not wait
	keepItem      bool
	arbitration   string
	offer         *int64 // minor units that the seller offered
	offerRejected bool
	previous      string
	next          string
	tracking      string
	records       []record
}

// caseLine is one unit of a case and what comes back for it.
type caseLine struct {
	id, unit string
	back     parts
}

// record is one entry of a return's history.
type record struct {
	event, role string
	at          int64
}

const (
	returnPending   = "RETURN_OR_REFUND_REQUEST_PENDING"
	returnRejected  = "REFUND_OR_RETURN_REQUEST_REJECT"
	returnAwaited   = "AWAITING_BUYER_SHIP"
	returnShipped   = "BUYER_SHIPPED_ITEM"
	returnNotTaken  = "REJECT_RECEIVE_PACKAGE"
	returnOffered   = "AWAITING_BUYER_RESPONSE"
	returnSuccess   = "RETURN_OR_REFUND_REQUEST_SUCCESS"
	returnComplete  = "RETURN_OR_REFUND_REQUEST_COMPLETE"
	returnWithdrawn = "RETURN_OR_REFUND_REQUEST_CANCEL"

	replacePending   = "REPLACEMENT_REQUEST_PENDING"
	replaceRejected  = "REPLACEMENT_REQUEST_REJECT"
	replaceRefund    = "REPLACEMENT_REQUEST_REFUND_SUCCESS"
	replaceWithdrawn = "REPLACEMENT_REQUEST_CANCEL"
	replaceComplete  = "REPLACEMENT_REQUEST_COMPLETE"

	cancelPending   = "CANCELLATION_REQUEST_PENDING"
	cancelSuccess   = "CANCELLATION_REQUEST_SUCCESS"
	cancelWithdrawn = "CANCELLATION_REQUEST_CANCEL" // answers and webhooks write CANCELLED
	cancelComplete  = "CANCELLATION_REQUEST_COMPLETE"
)

// paid tells that the buyer has the money; dead that nobody will get any.
func (a *aftersale) paid() bool { return a.status == returnComplete || a.status == cancelComplete }

func (a *aftersale) dead() bool {
	return slices.Contains([]string{returnRejected, returnWithdrawn, cancelWithdrawn, replaceRejected, replaceWithdrawn,
		replaceComplete}, a.status)
}

func (a *aftersale) total() (sum parts) {
	for _, l := range a.lines {
		sum = sum.plus(l.back)
	}
	return sum
}

func (a *aftersale) units() []string {
	var units []string
	for _, l := range a.lines {
		units = append(units, l.unit)
	}
	return units
}

// AftersaleCase is what a test wants to see of a return or cancellation. Amount is minor units.
type AftersaleCase struct {
	ID, OrderID, Kind, Status, Role, Reason string
	Cancel                                  bool
	LineIDs                                 []string
	Amount                                  int64
}

func (a *aftersale) shown() AftersaleCase {
	return AftersaleCase{ID: a.id, OrderID: a.order.id, Kind: a.kind, Status: a.status, Role: a.role, Reason: a.reason,
		Cancel: a.cancel, LineIDs: a.units(), Amount: a.total().sum()}
}

// Aftersales lists the returns and cancellations of an order, oldest first.
func (s *Sim) Aftersales(orderID string) []AftersaleCase {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []AftersaleCase
	if o := s.orders[orderID]; o != nil {
		for _, a := range o.cases {
			found = append(found, a.shown())
		}
	}
	return found
}

// BuyerMoney is the buyer's side of an order in minor units.
type BuyerMoney struct {
	Currency string
	Paid     int64 // what the buyer paid
	Back     int64 // what came back
	OnTheWay int64 // what is asked for or approved, and not back yet
}

// Money tells what the buyer of an order paid and got back; false when there is no such order.
func (s *Sim) Money(orderID string) (BuyerMoney, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[orderID]
	if o == nil {
		return BuyerMoney{}, false
	}
	return o.money(), true
}

func (o *order) money() BuyerMoney {
	m := BuyerMoney{Currency: o.currency(), Paid: o.paidTotal()}
	for _, a := range o.cases {
		switch {
		case a.paid():
			m.Back += a.total().sum()
		case !a.dead():
			m.OnTheWay += a.total().sum()
		}
	}
	for _, l := range o.lines() { // cancelled before the simulator knew the order
		if text(l["display_status"]) == "CANCELLED" && o.caseOf(text(l["id"])) == nil {
			m.Back += o.unitParts(l).sum()
		}
	}
	return m
}

// caseOf finds the case that has spoken for a unit, alive or paid.
func (o *order) caseOf(unit string) *aftersale {
	for _, a := range o.cases {
		if !a.dead() && slices.Contains(a.units(), unit) {
			return a
		}
	}
	return nil
}

// SetAftersaleRules changes how TikTok deals with one order; Options.Aftersales is for all others.
func (s *Sim) SetAftersaleRules(orderID string, rules AftersaleRules) error {
	return s.withOrder("rule on", orderID, func(o *order) error { o.rules = &rules; return nil })
}

func (s *Sim) rules(o *order) AftersaleRules {
	rules := s.opts.Aftersales
	if o.rules != nil {
		rules = *o.rules
	}
	rules.Window = cmp.Or(rules.Window, 30*24*time.Hour)
	return rules
}

// file adds a case. Amounts are fixed here: what the buyer paid is all that ever comes back.
func (s *Sim) file(a *aftersale, lines []caseLine) {
	now := s.now().Unix()
	a.id = fmt.Sprintf("4035%015d", 30_000_000+s.next())
	a.requestID = fmt.Sprintf("4036%015d", 30_000_000+s.next())
	a.created, a.updated, a.lines = now, now, lines
	for i := range a.lines {
		a.lines[i].id = fmt.Sprintf("4037%015d", 30_000_000+s.next())
	}
	a.order.cases = append(a.order.cases, a)
	s.cases[a.id] = a
	if m := a.order.money(); m.Back+m.OnTheWay > m.Paid {
		panic(fmt.Sprintf("tiktoksim: order %s gives back more than was paid", a.order.id)) // a bug of the simulator
	}
}

// become moves a case and tells the app. A return leaves its order's update_time alone: whether TikTok moves it is not
// public, and a caller that only polls orders must not learn to depend on it.
func (s *Sim) become(a *aftersale, status, by string) {
	a.status, a.updated, a.deadline = status, s.now().Unix(), 0
	a.records = append(a.records, record{event: status, role: by, at: a.updated})
	switch status {
	case returnPending, returnShipped, cancelPending, replacePending:
		if a.role == "BUYER" {
			a.deadline = s.now().Add(answerTime).Unix()
		}
	}
	s.notifyCase(a)
}

// settle pays an approved case back, unless its money is to stay on its way.
func (s *Sim) settle(a *aftersale) {
	if !s.rules(a.order).PayLater {
		s.pay(a)
	}
}

func (s *Sim) pay(a *aftersale) {
	if pays := s.rules(a.order).Pays; pays != 0 && !a.cancel {
		m := a.order.money()
		a.lines = scaled(a.lines, min(pays, m.Paid-m.Back-m.OnTheWay+a.total().sum()))
	}
	status := returnComplete
	if a.cancel {
		status = cancelComplete
	}
	s.become(a, status, "SYSTEM")
	if !a.cancel {
		s.notifyRefund(a)
	}
	if m := a.order.money(); m.Back >= m.Paid && m.Paid > 0 && a.order.status() == "DELIVERED" {
		s.move(a.order, "COMPLETED") // Partner Center: an order whose money is all back is over
		s.notifyStatus(a.order)
	}
}

var errNoCase = errors.New("no such return or cancellation")

// withCase runs change on a case under the lock.
func (s *Sim) withCase(verb, id string, change func(*aftersale) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.cases[id]
	if a == nil {
		return fmt.Errorf("%s %s: %w", verb, id, errNoCase)
	}
	if err := change(a); err != nil {
		return fmt.Errorf("%s %s: %w", verb, id, err)
	}
	return nil
}

package tiktoksim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// ReturnRequest is somebody asking for money, goods to go back, or both.
type ReturnRequest struct {
	LineIDs []string // nil: every unit that has no case yet
	Kind    string   // REFUND (default), RETURN_AND_REFUND, REPLACEMENT
	By      string   // BUYER (default), SELLER, OPERATOR, SYSTEM; all but the buyer are approved at once
	Reason  string
	Amount  int64 // minor units; 0: all that can come back
}

var errNoUnit = errors.New("no such unit without a case")

// OpenReturn is a return that the app did not make: by the buyer, by the seller in Seller Center or with another tool, by
// TikTok's customer service, or by TikTok itself. It needs an order whose parcel is on its way, or has arrived.
func (s *Sim) OpenReturn(orderID string, ask ReturnRequest) (returnID string, err error) {
	err = s.withOrder("return", orderID, func(o *order) error {
		if !slices.Contains([]string{"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "PARTIALLY_SHIPPING"}, o.status()) {
			return fmt.Errorf("nothing can be returned in status %s", o.status())
		}
		lines, err := s.free(o, ask.LineIDs, cmp.Or(ask.Kind, "REFUND"))
		if err != nil {
			return err
		}
		a := &aftersale{order: o, kind: cmp.Or(ask.Kind, "REFUND"), role: cmp.Or(ask.By, "BUYER"),
			reason: cmp.Or(ask.Reason, "ecom_order_delivered_refund_reason_not_match_description")}
		if ask.Amount != 0 {
			lines = scaled(lines, min(ask.Amount, sumOf(lines)))
		}
		s.file(a, lines)
		returnID = a.id
		switch {
		case a.role != "BUYER":
			s.become(a, returnSuccess, a.role)
			s.settle(a)
		case a.kind == "REPLACEMENT":
			s.become(a, replacePending, a.role)
		default:
			s.become(a, returnPending, a.role)
		}
		return nil
	})
	return returnID, err
}

// free are units without a case, as lines of a new one.
func (s *Sim) free(o *order, ids []string, request string) ([]caseLine, error) {
	units := slices.DeleteFunc(o.lines(), func(l map[string]any) bool {
		id := text(l["id"])
		early := request != "CANCEL" && text(l["package_id"]) == ""
		return early || o.caseOf(id) != nil || text(l["display_status"]) == "CANCELLED" || ids != nil && !slices.Contains(ids, id)
	})
	if len(units) == 0 || ids != nil && len(units) != len(ids) {
		return nil, errNoUnit
	}
	return o.refundable(units, request, s.rules(o).KeepShipping), nil
}

func sumOf(lines []caseLine) (sum int64) {
	for _, l := range lines {
		sum += l.back.sum()
	}
	return sum
}

// RequestCancel is the buyer asking to cancel. While the order is on hold it is done at once; afterwards the seller has
// 48 hours to answer, and shipping the parcel meanwhile does not stop TikTok from saying yes.
func (s *Sim) RequestCancel(orderID string, c Cancellation) (cancelID string, err error) {
	err = s.withOrder("ask to cancel", orderID, func(o *order) error {
		lines, err := s.free(o, c.LineIDs, "CANCEL")
		if err != nil {
			return err
		}
		reason := cmp.Or(c.Reason, "No longer needed")
		switch o.status() {
		case "UNPAID", "ON_HOLD":
			cancelID = s.cancelUnits(o, lines, "CANCEL", "BUYER", reason).id
			return nil
		case "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION":
		default:
			return fmt.Errorf("too late in status %s", o.status())
		}
		a := &aftersale{order: o, cancel: true, kind: "BUYER_CANCEL", role: "BUYER", reason: reason}
		s.file(a, lines)
		cancelID = a.id
		o.doc["is_buyer_request_cancel"], o.doc["request_cancel_time"] = true, a.created
		s.touch(o)
		s.become(a, cancelPending, "BUYER")
		return nil
	})
	return cancelID, err
}

// Withdraw is the buyer taking a request back that has not been approved.
func (s *Sim) Withdraw(id string) error {
	return s.withCase("withdraw", id, func(a *aftersale) error {
		switch a.status {
		case cancelPending:
			s.dropCancel(a, "BUYER")
		case replacePending:
			s.become(a, replaceWithdrawn, "BUYER")
		case returnPending, returnAwaited, returnShipped, returnOffered, returnNotTaken:
			s.become(a, returnWithdrawn, "BUYER")
		default:
			return fmt.Errorf("not in status %s", a.status)
		}
		return nil
	})
}

// EditReturn is the buyer changing a pending return: it ends, and another with its own id takes its place.
func (s *Sim) EditReturn(id string, ask ReturnRequest) (returnID string, err error) {
	err = s.withCase("edit", id, func(a *aftersale) error {
		if a.status != returnPending || a.role != "BUYER" {
			return fmt.Errorf("not in status %s", a.status)
		}
		units := ask.LineIDs
		if len(units) == 0 {
			units = a.units()
		}
		s.become(a, returnWithdrawn, "BUYER")
		lines, err := s.free(a.order, units, cmp.Or(ask.Kind, a.kind))
		if err != nil {
			return err
		}
		if ask.Amount != 0 {
			lines = scaled(lines, min(ask.Amount, sumOf(lines)))
		}
		b := &aftersale{order: a.order, kind: cmp.Or(ask.Kind, a.kind), role: "BUYER", reason: cmp.Or(ask.Reason, a.reason), previous: a.id}
		s.file(b, lines)
		a.next, returnID = b.id, b.id
		s.become(b, returnPending, "BUYER")
		return nil
	})
	return returnID, err
}

// ShipBack is the buyer handing the parcel of an approved return to the carrier.
func (s *Sim) ShipBack(id string) error {
	return s.withCase("ship back", id, func(a *aftersale) error {
		if a.status != returnAwaited {
			return fmt.Errorf("not in status %s", a.status)
		}
		a.tracking = "92020" + a.id[len(a.id)-17:]
		s.become(a, returnShipped, "BUYER")
		return nil
	})
}

// AnswerOffer is the buyer taking or refusing the part of the money that the seller offered.
func (s *Sim) AnswerOffer(id string, take bool) error {
	return s.withCase("answer offer of", id, func(a *aftersale) error {
		if a.status != returnOffered || a.offer == nil {
			return fmt.Errorf("not in status %s", a.status)
		}
		if !take {
			a.offerRejected = true
			s.become(a, returnPending, "BUYER")
			return nil
		}
		a.lines, a.keepItem = scaled(a.lines, *a.offer), true
		s.become(a, returnSuccess, "BUYER")
		s.settle(a)
		return nil
	})
}

// Decide is what Seller Center's buttons do, or TikTok in the seller's place: by is SELLER, OPERATOR or SYSTEM.
func (s *Sim) Decide(id string, approve bool, by string) error {
	return s.withCase("decide", id, func(a *aftersale) error {
		open := []string{returnPending, returnShipped, returnNotTaken, replacePending, cancelPending}
		switch {
		case !slices.Contains(open, a.status):
			return fmt.Errorf("not in status %s", a.status)
		case a.cancel && approve:
			s.carryOut(a)
		case a.cancel:
			s.dropCancel(a, by)
		case a.status == replacePending && approve:
			s.become(a, replaceComplete, by)
		case a.status == replacePending:
			s.become(a, replaceRejected, by)
		case approve:
			if a.arbitration != "" {
				a.arbitration = "SUPPORT_BUYER"
			}
			s.agree(a, by)
		case a.arbitration != "":
			a.arbitration = "SUPPORT_SELLER"
			s.become(a, returnRejected, by)
		default:
			s.become(a, returnRejected, by)
		}
		return nil
	})
}

// PayBack lets approved money arrive that AftersaleRules.PayLater kept on its way.
func (s *Sim) PayBack(id string) error {
	return s.withCase("pay back", id, func(a *aftersale) error {
		if !slices.Contains([]string{returnSuccess, replaceRefund, cancelSuccess}, a.status) {
			return fmt.Errorf("not in status %s", a.status)
		}
		s.pay(a)
		return nil
	})
}

// CloseUnpaid is TikTok ending a return that was approved, before the money went out.
func (s *Sim) CloseUnpaid(id string) error {
	return s.withCase("close", id, func(a *aftersale) error {
		if a.status != returnSuccess {
			return fmt.Errorf("not in status %s", a.status)
		}
		s.become(a, returnWithdrawn, "OPERATOR")
		return nil
	})
}

// AnswerOverdue is TikTok saying yes to every buyer whose seller has let the deadline pass, by the simulator's clock.
func (s *Sim) AnswerOverdue() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answerOverdue()
}

func (s *Sim) answerOverdue() {
	now := s.now().Unix()
	var late []*aftersale
	for _, a := range s.cases {
		if a.deadline != 0 && a.deadline <= now {
			late = append(late, a)
		}
	}
	slices.SortFunc(late, func(a, b *aftersale) int { return cmp.Compare(a.id, b.id) })
	for _, a := range late {
		switch {
		case a.cancel:
			s.carryOut(a)
		case a.status == replacePending:
			s.become(a, replaceComplete, "SYSTEM")
		default:
			s.agree(a, "SYSTEM")
		}
	}
}

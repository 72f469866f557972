package tiktoksim

import (
	"net/http"
	"slices"
	"strings"
)

// createCancellation takes units out of an order at once. Its document has no idempotency key: the same call again meets
// units that are cancelled already.
func (s *Sim) createCancellation(c *call) answer {
	body, err := decodeBody[aftersaleAsk](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	return s.once(c, s.orderOf(c.shop, body.OrderID), func() answer {
		a, _, no := s.read(c, func(b aftersaleAsk) (string, string) { return "CANCEL", b.CancelReason })
		if no != nil {
			return *no
		}
		done := s.cancelUnits(a.order, a.lines, "CANCEL", "SELLER", a.reason)
		if strings.Contains(a.reason, "out_of_stock") {
			s.emptyStock(a.order, done.units())
		}
		return success(map[string]any{"cancel_id": done.id, "cancel_status": cancelSuccess})
	})
}

// cancelUnits opens a cancellation that nobody needs to answer, and carries it out.
func (s *Sim) cancelUnits(o *order, lines []caseLine, kind, role, reason string) *aftersale {
	if role == "OPERATOR" {
		role = "SYSTEM" // cancellations know no other name for it
	}
	a := &aftersale{order: o, cancel: true, kind: kind, role: role, reason: reason}
	s.file(a, lines)
	s.carryOut(a)
	return a
}

// carryOut takes a cancellation's units out of the order and sends the money on its way.
func (s *Sim) carryOut(a *aftersale) {
	s.become(a, cancelSuccess, a.role)
	s.takeOut(a.order, a.units(), a.role, a.reason)
	s.settle(a)
}

// takeOut marks units as cancelled, and the order with the last of them.
func (s *Sim) takeOut(o *order, units []string, by, reason string) {
	open := len(unshipped(o))
	found := 0
	for _, l := range o.lines() {
		if slices.Contains(units, text(l["id"])) {
			if text(l["package_id"]) == "" {
				found++
			} else {
				l["package_status"] = "CANCELLED"
			}
			l["display_status"], l["cancel_user"], l["cancel_reason"] = "CANCELLED", by, reason
		}
	}
	o.doc["is_buyer_request_cancel"] = slices.ContainsFunc(o.cases, func(a *aftersale) bool { return a.status == cancelPending })
	s.touch(o)
	alive := slices.ContainsFunc(o.lines(), func(l map[string]any) bool { return text(l["display_status"]) != "CANCELLED" })
	switch {
	case alive && o.status() == "PARTIALLY_SHIPPING" && found == open:
		s.catchUp(o) // what was not shipped has been cancelled; parcels stay where they are
	case !alive:
		o.doc["cancellation_initiator"], o.doc["cancel_reason"] = by, reason
		o.doc["request_cancel_time"] = s.now().Unix()
		paid := o.doc["paid_time"]
		s.move(o, "CANCELLED")
		if o.doc["paid_time"] = paid; paid == nil {
			delete(o.doc, "paid_time") // never paid
		}
		s.notifyStatus(o)
	}
}

// emptyStock is what a seller's out-of-stock reason does to the product at TikTok.
func (s *Sim) emptyStock(o *order, units []string) {
	for _, l := range o.lines() {
		if slices.Contains(units, text(l["id"])) {
			s.soldOut[text(l["sku_id"])] = true
		}
	}
}

// SoldOut tells whether a cancellation has set the stock of a SKU to 0.
func (s *Sim) SoldOut(skuID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.soldOut[skuID]
}

func (s *Sim) answerCancellation(c *call, decided string, take func(*aftersale, decision) *answer) answer {
	body, err := decodeBody[decision](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	a := s.caseAt(c, c.vars["cancel_id"], true)
	if a == nil {
		return noSuchOrder
	}
	return s.once(c, a.order, func() answer {
		if no := a.decided(decision{Decision: decided}); no != nil {
			return *no
		}
		if no := take(a, body); no != nil {
			return *no
		}
		return success(map[string]any{})
	})
}

func (s *Sim) approveCancellation(c *call) answer {
	return s.answerCancellation(c, "APPROVE_REQUEST_CANCEL", func(a *aftersale, _ decision) *answer {
		s.carryOut(a)
		return nil
	})
}

func (s *Sim) rejectCancellation(c *call) answer {
	return s.answerCancellation(c, "REJECT_REQUEST_CANCEL", func(a *aftersale, d decision) *answer {
		if !slices.Contains(rejectNames(a), d.RejectReason) {
			return &reasonUnknown
		}
		s.dropCancel(a, "SELLER")
		return nil
	})
}

// dropCancel ends a buyer's request without cancelling anything.
func (s *Sim) dropCancel(a *aftersale, by string) {
	s.become(a, cancelWithdrawn, by)
	a.order.doc["is_buyer_request_cancel"] = false
	s.touch(a.order)
}

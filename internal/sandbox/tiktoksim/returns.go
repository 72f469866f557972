package tiktoksim

import (
	"net/http"
	"slices"
	"strings"
)

func (s *Sim) createReturn(c *call) answer {
	body, err := decodeBody[aftersaleAsk](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	return s.once(c, s.orderOf(c.shop, body.OrderID), func() answer {
		a, body, no := s.read(c, func(b aftersaleAsk) (string, string) { return b.ReturnType, b.ReturnReason })
		switch {
		case no != nil:
			return *no
		case a.request == "CANCEL":
			return paramWrong
		}
		if no := s.wants(&a, body); no != nil {
			return *no
		}
		ret := &aftersale{order: a.order, kind: a.request, role: "SELLER", reason: a.reason}
		s.file(ret, a.lines)
		answered := returnSuccess
		switch {
		case s.rules(a.order).Review:
			answered = returnPending
			s.become(ret, returnPending, "SELLER")
		case a.request == "RETURN_AND_REFUND":
			answered = returnAwaited
			s.become(ret, returnAwaited, "SELLER")
		default:
			s.become(ret, returnSuccess, "SELLER")
			s.settle(ret)
		}
		return success(map[string]any{"return_id": ret.id, "return_status": answered})
	})
}

// wants applies the amount that was asked for, which may not be more than what can come back.
func (s *Sim) wants(a *ask, body aftersaleAsk) *answer {
	if body.RefundTotal == "" {
		return nil
	}
	var most int64
	for _, l := range a.lines {
		most += l.back.sum()
	}
	total, ok := parseDecimal(body.RefundTotal, a.order.currency())
	switch {
	case !ok || total <= 0 || body.Currency != a.order.currency():
		return &paramWrong
	case total > most:
		return &amountTooHigh
	case total < most && s.rules(a.order).NoPartial:
		return &noPartial
	}
	a.lines = scaled(a.lines, total)
	return nil
}

// decision is the body of approve and reject.
type decision struct {
	Decision      string         `json:"decision"`
	BuyerKeepItem bool           `json:"buyer_keep_item"`
	PartialRefund *partialRefund `json:"partial_refund"`
	RejectReason  string         `json:"reject_reason"`
}

type partialRefund struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// possible are the decisions that a case awaits of the seller.
func (a *aftersale) possible() []string {
	if a.role != "BUYER" {
		return nil
	}
	switch {
	case a.status == cancelPending:
		return []string{"APPROVE_REQUEST_CANCEL", "REJECT_REQUEST_CANCEL"}
	case a.status == returnPending && a.kind == "REFUND":
		return []string{"APPROVE_REFUND", "REJECT_REFUND", "OFFER_PARTIAL_REFUND"}
	case a.status == returnPending:
		return []string{"APPROVE_RETURN", "REJECT_RETURN", "OFFER_PARTIAL_REFUND"}
	case a.status == returnShipped:
		return []string{"APPROVE_RECEIVED_PACKAGE", "REJECT_RECEIVED_PACKAGE"}
	case a.status == replacePending:
		return []string{"APPROVE_REPLACEMENT", "REJECT_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND"}
	}
	return nil
}

// decided tells whether the decision can be taken; otherwise why not.
func (a *aftersale) decided(d decision) *answer {
	switch {
	case !slices.Contains(a.possible(), d.Decision):
		switch {
		case len(a.possible()) > 0:
			return &decisionWrong
		case strings.HasPrefix(d.Decision, "REJECT"):
			return &cannotReject
		}
		return &cannotApprove
	case d.BuyerKeepItem && d.Decision != "APPROVE_RETURN", (d.PartialRefund != nil) != (d.Decision == "OFFER_PARTIAL_REFUND"):
		return &decisionWrong
	}
	return nil
}

// caseAt is the case that a path names, if it is the shop's and of that kind.
func (s *Sim) caseAt(c *call, id string, cancel bool) *aftersale {
	if a := s.cases[id]; a != nil && a.order.shop == c.shop && a.cancel == cancel {
		return a
	}
	return nil
}

func (s *Sim) decideReturn(c *call, take func(*aftersale, decision) *answer) answer {
	body, err := decodeBody[decision](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	a := s.caseAt(c, c.vars["return_id"], false)
	if a == nil {
		return noSuchOrder
	}
	return s.once(c, a.order, func() answer {
		if no := a.decided(body); no != nil {
			return *no
		}
		if no := take(a, body); no != nil {
			return *no
		}
		return success(map[string]any{})
	})
}

func (s *Sim) approveReturn(c *call) answer {
	return s.decideReturn(c, func(a *aftersale, d decision) *answer {
		switch d.Decision {
		case "OFFER_PARTIAL_REFUND":
			amount, ok := parseDecimal(d.PartialRefund.Amount, a.order.currency())
			if !ok || amount <= 0 || amount >= a.total().sum() || d.PartialRefund.Currency != a.order.currency() {
				return &paramWrong
			}
			a.offer = &amount
			s.become(a, returnOffered, "SELLER")
		case "APPROVE_REPLACEMENT":
			s.become(a, replaceComplete, "SELLER")
		case "ISSUE_REPLACEMENT_REFUND":
			s.become(a, replaceRefund, "SELLER")
			s.settle(a)
		case "APPROVE_REFUND", "APPROVE_RETURN", "APPROVE_RECEIVED_PACKAGE":
			a.keepItem = d.BuyerKeepItem
			s.agree(a, "SELLER")
		default:
			return &decisionWrong
		}
		return nil
	})
}

// agree moves a request on as a yes does: a return waits for the parcel, unless the buyer keeps it.
func (s *Sim) agree(a *aftersale, by string) {
	if a.kind == "RETURN_AND_REFUND" && a.status == returnPending && !a.keepItem {
		s.become(a, returnAwaited, by)
		return
	}
	s.become(a, returnSuccess, by)
	s.settle(a)
}

func (s *Sim) rejectReturn(c *call) answer {
	return s.decideReturn(c, func(a *aftersale, d decision) *answer {
		if !slices.Contains(rejectNames(a), d.RejectReason) {
			return &reasonUnknown
		}
		switch d.Decision {
		case "REJECT_RECEIVED_PACKAGE":
			a.arbitration = "IN_PROGRESS"
			s.become(a, returnNotTaken, "SELLER")
		case "REJECT_REPLACEMENT":
			s.become(a, replaceRejected, "SELLER")
		case "REJECT_REFUND", "REJECT_RETURN":
			s.become(a, returnRejected, "SELLER")
		default:
			return &decisionWrong
		}
		return nil
	})
}

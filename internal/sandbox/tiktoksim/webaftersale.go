package tiktoksim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// pageCase is a return or cancellation as the page lists it, with the buttons that fit.
type pageCase struct {
	AftersaleCase
	Money   string
	Actions []pageAction
}

type pageAction struct{ Name, Label string }

// caseActions are the buttons, by name.
func (s *Sim) caseActions() map[string]func(id string) error {
	return map[string]func(string) error{
		"approve":  func(id string) error { return s.Decide(id, true, "SELLER") },
		"reject":   func(id string) error { return s.Decide(id, false, "SELLER") },
		"withdraw": s.Withdraw,
		"ship":     s.ShipBack,
		"pay":      s.PayBack,
	}
}

// actions are those that fit a case now.
func (a *aftersale) actions() []pageAction {
	answers := []pageAction{{"approve", "Seller: yes"}, {"reject", "Seller: no"}, {"withdraw", "Buyer: withdraw"}}
	switch a.status {
	case returnPending, returnShipped, returnNotTaken, replacePending, cancelPending:
		return answers
	case returnAwaited:
		return []pageAction{{"ship", "Buyer: send parcel"}, {"withdraw", "Buyer: withdraw"}}
	case returnSuccess, cancelSuccess, replaceRefund:
		return []pageAction{{"pay", "TikTok: pay back"}}
	}
	return nil
}

// pageCases lists all cases, newest first.
func (s *Sim) pageCases() []pageCase {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []pageCase
	for _, a := range s.cases {
		currency := a.order.currency()
		rows = append(rows, pageCase{AftersaleCase: a.shown(), Money: decimal(a.total().sum(), currency) + " " + currency, Actions: a.actions()})
	}
	slices.SortFunc(rows, func(a, b pageCase) int { return cmp.Compare(b.ID, a.ID) })
	return rows
}

// webAsk is the buyer asking to cancel, for money, or to send the goods back.
func (s *Sim) webAsk(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	var err error
	switch kind := r.PostFormValue("kind"); kind {
	case "CANCEL":
		_, err = s.RequestCancel(id, Cancellation{})
	case "REFUND", "RETURN_AND_REFUND":
		_, err = s.OpenReturn(id, ReturnRequest{Kind: kind})
	default:
		err = fmt.Errorf("ask for order %s: no request of that kind", id)
	}
	back(w, r, err)
}

func (s *Sim) webAct(w http.ResponseWriter, r *http.Request) {
	act, ok := s.caseActions()[r.PathValue("action")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	back(w, r, act(r.PathValue("id")))
}

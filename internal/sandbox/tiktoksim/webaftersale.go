package tiktoksim

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

// caseView is a return or cancellation, with the buttons that fit.
type caseView struct {
	ID, OrderID, OrderHref, Kind, By, Money, Reason, Tracking string
	Units                                                     int
	Opened                                                    time.Time
	Deadline                                                  time.Time // zero: TikTok waits for nobody
	Status                                                    badge
	Records                                                   []entry
	Actions                                                   []caseAction
	Editable                                                  bool
}

type caseAction struct{ Name, Label, Says string }

// caseActions are the buttons, by name.
func (s *Sim) caseActions() map[string]func(id string, form url.Values) error {
	plain := func(do func(string) error) func(string, url.Values) error {
		return func(id string, _ url.Values) error { return do(id) }
	}
	return map[string]func(string, url.Values) error{
		"approve":  plain(func(id string) error { return s.Decide(id, true, "SELLER") }),
		"reject":   plain(func(id string) error { return s.Decide(id, false, "SELLER") }),
		"service":  plain(func(id string) error { return s.Decide(id, true, "OPERATOR") }),
		"withdraw": plain(s.Withdraw),
		"ship":     plain(s.ShipBack),
		"pay":      plain(s.PayBack),
		"overdue":  plain(s.letPass),
		"take":     plain(func(id string) error { return s.AnswerOffer(id, true) }),
		"refuse":   plain(func(id string) error { return s.AnswerOffer(id, false) }),
		"edit":     s.actEdit,
	}
}

// letPass lets the seller's time to answer go by, and TikTok answer in the seller's place.
func (s *Sim) letPass(id string) error {
	return s.withCase("let time pass for", id, func(a *aftersale) error {
		if a.deadline == 0 {
			return fmt.Errorf("nobody is waited for in status %s", a.status)
		}
		a.deadline = s.now().Unix()
		s.answerOverdue()
		return nil
	})
}

// actEdit is the buyer asking for something else than before.
func (s *Sim) actEdit(id string, form url.Values) error {
	amount, err := amountOf(form.Get("amount"), s.currencyOf(s.orderOfCase(id)))
	if err != nil {
		return fmt.Errorf("edit %s: %w", id, err)
	}
	if kind := form.Get("kind"); !slices.Contains([]string{"", "REFUND", "RETURN_AND_REFUND"}, kind) {
		return fmt.Errorf("edit %s: no request of that kind", id)
	}
	_, err = s.EditReturn(id, ReturnRequest{Kind: form.Get("kind"), Amount: amount})
	return err
}

// actions are those that fit a case now.
func (a *aftersale) actions() []caseAction {
	answers := []caseAction{
		{"approve", "Seller says yes", "What the buyer asked for happens."}, {"reject", "Seller says no", "The request ends; the buyer keeps the goods."},
		{"service", "TikTok's service says yes", "Over the seller's head."},
	}
	withdraw := caseAction{"withdraw", "Buyer withdraws", "The request ends."}
	overdue := caseAction{"overdue", "48 hours pass", "The seller did not answer: TikTok says yes."}
	switch a.status {
	case returnPending, returnShipped, returnNotTaken, replacePending, cancelPending:
		answers = append(answers, withdraw)
		if a.deadline != 0 {
			answers = append(answers, overdue)
		}
		return answers
	case returnAwaited:
		return []caseAction{{"ship", "Buyer sends the parcel", "The seller may look at it before the money goes."}, withdraw}
	case returnOffered:
		return []caseAction{{"take", "Buyer takes the offer", "The part that was offered is paid."}, {"refuse", "Buyer refuses the offer", "The seller has to answer again."}, withdraw}
	case returnSuccess, cancelSuccess, replaceRefund:
		return []caseAction{{"pay", "The money arrives", "Only now is the refund done."}}
	}
	return nil
}

// view is the case as pages show it; the lock is held.
func (a *aftersale) view() caseView {
	currency := a.order.currency()
	v := caseView{
		ID: a.id, OrderID: a.order.id, OrderHref: pagesAt + "/orders/" + a.order.id, Kind: kindName(a.kind), By: roleName(a.role),
		Money: decimal(a.total().sum(), currency) + " " + currency, Reason: a.reason, Tracking: a.tracking, Units: len(a.lines),
		Opened: time.Unix(a.created, 0), Status: badgeOf(a.status), Actions: a.actions(), Editable: a.status == returnPending && a.role == "BUYER",
	}
	if a.deadline != 0 {
		v.Deadline = time.Unix(a.deadline, 0)
	}
	for _, r := range a.records {
		v.Records = append(v.Records, entry{At: time.Unix(r.at, 0), Text: badgeOf(r.event).Text, Detail: roleName(r.role)})
	}
	return v
}

func kindName(kind string) string {
	return cmp.Or(map[string]string{
		"REFUND": "Refund", "RETURN_AND_REFUND": "Return and refund", "REPLACEMENT": "Replacement",
		"CANCEL": "Cancellation", "BUYER_CANCEL": "Request to cancel",
	}[kind], kind)
}

func roleName(role string) string {
	return cmp.Or(map[string]string{"BUYER": "buyer", "SELLER": "seller", "OPERATOR": "TikTok's service", "SYSTEM": "TikTok"}[role], strings.ToLower(role))
}

// webCases lists all cases, newest first.
func (s *Sim) webCases(w http.ResponseWriter, r *http.Request) { s.showCases(w, r, http.StatusOK, nil) }

func (s *Sim) showCases(w http.ResponseWriter, r *http.Request, status int, refused error) {
	s.mu.Lock()
	var all []caseView
	for _, a := range s.cases {
		all = append(all, a.view())
	}
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b caseView) int { return cmp.Compare(b.ID, a.ID) })
	view := struct {
		frame.Page
		Cases []caseView
		Pager pager
	}{Page: s.around(r, "/cases", "Returns and cancellations")}
	view.Cases, view.Pager = paged(r, all, ordersOnPage)
	view.Refused = sentence(refused)
	frame.Show(w, status, pageTemplates, "cases", view)
}

// webDecide presses a button of a case.
func (s *Sim) webDecide(w http.ResponseWriter, r *http.Request) {
	act, ok := s.caseActions()[r.PathValue("action")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	id := r.PathValue("id")
	if err := act(id, r.PostForm); err != nil && s.orderOfCase(id) == "" {
		s.showCases(w, r, http.StatusUnprocessableEntity, err)
	} else {
		s.after(w, r, s.orderOfCase(id), "answered", err)
	}
}

// orderOfCase is the order that a case is about; empty when there is no such case.
func (s *Sim) orderOfCase(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.cases[id]; a != nil {
		return a.order.id
	}
	return ""
}

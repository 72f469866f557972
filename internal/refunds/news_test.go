package refunds_test

import (
	"slices"
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// hear is TikTok's notification of a case, taken as the worker takes it.
func (s *scene) hear(id tiktok.OrderID, of string, phase tiktok.Phase) {
	s.Helper()
	args := refunds.ForwardArgs{Shop: shop, Order: id, Cause: "webhook:test", News: refunds.News{Case: of, Phase: phase}}
	s.Must(s.RunJob(func() error { return s.forwarder.Forward(s.Context(), args) }))
}

// deaf hears of a case with no platform to ask: a call would end the test.
func (s *scene) deaf(id tiktok.OrderID, of string, phase tiktok.Phase) {
	s.Helper()
	cut := *s.forwarder
	cut.TikTok, cut.Shopify = nil, nil
	s.Must(cut.Forward(s.Context(), refunds.ForwardArgs{Shop: shop, Order: id, Cause: "webhook:test", News: refunds.News{Case: of, Phase: phase}}))
}

// asked are the calls that hear makes of TikTok, by what they ask.
func (s *scene) asked(hear func()) map[string]int {
	s.Helper()
	ops := []string{
		tiktoksim.OpOrderDetail, tiktoksim.OpReturnSearch, tiktoksim.OpCancelSearch, tiktoksim.OpEligibility, tiktoksim.OpCalculate,
		tiktoksim.OpReturnCreate, tiktoksim.OpCancelCreate, tiktoksim.OpReturnApprove, tiktoksim.OpCancelApprove,
	}
	calls := map[string]int{}
	for _, op := range ops {
		calls[op] = -s.Calls(op)
	}
	hear()
	for _, op := range ops {
		if calls[op] += s.Calls(op); calls[op] == 0 {
			delete(calls, op)
		}
	}
	return calls
}

// sent is a refund that TikTok took and has not paid, and the case that came of it.
func (s *scene) sent(id tiktok.OrderID) (refund shopify.GID, of string) {
	s.Helper()
	s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{PayLater: true}))
	refund = s.refund(id, -1, "MUG-12-SAGE", 1)
	s.forward(id)
	got := s.ledger(refund)
	if got.State != links.RefundSent || got.Steps[0].Case == "" {
		s.Fatalf("the refund is %s (%s)", got.State, got.Reason)
	}
	return refund, got.Steps[0].Case
}

var kinds = map[string]struct {
	order func(*scene) tiktok.OrderID
	list  string
}{
	"a return":       {(*scene).delivered, tiktoksim.OpReturnSearch},
	"a cancellation": {func(s *scene) tiktok.OrderID { return s.Written(tiktoksim.OrderSpec{}) }, tiktoksim.OpCancelSearch},
}

// What the ledger has is not asked for again, and of the end only that is asked which can have come.
func TestNewsOfACaseCostsWhatIsNew(t *testing.T) {
	t.Parallel()
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := kind.order(s)
			refund, of := s.sent(id)
			s.deaf(id, of, tiktok.PhaseOpen)
			s.deaf(id, of, tiktok.PhaseApproved)
			s.Must(s.TikTok.PayBack(of))
			calls := s.asked(func() {
				blind := *s.forwarder
				blind.Shopify = nil
				s.Must(blind.Forward(s.Context(), refunds.ForwardArgs{Shop: shop, Order: id, Cause: "webhook:test", News: refunds.News{Case: of, Phase: tiktok.PhasePaid}}))
			})
			if len(calls) != 1 || calls[kind.list] != 1 {
				t.Errorf("TikTok was asked %v", calls)
			}
			if got := s.ledger(refund); got.State != links.RefundCompleted || got.Completed != got.Amount {
				t.Errorf("the refund is %s: %+v", got.State, got)
			}
			for _, late := range []tiktok.Phase{tiktok.PhasePaid, tiktok.PhaseApproved, tiktok.PhaseOpen} {
				s.deaf(id, of, late)
			}
		})
	}
}

// A notification is a hint: whatever it says, in any order, TikTok alone says
// what came of a refund, and what no notification told the poll finds.
func TestNewsThatIsNotTrue(t *testing.T) {
	t.Parallel()
	phases := []tiktok.Phase{tiktok.PhasePaid, tiktok.PhaseClosed, tiktok.PhaseUnknown, tiktok.PhaseOpen, tiktok.PhaseApproved, ""}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := kind.order(s)
			refund, of := s.sent(id)
			for _, phase := range phases {
				s.hear(id, of, phase)
				if got := s.ledger(refund); got.State != links.RefundSent || s.back(id) != 0 {
					t.Fatalf("told that it is %q, the refund is %s", phase, got.State)
				}
			}
			s.Must(s.TikTok.PayBack(of))
			s.deaf(id, of, tiktok.PhaseApproved) // the last that comes
			if found := s.poll(); found != 1 {
				t.Errorf("the poll found %d orders", found)
			}
			if got := s.ledger(refund); got.State != links.RefundCompleted || got.Completed != cents(s.back(id)) {
				t.Errorf("the refund is %s: %+v", got.State, got)
			}
			for _, phase := range phases {
				s.hear(id, of, phase)
			}
			if got := s.ledger(refund); got.State != links.RefundCompleted || len(s.TikTok.Aftersales(string(id))) != 1 {
				t.Errorf("told all again, it is %s of %+v", got.State, s.TikTok.Aftersales(string(id)))
			}
			s.WantCodes(id)
		})
	}
}

// Where anything else may be to do the whole order is looked at.
func TestNewsIsNotAllThatThereIs(t *testing.T) {
	t.Parallel()
	t.Run("of a case that is nobody's", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.delivered()
		s.sent(id)
		returned, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
		s.Must(err)
		s.Must(s.TikTok.PayBack(returned))
		s.hear(id, returned, tiktok.PhasePaid)
		if o := s.Order(id); len(o.Refunds) != 2 {
			t.Errorf("Shopify has %+v", o.Refunds)
		}
	})
	t.Run("a return beside it is not in Shopify", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.delivered()
		_, of := s.sent(id)
		returned, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
		s.Must(err)
		s.Must(s.TikTok.PayBack(returned))
		s.Must(s.TikTok.PayBack(of))
		s.hear(id, of, tiktok.PhasePaid)
		if o := s.Order(id); len(o.Refunds) != 2 || o.Refunded != s.back(id) {
			t.Errorf("Shopify has %+v, the buyer %d", o.Refunds, s.back(id))
		}
	})
	t.Run("another refund waits", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.delivered()
		_, of := s.sent(id)
		s.Set(func(x *shops.Settings) { x.PushRefunds = false })
		other := s.refund(id, -1, "TEE-BLK-L", 1)
		s.forward(id)
		s.Set(func(x *shops.Settings) { x.PushRefunds = true })
		s.hear(id, of, tiktok.PhaseApproved)
		if got := s.ledger(other); got.State != links.RefundSent {
			t.Errorf("the other one is %s (%s)", got.State, got.Reason)
		}
	})
	t.Run("what the order is listed under stays", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		s.Set(func(x *shops.Settings) { x.MirrorRefunds = false })
		id := s.delivered()
		refund, of := s.sent(id)
		returned, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
		s.Must(err)
		s.Must(s.TikTok.PayBack(returned))
		s.forward(id)
		s.deaf(id, of, tiktok.PhaseApproved)
		s.Must(s.TikTok.PayBack(of))
		s.hear(id, of, tiktok.PhasePaid)
		s.WantCodes(id, exceptions.RefundNotMirrored)
		if got := s.ledger(refund); got.State != links.RefundCompleted {
			t.Errorf("the refund is %s", got.State)
		}
	})
}

// A look at one case takes nothing off the list that it did not look for.
func TestNewsOfOneCaseResolvesNothingElse(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	refund, of := s.sent(id)
	s.Must(s.Store.OpenException(s.Context(), exceptions.New(shop, id, exceptions.RefundRefused, "the token lacks a scope", s.Clock.Now())))
	s.Must(s.TikTok.PayBack(of))
	s.hear(id, of, tiktok.PhasePaid)
	s.WantCodes(id, exceptions.RefundRefused)
	s.forward(id)
	s.WantCodes(id)
	if got := s.ledger(refund); got.State != links.RefundCompleted {
		t.Errorf("the refund is %s", got.State)
	}
}

// TikTok pays another amount than was asked for: the look that finds it says so.
func TestNewsOfAnotherAmount(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{PayLater: true, Pays: 700}))
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	s.forward(id)
	of := s.ledger(refund).Steps[0].Case
	s.Must(s.TikTok.PayBack(of))
	s.hear(id, of, tiktok.PhasePaid)
	s.WantCodes(id, exceptions.RefundDiffers)
}

// What TikTok took and then closed unpaid is asked for anew, under another key.
func TestNewsOfACaseThatClosedUnpaid(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	refund, of := s.sent(id)
	first := s.ledger(refund).Steps[0].Call.Key
	s.Must(s.TikTok.CloseUnpaid(of))
	s.hear(id, of, tiktok.PhaseClosed)
	for range 2 {
		s.forward(id)
	}
	got := s.ledger(refund)
	again := slices.IndexFunc(got.Steps, func(step links.RefundStep) bool { return step.State == links.StepAccepted })
	if again < 0 || got.Steps[again].Call.Key == first || got.State != links.RefundSent {
		t.Fatalf("the refund is %s (%s): %+v", got.State, got.Reason, got.Steps)
	}
	s.Must(s.TikTok.PayBack(got.Steps[again].Case))
	s.hear(id, got.Steps[again].Case, tiktok.PhasePaid)
	if got = s.ledger(refund); got.State != links.RefundCompleted || got.Completed != got.Amount || cents(s.back(id)) != got.Amount {
		t.Errorf("the buyer got %d: %+v", s.back(id), got)
	}
	s.WantCodes(id)
}

// TikTok was about to pay for the same goods by itself and closed its case
// unpaid: the refund is planned anew and sent, once.
func TestWhatTikTokWasAboutToPayAndDidNotIsSent(t *testing.T) {
	t.Parallel()
	for name, tell := range map[string]func(*scene, tiktok.OrderID, string){
		"by its notification": func(s *scene, id tiktok.OrderID, of string) { s.hear(id, of, tiktok.PhaseClosed) },
		"by the poll": func(s *scene, _ tiktok.OrderID, _ string) {
			if s.poll() != 1 {
				s.Error("the poll did not find it")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.delivered()
			s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{PayLater: true}))
			of, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
			s.Must(err)
			refund := s.refund(id, -1, "TEE-BLK-L", 1)
			if got := s.settled(id, refund, links.RefundWaiting); got.Case != of || got.Reason != refunds.PaidByTikTok {
				t.Fatalf("got %+v", got)
			}
			s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{}))
			s.Must(s.TikTok.CloseUnpaid(of))
			tell(s, id, of)
			got := s.settled(id, refund, links.RefundCompleted)
			if len(got.Steps) != 1 || got.Steps[0].Kind != links.OpenReturn || got.Completed != got.Amount || cents(s.back(id)) != got.Amount || got.Case != "" {
				t.Errorf("the buyer got %d: %+v", s.back(id), got)
			}
			if s.Calls(tiktoksim.OpReturnCreate) != 1 || len(s.Order(id).Refunds) != 1 {
				t.Errorf("TikTok was asked %d times, Shopify has %d refunds", s.Calls(tiktoksim.OpReturnCreate), len(s.Order(id).Refunds))
			}
		})
	}
}

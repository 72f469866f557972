package refunds_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/stagetest"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// onWire are the ways in which a call fails.
func onWire() map[string][]chaos.Fault {
	return map[string][]chaos.Fault{
		"cut before":            {{Kind: chaos.CutBefore}},
		"cut after":             {{Kind: chaos.CutAfter}},
		"cut after, twice":      {{Kind: chaos.CutAfter}, {Kind: chaos.CutAfter}},
		"answer cannot be read": {{Kind: chaos.Malformed}},
		"timed out, and done":   {{Kind: chaos.TimedOut}},
		"server error":          {{Kind: chaos.ServerError, Status: 502}},
		"throttled":             {{Kind: chaos.Throttled, Status: 429, RetryAfter: 3 * time.Second}},
		"token expired":         {{Kind: chaos.TokenExpired}},
		"everything in a row":   {{Kind: chaos.Throttled}, {Kind: chaos.CutBefore}, {Kind: chaos.ServerError}, {Kind: chaos.CutAfter}},
	}
}

// payment is a refund that TikTok takes, by one kind of step or by two.
type payment struct {
	begin func(*scene) (tiktok.OrderID, shopify.GID)
	steps []links.StepKind
	// back is what the buyer gets, in cents; calls are those that it takes besides reading.
	back  int64
	calls []string
}

// payments has every kind of step.
func payments() map[string]payment {
	// asked is a refund of the mug that the buyer asked to send back, after what happened to the request.
	asked := func(kind string, then func(*scene, string)) func(*scene) (tiktok.OrderID, shopify.GID) {
		return ofDelivered(-1, func(s *scene, id tiktok.OrderID) {
			request, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:1], Kind: kind})
			s.Must(err)
			if then != nil {
				then(s, request)
			}
		})
	}
	returned := func(s *scene, request string) {
		s.Must(s.TikTok.Decide(request, true, "SELLER"))
		s.Must(s.TikTok.ShipBack(request))
	}
	approved := []links.StepKind{links.ApproveReturn}
	approval := []string{tiktoksim.OpReturnApprove, tiktoksim.OpDecisions}
	return map[string]payment{
		"one cancelled, one returned": {begin: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.Written(tiktoksim.OrderSpec{})
			parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:1]})
			s.Must(err)
			s.Must(s.TikTok.Carry(parcel, "DELIVERED"))
			s.Bring(id)
			return id, s.refund(id, -1, "MUG-12-SAGE", 2)
		}, steps: []links.StepKind{links.CancelUnits, links.OpenReturn}, back: 2 * 1949, calls: []string{
			tiktoksim.OpReturnCreate, tiktoksim.OpCancelCreate, tiktoksim.OpCalculate, tiktoksim.OpEligibility, tiktoksim.OpReturnSearch,
			tiktoksim.OpCancelSearch, tiktoksim.OpOrderDetail,
		}},
		"a refund approved":           {begin: asked("REFUND", nil), steps: approved, back: 1949, calls: approval},
		"a return that need not come": {begin: asked("RETURN_AND_REFUND", nil), steps: approved, back: 1949, calls: approval},
		"a return that came":          {begin: asked("RETURN_AND_REFUND", returned), steps: approved, back: 1949, calls: approval},
		"a cancellation approved": {begin: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.Written(tiktoksim.OrderSpec{})
			_, err := s.TikTok.RequestCancel(string(id), tiktoksim.Cancellation{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:1]})
			s.Must(err)
			return id, s.refund(id, -1, "MUG-12-SAGE", 1)
		}, steps: []links.StepKind{links.ApproveCancellation}, back: 1949, calls: []string{tiktoksim.OpCancelApprove, tiktoksim.OpDecisions}},
	}
}

// paid expects the buyer to have the money, once, by the steps that it takes.
func (s *scene) paid(p payment, id tiktok.OrderID, refund shopify.GID) {
	s.Helper()
	got := s.settled(id, refund, links.RefundCompleted)
	var kinds []links.StepKind
	for _, step := range got.Steps {
		kinds = append(kinds, step.Kind)
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, p.steps) || got.Completed != got.Amount || s.back(id) != p.back {
		s.Errorf("the buyer got %d of %s by %v", s.back(id), got.Amount, kinds)
	}
}

// However the calls fail, the buyer gets the money once.
func TestALostAnswerNeverPaysTwice(t *testing.T) {
	t.Parallel()
	for kind, p := range payments() {
		for name, list := range onWire() {
			for _, op := range p.calls {
				t.Run(kind+", "+op+" "+name, func(t *testing.T) {
					t.Parallel()
					s := setUp(t)
					id, refund := p.begin(s)
					for _, f := range list {
						s.Faults.Add(op, f, 1)
					}
					s.paid(p, id, refund)
					if s.Faults.Pending() == len(list) {
						t.Error("nothing failed")
					}
				})
			}
		}
	}
}

// restless is a ledger after each of whose writes TikTok's token is over.
type restless struct {
	*store.Store
	expire func()
}

func (r restless) SaveRefunds(ctx context.Context, lease links.Lease, list []links.Refund, change links.Change, jobs ...refunds.Job) error {
	defer r.expire()
	return r.Store.SaveRefunds(ctx, lease, list, change, jobs...)
}

// A token that ends between any two steps is renewed, and nothing is paid twice.
func TestTheTokenEndsBetweenSteps(t *testing.T) {
	t.Parallel()
	for kind, p := range payments() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			ended := 0
			s.forwarder.Ledger = restless{s.Store, func() { ended++; s.Must(s.TikTok.ExpireTokens(stagetest.Seller)) }}
			id, refund := p.begin(s)
			s.paid(p, id, refund)
			if ended < 3 {
				t.Errorf("the token ended %d times", ended)
			}
		})
	}
}

// No payment leaves a kind of step out.
func TestEveryKindOfStepIsPaid(t *testing.T) {
	t.Parallel()
	var kinds []links.StepKind
	for _, p := range payments() {
		kinds = append(kinds, p.steps...)
	}
	for _, kind := range []links.StepKind{links.CancelUnits, links.OpenReturn, links.ApproveReturn, links.ApproveCancellation} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("no payment takes a step of %s", kind)
		}
	}
}

// However the recording fails, Shopify has TikTok's refund once.
func TestALostAnswerNeverRecordsTwice(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]chaos.Fault{
		"cut before": {{Kind: chaos.CutBefore}}, "cut after": {{Kind: chaos.CutAfter}}, "server error": {{Kind: chaos.ServerError, Status: 502}},
		"commit after 5 units": {{Kind: chaos.LateCommit, After: 5 * retryBase}}, "token expired": {{Kind: chaos.TokenExpired}},
	} {
		for _, op := range []string{"refundCreate", "order"} {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := s.delivered()
				_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "SYSTEM"})
				s.Must(err)
				for _, f := range list {
					s.Faults.Add(op, f, 1)
				}
				for range 3 {
					s.forward(id)
				}
				s.Clock.Pass(2 * time.Minute)
				s.forward(id)
				s.WantCodes(id)
				if made := s.Order(id).Refunds; len(made) != 1 || made[0].Transactions[0].Amount != s.back(id) {
					t.Errorf("Shopify has %+v", made)
				}
				if s.Calls(tiktoksim.OpReturnCreate) != 0 {
					t.Error("it went back to TikTok")
				}
			})
		}
	}
}

// crowd runs many jobs for the order at once, until each is done.
func (s *scene) crowd(id tiktok.OrderID) {
	s.Helper()
	var wg sync.WaitGroup
	args := s.args(id)
	for range 5 {
		wg.Go(func() {
			for {
				err := s.forwarder.Forward(s.Context(), args)
				if fault.Of(err) != fault.Later {
					if err != nil {
						s.Error(err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestTwoRefundsOfOneOrderAtOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	one, two := s.refund(id, 1000, "MUG-12-SAGE", 1), s.refund(id, -1, "MUG-12-SAGE", 1)
	s.crowd(id)
	s.crowd(id)
	s.settled(id, one, links.RefundCompleted)
	s.settled(id, two, links.RefundCompleted)
	if s.back(id) != 1000+1949 || s.Calls(tiktoksim.OpReturnCreate) != 2 {
		t.Errorf("the buyer got %d in %d calls", s.back(id), s.Calls(tiktoksim.OpReturnCreate))
	}
}

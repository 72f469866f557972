package refunds_test

import (
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// However the calls fail, the buyer gets the money once.
func TestALostAnswerNeverPaysTwice(t *testing.T) {
	t.Parallel()
	faults := map[string][]chaos.Fault{
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
	ops := []string{
		tiktoksim.OpReturnCreate, tiktoksim.OpCancelCreate, tiktoksim.OpCalculate, tiktoksim.OpEligibility, tiktoksim.OpReturnSearch,
		tiktoksim.OpCancelSearch, tiktoksim.OpOrderDetail,
	}
	for name, list := range faults {
		for _, op := range ops {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := s.Written(tiktoksim.OrderSpec{})
				parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:1]})
				s.Must(err)
				s.Must(s.TikTok.Carry(parcel, "DELIVERED"))
				s.Bring(id)
				refund := s.refund(id, -1, "MUG-12-SAGE", 2)
				for _, f := range list {
					s.Faults.Add(op, f, 1)
				}
				got := s.settled(id, refund, links.RefundCompleted)
				if got.Completed != got.Amount || s.back(id) != 3898 {
					t.Errorf("the buyer got %d of %s", s.back(id), got.Amount)
				}
			})
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

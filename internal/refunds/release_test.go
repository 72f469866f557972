package refunds_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
)

// push turns push_refunds on or off and does what follows.
func (s *scene) push(on bool) {
	s.Helper()
	s.Set(func(settings *shops.Settings) { settings.PushRefunds = on })
	releaser := &refunds.Releaser{Store: s.Store, Interval: time.Minute, Now: s.Clock.Now}
	for _, job := range s.Jobs.Take(refunds.ReleaseArgs{}.Kind()) {
		s.Must(releaser.Release(s.Context(), job.(refunds.ReleaseArgs)))
	}
	s.work()
}

// What turning push on will send is counted first; then each plan is made anew.
func TestTurningPushOnSendsWhatIsTrueThen(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.push(false)
	id, cancelled, old := s.Written(tiktoksim.OrderSpec{}), s.Written(tiktoksim.OrderSpec{}), s.delivered()
	late := s.refund(old, 1000, "MUG-12-SAGE", 1)
	s.forward(old)
	s.Clock.Pass(8 * 24 * time.Hour)
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	s.Must(s.Shopify.CancelOrder(string(shop), string(s.Row(cancelled).ShopifyOrder), shopifysim.CancelSpec{Reason: "CUSTOMER"}))
	s.forward(id)
	s.forward(cancelled)
	if held := s.ledger(refund); held.State != links.RefundHeld || held.Steps[0].Kind != links.CancelUnits {
		t.Fatalf("got %+v", held)
	}
	paid, _ := s.TikTok.Money(string(cancelled))
	desk := &refunds.Desk{Files: s.Store, Now: s.Clock.Now}
	held, err := desk.Held(t.Context(), shop, refunds.PushOff)
	want := []refunds.Held{{Currency: "USD", Count: 3, Total: cents(1000 + 1949 + paid.Paid), TooOld: 1}}
	if diff := cmp.Diff(want, held); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	_, err = s.TikTok.Ship(string(id), tiktoksim.Shipment{}) // what was planned as a cancellation is none any more
	s.Must(err)
	s.Must(s.TikTok.SetStatus(string(id), "DELIVERED"))
	s.push(true)
	s.forward(id)
	s.forward(cancelled)
	if got := s.ledger(refund); got.State != links.RefundCompleted || got.Steps[0].Kind != links.OpenReturn || s.back(id) != 1949 {
		t.Errorf("got %+v", got)
	}
	if s.back(cancelled) != paid.Paid {
		t.Errorf("the buyer of the cancelled order got %d of %d", s.back(cancelled), paid.Paid)
	}
	if got := s.ledger(late); got.State != links.RefundHeld || got.Reason != refunds.ApprovalNeeded || s.back(old) != 0 {
		t.Errorf("the old one is %s (%s)", got.State, got.Reason)
	}
	if held, err = desk.Held(t.Context(), shop, refunds.PushOff); err != nil || len(held) != 0 {
		t.Errorf("push still holds %v, %v", held, err)
	}
	s.Must(desk.Approve(t.Context(), shop, late))
	s.work()
	s.forward(old)
	if s.back(old) != 1000 {
		t.Errorf("approved, the buyer got %d", s.back(old))
	}
}

// A call that TikTok did not take at all is not made after push was turned off.
func TestTurningPushOffHoldsWhatWasNotTaken(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	s.Faults.Add(tiktoksim.OpReturnCreate, chaos.Fault{Kind: chaos.Throttled, Status: 429, RetryAfter: time.Minute}, 1)
	if err := s.forwarder.Forward(t.Context(), s.args(id)); fault.Of(err) != fault.Later {
		t.Fatalf("got %v", err)
	}
	if got := s.ledger(refund); got.State != links.RefundSending {
		t.Fatalf("it is %s", got.State)
	}
	s.Clock.Pass(2 * time.Minute)
	s.push(false)
	s.forward(id)
	if got := s.ledger(refund); got.State != links.RefundHeld || got.Reason != refunds.PushOff || s.back(id) != 0 {
		t.Errorf("it is %s (%s), the buyer got %d", got.State, got.Reason, s.back(id))
	}
	s.push(true)
	s.settled(id, refund, links.RefundCompleted)
	if s.Calls(tiktoksim.OpReturnCreate) != 2 {
		t.Errorf("%d calls", s.Calls(tiktoksim.OpReturnCreate))
	}
}

// Part of it is at TikTok: the rest of one plan is not held back by the switch.
func TestWhatWasBegunIsBroughtToItsEnd(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:1]})
	s.Must(err)
	s.Must(s.TikTok.Carry(parcel, "DELIVERED"))
	s.Bring(id)
	refund := s.refund(id, -1, "MUG-12-SAGE", 2)
	s.Faults.Add(tiktoksim.OpReturnCreate, chaos.Fault{Kind: chaos.CutAfter}, 1)
	_ = s.forwarder.Forward(t.Context(), s.args(id))
	s.push(false)
	s.settled(id, refund, links.RefundCompleted)
}

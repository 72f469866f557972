package refunds_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// handle is a person who says that what is listed under the code is dealt with.
func (s *scene) handle(id tiktok.OrderID, code exceptions.Code) {
	s.Helper()
	args := s.args(id)
	args.Handled = code
	s.Must(s.RunJob(func() error { return s.forwarder.Forward(s.Context(), args) }))
}

// lineless is a refund in Shopify that names an amount and no goods.
func (s *scene) lineless(id tiktok.OrderID, amount, shipping int64) shopify.GID {
	s.Helper()
	gid, err := s.Shopify.Refund(string(shop), string(s.Row(id).ShopifyOrder), shopifysim.RefundSpec{Amount: &amount, Shipping: shipping})
	s.Must(err)
	return shopify.GID(gid)
}

// row is the order as reconciliation shows it.
func (s *scene) row(id tiktok.OrderID) reconcile.Row {
	s.Helper()
	all, err := s.Store.Refunds(s.Context(), shop, id)
	s.Must(err)
	intents, err := s.Store.Intents(s.Context(), shop, id)
	s.Must(err)
	row, err := reconcile.Of(reconcile.Books{Order: s.Row(id), Refunds: all, Intents: intents})
	s.Must(err)
	return row
}

// A buyer who has store credit and whom TikTok pays for the same goods has both: that is seen.
func TestStoreCreditAndTikToksMoney(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	refund := s.refund(id, 0, "TEE-BLK-L", 1)
	s.settled(id, refund, links.RefundStopped, exceptions.RefundNoMoney)
	of, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
	s.Must(err)
	got := s.settled(id, refund, links.RefundSatisfied, exceptions.RefundDiffers)
	if got.Case != of || got.Completed != cents(s.back(id)) || s.back(id) == 0 {
		t.Errorf("the buyer got %d by %s: %+v", s.back(id), of, got)
	}
	if row := s.row(id); row.Difference.Minor() != -s.back(id) {
		t.Errorf("the difference is %s, the buyer got %d", row.Difference, s.back(id))
	}
	s.handle(id, exceptions.RefundDiffers)
	s.WantCodes(id)
	s.forward(id)
	s.WantCodes(id)
}

// What TikTok had taken before a person dealt with the rest is booked as it ends.
func TestAHandledRefundHearsOfItsSteps(t *testing.T) {
	t.Parallel()
	for how, hear := range map[string]func(*scene, tiktok.OrderID, string){
		"by its notification": func(s *scene, id tiktok.OrderID, of string) { s.hear(id, of, tiktok.PhasePaid) },
		"by a look":           func(s *scene, id tiktok.OrderID, _ string) { s.forward(id) },
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.Written(tiktoksim.OrderSpec{})
			parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[1:]})
			s.Must(err)
			s.Must(s.TikTok.Carry(parcel, "IN_TRANSIT"))
			s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{NoPartial: true, PayLater: true}))
			refund := s.refund(id, 3500, "MUG-12-SAGE", 2)
			taken := s.settled(id, refund, links.RefundPartlySent, exceptions.PartlySent).Steps[0]
			s.handle(id, exceptions.PartlySent)
			s.Must(s.TikTok.PayBack(taken.Case))
			hear(s, id, taken.Case)
			s.WantCodes(id)
			got := s.ledger(refund)
			if got.State != links.RefundHandled || got.Completed != cents(s.back(id)) || s.back(id) == 0 || got.Steps[0].State != links.StepCompleted {
				t.Errorf("the buyer got %d: %+v", s.back(id), got)
			}
		})
	}
}

// A step that TikTok closes unpaid after a person had dealt with the rest is for that person to know, once.
func TestAHandledStepThatIsClosedUnpaid(t *testing.T) {
	t.Parallel()
	refund := links.Refund{State: links.RefundHandled, Reason: "handled", Amount: "8.00", Currency: "USD", Units: []tiktok.LineItemID{"1"}, Steps: []links.RefundStep{
		{Number: 1, Kind: links.OpenReturn, Units: []tiktok.LineItemID{"1"}, Amount: "8.00", State: links.StepAccepted, Case: "77", Call: tiktok.Write{Op: "x"}},
	}}
	closed := refunds.CasesOf([]tiktok.Return{returned("77", tiktok.RoleSeller, "8.00", "1", tiktok.ReturnRejected)}, nil)
	got := refunds.Booked(refund, closed, nil)
	if got.State != links.RefundHandled || got.Reason != string(exceptions.RefundRefused) || got.Detail == "" || got.Completed != "" {
		t.Errorf("%+v", got)
	}
	if open := refunds.Booked(refund, nil, nil); open.Reason != "handled" || open.Steps[0].State != links.StepAccepted {
		t.Errorf("a case that the list lacks: %+v", open)
	}
}

// Money of a cancelled order that Shopify records afterwards, without its lines, was paid with the order.
func TestMoneyWithoutLinesThatACancellationPaid(t *testing.T) {
	t.Parallel()
	t.Run("ours", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.Written(tiktoksim.OrderSpec{})
		s.Must(s.Shopify.CancelOrder(string(shop), string(s.Row(id).ShopifyOrder), shopifysim.CancelSpec{}))
		s.forward(id)
		s.forward(id)
		paid := s.back(id)
		refund := s.lineless(id, paid, 0)
		if got := s.settled(id, refund, links.RefundSatisfied); got.Reason != links.CancelledBefore {
			t.Errorf("%+v", got)
		}
		if row := s.row(id); paid == 0 || s.back(id) != paid || row.Difference.Minor() != 0 || row.Completed.Minor() != paid {
			t.Errorf("the buyer got %d, then %d; %+v", paid, s.back(id), row)
		}
	})
	t.Run("ours, another amount", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.Written(tiktoksim.OrderSpec{})
		s.Must(s.Shopify.CancelOrder(string(shop), string(s.Row(id).ShopifyOrder), shopifysim.CancelSpec{}))
		s.forward(id)
		s.forward(id)
		s.settled(id, s.lineless(id, s.back(id)-100, 0), links.RefundStopped, exceptions.RefundWithoutLines)
	})
	t.Run("TikTok's own, with the shipping", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.Written(tiktoksim.OrderSpec{Shipping: tiktoksim.Shipping{Original: 599, Tax: 49}})
		lines := s.refund(id, -1, "MUG-12-SAGE", 2, "TEE-BLK-L", 1)
		shipping := s.lineless(id, 648, 599)
		s.forward(id)
		if s.ledger(shipping).State != links.RefundStopped {
			t.Fatalf("%+v", s.ledger(shipping))
		}
		if s.back(id) == 0 { // unless whole units could be cancelled without the shipping
			s.Must(s.TikTok.CancelLines(string(id), tiktoksim.Cancellation{By: "SELLER"}))
		}
		s.forward(id)
		s.forward(id)
		row := s.row(id)
		if got := s.ledger(shipping); got.State != links.RefundSatisfied || row.Difference.Minor() != 0 || row.Completed.Minor() != s.back(id) {
			t.Errorf("the buyer got %d: %+v, lines %+v, %+v", s.back(id), got, s.ledger(lines), row)
		}
		s.WantCodes(id)
	})
}

// Who was paid elsewhere, and by TikTok afterwards, was paid twice: that is listed.
func TestTikTokPaysForWhatWasHandled(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	refund := s.refund(id, 3000, "TEE-BLK-L", 1)
	s.settled(id, refund, links.RefundStopped, exceptions.RefundExceedsRefundable)
	s.handle(id, exceptions.RefundExceedsRefundable)
	s.WantCodes(id)
	if s.ledger(refund).State != links.RefundHandled {
		t.Fatalf("%+v", s.ledger(refund))
	}
	_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "SELLER"})
	s.Must(err)
	if s.poll() == 0 {
		t.Error("the poll does not hear of it")
	}
	s.WantCodes(id, exceptions.RefundDiffers)
	if got := s.ledger(refund); got.State != links.RefundHandled || got.Completed != cents(s.back(id)) {
		t.Errorf("the buyer got %d: %+v", s.back(id), got)
	}
	s.handle(id, exceptions.RefundDiffers)
	s.forward(id)
	s.WantCodes(id)
}

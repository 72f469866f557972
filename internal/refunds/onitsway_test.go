package refunds_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// TikTok is about to pay for the same goods: nothing is sent, and the refund is
// over when the buyer has the money.
func TestWhatTikTokIsAboutToPayIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{PayLater: true}))
	_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
	s.Must(err)
	refund := s.refund(id, -1, "TEE-BLK-L", 1)
	got := s.settled(id, refund, links.RefundWaiting)
	if got.Reason != "satisfied_by_tiktok" || got.Case == "" || got.Completed != "" {
		t.Fatalf("got %+v", got)
	}
	s.Must(s.TikTok.PayBack(got.Case))
	if s.poll() != 1 {
		t.Error("no poll found that it was paid")
	}
	if got = s.settled(id, refund, links.RefundSatisfied); got.Completed != got.Amount || s.Calls(tiktoksim.OpReturnCreate) != 0 || len(s.Order(id).Refunds) != 1 {
		t.Errorf("got %+v", got)
	}
}

// Part of a refund is TikTok's own doing, and is paid after the rest.
func TestARefundIsOverWhenTikTokHasPaidItsOwnPartToo(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{PayLater: true}))
	_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
	s.Must(err)
	refund := s.refund(id, -1, "TEE-BLK-L", 1, "MUG-12-SAGE", 1)
	s.settled(id, refund, links.RefundSent)
	for _, one := range s.TikTok.Aftersales(string(id)) {
		if got := s.settled(id, refund, links.RefundSent); got.Completed == got.Amount {
			t.Errorf("not paid, and booked: %+v", got)
		}
		s.Must(s.TikTok.PayBack(one.ID))
	}
	if got := s.settled(id, refund, links.RefundCompleted); got.Completed != got.Amount || got.Amount != cents(s.back(id)) {
		t.Errorf("the buyer got %d: %+v", s.back(id), got)
	}
}

// What is pending and was not asked for by the buyer is nobody's for a program to approve.
func TestARequestThatIsNotTheBuyersIsLeftToAPerson(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{Review: true}))
	_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "SELLER"})
	s.Must(err)
	before := len(s.TikTok.Aftersales(string(id)))
	refund := s.refund(id, -1, "TEE-BLK-L", 1)
	s.forward(id)
	if got := s.ledger(refund); len(s.TikTok.Aftersales(string(id))) != before || s.Calls(tiktoksim.OpReturnApprove) != 0 {
		t.Errorf("got %+v", got)
	}
}

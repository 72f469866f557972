package refunds_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

func TestADeliveredUnitIsRefunded(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	s.forward(id)
	s.WantCodes(id)
	s.forward(id) // TikTok has paid meanwhile
	got := s.ledger(refund)
	if got.State != links.RefundCompleted || len(got.Steps) != 1 || got.Completed != got.Amount {
		t.Fatalf("got %+v", got)
	}
	if back := s.back(id); back == 0 {
		t.Errorf("the buyer got %d", back)
	}
}

func TestAnUnshippedUnitIsCancelled(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	s.forward(id)
	s.forward(id)
	s.WantCodes(id)
	if got := s.ledger(refund); got.State != links.RefundCompleted || got.Steps[0].Kind != links.CancelUnits {
		t.Fatalf("got %+v", got)
	}
	// The import sees the unit cancelled at TikTok, and that it left the Shopify order already.
	s.Bring(id)
	s.WantCodes(id)
}

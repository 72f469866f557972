package refunds_test

import (
	"slices"
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// unitsOf are TikTok's units behind a SKU's line, in the ledger's order.
func (s *scene) unitsOf(id tiktok.OrderID, sku string) []string {
	s.Helper()
	lines, err := s.Store.Lines(s.Context(), shop, id)
	s.Must(err)
	var units []string
	for _, line := range lines {
		for _, unit := range line.Units {
			if line.SKU == sku {
				units = append(units, string(unit.ID))
			}
		}
	}
	return units
}

// settled forwards until TikTok's side is booked, and expects the refund to be there.
func (s *scene) settled(id tiktok.OrderID, refund shopify.GID, state links.RefundState, codes ...exceptions.Code) links.Refund {
	s.Helper()
	s.forward(id)
	s.forward(id)
	s.WantCodes(id, codes...)
	got := s.ledger(refund)
	if got.State != state {
		s.Fatalf("the refund is %s (%s: %s), want %s: %+v", got.State, got.Reason, got.Detail, state, got)
	}
	return got
}

func TestTheBuyerGetsWhatTheRefundSays(t *testing.T) {
	t.Parallel()
	t.Run("less than the price, as after a handling fee", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.delivered()
		refund := s.refund(id, 1234, "MUG-12-SAGE", 1)
		got := s.settled(id, refund, links.RefundCompleted)
		if s.back(id) != 1234 || got.Amount != "12.34" || got.Completed != "12.34" {
			t.Errorf("the buyer got %d: %+v", s.back(id), got)
		}
	})
	t.Run("the whole order", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.delivered()
		order := s.Order(id)
		spec := shopifysim.RefundSpec{Shipping: 0}
		for _, l := range order.Lines {
			spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: l.GID, Quantity: l.Quantity})
		}
		gid, err := s.Shopify.Refund(string(shop), order.GID, spec)
		s.Must(err)
		got := s.settled(id, shopify.GID(gid), links.RefundCompleted)
		if got.Completed != got.Amount || len(got.Steps) != 1 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("out of two packages", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.Written(tiktoksim.OrderSpec{})
		mugs := s.unitsOf(id, "MUG-12-SAGE")
		for _, some := range [][]string{mugs[:1], nil} {
			_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: some})
			s.Must(err)
		}
		s.Must(s.TikTok.SetStatus(string(id), "DELIVERED"))
		s.Bring(id)
		refund := s.refund(id, 3001, "MUG-12-SAGE", 2)
		got := s.settled(id, refund, links.RefundCompleted)
		if len(got.Steps) != 2 || s.back(id) != 3001 {
			t.Errorf("the buyer got %d in %d steps", s.back(id), len(got.Steps))
		}
	})
	t.Run("one unit cancelled, one returned", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		id := s.Written(tiktoksim.OrderSpec{})
		parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:1]})
		s.Must(err)
		s.Must(s.TikTok.Carry(parcel, "IN_TRANSIT"))
		s.Bring(id)
		refund := s.refund(id, -1, "MUG-12-SAGE", 2)
		got := s.settled(id, refund, links.RefundCompleted)
		kinds := []links.StepKind{got.Steps[0].Kind, got.Steps[1].Kind}
		slices.Sort(kinds)
		if !slices.Equal(kinds, []links.StepKind{links.CancelUnits, links.OpenReturn}) || got.Completed != got.Amount {
			t.Errorf("got %+v", got)
		}
	})
}

func TestTheBuyersOwnRequestIsApproved(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]tiktoksim.ReturnRequest{
		"a refund": {}, "a return": {Kind: "RETURN_AND_REFUND"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.delivered()
			ask.LineIDs = s.unitsOf(id, "MUG-12-SAGE")[1:]
			_, err := s.TikTok.OpenReturn(string(id), ask)
			s.Must(err)
			refund := s.refund(id, -1, "MUG-12-SAGE", 1)
			got := s.settled(id, refund, links.RefundCompleted)
			if got.Steps[0].Kind != links.ApproveReturn || s.Calls(tiktoksim.OpReturnCreate) != 0 || got.Completed != got.Amount {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// What TikTok gave back comes into Shopify, and does not come back as a refund to forward.
func TestWhatTikTokGaveBackIsRecordedOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
	s.Must(err)
	for range 3 {
		s.forward(id)
	}
	s.WantCodes(id)
	made := s.Order(id).Refunds
	if len(made) != 1 || len(made[0].Lines) != 1 || made[0].Transactions[0].Amount != s.back(id) {
		t.Fatalf("Shopify has %+v; the buyer got %d", made, s.back(id))
	}
	if got := s.ledger(shopify.GID(made[0].GID)); got.State != links.RefundIgnored {
		t.Errorf("our own record is %s", got.State)
	}
	if s.Calls(tiktoksim.OpReturnCreate)+s.Calls(tiktoksim.OpCancelCreate) != 0 {
		t.Error("it went back to TikTok")
	}
}

func TestNothingIsRecordedWhileMirroringIsOff(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(x *shops.Settings) { x.MirrorRefunds = false })
	id := s.delivered()
	_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
	s.Must(err)
	s.forward(id)
	s.WantCodes(id, exceptions.RefundNotMirrored)
	s.Set(func(x *shops.Settings) { x.MirrorRefunds = true })
	s.forward(id)
	s.WantCodes(id)
	if n := len(s.Order(id).Refunds); n != 1 {
		t.Errorf("%d refunds", n)
	}
}

func TestAPlanIsHeldUntilItIsReleased(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(x *shops.Settings) { x.PushRefunds = false })
	id := s.delivered()
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	held := s.settled(id, refund, links.RefundHeld)
	if held.Reason != "push_refunds_off" || len(held.Steps) != 1 || len(held.Steps[0].Call.Body) == 0 || s.back(id) != 0 {
		t.Fatalf("got %+v", held)
	}
	args := s.args(id)
	args.Approved = refund
	s.Must(s.RunJob(func() error { return s.forwarder.Forward(t.Context(), args) }))
	s.settled(id, refund, links.RefundCompleted)
}

func TestACancellationInShopifyGoesToTikTok(t *testing.T) {
	t.Parallel()
	for name, withRefund := range map[string]bool{"with its refund": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.Written(tiktoksim.OrderSpec{})
			s.Must(s.Shopify.CancelOrder(string(shop), string(s.Row(id).ShopifyOrder), shopifysim.CancelSpec{Reason: "CUSTOMER", Refund: withRefund}))
			s.forward(id)
			s.forward(id)
			s.WantCodes(id)
			m, _ := s.TikTok.Money(string(id))
			if m.Back != m.Paid || s.Calls(tiktoksim.OpCancelCreate) != 1 {
				t.Errorf("of %d came back %d in %d calls", m.Paid, m.Back, s.Calls(tiktoksim.OpCancelCreate))
			}
			s.Bring(id)
			s.forward(id)
			s.WantCodes(id)
			if row := s.Row(id); row.State != links.Cancelled {
				t.Errorf("the order is %s", row.State)
			}
		})
	}
}

package refunds_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// TikTok cancelled the order and gave back all of it; somebody refunds it in
// Shopify too before the cancellation has come there.
func TestACancellationAtTikTokAnswersARefundWithItsShipping(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kept  bool // shipping, by the refund in Shopify
		means func(*scene, string)
	}{
		"all of it": {}, "shipping comes with the cancellation": {kept: true},
		"TikTok lists the case": {means: func(s *scene, id string) {
			request, err := s.TikTok.RequestCancel(id, tiktoksim.Cancellation{})
			s.Must(err)
			s.Must(s.TikTok.Decide(request, true, "SYSTEM"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.Written(tiktoksim.OrderSpec{Shipping: tiktoksim.Shipping{Original: 450}})
			if c.means != nil {
				c.means(s, string(id))
			} else {
				s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
			}
			order := s.Order(id)
			spec := shopifysim.RefundSpec{Shipping: 450}
			if c.kept {
				spec.Shipping = 0
			}
			for _, l := range order.Lines {
				spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: l.GID, Quantity: l.Quantity})
			}
			gid, err := s.Shopify.Refund(string(shop), order.GID, spec)
			s.Must(err)
			got := s.settled(id, shopify.GID(gid), links.RefundSatisfied)
			if got.Completed != got.Amount {
				t.Errorf("of %s TikTok gave %s", got.Amount, got.Completed)
			}
			s.Bring(id)
			s.forward(id)
			s.WantCodes(id)
			if in := s.Order(id).Refunded; in != s.back(id) || s.Row(id).State != links.Cancelled {
				t.Errorf("Shopify gave back %d, TikTok %d; the order is %s", in, s.back(id), s.Row(id).State)
			}
			if n := s.Calls(tiktoksim.OpReturnCreate) + s.Calls(tiktoksim.OpCancelCreate); n != 0 {
				t.Errorf("TikTok was asked %d times", n)
			}
		})
	}
}

package refunds_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// twoParcels is an order in two parcels, the first with one mug, that await collection or go further.
func (s *scene) twoParcels(status string) tiktok.OrderID {
	s.Helper()
	id := s.Written(tiktoksim.OrderSpec{Shipping: tiktoksim.Shipping{Original: 450}})
	for _, some := range [][]string{s.unitsOf(id, "MUG-12-SAGE")[:1], nil} {
		parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: some})
		s.Must(err)
		if status != "" {
			s.Must(s.TikTok.Carry(parcel, status))
		}
	}
	s.Bring(id)
	return id
}

// everything refunds all lines in Shopify, with as much of the shipping.
func (s *scene) everything(id tiktok.OrderID, shipping int64) shopify.GID {
	s.Helper()
	order := s.Order(id)
	spec := shopifysim.RefundSpec{Shipping: shipping}
	for _, l := range order.Lines {
		spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: l.GID, Quantity: l.Quantity})
	}
	gid, err := s.Shopify.Refund(string(shop), order.GID, spec)
	s.Must(err)
	return shopify.GID(gid)
}

// With the last units that are cancelled TikTok gives back the shipping: what a
// cancellation gives back is known only if all are asked for at once.
func TestTheLastCancellationBringsNoMoreThanTheRefund(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shipping int64
		want     links.StepKind
		steps    int
	}{
		"shipping goes back": {450, links.CancelUnits, 1},
		"shipping is kept":   {0, links.OpenReturn, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.twoParcels("")
			refund := s.everything(id, c.shipping)
			got := s.settled(id, refund, links.RefundCompleted)
			if len(got.Steps) != c.steps || got.Steps[0].Kind != c.want || got.Completed != got.Amount {
				t.Errorf("got %+v", got)
			}
			if got.Amount != cents(s.back(id)) {
				t.Errorf("Shopify gave back %s, the buyer got %d", got.Amount, s.back(id))
			}
		})
	}
}

// What is cancelled is asked for before what is refunded by an amount: the
// cancellation would bring the shipping if nothing else were left.
func TestACancellationIsMadeBeforeTheReturn(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{Shipping: tiktoksim.Shipping{Original: 450}})
	parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: s.unitsOf(id, "MUG-12-SAGE")})
	s.Must(err)
	s.Must(s.TikTok.Carry(parcel, "DELIVERED"))
	s.Bring(id)
	refund := s.everything(id, 0)
	got := s.settled(id, refund, links.RefundCompleted)
	if got.Completed != got.Amount || got.Amount != cents(s.back(id)) || got.Steps[0].Kind != links.CancelUnits {
		t.Errorf("the buyer got %d: %+v", s.back(id), got)
	}
}

// Units are taken out of as few parcels as the refund needs, each a call of its own.
func TestARefundTouchesOneParcelWhereOneIsEnough(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.twoParcels("DELIVERED")
	refund := s.refund(id, -1, "MUG-12-SAGE", 1, "TEE-BLK-L", 1) // the second mug is with the tee
	got := s.settled(id, refund, links.RefundCompleted)
	if len(got.Steps) != 1 || string(got.Units[0]) != s.unitsOf(id, "MUG-12-SAGE")[1] {
		t.Errorf("got %+v", got)
	}
}

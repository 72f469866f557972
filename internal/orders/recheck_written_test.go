package orders_test

import (
	"slices"
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// edit is somebody changing the order in Shopify.
func (s *scene) edit(id tiktok.OrderID, change func(*shopifysim.Order)) {
	s.Helper()
	s.Must(s.Shopify.EditOrder(string(shop), s.one(id).GID, change))
}

// after writes an order and lets something happen to it; the next import meets it.
func after(what func(*scene, tiktok.OrderID)) func(*scene) tiktok.OrderID {
	return func(s *scene) tiktok.OrderID {
		id := s.three()
		s.written(id)
		what(s, id)
		return id
	}
}

// troublesOfWritten are met by an order that is in Shopify already.
func troublesOfWritten() []trouble {
	cancel := func(s *scene, id tiktok.OrderID) { s.Must(s.TikTok.SetStatus(string(id), "CANCELLED")) }
	return []trouble{
		{exceptions.AddressConflict,
			after(func(s *scene, id tiktok.OrderID) {
				s.edit(id, func(o *shopifysim.Order) { o.ShippingAddress.Address1 = "PO Box 1" })
				s.Must(s.TikTok.ChangeAddress(string(id), oak))
			}),
			func(s *scene, id tiktok.OrderID) {
				s.edit(id, func(o *shopifysim.Order) {
					a := o.ShippingAddress
					a.Address1, a.Address2, a.City, a.ProvinceCode, a.Zip = "7 Oak Street", "", "New York", "NY", "10001-4321"
				})
			}},
		{exceptions.CancelRefused,
			after(func(s *scene, id tiktok.OrderID) {
				s.edit(id, func(o *shopifysim.Order) { o.FulfillmentStatus = "FULFILLED" })
				cancel(s, id)
			}),
			func(s *scene, id tiktok.OrderID) {
				s.edit(id, func(o *shopifysim.Order) { o.FulfillmentStatus = "UNFULFILLED" })
			}},
		{exceptions.CancelNotMirrored,
			after(func(s *scene, id tiktok.OrderID) {
				s.Set(func(settings *shops.Settings) { settings.MirrorRefunds = false })
				cancel(s, id)
			}),
			func(s *scene, _ tiktok.OrderID) {
				s.Set(func(settings *shops.Settings) { settings.MirrorRefunds = true })
			}},
		{exceptions.OrderEdited,
			after(func(s *scene, id tiktok.OrderID) {
				s.edit(id, func(o *shopifysim.Order) { o.Lines[0].Quantity++ })
				s.cancelUnits(id, 1)
			}),
			func(s *scene, id tiktok.OrderID) {
				s.edit(id, func(o *shopifysim.Order) { o.Lines[0].Quantity-- })
			}},
		{exceptions.ZIPMasked,
			func(s *scene) tiktok.OrderID {
				return s.Place(tiktoksim.OrderSpec{ShippingType: "TIKTOK", MaskPostalCode: true})
			},
			func(s *scene, id tiktok.OrderID) {
				s.Must(s.TikTok.Unmask(string(id)))
				s.Bring(id) // TikTok tells of an address that changed
			}},
	}
}

// As for orders that are held: the fix is all that anybody does.
func TestEachExceptionOfAWrittenOrderClearsByItsFix(t *testing.T) {
	t.Parallel()
	for _, c := range troublesOfWritten() {
		t.Run(string(c.code), func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := c.meet(s)
			s.Bring(id)
			s.look() // nothing is mended yet
			if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{c.code}) {
				t.Fatalf("exceptions %v", got)
			}
			c.fix(s, id)
			s.look()
			if got := s.Codes(id); len(got) != 0 {
				t.Errorf("after the fix: %v", got)
			}
			if n := len(s.InShopify(id)); n != 1 {
				t.Errorf("shopify has %d orders", n)
			}
		})
	}
}

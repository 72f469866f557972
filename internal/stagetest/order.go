package stagetest

import (
	"cmp"
	"errors"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// MugsAndTee are things bought: two mugs and a tee.
func MugsAndTee() []tiktoksim.Unit {
	mug, tee := tiktoksim.SampleUnit(), tiktoksim.SampleUnit()
	mug.Count = 2
	tee.SKUID, tee.SellerSKU = "1729900000000010102", "TEE-BLK-L"
	return []tiktoksim.Unit{mug, tee}
}

// Place is a buyer ordering at TikTok; the order awaits shipment unless spec says otherwise.
func (s *Stage) Place(spec tiktoksim.OrderSpec) tiktok.OrderID {
	s.Helper()
	if len(spec.Units) == 0 {
		spec.Units = s.options.Units()
	}
	spec.Status = cmp.Or(spec.Status, "AWAITING_SHIPMENT")
	id, err := s.TikTok.PlaceOrder(string(TikTokShop), spec)
	s.Must(err)
	return tiktok.OrderID(id)
}

// RunJob works on a job as the queue would: it waits as long as the error says,
// and tries again after any other error that is worth it. It returns what the
// last try returned.
func (s *Stage) RunJob(do func() error) error {
	s.Helper()
	var err error
	for range s.options.Tries {
		err = do()
		var delayed *fault.Delayed
		switch fault.Of(err) {
		case fault.None, fault.Dead, fault.Asks:
			return err
		case fault.Later:
			errors.As(err, &delayed)
			s.Clock.Pass(delayed.Wait)
		default:
			s.Clock.Pass(RetryBase)
		}
	}
	return err
}

// Args ask for an order, as TikTok's webhook or a poll would.
func Args(id tiktok.OrderID) orders.ImportArgs {
	return orders.ImportArgs{Shop: Shop, TikTokShop: TikTokShop, Order: id, Cause: "test"}
}

// Import has the queue work on an import.
func (s *Stage) Import(a orders.ImportArgs) error {
	s.Helper()
	return s.RunJob(func() error { return s.Importer.Import(s.Context(), a) })
}

// Bring imports an order and expects no error.
func (s *Stage) Bring(id tiktok.OrderID) {
	s.Helper()
	s.Must(s.Import(Args(id)))
}

// Written places an order, brings it in and expects it in Shopify.
func (s *Stage) Written(spec tiktoksim.OrderSpec) tiktok.OrderID {
	s.Helper()
	id := s.Place(spec)
	s.Bring(id)
	s.WantWritten(id)
	return id
}

// WantWritten expects the ledger to have the order as written, and returns its row.
func (s *Stage) WantWritten(id tiktok.OrderID) links.Order {
	s.Helper()
	row := s.Row(id)
	if row.State != links.Written {
		s.Fatalf("order is %s (%s), want written; exceptions: %v", row.State, row.Reason, s.Codes(id))
	}
	return row
}

// Row is the order as the ledger has it.
func (s *Stage) Row(id tiktok.OrderID) links.Order {
	s.Helper()
	row, err := s.Store.Order(s.Context(), Shop, id)
	s.Must(err)
	return row
}

// InShopify are the Shopify orders that name a TikTok order as their source.
func (s *Stage) InShopify(id tiktok.OrderID) []shopifysim.Order {
	var found []shopifysim.Order
	for _, o := range s.Shopify.Orders(string(Shop)) {
		if o.SourceIdentifier == string(id) {
			found = append(found, o)
		}
	}
	return found
}

// Order is the Shopify order of a TikTok order.
func (s *Stage) Order(id tiktok.OrderID) shopifysim.Order {
	s.Helper()
	found := s.InShopify(id)
	if len(found) == 0 {
		s.Fatalf("order %s is not in Shopify", id)
	}
	return found[0]
}

// Line is the order's Shopify line of a SKU.
func (s *Stage) Line(id tiktok.OrderID, sku string) string {
	s.Helper()
	lines, err := s.Store.Lines(s.Context(), Shop, id)
	s.Must(err)
	for _, l := range lines {
		if l.SKU == sku {
			return string(l.ShopifyLine)
		}
	}
	s.Fatalf("order %s has no line of %s", id, sku)
	return ""
}

// Codes lists the order's open exceptions, sorted.
func (s *Stage) Codes(id tiktok.OrderID) []exceptions.Code {
	s.Helper()
	open, err := s.Store.OrderExceptions(s.Context(), Shop, id)
	s.Must(err)
	var codes []exceptions.Code
	for _, e := range open {
		codes = append(codes, e.Code)
	}
	slices.Sort(codes)
	return codes
}

// WantCodes expects exactly these open exceptions, sorted.
func (s *Stage) WantCodes(id tiktok.OrderID, want ...exceptions.Code) {
	s.Helper()
	if got := s.Codes(id); !slices.Equal(got, want) {
		open, _ := s.Store.OrderExceptions(s.Context(), Shop, id)
		s.Errorf("open exceptions are %v, want %v: %+v", got, want, open)
	}
}

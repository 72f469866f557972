package orders_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// three is an order of three mugs at 18.00 with 1.49 tax each, and shipping of 5.00.
func (s *scene) three() tiktok.OrderID {
	s.Helper()
	mugs := tiktoksim.SampleUnit()
	mugs.Count = 3
	return s.Place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{mugs}, Shipping: tiktoksim.Shipping{Original: 500}})
}

// cancelUnits cancels the first n units that still stand at TikTok.
func (s *scene) cancelUnits(id tiktok.OrderID, n int) {
	s.Helper()
	var units []string
	lines, err := s.Store.Lines(s.Context(), shop, id)
	s.Must(err)
	for _, line := range lines {
		for _, unit := range line.Units {
			if unit.Status != tiktok.CancelledStatus {
				units = append(units, string(unit.ID))
			}
		}
	}
	s.Must(s.TikTok.CancelLines(string(id), tiktoksim.Cancellation{LineIDs: units[:n]}))
}

// one is the order's only form in Shopify.
func (s *scene) one(id tiktok.OrderID) shopifysim.Order {
	s.Helper()
	found := s.InShopify(id)
	if len(found) != 1 {
		s.Fatalf("shopify has %d orders of %s, want 1", len(found), id)
	}
	return found[0]
}

func (s *scene) stockOf(sku string) int {
	for _, v := range s.Shopify.Variants(string(shop)) {
		if v.SKU == sku {
			return v.Stock
		}
	}
	return -1
}

// settled expects the order's cancellation to be in Shopify once, whole and to the cent.
func (s *scene) settled(id tiktok.OrderID) {
	s.Helper()
	order, row := s.one(id), s.Row(id)
	if row.State != links.Cancelled || order.Canceled.IsZero() {
		s.Fatalf("order is %s (%s), cancelled in shopify: %v; exceptions %v", row.State, row.Reason, order.Canceled, s.Codes(id))
	}
	if order.Refunded != order.Total || order.FinancialStatus != "REFUNDED" {
		s.Errorf("refunded %d of %d (%s)", order.Refunded, order.Total, order.FinancialStatus)
	}
	if open := s.Codes(id); len(open) != 0 {
		s.Errorf("open exceptions: %v", open)
	}
	if got := s.stockOf("MUG-12-SAGE"); got != 10 {
		s.Errorf("stock %d, want 10: what our write took and nothing else", got)
	}
	if emails := s.Shopify.Emails(); len(emails) != 0 {
		s.Errorf("somebody was told: %v", emails)
	}
}

func TestACancelledOrderIsCancelledInShopify(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	if got := s.stockOf("MUG-12-SAGE"); got != 7 {
		t.Fatalf("stock %d", got)
	}
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.Bring(id)
	s.settled(id)
	order := s.one(id)
	if len(order.Refunds) != 1 || order.Refunds[0].Shipping != 500 || order.Refunds[0].Transactions[0].Gateway != orders.Gateway {
		t.Errorf("refunds %+v", order.Refunds)
	}
	s.Bring(id) // and nothing more
	if n := s.Calls("refundCreate") + s.Calls("orderCancel"); n != 2 {
		t.Errorf("%d calls", n)
	}
	intents, err := s.Store.Intents(t.Context(), shop, id)
	s.Must(err)
	slices.SortFunc(intents, func(a, b links.Intent) int { return strings.Compare(string(b.Kind), string(a.Kind)) })
	if len(intents) != 2 || intents[0].State != links.IntentDone || len(intents[0].Units) != 3 || intents[0].Amount != "63.47" ||
		intents[1].Kind != links.CancelIntent || intents[1].State != links.IntentDone {
		t.Errorf("intents %+v", intents)
	}
}

func TestUnitsCancelledAtTikTokAreRefundedOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	for n, want := range []int64{1949, 3898} {
		s.cancelUnits(id, 1)
		for range 2 {
			s.Bring(id)
		}
		order := s.one(id)
		if order.Refunded < want || order.Refunded > want+1 || order.Lines[0].Removed != n+1 || len(order.Refunds) != n+1 {
			t.Errorf("after %d: refunded %d, removed %d, %d refunds", n+1, order.Refunded, order.Lines[0].Removed, len(order.Refunds))
		}
		if got := s.stockOf("MUG-12-SAGE"); got != 8+n {
			t.Errorf("after %d: stock %d", n+1, got)
		}
		if row := s.Row(id); row.State != links.Written || len(s.Codes(id)) != 0 {
			t.Errorf("after %d: order is %s, %v", n+1, row.State, s.Codes(id))
		}
	}
	// The last unit makes it a cancelled order: what is left goes back, shipping too.
	s.cancelUnits(id, 1)
	s.Bring(id)
	s.settled(id)
	if n := s.Calls("refundCreate"); n != 3 {
		t.Errorf("%d refunds were sent", n)
	}
}

func TestAnOrderThatCostNothingIsCancelledAlone(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	mug := tiktoksim.SampleUnit()
	mug.Price, mug.TaxRate = 0, ""
	id := s.Place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{mug}, Sample: true})
	s.written(id)
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.Bring(id)
	if order := s.one(id); order.Canceled.IsZero() || len(order.Refunds) != 0 || s.Row(id).State != links.Cancelled {
		t.Errorf("order %+v", order)
	}
	if got := s.stockOf("MUG-12-SAGE"); got != 10 {
		t.Errorf("stock %d", got)
	}
}

func TestStockThatWasNotTakenIsNotPutBack(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(settings *shops.Settings) { settings.InventoryBehaviour = shops.Bypass })
	id := s.three()
	s.written(id)
	s.cancelUnits(id, 1)
	s.Bring(id)
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.Bring(id)
	s.settled(id)
}

func TestAnOrderThatAPersonEdited(t *testing.T) {
	t.Parallel()
	edits := map[string]func(*shopifysim.Order){
		"a line added": func(o *shopifysim.Order) {
			o.Lines = append(o.Lines, shopifysim.Line{GID: "gid://shopify/LineItem/1", Title: "Sticker", Quantity: 1})
		},
		"quantity raised": func(o *shopifysim.Order) { o.Lines[0].Quantity++ },
		"a price changed": func(o *shopifysim.Order) { o.Lines[0].Price -= 100 },
	}
	for name, edit := range edits {
		for _, whole := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := s.three()
				_, order := s.written(id)
				before := order.Lines[0]
				s.Must(s.Shopify.EditOrder(string(shop), order.GID, edit))
				if whole {
					s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
				} else {
					s.cancelUnits(id, 1)
				}
				s.Bring(id)
				if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{exceptions.OrderEdited}) {
					t.Fatalf("exceptions %v", got)
				}
				if after := s.one(id); len(after.Refunds) != 0 || !after.Canceled.IsZero() {
					t.Errorf("overwritten: %+v", after)
				}
				// The edit is taken back: the work is done with no further click.
				s.Must(s.Shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) { o.Lines = []shopifysim.Line{before} }))
				s.Bring(id)
				if got := s.Codes(id); len(got) != 0 || len(s.one(id).Refunds) != 1 {
					t.Errorf("exceptions %v, %d refunds", got, len(s.one(id).Refunds))
				}
			})
		}
	}
}

func TestUnitsThatSomebodyElseTookOut(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	_, order := s.written(id)
	s.Must(s.Shopify.InjectRefund(string(shop), order.GID, order.Lines[0].GID, 1))
	s.cancelUnits(id, 1)
	s.Bring(id)
	if n := len(s.one(id).Refunds); n != 1 || len(s.Codes(id)) != 0 {
		t.Fatalf("%d refunds, %v: want the person's alone", n, s.Codes(id))
	}
	// Two more were refunded by hand, one cancelled: nobody can tell which.
	s.Must(s.Shopify.InjectRefund(string(shop), order.GID, order.Lines[0].GID, 2))
	s.cancelUnits(id, 1)
	s.Bring(id)
	if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{exceptions.OrderEdited}) {
		t.Fatalf("exceptions %v", got)
	}
	// All are cancelled: that is exact again, and only what is left of the money goes back.
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.Bring(id)
	after := s.one(id)
	if row := s.Row(id); row.State != links.Cancelled || after.Refunded != after.Total || len(after.Refunds) != 3 {
		t.Errorf("order is %s, refunded %d of %d in %d", row.State, after.Refunded, after.Total, len(after.Refunds))
	}
}

func TestWithoutMirroringNothingIsWritten(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(settings *shops.Settings) { settings.MirrorRefunds = false })
	id := s.three()
	s.written(id)
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.Bring(id)
	if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{exceptions.CancelNotMirrored}) || s.Row(id).Reason != orders.MirrorOff {
		t.Fatalf("exceptions %v, reason %q", got, s.Row(id).Reason)
	}
	if order := s.one(id); order.Refunded != 0 || !order.Canceled.IsZero() {
		t.Errorf("written all the same: %+v", order)
	}
	s.Set(func(settings *shops.Settings) { settings.MirrorRefunds = true })
	s.Must((&orders.Releaser{Store: s.Store}).Release(t.Context(), orders.ReleaseArgs{Shop: shop, State: links.Written, Reason: orders.MirrorOff}))
	released := s.Jobs.Take("order_import")
	if len(released) != 1 {
		t.Fatalf("released %v", released)
	}
	s.Must(s.Import(released[0].(orders.ImportArgs)))
	s.settled(id)
}

func TestTheLedgerKeepsUnitsUpToDate(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{})
	s.Must(err)
	s.Bring(id)
	lines, err := s.Store.Lines(t.Context(), shop, id)
	s.Must(err)
	for _, unit := range lines[0].Units {
		if string(unit.Package) != parcel || unit.Status != tiktok.AwaitingCollection {
			t.Errorf("unit %+v, want parcel %s", unit, parcel)
		}
	}
	if n := s.Calls("order"); n != 0 {
		t.Errorf("shopify was asked %d times although nothing was cancelled or moved", n)
	}
}

var oak = tiktoksim.Address{
	FirstName: "Dana", LastName: "Whitfield", Phone: "(+1)5125550143", Region: "US", PostalCode: "10001-4321",
	Line1: "7 Oak Street", City: "New York", County: "New York", State: "New York", StateCode: "NY",
}

package orders_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
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
	return s.place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{mugs}, Shipping: tiktoksim.Shipping{Original: 500}})
}

// cancelUnits cancels the first n units that still stand at TikTok.
func (s *scene) cancelUnits(id tiktok.OrderID, n int) {
	s.Helper()
	var units []string
	lines, err := s.store.Lines(s.Context(), shop, id)
	s.must(err)
	for _, line := range lines {
		for _, unit := range line.Units {
			if unit.Status != tiktok.CancelledStatus {
				units = append(units, string(unit.ID))
			}
		}
	}
	s.must(s.tiktok.CancelLines(string(id), tiktoksim.Cancellation{LineIDs: units[:n]}))
}

// one is the order's only form in Shopify.
func (s *scene) one(id tiktok.OrderID) shopifysim.Order {
	s.Helper()
	found := s.inShopify(id)
	if len(found) != 1 {
		s.Fatalf("shopify has %d orders of %s, want 1", len(found), id)
	}
	return found[0]
}

func (s *scene) stockOf(sku string) int {
	for _, v := range s.shopify.Variants(string(shop)) {
		if v.SKU == sku {
			return v.Stock
		}
	}
	return -1
}

// calls counts the requests that begin with one root field.
func (s *scene) calls(field string) int {
	n := 0
	for _, r := range s.shopify.Requests() {
		if slices.Contains(r.Fields, field) {
			n++
		}
	}
	return n
}

// settled expects the order's cancellation to be in Shopify once, whole and to the cent.
func (s *scene) settled(id tiktok.OrderID) {
	s.Helper()
	order, row := s.one(id), s.row(id)
	if row.State != links.Cancelled || order.Canceled.IsZero() {
		s.Fatalf("order is %s (%s), cancelled in shopify: %v; exceptions %v", row.State, row.Reason, order.Canceled, s.codes(id))
	}
	if order.Refunded != order.Total || order.FinancialStatus != "REFUNDED" {
		s.Errorf("refunded %d of %d (%s)", order.Refunded, order.Total, order.FinancialStatus)
	}
	if open := s.codes(id); len(open) != 0 {
		s.Errorf("open exceptions: %v", open)
	}
	if got := s.stockOf("MUG-12-SAGE"); got != 10 {
		s.Errorf("stock %d, want 10: what our write took and nothing else", got)
	}
	if emails := s.shopify.Emails(); len(emails) != 0 {
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
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	s.must(s.bring(args(id)))
	s.settled(id)
	order := s.one(id)
	if len(order.Refunds) != 1 || order.Refunds[0].Shipping != 500 || order.Refunds[0].Transactions[0].Gateway != orders.Gateway {
		t.Errorf("refunds %+v", order.Refunds)
	}
	s.must(s.bring(args(id))) // and nothing more
	if n := s.calls("refundCreate") + s.calls("orderCancel"); n != 2 {
		t.Errorf("%d calls", n)
	}
	intents, err := s.store.Intents(t.Context(), shop, id)
	s.must(err)
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
			s.must(s.bring(args(id)))
		}
		order := s.one(id)
		if order.Refunded < want || order.Refunded > want+1 || order.Lines[0].Removed != n+1 || len(order.Refunds) != n+1 {
			t.Errorf("after %d: refunded %d, removed %d, %d refunds", n+1, order.Refunded, order.Lines[0].Removed, len(order.Refunds))
		}
		if got := s.stockOf("MUG-12-SAGE"); got != 8+n {
			t.Errorf("after %d: stock %d", n+1, got)
		}
		if row := s.row(id); row.State != links.Written || len(s.codes(id)) != 0 {
			t.Errorf("after %d: order is %s, %v", n+1, row.State, s.codes(id))
		}
	}
	// The last unit makes it a cancelled order: what is left goes back, shipping too.
	s.cancelUnits(id, 1)
	s.must(s.bring(args(id)))
	s.settled(id)
	if n := s.calls("refundCreate"); n != 3 {
		t.Errorf("%d refunds were sent", n)
	}
}

// However the calls fail, money is recorded once and the order cancelled once.
func TestALostAnswerNeverRefundsTwice(t *testing.T) {
	t.Parallel()
	faults := map[string][]chaos.Fault{
		"cut before":            {{Kind: chaos.CutBefore}},
		"cut after":             {{Kind: chaos.CutAfter}},
		"cut after, twice":      {{Kind: chaos.CutAfter}, {Kind: chaos.CutAfter}},
		"answer cannot be read": {{Kind: chaos.Malformed}},
		"server error":          {{Kind: chaos.ServerError, Status: 502}},
		"commit after 5 units":  {{Kind: chaos.LateCommit, After: 5 * retryBase}},
		"commit after 59 units": {{Kind: chaos.LateCommit, After: 59 * retryBase}, {Kind: chaos.CutBefore}},
		"throttled":             {{Kind: chaos.Throttled, Status: 429, RetryAfter: 3 * time.Second}},
		"token expired":         {{Kind: chaos.TokenExpired}},
		"everything in a row":   {{Kind: chaos.Throttled}, {Kind: chaos.CutBefore}, {Kind: chaos.ServerError}, {Kind: chaos.CutAfter}},
	}
	for name, list := range faults {
		ops := []string{"refundCreate", "orderCancel"}
		if len(list) > 2 {
			ops = append(ops, "job", "order") // reading may fail in every way, and changes nothing
		}
		for _, op := range ops {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.CancelTakes = 3 * retryBase })
				id := s.three()
				s.written(id)
				s.cancelUnits(id, 1)
				for _, fault := range list {
					s.faults.Add(op, fault, 1)
				}
				s.must(s.bring(args(id)))
				if order := s.one(id); op != "orderCancel" && op != "job" && (order.Lines[0].Removed != 1 || len(order.Refunds) != 1) {
					t.Fatalf("removed %d in %d refunds", order.Lines[0].Removed, len(order.Refunds))
				}
				s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
				s.must(s.bring(args(id)))
				s.clock.pass(2 * time.Minute) // what commits late has done so
				s.settled(id)
				if n := len(s.one(id).Refunds); n != 2 {
					t.Errorf("%d refunds, want 2", n)
				}
			})
		}
	}
}

// crowd runs many jobs for the order at once, until each is done.
func (s *scene) crowd(id tiktok.OrderID) {
	s.Helper()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				err := s.importer.Import(s.Context(), args(id))
				if fault.Of(err) != fault.Later {
					if err != nil {
						s.Error(err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestManyJobsCancelOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	s.crowd(id)
	s.settled(id)
	if n := len(s.one(id).Refunds); n != 1 {
		t.Errorf("%d refunds", n)
	}
}

func TestAnOrderThatCostNothingIsCancelledAlone(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	mug := tiktoksim.SampleUnit()
	mug.Price, mug.TaxRate = 0, ""
	id := s.place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{mug}, Sample: true})
	s.written(id)
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	s.must(s.bring(args(id)))
	if order := s.one(id); order.Canceled.IsZero() || len(order.Refunds) != 0 || s.row(id).State != links.Cancelled {
		t.Errorf("order %+v", order)
	}
	if got := s.stockOf("MUG-12-SAGE"); got != 10 {
		t.Errorf("stock %d", got)
	}
}

func TestStockThatWasNotTakenIsNotPutBack(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.set(func(settings *shops.Settings) { settings.InventoryBehaviour = shops.Bypass })
	id := s.three()
	s.written(id)
	s.cancelUnits(id, 1)
	s.must(s.bring(args(id)))
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	s.must(s.bring(args(id)))
	s.settled(id)
}

func TestACancellationThatShopifyRefuses(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	_, order := s.written(id)
	s.must(s.shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) { o.FulfillmentStatus = "FULFILLED" }))
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	for range 2 {
		s.must(s.bring(args(id)))
		if got := s.codes(id); !slices.Equal(got, []exceptions.Code{exceptions.CancelRefused}) {
			t.Fatalf("exceptions %v", got)
		}
	}
	if got := s.stockOf("MUG-12-SAGE"); got != 7 {
		t.Errorf("stock %d: what left the house was put back", got)
	}
	// The merchant stops the parcel: everything else goes on by itself.
	s.must(s.shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) { o.FulfillmentStatus = "UNFULFILLED" }))
	s.must(s.bring(args(id)))
	if row := s.row(id); row.State != links.Cancelled || len(s.codes(id)) != 0 || len(s.one(id).Refunds) != 1 {
		t.Errorf("order is %s, %v, %d refunds", row.State, s.codes(id), len(s.one(id).Refunds))
	}
}

func TestShopifyTakesItsTimeToCancel(t *testing.T) {
	t.Parallel()
	s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.CancelTakes = time.Hour })
	id := s.three()
	s.written(id)
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	if err := s.importer.Import(t.Context(), args(id)); fault.Of(err) != fault.Later {
		t.Fatalf("got %v, want to come back", err)
	}
	s.clock.pass(11 * time.Minute)
	s.must(s.bring(args(id)))
	if got := s.codes(id); !slices.Equal(got, []exceptions.Code{exceptions.CancelRefused}) {
		t.Fatalf("exceptions %v", got)
	}
	s.clock.pass(time.Hour)
	s.must(s.bring(args(id)))
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
				s.must(s.shopify.EditOrder(string(shop), order.GID, edit))
				if whole {
					s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
				} else {
					s.cancelUnits(id, 1)
				}
				s.must(s.bring(args(id)))
				if got := s.codes(id); !slices.Equal(got, []exceptions.Code{exceptions.OrderEdited}) {
					t.Fatalf("exceptions %v", got)
				}
				if after := s.one(id); len(after.Refunds) != 0 || !after.Canceled.IsZero() {
					t.Errorf("overwritten: %+v", after)
				}
				// The edit is taken back: the work is done with no further click.
				s.must(s.shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) { o.Lines = []shopifysim.Line{before} }))
				s.must(s.bring(args(id)))
				if got := s.codes(id); len(got) != 0 || len(s.one(id).Refunds) != 1 {
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
	s.must(s.shopify.InjectRefund(string(shop), order.GID, order.Lines[0].GID, 1))
	s.cancelUnits(id, 1)
	s.must(s.bring(args(id)))
	if n := len(s.one(id).Refunds); n != 1 || len(s.codes(id)) != 0 {
		t.Fatalf("%d refunds, %v: want the person's alone", n, s.codes(id))
	}
	// Two more were refunded by hand, one cancelled: nobody can tell which.
	s.must(s.shopify.InjectRefund(string(shop), order.GID, order.Lines[0].GID, 2))
	s.cancelUnits(id, 1)
	s.must(s.bring(args(id)))
	if got := s.codes(id); !slices.Equal(got, []exceptions.Code{exceptions.OrderEdited}) {
		t.Fatalf("exceptions %v", got)
	}
	// All are cancelled: that is exact again, and only what is left of the money goes back.
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	s.must(s.bring(args(id)))
	after := s.one(id)
	if row := s.row(id); row.State != links.Cancelled || after.Refunded != after.Total || len(after.Refunds) != 3 {
		t.Errorf("order is %s, refunded %d of %d in %d", row.State, after.Refunded, after.Total, len(after.Refunds))
	}
}

func TestWithoutMirroringNothingIsWritten(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.set(func(settings *shops.Settings) { settings.MirrorRefunds = false })
	id := s.three()
	s.written(id)
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	s.must(s.bring(args(id)))
	if got := s.codes(id); !slices.Equal(got, []exceptions.Code{exceptions.CancelNotMirrored}) || s.row(id).Reason != orders.MirrorOff {
		t.Fatalf("exceptions %v, reason %q", got, s.row(id).Reason)
	}
	if order := s.one(id); order.Refunded != 0 || !order.Canceled.IsZero() {
		t.Errorf("written all the same: %+v", order)
	}
	s.set(func(settings *shops.Settings) { settings.MirrorRefunds = true })
	s.must((&orders.Releaser{Store: s.store}).Release(t.Context(), orders.ReleaseArgs{Shop: shop, State: links.Written, Reason: orders.MirrorOff}))
	released := s.jobs.take("order_import")
	if len(released) != 1 {
		t.Fatalf("released %v", released)
	}
	s.must(s.bring(released[0].(orders.ImportArgs)))
	s.settled(id)
}

func TestAnOrderCancelledWhileItsAnswerWasLost(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.faults.Add("orderCreate", chaos.Fault{Kind: chaos.CutAfter}, 1)
	s.faults.Add("orderByIdentifier", chaos.Fault{}, 1) // the guard before the attempt
	s.faults.Add("orderByIdentifier", chaos.Fault{Kind: chaos.CutBefore}, 1)
	if err := s.importer.Import(t.Context(), args(id)); err == nil {
		t.Fatal("the answer was not lost")
	}
	s.must(s.tiktok.SetStatus(string(id), "CANCELLED"))
	s.must(s.bring(args(id)))
	next := s.jobs.take("order_import")
	if len(next) != 1 || s.row(id).State != links.Written {
		t.Fatalf("order is %s, jobs %v", s.row(id).State, next)
	}
	s.must(s.bring(next[0].(orders.ImportArgs)))
	s.settled(id)
}

func TestTheLedgerKeepsUnitsUpToDate(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	parcel, err := s.tiktok.Ship(string(id), tiktoksim.Shipment{})
	s.must(err)
	s.must(s.bring(args(id)))
	lines, err := s.store.Lines(t.Context(), shop, id)
	s.must(err)
	for _, unit := range lines[0].Units {
		if string(unit.Package) != parcel || unit.Status != tiktok.AwaitingCollection {
			t.Errorf("unit %+v, want parcel %s", unit, parcel)
		}
	}
	if n := s.calls("order"); n != 0 {
		t.Errorf("shopify was asked %d times although nothing was cancelled or moved", n)
	}
}

var oak = tiktoksim.Address{
	FirstName: "Dana", LastName: "Whitfield", Phone: "(+1)5125550143", Region: "US", PostalCode: "10001-4321",
	Line1: "7 Oak Street", City: "New York", County: "New York", State: "New York", StateCode: "NY",
}

func TestAnAddressThatChangedAtTikTok(t *testing.T) {
	t.Parallel()
	for _, fault := range []chaos.Kind{"", chaos.CutAfter, chaos.CutBefore, chaos.ServerError} {
		s := setUp(t)
		id := s.three()
		s.written(id)
		s.must(s.tiktok.ChangeAddress(string(id), oak))
		if fault != "" {
			s.faults.Add("orderUpdate", chaos.Fault{Kind: fault}, 1)
		}
		for range 2 {
			s.must(s.bring(args(id)))
		}
		a := s.one(id).ShippingAddress
		if a.Zip != "10001-4321" || a.Address1 != "7 Oak Street" || a.Address2 != "" || a.City != "New York" || a.ProvinceCode != "NY" {
			t.Errorf("%s: address %+v", fault, a)
		}
		for zip, want := range map[string]bool{"10001": true, "73301": false} {
			if has, err := s.store.HasZIP(t.Context(), shop, id, zip); err != nil || has != want {
				t.Errorf("%s: has %s: %t, %v", fault, zip, has, err)
			}
		}
		if got := s.codes(id); len(got) != 0 {
			t.Errorf("%s: exceptions %v", fault, got)
		}
		if n := s.calls("orderUpdate"); n > 2 {
			t.Errorf("%s: %d updates", fault, n)
		}
	}
}

func TestAnAddressThatAPersonChangedIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	_, order := s.written(id)
	s.must(s.shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) { o.ShippingAddress.Address1 = "PO Box 1" }))
	s.must(s.bring(args(id))) // nothing changed at TikTok
	if got := s.codes(id); len(got) != 0 {
		t.Fatalf("exceptions %v", got)
	}
	s.must(s.tiktok.ChangeAddress(string(id), oak))
	for range 2 {
		s.must(s.bring(args(id)))
		if got := s.codes(id); !slices.Equal(got, []exceptions.Code{exceptions.AddressConflict}) {
			t.Fatalf("exceptions %v", got)
		}
	}
	if a := s.one(id).ShippingAddress; a.Address1 != "PO Box 1" {
		t.Errorf("overwritten: %+v", a)
	}
	// The merchant types it in, in other spacing and case.
	s.must(s.shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) {
		a := o.ShippingAddress
		a.Address1, a.Address2, a.City, a.ProvinceCode, a.Zip = "7 OAK Street ", "", "new york", "NY", "10001-4321"
	}))
	s.must(s.bring(args(id)))
	if got := s.codes(id); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	if has, err := s.store.HasZIP(t.Context(), shop, id, "10001"); err != nil || !has {
		t.Errorf("zip is not found: %t, %v", has, err)
	}
}

func TestWhatTikTokHidesReplacesNothing(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	hidden := oak
	hidden.FirstName, hidden.LastName, hidden.Phone = "D***", "W***", "(+1)512-***-0143"
	hidden.Line1, hidden.PostalCode, hidden.City = "7***", "1****", ""
	s.must(s.tiktok.ChangeAddress(string(id), hidden))
	s.must(s.bring(args(id)))
	home := tiktoksim.DefaultAddress("US")
	if a := s.one(id).ShippingAddress; a.LastName != home.LastName || a.Zip != home.PostalCode || a.Address1 != home.Line1 || a.City != home.City {
		t.Errorf("address %+v", a)
	}
	if has, err := s.store.HasZIP(t.Context(), shop, id, "73301"); err != nil || !has || len(s.codes(id)) != 0 {
		t.Errorf("zip %t, %v, exceptions %v", has, err, s.codes(id))
	}
}

func TestAnAddressThatArrivesLateClearsItsNotice(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{ShippingType: "TIKTOK", MaskPostalCode: true})
	s.written(id)
	for range 2 { // it stays listed for as long as it cannot be found
		if got := s.codes(id); !slices.Equal(got, []exceptions.Code{exceptions.ZIPMasked}) {
			t.Fatalf("exceptions %v", got)
		}
		s.must(s.bring(args(id)))
	}
	s.must(s.tiktok.Unmask(string(id)))
	s.must(s.bring(args(id)))
	if got := s.codes(id); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	a := s.one(id).ShippingAddress
	if a.Zip != "73301" || strings.Contains(a.Address1+a.LastName, "*") {
		t.Errorf("address %+v", a)
	}
	if has, err := s.store.HasZIP(t.Context(), shop, id, "73301"); err != nil || !has {
		t.Errorf("zip is not found: %t, %v", has, err)
	}
}

func TestAnAddressWaitsForPush(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	s.set(func(settings *shops.Settings) { settings.PushOrders = false })
	s.must(s.tiktok.ChangeAddress(string(id), oak))
	s.must(s.bring(args(id)))
	if row := s.row(id); row.Reason != orders.PushOff || s.one(id).ShippingAddress.Zip != "73301" {
		t.Errorf("reason %q, address %+v", row.Reason, s.one(id).ShippingAddress)
	}
	s.set(func(settings *shops.Settings) { settings.PushOrders = true })
	s.must(s.bring(args(id)))
	if row := s.row(id); row.Reason != "" || s.one(id).ShippingAddress.Zip != "10001-4321" {
		t.Errorf("reason %q, address %+v", row.Reason, s.one(id).ShippingAddress)
	}
}

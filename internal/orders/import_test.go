package orders_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestAnOrderWaitsForTikTokAndIsThenWrittenOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{Status: "UNPAID"})
	for _, wait := range []struct{ status, reason string }{{"UNPAID", "unpaid"}, {"ON_HOLD", "on_hold"}} {
		s.Must(s.TikTok.SetStatus(string(id), wait.status))
		s.Bring(id)
		if row := s.Row(id); row.State != links.Waiting || row.Reason != wait.reason {
			t.Fatalf("%s: order is %s (%s)", wait.status, row.State, row.Reason)
		}
	}
	s.Must(s.TikTok.SetStatus(string(id), "AWAITING_SHIPMENT"))
	row, _ := s.written(id)
	if row.Total != "19.49" || row.Currency != "USD" {
		t.Errorf("total %s %s", row.Total, row.Currency)
	}
	lines, err := s.Store.Lines(t.Context(), shop, id)
	s.Must(err)
	if len(lines) != 1 || len(lines[0].Units) != 1 || !strings.HasPrefix(string(lines[0].ShopifyLine), "gid://shopify/LineItem/") {
		t.Errorf("lines %+v", lines)
	}
	s.Must(s.TikTok.SetStatus(string(id), "IN_TRANSIT"))
	if row, _ := s.written(id); row.Status != tiktok.InTransit {
		t.Errorf("status %s is not up to date", row.Status)
	}
}

func TestAnExceptionClearsWhenItsCauseIsGone(t *testing.T) {
	t.Parallel()
	mug := tiktoksim.SampleUnit()
	mug.SellerSKU = "NEW-SKU"
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{mug}})
	for range 2 { // asking again opens nothing twice
		s.Bring(id)
		if !slices.Equal(s.Codes(id), []exceptions.Code{exceptions.SKUUnmatched}) {
			t.Fatalf("exceptions %v", s.Codes(id))
		}
	}
	if row := s.Row(id); row.State != links.Held || row.Reason != "sku_unmatched" {
		t.Fatalf("order is %s (%s)", row.State, row.Reason)
	}
	_, err := s.Shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: "NEW-SKU", ProductTitle: "New", Price: 1800})
	s.Must(err)
	s.Clock.Pass(time.Minute)
	s.written(id)
	all, _, err := s.Store.Exceptions(t.Context(), shop, "", 10)
	s.Must(err)
	if len(all) != 1 || all[0].Status != exceptions.Resolved || all[0].Resolution != exceptions.CauseGone {
		t.Errorf("exceptions %+v", all)
	}
}

func TestSwitchesHoldAndReleaseOrders(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(settings *shops.Settings) { settings.PullOrders, settings.PushOrders = false, false })
	id := s.Place(tiktoksim.OrderSpec{})
	s.Bring(id)
	if row := s.Row(id); row.State != links.Waiting || row.Reason != orders.PullOff {
		t.Fatalf("order is %s (%s)", row.State, row.Reason)
	}
	s.Set(func(settings *shops.Settings) { settings.PullOrders = true })
	s.Bring(id)
	if row := s.Row(id); row.State != links.Held || row.Reason != orders.PushOff {
		t.Fatalf("order is %s (%s)", row.State, row.Reason)
	}
	if len(s.InShopify(id)) != 0 {
		t.Fatal("written although push is off")
	}
	s.Set(func(settings *shops.Settings) { settings.PushOrders = true })
	s.Must((&orders.Releaser{Store: s.Store}).Release(t.Context(), orders.ReleaseArgs{Shop: shop, State: links.Held, Reason: orders.PushOff}))
	released := s.Jobs.Take("order_import")
	if len(released) != 1 {
		t.Fatalf("released %v", released)
	}
	s.Must(s.Import(released[0].(orders.ImportArgs)))
	s.written(id)
}

func TestAnOrderThatTikTokDoesNotKnow(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Bring("576900000000099999")
	if got := s.Codes("576900000000099999"); !slices.Equal(got, []exceptions.Code{exceptions.OrderNotFound}) {
		t.Errorf("exceptions %v", got)
	}
}

func TestTheShopThatTookTheOrderIsFound(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{})
	a := args(id)
	a.TikTokShop = ""
	s.Must(s.Import(a))
	if row, _ := s.written(id); row.TikTokShop != tiktokShop {
		t.Errorf("tiktok shop %q", row.TikTokShop)
	}
}

func TestTheReferenceIsToldToTikTokAndIsOptional(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{})
	_, o := s.written(id)
	jobs := s.Jobs.Take("order_reference")
	if len(jobs) != 1 {
		t.Fatalf("jobs %v", jobs)
	}
	job := jobs[0].(orders.ReferenceArgs)
	for range 2 {
		s.Must(s.referrer.Reference(t.Context(), job))
	}
	references := s.TikTok.ExternalReferences(string(id))
	if len(references) != 1 || !strings.HasSuffix(o.GID, "/"+references[0].ID) || len(references[0].Lines) != 1 {
		t.Errorf("references %+v, order %s", references, o.GID)
	}
	if s.Row(id).ReferencedAt == nil {
		t.Error("the ledger does not know of the reference")
	}
}

func TestNoBuyerDataInTimelineAndExceptions(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{})
	s.written(id)
	entries, err := s.Store.Timeline(t.Context(), shop, id)
	s.Must(err)
	if len(entries) < 4 {
		t.Fatalf("only %d entries", len(entries))
	}
	address := tiktoksim.DefaultAddress("US")
	for _, entry := range entries {
		for _, private := range []string{address.LastName, address.Line1, address.PostalCode, address.Phone, "@"} {
			for _, fact := range entry.Facts {
				if strings.Contains(entry.Text+fact, private) {
					t.Errorf("%q shows %q", entry.Text, private)
				}
			}
		}
	}
}

// TikTok sends the webhooks of every shop that the seller's permission covers, also of one that is not synced.
func TestAShopThatIsOffIsLeftAlone(t *testing.T) {
	t.Parallel()
	for off, asked := range map[shops.OffReason]bool{shops.OffByMerchant: false, shops.OffNoMarket: true} {
		s := setUp(t)
		s.Must(s.Store.SetConnectionOff(t.Context(), shop, tiktokShop, off))
		id := s.Place(tiktoksim.OrderSpec{})
		s.Bring(id)
		if row := s.Row(id); row.State != links.Waiting || row.Reason != orders.ConnectionOff || len(s.InShopify(id)) != 0 {
			t.Errorf("%s: order is %s (%s)", off, row.State, row.Reason)
		}
		if asked { // a person who names the order means it
			a := args(id)
			a.Asked = true
			s.Must(s.Import(a))
			if row := s.Row(id); row.State != links.Written {
				t.Errorf("%s: order is %s (%s) after it was asked for", off, row.State, row.Reason)
			}
		}
	}
}

// away is a book that cannot be opened at the moment.
type away struct{ orders.Book }

func (away) Connections(context.Context, shopify.Domain) ([]shops.Connection, error) {
	return nil, errors.New("connection reset by peer")
}

// Only a shop that is connected no more ends a reference: a database that is away comes back.
func TestAReferenceOutlivesTheDatabase(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{Created: s.Clock.Now().Add(-time.Minute)})
	s.written(id)
	s.referrer.Book = away{s.Store}
	if err := s.referrer.Reference(t.Context(), orders.ReferenceArgs{Shop: shop, Order: id}); fault.Of(err) != fault.Retry {
		t.Errorf("%v is %s, want another try", err, fault.Of(err))
	}
	s.referrer.Book = s.Store
	s.Must(s.referrer.Reference(t.Context(), orders.ReferenceArgs{Shop: shop, Order: id}))
}

// A connection that waits for its seller ends no reference either.
func TestAReferenceOutlivesTheConnection(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{Created: s.Clock.Now().Add(-time.Minute)})
	s.written(id)
	s.Must(s.TikTok.Deauthorize(seller))
	err := s.referrer.Reference(t.Context(), orders.ReferenceArgs{Shop: shop, Order: id})
	var later *fault.Delayed
	if fault.Of(err) != fault.Later || !errors.As(err, &later) || later.Wait != s.referrer.Interval {
		t.Fatalf("%v is %s, want another look after %v", err, fault.Of(err), s.referrer.Interval)
	}
	s.reconnect()
	s.Must(s.referrer.Reference(t.Context(), orders.ReferenceArgs{Shop: shop, Order: id}))
	if len(s.TikTok.ExternalReferences(string(id))) != 1 || s.Row(id).ReferencedAt == nil {
		t.Error("TikTok was not told after the seller had connected again")
	}
}

package orders_test

import (
	"errors"
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

func TestAnOrderWaitsForTikTokAndIsThenWrittenOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{Status: "UNPAID"})
	for _, wait := range []struct{ status, reason string }{{"UNPAID", "unpaid"}, {"ON_HOLD", "on_hold"}} {
		s.must(s.tiktok.SetStatus(string(id), wait.status))
		s.must(s.bring(args(id)))
		if row := s.row(id); row.State != links.Waiting || row.Reason != wait.reason {
			t.Fatalf("%s: order is %s (%s)", wait.status, row.State, row.Reason)
		}
	}
	s.must(s.tiktok.SetStatus(string(id), "AWAITING_SHIPMENT"))
	row, _ := s.written(id)
	if row.Total != "19.49" || row.Currency != "USD" {
		t.Errorf("total %s %s", row.Total, row.Currency)
	}
	lines, err := s.store.Lines(t.Context(), shop, id)
	s.must(err)
	if len(lines) != 1 || len(lines[0].Units) != 1 || !strings.HasPrefix(string(lines[0].ShopifyLine), "gid://shopify/LineItem/") {
		t.Errorf("lines %+v", lines)
	}
	s.must(s.tiktok.SetStatus(string(id), "IN_TRANSIT"))
	if row, _ := s.written(id); row.Status != tiktok.InTransit {
		t.Errorf("status %s is not up to date", row.Status)
	}
}

func TestManyJobsForOneOrderWriteItOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for {
				err := s.importer.Import(t.Context(), args(id))
				if fault.Of(err) != fault.Later {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
	s.written(id)
}

// However the call that writes fails, the order is there once in the end.
func TestALostAnswerNeverMakesASecondOrder(t *testing.T) {
	t.Parallel()
	faults := map[string][]chaos.Fault{
		"cut before":             {{Kind: chaos.CutBefore}},
		"cut after":              {{Kind: chaos.CutAfter}},
		"cut after, twice":       {{Kind: chaos.CutAfter}, {Kind: chaos.CutAfter}},
		"answer cannot be read":  {{Kind: chaos.Malformed}},
		"server error":           {{Kind: chaos.ServerError, Status: 502}},
		"commit at once":         {{Kind: chaos.LateCommit, After: 0}},
		"commit after 5 units":   {{Kind: chaos.LateCommit, After: 5 * retryBase}},
		"commit after 59 units":  {{Kind: chaos.LateCommit, After: 59 * retryBase}},
		"commit after 100 units": {{Kind: chaos.LateCommit, After: 100 * retryBase}, {Kind: chaos.CutBefore}},
		"throttled in the body":  {{Kind: chaos.Throttled, Status: 200}},
		"throttled by status":    {{Kind: chaos.Throttled, Status: 429, RetryAfter: 3 * time.Second}},
		"token expired":          {{Kind: chaos.TokenExpired}},
		"everything in a row":    {{Kind: chaos.Throttled}, {Kind: chaos.CutBefore}, {Kind: chaos.ServerError}, {Kind: chaos.CutAfter}},
	}
	for name, list := range faults {
		for _, rule := range []shopifysim.DuplicateRule{shopifysim.RefuseDuplicate, shopifysim.DropDuplicateMetafield} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.Duplicate = rule })
				id := s.place(tiktoksim.OrderSpec{})
				for _, fault := range list {
					s.faults.Add("orderCreate", fault, 1)
				}
				s.written(id)
				if open := s.codes(id); len(open) != 0 {
					t.Errorf("open exceptions: %v", open)
				}
			})
		}
	}
}

// A commit so late that a second attempt was made: one order stays, and where
// Shopify let the second in without its metafield, a person is told of it.
func TestACommitAfterTheLastLookup(t *testing.T) {
	t.Parallel()
	for _, rule := range []shopifysim.DuplicateRule{shopifysim.RefuseDuplicate, shopifysim.DropDuplicateMetafield} {
		s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.Duplicate = rule })
		id := s.place(tiktoksim.OrderSpec{})
		s.faults.Add("orderCreate", chaos.Fault{Kind: chaos.LateCommit, After: 61 * retryBase}, 1)
		s.must(s.bring(args(id)))
		s.clock.pass(2 * time.Minute)
		s.must(s.bring(args(id)))
		row := s.row(id)
		if row.State != links.Written || row.ShopifyOrder == "" {
			t.Fatalf("order is %s (%s)", row.State, row.Reason)
		}
		if n := len(s.inShopify(id)); rule == shopifysim.RefuseDuplicate && n != 1 {
			t.Errorf("shopify has %d orders, want 1", n)
		}
	}
}

func TestThePlatformsMayMisbehaveOnEveryCall(t *testing.T) {
	t.Parallel()
	for _, op := range []string{tiktoksim.OpOrderDetail, tiktoksim.OpExternalGet, "orderByIdentifier", "orders", "productVariants"} {
		for _, kind := range []chaos.Kind{chaos.CutBefore, chaos.CutAfter, chaos.ServerError, chaos.Throttled, chaos.Malformed, chaos.TokenExpired} {
			t.Run(op+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := s.place(tiktoksim.OrderSpec{})
				times := 2
				if kind == chaos.TokenExpired {
					times = 1 // a renewed token that is refused again is a person's business
				}
				s.faults.Add(op, chaos.Fault{Kind: kind}, times)
				s.written(id)
			})
		}
	}
}

func TestAnotherConnectorsOrder(t *testing.T) {
	t.Parallel()
	marks := map[string]func(id string) shopifysim.Order{
		"source identifier": func(id string) shopifysim.Order { return shopifysim.Order{SourceIdentifier: id} },
		"name":              func(id string) shopifysim.Order { return shopifysim.Order{Name: id} },
		"name with #":       func(id string) shopifysim.Order { return shopifysim.Order{Name: "#" + id} },
		"tag":               func(id string) shopifysim.Order { return shopifysim.Order{Tags: []string{"sale", id}} },
	}
	for name, mark := range marks {
		for _, choice := range []links.DuplicateChoice{links.AdoptTheirs, links.WriteOurs, links.IgnoreOrder} {
			t.Run(name+" "+string(choice), func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := s.place(tiktoksim.OrderSpec{})
				theirs := mark(string(id))
				theirs.App, theirs.Currency = "other connector", "USD"
				gid, err := s.shopify.InjectOrder(string(shop), theirs)
				s.must(err)
				s.clock.pass(time.Minute) // the search index catches up
				s.must(s.bring(args(id)))
				if row := s.row(id); row.State != links.Held || !slices.Equal(s.codes(id), []exceptions.Code{exceptions.DuplicateOrder}) {
					t.Fatalf("order is %s (%s), exceptions %v", row.State, row.Reason, s.codes(id))
				}
				s.choose(id, choice)
				s.must(s.bring(args(id)))
				s.checkChoice(id, gid, choice)
			})
		}
	}
}

// choose answers duplicate_order as the merchant.
func (s *scene) choose(id tiktok.OrderID, choice links.DuplicateChoice) {
	s.Helper()
	lease, err := s.store.LeaseOrder(s.Context(), shop, id, time.Minute)
	s.must(err)
	row := s.row(id)
	row.Duplicate = choice
	s.must(s.store.SaveOrder(s.Context(), lease, row))
	s.must(s.store.ReleaseLease(s.Context(), lease))
}

func (s *scene) checkChoice(id tiktok.OrderID, theirs string, choice links.DuplicateChoice) {
	s.Helper()
	row, all := s.row(id), s.shopify.Orders(string(shop))
	switch choice {
	case links.AdoptTheirs:
		if row.State != links.Written || string(row.ShopifyOrder) != theirs || len(all) != 1 {
			s.Errorf("adopted: %s %s of %d orders", row.State, row.ShopifyOrder, len(all))
		}
		if m := all[0].Metafields; len(m) != 1 || m[0].Value != string(id) {
			s.Errorf("the adopted order carries %v, want our metafield", m)
		}
	case links.WriteOurs:
		if row.State != links.Written || string(row.ShopifyOrder) == theirs || len(all) != 2 {
			s.Errorf("wrote ours: %s %s of %d orders", row.State, row.ShopifyOrder, len(all))
		}
	case links.IgnoreOrder:
		if row.State != links.Skipped || len(all) != 1 {
			s.Errorf("ignored: %s of %d orders", row.State, len(all))
		}
	}
	if open := s.codes(id); len(open) != 0 {
		s.Errorf("still open: %v", open)
	}
}

func TestAReferenceAtTikTokNamesAnotherConnectorsOrder(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	gid, err := s.shopify.InjectOrder(string(shop), shopifysim.Order{App: "other", Currency: "USD"})
	s.must(err)
	number := gid[strings.LastIndex(gid, "/")+1:]
	s.must(s.tiktok.AddExternalReference(string(id), tiktoksim.ExternalReference{Platform: "SHOPIFY", ID: number}))
	s.must(s.bring(args(id)))
	if !slices.Equal(s.codes(id), []exceptions.Code{exceptions.DuplicateOrder}) {
		t.Fatalf("exceptions %v", s.codes(id))
	}
	// A reference to an order that this shop does not have names another shop's.
	other := s.place(tiktoksim.OrderSpec{})
	s.must(s.tiktok.AddExternalReference(string(other), tiktoksim.ExternalReference{Platform: "SHOPIFY", ID: "1"}))
	s.written(other)
}

func TestOurOwnOrderThatTheLedgerLostIsFound(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	_, ours := s.written(id)
	fresh := setUp(t)
	fresh.importer.Ledger, fresh.importer.Exceptions, fresh.importer.Timeline = fresh.store, fresh.store, fresh.store
	fresh.importer.TikTok, fresh.importer.Shopify = s.importer.TikTok, s.importer.Shopify
	connections, err := s.store.Connections(t.Context(), shop)
	s.must(err)
	if len(connections) != 1 {
		t.Fatal("no connection")
	}
	s.must(fresh.bring(args(id)))
	if row := fresh.row(id); row.State != links.Written || string(row.ShopifyOrder) != ours.GID {
		t.Errorf("order is %s %s, want %s", row.State, row.ShopifyOrder, ours.GID)
	}
	if n := len(s.inShopify(id)); n != 1 {
		t.Errorf("shopify has %d orders", n)
	}
}

func TestAnExceptionClearsWhenItsCauseIsGone(t *testing.T) {
	t.Parallel()
	mug := tiktoksim.SampleUnit()
	mug.SellerSKU = "NEW-SKU"
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{mug}})
	for range 2 { // asking again opens nothing twice
		s.must(s.bring(args(id)))
		if !slices.Equal(s.codes(id), []exceptions.Code{exceptions.SKUUnmatched}) {
			t.Fatalf("exceptions %v", s.codes(id))
		}
	}
	if row := s.row(id); row.State != links.Held || row.Reason != "sku_unmatched" {
		t.Fatalf("order is %s (%s)", row.State, row.Reason)
	}
	_, err := s.shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: "NEW-SKU", ProductTitle: "New", Price: 1800})
	s.must(err)
	s.clock.pass(time.Minute)
	s.written(id)
	all, _, err := s.store.Exceptions(t.Context(), shop, "", 10)
	s.must(err)
	if len(all) != 1 || all[0].Status != exceptions.Resolved || all[0].Resolution != exceptions.CauseGone {
		t.Errorf("exceptions %+v", all)
	}
}

func TestSwitchesHoldAndReleaseOrders(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.set(func(settings *shops.Settings) { settings.PullOrders, settings.PushOrders = false, false })
	id := s.place(tiktoksim.OrderSpec{})
	s.must(s.bring(args(id)))
	if row := s.row(id); row.State != links.Waiting || row.Reason != orders.PullOff {
		t.Fatalf("order is %s (%s)", row.State, row.Reason)
	}
	s.set(func(settings *shops.Settings) { settings.PullOrders = true })
	s.must(s.bring(args(id)))
	if row := s.row(id); row.State != links.Held || row.Reason != orders.PushOff {
		t.Fatalf("order is %s (%s)", row.State, row.Reason)
	}
	if len(s.inShopify(id)) != 0 {
		t.Fatal("written although push is off")
	}
	s.set(func(settings *shops.Settings) { settings.PushOrders = true })
	s.must((&orders.Releaser{Store: s.store}).Release(t.Context(), orders.ReleaseArgs{Shop: shop, State: links.Held, Reason: orders.PushOff}))
	released := s.jobs.take("order_import")
	if len(released) != 1 {
		t.Fatalf("released %v", released)
	}
	s.must(s.bring(released[0].(orders.ImportArgs)))
	s.written(id)
}

func TestShopifyRefuses(t *testing.T) {
	t.Parallel()
	t.Run("for want of stock", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		s.set(func(settings *shops.Settings) { settings.InventoryBehaviour = shops.DecrementObeyingPolicy })
		many := tiktoksim.SampleUnit()
		many.Count = 11
		id := s.place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{many}})
		s.must(s.bring(args(id)))
		if !slices.Equal(s.codes(id), []exceptions.Code{exceptions.InventoryRefused}) {
			t.Errorf("exceptions %v", s.codes(id))
		}
		if row := s.row(id); row.AttemptAt != nil {
			t.Error("the claim was not taken back: the order would be looked for in vain")
		}
	})
	t.Run("the customer, for want of a scope", func(t *testing.T) {
		t.Parallel()
		s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.UpsertNeedsScope = true })
		_, o := s.written(s.place(tiktoksim.OrderSpec{}))
		if o.Customer != nil || o.Email == "" {
			t.Errorf("customer %v, e-mail %q: want the e-mail alone", o.Customer, o.Email)
		}
	})
	t.Run("a sixth order in a minute", func(t *testing.T) {
		t.Parallel()
		s := setUp(t, func(_ *shopifysim.Options, spec *shopifysim.ShopSpec) { spec.DevelopmentShop = true })
		for range 7 {
			s.written(s.place(tiktoksim.OrderSpec{}))
		}
	})
}

func TestAnOrderThatTikTokDoesNotKnow(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.must(s.bring(args("576900000000099999")))
	if got := s.codes("576900000000099999"); !slices.Equal(got, []exceptions.Code{exceptions.OrderNotFound}) {
		t.Errorf("exceptions %v", got)
	}
}

func TestTheShopThatTookTheOrderIsFound(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	a := args(id)
	a.TikTokShop = ""
	s.must(s.bring(a))
	if row, _ := s.written(id); row.TikTokShop != tiktokShop {
		t.Errorf("tiktok shop %q", row.TikTokShop)
	}
}

func TestTheSellerWithdrewTheAuthorization(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	s.must(s.tiktok.Deauthorize(seller))
	err := s.bring(args(id))
	if err != nil && !errors.Is(err, links.ErrFenced) && fault.Of(err) == fault.None {
		t.Fatal(err)
	}
	if got := s.codes(id); !slices.Equal(got, []exceptions.Code{exceptions.ConnectionExpired}) {
		t.Errorf("exceptions %v after %v", got, err)
	}
}

func TestAJobThatLostItsLeaseStops(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	lease, err := s.store.LeaseOrder(t.Context(), shop, id, time.Minute)
	s.must(err)
	if err := s.importer.Import(t.Context(), args(id)); fault.Of(err) != fault.Later || !errors.Is(err, links.ErrLeased) {
		t.Fatalf("got %v, want to come back later", err)
	}
	s.clock.pass(2 * time.Minute) // the holder crashed: its lease ends
	s.written(id)
	if err := s.store.SaveOrder(t.Context(), lease, links.Order{Shop: shop, ID: id, State: links.Skipped}); !errors.Is(err, links.ErrFenced) {
		t.Errorf("the old lease still writes: %v", err)
	}
}

func TestTheReferenceIsToldToTikTokAndIsOptional(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	_, o := s.written(id)
	jobs := s.jobs.take("order_reference")
	if len(jobs) != 1 {
		t.Fatalf("jobs %v", jobs)
	}
	job := jobs[0].(orders.ReferenceArgs)
	for range 2 {
		s.must(s.referrer.Reference(t.Context(), job))
	}
	references := s.tiktok.ExternalReferences(string(id))
	if len(references) != 1 || !strings.HasSuffix(o.GID, "/"+references[0].ID) || len(references[0].Lines) != 1 {
		t.Errorf("references %+v, order %s", references, o.GID)
	}
	if s.row(id).ReferencedAt == nil {
		t.Error("the ledger does not know of the reference")
	}
}

func TestNoBuyerDataInTimelineAndExceptions(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	s.written(id)
	entries, err := s.store.Timeline(t.Context(), shop, id)
	s.must(err)
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

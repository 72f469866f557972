package orders_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

func (s *scene) rechecker() *orders.Rechecker {
	return &orders.Rechecker{Store: s.store, Interval: pollEvery, Now: s.clock.Now}
}

// work does what the queue was handed, and what follows from it.
func (s *scene) work() {
	s.Helper()
	for busy := true; busy; {
		busy = false
		for _, kind := range []string{"order_choice", "order_resume", "order_import"} {
			for _, job := range s.jobs.take(kind) {
				busy = true
				switch job := job.(type) {
				case orders.ChoiceArgs:
					s.must(s.importer.Choose(s.Context(), job))
				case orders.ResumeArgs:
					s.must(s.rechecker().Resume(s.Context(), job))
				case orders.ImportArgs:
					s.must(s.bring(job))
				}
			}
		}
	}
}

// look lets one interval pass, looks at what is stopped, and works.
func (s *scene) look() {
	s.Helper()
	s.clock.pass(pollEvery)
	s.must(s.rechecker().Recheck(s.Context(), orders.RecheckArgs{}))
	s.work()
}

// correct is TikTok changing an order without telling anybody.
func (s *scene) correct(id tiktok.OrderID, old, changed string) {
	s.Helper()
	order, ok := s.tiktok.Order(string(id))
	if !ok || !bytes.Contains(order.Raw, []byte(old)) {
		s.Fatalf("order %s has no %s: %s", id, old, order.Raw)
	}
	_, err := s.tiktok.LoadOrder(string(tiktokShop), bytes.ReplaceAll(order.Raw, []byte(old), []byte(changed)))
	s.must(err)
}

func (s *scene) variant(sku string) string {
	s.Helper()
	for _, v := range s.shopify.Variants(string(shop)) {
		if v.SKU == sku {
			return v.GID
		}
	}
	s.Fatalf("no variant %s", sku)
	return ""
}

// reconnect is the seller agreeing anew, with the jobs that follow from it.
func (s *scene) reconnect() {
	s.Helper()
	code, err := s.tiktok.Authorize(seller)
	s.must(err)
	grant, err := s.importer.TikTok.(*tiktok.Client).ExchangeCode(s.Context(), code)
	s.must(err)
	connections, err := s.store.Connections(s.Context(), shop)
	s.must(err)
	s.must(s.store.Connect(s.Context(), shops.Authorization{Shop: shop, OpenID: grant.OpenID, SellerName: "Stoneware", SellerRegion: "US"},
		tokens.Pair{Access: grant.Access, Refresh: grant.Refresh, AccessExpiresAt: grant.AccessExpiresAt, RefreshExpiresAt: grant.RefreshExpiresAt},
		connections, orders.Renewed(shop)...))
	s.work()
}

func unit(sku string) []tiktoksim.Unit {
	u := tiktoksim.SampleUnit()
	u.SellerSKU = sku
	return []tiktoksim.Unit{u}
}

func (s *scene) homeless(change func(*tiktoksim.Address)) tiktok.OrderID {
	s.Helper()
	home := tiktoksim.DefaultAddress("US")
	change(&home)
	return s.place(tiktoksim.OrderSpec{Address: &home})
}

// trouble is how an order meets an exception, and the fix that the merchant is told.
type trouble struct {
	code exceptions.Code
	// meet places an order that is stopped; fix is all that anybody does.
	meet func(*scene) tiktok.OrderID
	fix  func(*scene, tiktok.OrderID)
}

func troubles() []trouble {
	return slices.Concat(troublesOfOrders(), troublesOfAddresses(), troublesWithPlatforms())
}

func troublesOfOrders() []trouble {
	return []trouble{
		{exceptions.SKUUnmatched,
			func(s *scene) tiktok.OrderID { return s.place(tiktoksim.OrderSpec{Units: unit("NEW")}) },
			func(s *scene, _ tiktok.OrderID) {
				_, err := s.shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: "NEW", Price: 1800, Stock: 3})
				s.must(err)
			}},
		{exceptions.SKUAmbiguous,
			func(s *scene) tiktok.OrderID {
				_, err := s.shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: "HAT-RST", Price: 1800, Stock: 3})
				s.must(err)
				return s.place(tiktoksim.OrderSpec{Units: unit("HAT-RST")})
			},
			func(s *scene, _ tiktok.OrderID) {
				s.must(s.shopify.ChangeVariant(string(shop), s.variant("HAT-RST"), func(v *shopifysim.VariantSpec) { v.SKU = "HAT-OLD" }))
			}},
		{exceptions.TotalsMismatch,
			func(s *scene) tiktok.OrderID { return s.place(tiktoksim.OrderSpec{Unexplained: 300}) },
			func(s *scene, id tiktok.OrderID) { s.correct(id, `"22.49"`, `"19.49"`) }},
		{exceptions.CurrencyMismatch,
			func(s *scene) tiktok.OrderID {
				s.must(s.store.UpdateShop(s.Context(), shops.Shop{Domain: shop, Currency: "EUR"}))
				return s.place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) {
				s.must(s.store.UpdateShop(s.Context(), shops.Shop{Domain: shop, Currency: "USD"}))
			}},
		{exceptions.DuplicateOrder,
			func(s *scene) tiktok.OrderID {
				id := s.place(tiktoksim.OrderSpec{})
				_, err := s.shopify.InjectOrder(string(shop), shopifysim.Order{App: "other", Currency: "USD", SourceIdentifier: string(id)})
				s.must(err)
				s.clock.pass(time.Minute)
				return id
			},
			func(s *scene, id tiktok.OrderID) {
				open, err := s.store.OrderExceptions(s.Context(), shop, id)
				s.must(err)
				s.must((&orders.Desk{Files: s.store}).ResolveException(s.Context(), open[0], "adopt", ""))
			}},
		{exceptions.InventoryRefused,
			func(s *scene) tiktok.OrderID {
				s.set(func(settings *shops.Settings) { settings.InventoryBehaviour = shops.DecrementObeyingPolicy })
				s.stock("MUG-12-SAGE", 0)
				return s.place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) { s.stock("MUG-12-SAGE", 5) }},
	}
}

func troublesOfAddresses() []trouble {
	moved := func(s *scene, id tiktok.OrderID) {
		s.must(s.tiktok.ChangeAddress(string(id), tiktoksim.DefaultAddress("US")))
	}
	return []trouble{
		{exceptions.ZIPMissing, func(s *scene) tiktok.OrderID {
			return s.homeless(func(a *tiktoksim.Address) { a.PostalCode = "" })
		}, moved},
		{exceptions.ZIPMasked, func(s *scene) tiktok.OrderID {
			return s.homeless(func(a *tiktoksim.Address) { a.PostalCode = "7****" })
		}, moved},
		{exceptions.AddressMissing, func(s *scene) tiktok.OrderID {
			return s.homeless(func(a *tiktoksim.Address) { a.Line1, a.Line2 = "4*** E****** T****", "" })
		}, moved},
	}
}

func troublesWithPlatforms() []trouble {
	return []trouble{
		{exceptions.APIRejected,
			func(s *scene) tiktok.OrderID {
				s.set(func(settings *shops.Settings) {
					settings.Tags = []string{"a tag that is longer than the forty characters that Shopify takes"}
				})
				return s.place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) { s.set(func(settings *shops.Settings) { settings.Tags = nil }) }},
		{exceptions.ConnectionExpired,
			func(s *scene) tiktok.OrderID {
				s.must(s.tiktok.Deauthorize(seller))
				return s.place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) { s.reconnect() }},
		{exceptions.ScopeMissing,
			func(s *scene) tiktok.OrderID {
				s.must(s.tiktok.SetScopes(seller, "seller.authorization.info", "seller.shop.info"))
				return s.place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) {
				s.must(s.tiktok.SetScopes(seller, tiktoksim.AllScopes()...))
				s.reconnect()
			}},
		{exceptions.OrderNotFound,
			func(*scene) tiktok.OrderID { return "576900000000099999" },
			func(s *scene, id tiktok.OrderID) {
				order, _ := s.tiktok.Order(string(s.place(tiktoksim.OrderSpec{})))
				_, err := s.tiktok.LoadOrder(string(tiktokShop), bytes.ReplaceAll(order.Raw, []byte(`"id":"`+order.ID+`"`), []byte(`"id":"`+string(id)+`"`)))
				s.must(err)
			}},
		{exceptions.OrderNotUnderstood,
			func(s *scene) tiktok.OrderID {
				id := s.place(tiktoksim.OrderSpec{})
				s.correct(id, `"line_items"`, `"line_items_later"`)
				return id
			},
			func(s *scene, id tiktok.OrderID) { s.correct(id, `"line_items_later"`, `"line_items"`) }},
	}
}

func (s *scene) stock(sku string, n int) {
	s.Helper()
	s.must(s.shopify.ChangeVariant(string(shop), s.variant(sku), func(v *shopifysim.VariantSpec) { v.Stock = n }))
}

// Nobody presses retry: the fix alone clears the exception and the order is written.
func TestEachExceptionClearsByItsFix(t *testing.T) {
	t.Parallel()
	for _, c := range troubles() {
		t.Run(string(c.code), func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := c.meet(s)
			s.must(s.bring(args(id)))
			s.look() // what is looked at too early stays as it is
			if row := s.row(id); row.State != links.Held || !slices.Equal(s.codes(id), []exceptions.Code{c.code}) {
				t.Fatalf("order is %s (%s), exceptions %v", row.State, row.Reason, s.codes(id))
			}
			c.fix(s, id)
			s.look()
			row := s.row(id)
			if row.State != links.Written {
				t.Fatalf("after the fix the order is %s (%s), exceptions %v", row.State, row.Reason, s.codes(id))
			}
			if open := s.codes(id); len(open) > 0 {
				t.Errorf("still open: %v", open)
			}
			if n := len(s.inShopify(id)); n != 1 {
				t.Errorf("shopify has %d orders", n)
			}
		})
	}
}

// Every code that an order may have is met by a test that also mends it.
func TestEveryCodeOfAnOrderIsMet(t *testing.T) {
	t.Parallel()
	met := map[exceptions.Code]bool{}
	for _, c := range slices.Concat(troubles(), troublesOfWritten()) {
		met[c.code] = true
	}
	for _, code := range exceptions.OfOrders() {
		if !met[code] {
			t.Errorf("%s is not met by any test", code)
		}
		delete(met, code)
	}
	for code := range met {
		t.Errorf("%s is met, and no import clears it", code)
	}
}

// The longer an order is stopped, the more seldom it is looked at.
func TestLooksBecomeSeldom(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.prepare()
	s.must(s.bring(args(s.place(tiktoksim.OrderSpec{Units: unit("NOWHERE")}))))
	looks := func(rounds int, every time.Duration) (n int) {
		for range rounds {
			s.clock.pass(every)
			s.must(s.rechecker().Recheck(t.Context(), orders.RecheckArgs{}))
			n += len(s.imports())
		}
		return n
	}
	if first := looks(72, pollEvery); first < 20 || first > 40 {
		t.Errorf("%d looks in the first six hours", first)
	}
	if later := looks(72, time.Hour); later < 10 || later > 30 {
		t.Errorf("%d looks in the three days after them", later)
	}
}

func TestANumberThatTikTokDoesNotKnowIsGivenUp(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.must(s.bring(args("576900000000099999")))
	s.clock.pass(3*24*time.Hour + time.Minute)
	s.must(s.rechecker().Recheck(t.Context(), orders.RecheckArgs{}))
	if got := s.imports(); len(got) != 0 {
		t.Errorf("looked at again: %v", got)
	}
}

func TestARoundIsBounded(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.prepare()
	for range 105 {
		s.must(s.bring(args(s.place(tiktoksim.OrderSpec{Units: unit("NOWHERE")}))))
	}
	s.clock.pass(time.Hour)
	var looked []tiktok.OrderID
	for _, want := range []int{100, 5, 0} {
		s.must(s.rechecker().Recheck(t.Context(), orders.RecheckArgs{}))
		got := s.imports()
		if len(got) != want {
			t.Errorf("%d in a round, want %d", len(got), want)
		}
		looked = append(looked, got...)
	}
	slices.Sort(looked)
	if n := len(slices.Compact(looked)); n != 105 {
		t.Errorf("%d orders were looked at", n)
	}
}

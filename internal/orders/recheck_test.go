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
	return &orders.Rechecker{Store: s.Store, Interval: pollEvery, Now: s.Clock.Now}
}

// work does what the queue was handed, and what follows from it.
func (s *scene) work() {
	s.Helper()
	for busy := true; busy; {
		busy = false
		for _, kind := range []string{"order_choice", "order_resume", "order_import"} {
			for _, job := range s.Jobs.Take(kind) {
				busy = true
				switch job := job.(type) {
				case orders.ChoiceArgs:
					s.Must(s.Importer.Choose(s.Context(), job))
				case orders.ResumeArgs:
					s.Must(s.rechecker().Resume(s.Context(), job))
				case orders.ImportArgs:
					s.Must(s.Import(job))
				}
			}
		}
	}
}

// look lets one interval pass, looks at what is stopped, and works.
func (s *scene) look() {
	s.Helper()
	s.Clock.Pass(pollEvery)
	s.Must(s.rechecker().Recheck(s.Context(), orders.RecheckArgs{}))
	s.work()
}

// correct is TikTok changing an order without telling anybody.
func (s *scene) correct(id tiktok.OrderID, old, changed string) {
	s.Helper()
	order, ok := s.TikTok.Order(string(id))
	if !ok || !bytes.Contains(order.Raw, []byte(old)) {
		s.Fatalf("order %s has no %s: %s", id, old, order.Raw)
	}
	_, err := s.TikTok.LoadOrder(string(tiktokShop), bytes.ReplaceAll(order.Raw, []byte(old), []byte(changed)))
	s.Must(err)
}

func (s *scene) variant(sku string) string {
	s.Helper()
	for _, v := range s.Shopify.Variants(string(shop)) {
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
	code, err := s.TikTok.Authorize(seller)
	s.Must(err)
	grant, err := s.Importer.TikTok.(*tiktok.Client).ExchangeCode(s.Context(), code)
	s.Must(err)
	connections, err := s.Store.Connections(s.Context(), shop)
	s.Must(err)
	s.Must(s.Store.Connect(s.Context(), shops.Authorization{Shop: shop, OpenID: grant.OpenID, SellerName: "Stoneware", SellerRegion: "US"},
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
	return s.Place(tiktoksim.OrderSpec{Address: &home})
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
			func(s *scene) tiktok.OrderID { return s.Place(tiktoksim.OrderSpec{Units: unit("NEW")}) },
			func(s *scene, _ tiktok.OrderID) {
				_, err := s.Shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: "NEW", Price: 1800, Stock: 3})
				s.Must(err)
			}},
		{exceptions.SKUAmbiguous,
			func(s *scene) tiktok.OrderID {
				_, err := s.Shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: "HAT-RST", Price: 1800, Stock: 3})
				s.Must(err)
				return s.Place(tiktoksim.OrderSpec{Units: unit("HAT-RST")})
			},
			func(s *scene, _ tiktok.OrderID) {
				s.Must(s.Shopify.ChangeVariant(string(shop), s.variant("HAT-RST"), func(v *shopifysim.VariantSpec) { v.SKU = "HAT-OLD" }))
			}},
		{exceptions.TotalsMismatch,
			func(s *scene) tiktok.OrderID { return s.Place(tiktoksim.OrderSpec{Unexplained: 300}) },
			func(s *scene, id tiktok.OrderID) { s.correct(id, `"22.49"`, `"19.49"`) }},
		{exceptions.CurrencyMismatch,
			func(s *scene) tiktok.OrderID {
				s.Must(s.Store.UpdateShop(s.Context(), shops.Shop{Domain: shop, Currency: "EUR"}))
				return s.Place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) {
				s.Must(s.Store.UpdateShop(s.Context(), shops.Shop{Domain: shop, Currency: "USD"}))
			}},
		{exceptions.DuplicateOrder,
			func(s *scene) tiktok.OrderID {
				id := s.Place(tiktoksim.OrderSpec{})
				_, err := s.Shopify.InjectOrder(string(shop), shopifysim.Order{App: "other", Currency: "USD", SourceIdentifier: string(id)})
				s.Must(err)
				s.Clock.Pass(time.Minute)
				return id
			},
			func(s *scene, id tiktok.OrderID) {
				open, err := s.Store.OrderExceptions(s.Context(), shop, id)
				s.Must(err)
				s.Must((&orders.Desk{Files: s.Store}).ResolveException(s.Context(), open[0], "adopt", ""))
			}},
		{exceptions.InventoryRefused,
			func(s *scene) tiktok.OrderID {
				s.Set(func(settings *shops.Settings) { settings.InventoryBehaviour = shops.DecrementObeyingPolicy })
				s.stock("MUG-12-SAGE", 0)
				return s.Place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) { s.stock("MUG-12-SAGE", 5) }},
	}
}

func troublesOfAddresses() []trouble {
	moved := func(s *scene, id tiktok.OrderID) {
		s.Must(s.TikTok.ChangeAddress(string(id), tiktoksim.DefaultAddress("US")))
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
				s.Set(func(settings *shops.Settings) {
					settings.Tags = []string{"a tag that is longer than the forty characters that Shopify takes"}
				})
				return s.Place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) { s.Set(func(settings *shops.Settings) { settings.Tags = nil }) }},
		{exceptions.ConnectionExpired,
			func(s *scene) tiktok.OrderID {
				s.Must(s.TikTok.Deauthorize(seller))
				return s.Place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) { s.reconnect() }},
		{exceptions.ScopeMissing,
			func(s *scene) tiktok.OrderID {
				s.Must(s.TikTok.SetScopes(seller, "seller.authorization.info", "seller.shop.info"))
				return s.Place(tiktoksim.OrderSpec{})
			},
			func(s *scene, _ tiktok.OrderID) {
				s.Must(s.TikTok.SetScopes(seller, tiktoksim.AllScopes()...))
				s.reconnect()
			}},
		{exceptions.OrderNotFound,
			func(*scene) tiktok.OrderID { return "576900000000099999" },
			func(s *scene, id tiktok.OrderID) {
				order, _ := s.TikTok.Order(string(s.Place(tiktoksim.OrderSpec{})))
				_, err := s.TikTok.LoadOrder(string(tiktokShop), bytes.ReplaceAll(order.Raw, []byte(`"id":"`+order.ID+`"`), []byte(`"id":"`+string(id)+`"`)))
				s.Must(err)
			}},
		{exceptions.OrderNotUnderstood,
			func(s *scene) tiktok.OrderID {
				id := s.Place(tiktoksim.OrderSpec{})
				s.correct(id, `"line_items"`, `"line_items_later"`)
				return id
			},
			func(s *scene, id tiktok.OrderID) { s.correct(id, `"line_items_later"`, `"line_items"`) }},
	}
}

func (s *scene) stock(sku string, n int) {
	s.Helper()
	s.Must(s.Shopify.ChangeVariant(string(shop), s.variant(sku), func(v *shopifysim.VariantSpec) { v.Stock = n }))
}

// Nobody presses retry: the fix alone clears the exception and the order is written.
func TestEachExceptionClearsByItsFix(t *testing.T) {
	t.Parallel()
	for _, c := range troubles() {
		t.Run(string(c.code), func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := c.meet(s)
			s.Bring(id)
			s.look() // what is looked at too early stays as it is
			if row := s.Row(id); row.State != links.Held || !slices.Equal(s.Codes(id), []exceptions.Code{c.code}) {
				t.Fatalf("order is %s (%s), exceptions %v", row.State, row.Reason, s.Codes(id))
			}
			c.fix(s, id)
			s.look()
			row := s.Row(id)
			if row.State != links.Written {
				t.Fatalf("after the fix the order is %s (%s), exceptions %v", row.State, row.Reason, s.Codes(id))
			}
			if open := s.Codes(id); len(open) > 0 {
				t.Errorf("still open: %v", open)
			}
			if n := len(s.InShopify(id)); n != 1 {
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
	s.Prepare()
	s.Must(s.Import(args(s.Place(tiktoksim.OrderSpec{Units: unit("NOWHERE")}))))
	looks := func(rounds int, every time.Duration) (n int) {
		for range rounds {
			s.Clock.Pass(every)
			s.Must(s.rechecker().Recheck(t.Context(), orders.RecheckArgs{}))
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
	s.Bring("576900000000099999")
	s.Clock.Pass(3*24*time.Hour + time.Minute)
	s.Must(s.rechecker().Recheck(t.Context(), orders.RecheckArgs{}))
	if got := s.imports(); len(got) != 0 {
		t.Errorf("looked at again: %v", got)
	}
}

func TestARoundIsBounded(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Prepare()
	for range 105 {
		s.Must(s.Import(args(s.Place(tiktoksim.OrderSpec{Units: unit("NOWHERE")}))))
	}
	s.Clock.Pass(time.Hour)
	var looked []tiktok.OrderID
	for _, want := range []int{100, 5, 0} {
		s.Must(s.rechecker().Recheck(t.Context(), orders.RecheckArgs{}))
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

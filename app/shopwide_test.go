package main

import (
	"net/http"
	"slices"
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/loopsim"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// A seller of two markets: one that is served and one where TikTok takes no word of shipments.
const (
	twoMarkets     = "SELLER-US-BR"
	brazilianShop  = "7494000000000040002"
	americanBranch = "7494000000000040001"
)

// shopTrouble is how a shop meets an exception of its own, and what the merchant is told to do.
type shopTrouble struct {
	code      exceptions.Code
	meet, fix func(*testing.T, *stage)
}

func shopTroubles() []shopTrouble {
	return []shopTrouble{
		{exceptions.ConnectionExpired,
			func(t *testing.T, s *stage) { t.Helper(); check(t, s.platforms.TikTok.Deauthorize(sandbox.Seller)) },
			func(t *testing.T, s *stage) { t.Helper(); s.reconnect(t) }},
		{exceptions.ConnectionExpiring,
			func(t *testing.T, s *stage) {
				t.Helper()
				check(t, s.platforms.TikTok.Notify(sandbox.TikTokShop, 7, map[string]any{"expiration_time": "1803859200"}, false))
			},
			func(t *testing.T, s *stage) { t.Helper(); s.reconnect(t) }},
		{exceptions.MarketUnsupported,
			func(t *testing.T, s *stage) {
				t.Helper()
				check(t, s.platforms.TikTok.AddSeller(tiktoksim.SellerSpec{OpenID: twoMarkets, Name: "Duas", Region: "US", Shops: []tiktoksim.ShopSpec{
					{ID: americanBranch, Name: "Duas US", Cipher: "TTP_duasUS"},
					{ID: brazilianShop, Name: "Duas BR", Region: "BR", Currency: "BRL", Cipher: "TTP_duasBR"},
				}}))
				if status, body := s.connect(t, sandbox.Shop, twoMarkets); status != http.StatusOK {
					t.Fatalf("connect: %d %s", status, body)
				}
			},
			func(t *testing.T, s *stage) {
				t.Helper()
				s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/tiktok/disconnect", `{"tiktok_shop_id":"`+brazilianShop+`"}`, nil)
			}},
		{exceptions.LoopKeyRefused,
			func(t *testing.T, s *stage) { t.Helper(); s.giveLoopKey(t, "a-key-that-was-withdrawn") },
			func(t *testing.T, s *stage) { t.Helper(); s.giveLoopKey(t, theLoopKey) }},
		{exceptions.PrivacyRequest,
			func(t *testing.T, s *stage) {
				t.Helper()
				check(t, s.platforms.Shopify.RequestCustomerData(sandbox.Shop, shopifysim.RedactedCustomer{ID: 7781}))
			},
			func(t *testing.T, s *stage) { t.Helper(); s.report(t) }},
	}
}

// Each exception of a whole shop is met through the platforms and cleared by its fix alone; orders go on or wait for it.
func TestEachExceptionOfAShopClearsByItsFix(t *testing.T) {
	t.Parallel()
	var met []exceptions.Code
	for _, c := range shopTroubles() {
		met = append(met, c.code)
		t.Run(string(c.code), func(t *testing.T) {
			t.Parallel()
			s := play(t, seldom)
			s.furnished(t)
			s.trace(t) // what connecting started is over, and would clear what follows
			c.meet(t, s)
			s.shopWide(t, string(c.code))
			c.fix(t, s)
			s.shopWide(t)
			s.orderIs(t, sandbox.Shop, s.place(t, "AWAITING_SHIPMENT"), "written", "")
		})
	}
	for _, code := range exceptions.OfShops() {
		if !slices.Contains(met, code) {
			t.Errorf("%s is not met by any test", code)
		}
	}
}

// Orders of a shop whose market is not served wait: its webhooks come all the same.
func TestOrdersOfAMarketThatIsNotServed(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	for _, c := range shopTroubles() {
		if c.code == exceptions.MarketUnsupported {
			c.meet(t, s)
		}
	}
	id, err := s.platforms.TikTok.PlaceOrder(brazilianShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}})
	check(t, err)
	s.orderIs(t, sandbox.Shop, id, "waiting", "connection_off")
	if n := len(s.written(sandbox.Shop, id)); n != 0 {
		t.Errorf("Shopify has %d orders of it", n)
	}
}

// Retry looks again at what nobody told the program of: Loop takes the key now.
// The order that could not be asked about meanwhile is asked about.
func TestRetryOfAShopsException(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	s.giveLoopKey(t, "a-key-without-scopes")
	id := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, id, "written", "")
	s.answered(t, id, "key-refused")
	s.shopWide(t, "loop_key_refused")
	s.platforms.Loop.AddPortal(loopsim.Portal{Name: sandbox.Portal, Shop: sandbox.Shop, APIKey: "a-key-without-scopes"})
	var list struct {
		Exceptions []exceptionView `json:"exceptions"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/exceptions", "", &list)
	s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/exceptions/"+list.Exceptions[0].ID+"/retry", "", nil)
	s.shopWide(t)
	s.answered(t, id, "found")
}

package main

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// readings are the calls for an order's detail since then, the refused ones too.
func (s *stage) readings(since time.Time) (list []tiktoksim.Request) {
	for _, r := range s.platforms.TikTok.Requests() {
		if r.Op == tiktoksim.OpOrderDetail && !r.At.Before(since) {
			list = append(list, r)
		}
	}
	return list
}

// TikTok answers 429: nobody asks it again before the time that it named, or ten
// seconds where it named none, and every order is written after that.
func TestTikTokIsTooBusy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ retryAfter, pause time.Duration }{
		"and says until when": {3 * time.Second, 3 * time.Second},
		"and says nothing":    {0, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t, seldom)
			s.furnished(t)
			start := time.Now()
			s.platforms.TikTokFaults.Add(tiktoksim.OpOrderDetail, chaos.Fault{Kind: chaos.Throttled, RetryAfter: c.retryAfter}, 1)
			ids := []string{s.place(t, "AWAITING_SHIPMENT")}
			s.until(t, func() error {
				if n := len(s.readings(start)); n == 0 {
					return &miscount{"readings", n, 1}
				}
				return nil
			})
			for range 5 { // they come while TikTok is to be left alone
				ids = append(ids, s.place(t, "AWAITING_SHIPMENT"))
			}
			for _, id := range ids {
				s.wellWritten(t, id)
			}
			calls := s.readings(start)
			if calls[0].Status != 429 {
				t.Fatalf("the first reading was answered with %d", calls[0].Status)
			}
			if waited := calls[1].At.Sub(calls[0].At); waited < c.pause {
				t.Errorf("asked again after %v, want at least %v", waited, c.pause)
			}
		})
	}
}

// Two shops have more orders waiting than their budgets at Shopify hold: both are
// worked off beside one another, every order once.
func TestTwoShopsUnderABacklog(t *testing.T) {
	t.Parallel()
	const each = 20
	s := play(t, scenery{bucket: 400, restore: 100, environ: []string{"POLL_INTERVAL=1h"}})
	s.furnished(t)
	s.furnishBritain(t)
	start := time.Now()
	mug := tiktoksim.SampleUnit()
	mug.TaxRate = "" // a British price holds its tax
	order := tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{mug}}
	ids := map[string][]string{}
	var mu sync.Mutex
	var buyers sync.WaitGroup
	for shop, at := range map[string]string{sandbox.Shop: sandbox.TikTokShop, britishShop: britishTikTokShop} {
		for range each {
			buyers.Go(func() {
				id, err := s.platforms.TikTok.PlaceOrder(at, order)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				ids[shop] = append(ids[shop], id)
			})
		}
	}
	buyers.Wait()
	var begun, done [2]time.Time
	for n, shop := range []string{sandbox.Shop, britishShop} {
		for _, id := range ids[shop] {
			s.orderIs(t, shop, id, "written", "")
			at := s.one(t, shop, id).CreatedAt
			if begun[n].IsZero() || at.Before(begun[n]) {
				begun[n] = at
			}
			if at.After(done[n]) {
				done[n] = at
			}
		}
	}
	if n := s.creates(start); n != 2*each {
		t.Errorf("%d calls of orderCreate for %d orders", n, 2*each)
	}
	if begun[0].After(done[1]) || begun[1].After(done[0]) {
		t.Errorf("one shop waited for the other: from %v to %v, and from %v to %v", begun[0], done[0], begun[1], done[1])
	}
}

// A development shop takes five orders a minute. What is more waits; none of it
// fails. SOAK=1 sees it through with the program, which takes over a minute;
// internal/orders has it by a clock of its own.
func TestADevelopmentShopIsWaitedFor(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("SOAK=1 runs it")
	}
	t.Parallel()
	const domain, seller, store = "sketch.myshopify.com", "SKETCH-SELLER", "7494000000000030001"
	s := play(t, scenery{environ: []string{"POLL_INTERVAL=1h"}})
	check(t, s.platforms.Shopify.AddShop(shopifysim.ShopSpec{Domain: domain, Currency: "USD", DevelopmentShop: true}))
	_, err := s.platforms.Shopify.AddVariant(domain, shopifysim.VariantSpec{SKU: "MUG-12-SAGE", ProductTitle: "Mug", Price: 1800, Stock: 100})
	check(t, err)
	check(t, s.platforms.TikTok.AddSeller(tiktoksim.SellerSpec{OpenID: seller, Name: "Sketch", Region: "US", Shops: []tiktoksim.ShopSpec{
		{ID: store, Name: "Sketch US", Cipher: "TTP_sketchCipher"},
	}}))
	s.open(t, domain)
	if status, body := s.connect(t, domain, seller); status != 200 {
		t.Fatalf("connect: %d %s", status, body)
	}
	s.turnOn(t, domain)
	start := time.Now()
	ids := make([]string, 7)
	for n := range ids {
		ids[n], err = s.platforms.TikTok.PlaceOrder(store, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}})
		check(t, err)
	}
	for _, id := range ids {
		s.orderIs(t, domain, id, "written", "")
		s.one(t, domain, id)
	}
	if took := time.Since(start); took < time.Minute {
		t.Errorf("seven orders in %v: was there a limit at all?", took)
	}
}

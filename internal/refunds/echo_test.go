package refunds_test

import (
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// doings are what may happen at TikTok without us, and is recorded in Shopify.
func doings() map[string]func(*scene) tiktok.OrderID {
	return map[string]func(*scene) tiktok.OrderID{
		"a return": func(s *scene) tiktok.OrderID {
			id := s.delivered()
			_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{By: "OPERATOR"})
			s.Must(err)
			return id
		},
		"a return of one unit": func(s *scene) tiktok.OrderID {
			id := s.delivered()
			_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{By: "SYSTEM", LineIDs: s.unitsOf(id, "MUG-12-SAGE")[1:]})
			s.Must(err)
			return id
		},
		"a cancellation": func(s *scene) tiktok.OrderID {
			id := s.Written(tiktoksim.OrderSpec{})
			s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
			return id
		},
		"a cancellation of one unit": func(s *scene) tiktok.OrderID {
			id := s.Written(tiktoksim.OrderSpec{})
			request, err := s.TikTok.RequestCancel(string(id), tiktoksim.Cancellation{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:1]})
			s.Must(err)
			s.Must(s.TikTok.Decide(request, true, "SYSTEM"))
			return id
		},
	}
}

// What we record in Shopify of TikTok's doings comes back to us as webhooks of
// refunds and cancellations, before our call is answered, while it runs, or
// long after. Nothing of it goes to TikTok.
func TestNothingEchoes(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*scene, tiktok.OrderID){
		"after":  func(s *scene, id tiktok.OrderID) { s.record(id); s.forward(id) },
		"before": func(s *scene, id tiktok.OrderID) { s.recordUnanswered(id) },
		"during": func(s *scene, id tiktok.OrderID) {
			var wg sync.WaitGroup
			wg.Go(func() { s.crowd(id) })
			_ = s.Importer.Import(s.Context(), orders.ImportArgs{Shop: shop, TikTokShop: tiktokShop, Order: id, Cause: "test"})
			wg.Wait()
			s.record(id)
		},
	}
	for name, happen := range doings() {
		for way, hear := range ways {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := happen(s)
				asked := len(s.TikTok.Aftersales(string(id)))
				hear(s, id)
				for range 2 {
					s.Clock.Pass(2 * time.Minute)
					s.record(id)
				}
				if n := s.Calls(tiktoksim.OpReturnCreate) + s.Calls(tiktoksim.OpCancelCreate); n != 0 || len(s.TikTok.Aftersales(string(id))) != asked {
					t.Errorf("TikTok was asked %d times: %+v", n, s.TikTok.Aftersales(string(id)))
				}
				if o := s.Order(id); o.Refunded != s.back(id) || len(o.Refunds) != 1 {
					t.Errorf("Shopify has %d on record in %d refunds, the buyer got %d", o.Refunded, len(o.Refunds), s.back(id))
				}
				s.WantCodes(id)
				list, err := s.Store.Refunds(t.Context(), shop, id)
				s.Must(err)
				if len(list) != 1 || list[0].State != links.RefundIgnored {
					t.Errorf("the ledger has %+v", list)
				}
			})
		}
	}
}

// While mirror_refunds is off nothing is recorded, and when it is turned on all is, once.
func TestNothingEchoesFromWhatWasHeldBack(t *testing.T) {
	t.Parallel()
	for name, happen := range doings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			s.Set(func(x *shops.Settings) { x.MirrorRefunds = false })
			id := happen(s)
			asked := len(s.TikTok.Aftersales(string(id)))
			s.record(id)
			s.record(id)
			if o := s.Order(id); len(o.Refunds) > 0 || !o.Canceled.IsZero() {
				t.Errorf("Shopify has %+v", o.Refunds)
			}
			if codes := s.Codes(id); len(codes) != 1 || codes[0] != exceptions.RefundNotMirrored && codes[0] != exceptions.CancelNotMirrored {
				t.Errorf("listed under %v", codes)
			}
			s.Set(func(x *shops.Settings) { x.MirrorRefunds = true })
			for range 3 {
				s.record(id)
			}
			s.WantCodes(id)
			if o := s.Order(id); o.Refunded != s.back(id) || len(o.Refunds) != 1 || len(s.TikTok.Aftersales(string(id))) != asked {
				t.Errorf("Shopify has %d on record in %d refunds, the buyer got %d by %+v", o.Refunded, len(o.Refunds), s.back(id), s.TikTok.Aftersales(string(id)))
			}
		})
	}
}

// A person refunds in Shopify one of the units that TikTok gave the money back
// for: only the others are recorded, whichever is first, and nothing goes to TikTok.
func TestHalfOfWhatTikTokGaveBackWasRefundedInShopify(t *testing.T) {
	t.Parallel()
	refund := func(s *scene, id tiktok.OrderID) { s.refund(id, -1, "MUG-12-SAGE", 1) }
	pay := func(s *scene, id tiktok.OrderID) {
		_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{By: "OPERATOR", LineIDs: s.unitsOf(id, "MUG-12-SAGE")})
		s.Must(err)
	}
	for name, steps := range map[string][]func(*scene, tiktok.OrderID){
		"TikTok first":              {pay, refund, (*scene).record},
		"Shopify first":             {refund, pay, (*scene).record},
		"both at once, many at it":  {pay, refund, (*scene).crowd},
		"heard before it is paid":   {func(s *scene, id tiktok.OrderID) { s.later(id, pay) }, refund, (*scene).record, payBack},
		"the answer of it was lost": {pay, refund, (*scene).recordUnanswered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.delivered()
			for _, step := range steps {
				step(s, id)
			}
			for range 3 {
				s.Clock.Pass(2 * time.Minute)
				s.record(id)
			}
			s.WantCodes(id)
			o := s.Order(id)
			if o.Refunded != s.back(id) || s.back(id) != 2*1949 || len(o.Refunds) != 2 {
				t.Errorf("Shopify has %d on record in %d refunds, the buyer got %d", o.Refunded, len(o.Refunds), s.back(id))
			}
			if n := s.Calls(tiktoksim.OpReturnCreate) + s.Calls(tiktoksim.OpCancelCreate); n != 0 {
				t.Errorf("TikTok was asked %d times: %+v", n, s.TikTok.Aftersales(string(id)))
			}
			states := map[links.RefundState]int{}
			for _, made := range o.Refunds {
				states[s.ledger(shopify.GID(made.GID)).State]++
			}
			if states[links.RefundSatisfied] != 1 || states[links.RefundIgnored] != 1 {
				t.Errorf("the ledger has %v", states)
			}
		})
	}
}

// later has what TikTok pays stay on its way.
func (s *scene) later(id tiktok.OrderID, pay func(*scene, tiktok.OrderID)) {
	s.Helper()
	s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{PayLater: true}))
	pay(s, id)
}

// payBack lets the money arrive.
func payBack(s *scene, id tiktok.OrderID) {
	s.Must(s.TikTok.PayBack(s.TikTok.Aftersales(string(id))[0].ID))
}

// record has both legs bring what TikTok did into Shopify.
func (s *scene) record(id tiktok.OrderID) {
	s.Helper()
	s.Bring(id)
	s.forward(id)
}

// recordUnanswered loses Shopify's answers, and hears its webhooks before the calls are made again.
func (s *scene) recordUnanswered(id tiktok.OrderID) {
	s.Helper()
	for _, call := range []string{"refundCreate", "orderCancel"} {
		s.Faults.Add(call, chaos.Fault{Kind: chaos.CutAfter}, 1)
		_ = s.Importer.Import(s.Context(), orders.ImportArgs{Shop: shop, TikTokShop: tiktokShop, Order: id, Cause: "test"})
		_ = s.forwarder.Forward(s.Context(), s.args(id))
		_ = s.forwarder.Forward(s.Context(), s.args(id))
		s.Clock.Pass(2 * time.Minute)
		s.forward(id)
	}
	s.Faults.Clear()
}

package refunds_test

import (
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// What we record in Shopify of TikTok's doings comes back to us as webhooks of
// refunds and cancellations, before our call is answered, while it runs, or
// long after. Nothing of it goes to TikTok.
func TestNothingEchoes(t *testing.T) {
	t.Parallel()
	happens := map[string]func(*scene) tiktok.OrderID{
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
	for name, happen := range happens {
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

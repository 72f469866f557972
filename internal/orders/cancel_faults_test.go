package orders_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

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
					s.Faults.Add(op, fault, 1)
				}
				s.Bring(id)
				if order := s.one(id); op != "orderCancel" && op != "job" && (order.Lines[0].Removed != 1 || len(order.Refunds) != 1) {
					t.Fatalf("removed %d in %d refunds", order.Lines[0].Removed, len(order.Refunds))
				}
				s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
				s.Bring(id)
				s.Clock.Pass(2 * time.Minute) // what commits late has done so
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
				err := s.Importer.Import(s.Context(), args(id))
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
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.crowd(id)
	s.settled(id)
	if n := len(s.one(id).Refunds); n != 1 {
		t.Errorf("%d refunds", n)
	}
}

func TestACancellationThatShopifyRefuses(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	_, order := s.written(id)
	s.Must(s.Shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) { o.FulfillmentStatus = "FULFILLED" }))
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	for range 2 {
		s.Bring(id)
		if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{exceptions.CancelRefused}) {
			t.Fatalf("exceptions %v", got)
		}
	}
	if got := s.stockOf("MUG-12-SAGE"); got != 7 {
		t.Errorf("stock %d: what left the house was put back", got)
	}
	// The merchant stops the parcel: everything else goes on by itself.
	s.Must(s.Shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) { o.FulfillmentStatus = "UNFULFILLED" }))
	s.Bring(id)
	if row := s.Row(id); row.State != links.Cancelled || len(s.Codes(id)) != 0 || len(s.one(id).Refunds) != 1 {
		t.Errorf("order is %s, %v, %d refunds", row.State, s.Codes(id), len(s.one(id).Refunds))
	}
}

func TestShopifyTakesItsTimeToCancel(t *testing.T) {
	t.Parallel()
	s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.CancelTakes = time.Hour })
	id := s.three()
	s.written(id)
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	if err := s.Importer.Import(t.Context(), args(id)); fault.Of(err) != fault.Later {
		t.Fatalf("got %v, want to come back", err)
	}
	s.Clock.Pass(11 * time.Minute)
	s.Bring(id)
	if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{exceptions.CancelRefused}) {
		t.Fatalf("exceptions %v", got)
	}
	s.Clock.Pass(time.Hour)
	s.Bring(id)
	s.settled(id)
}

func TestAnOrderCancelledWhileItsAnswerWasLost(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.Faults.Add("orderCreate", chaos.Fault{Kind: chaos.CutAfter}, 1)
	s.Faults.Add("orderByIdentifier", chaos.Fault{}, 1) // the guard before the attempt
	s.Faults.Add("orderByIdentifier", chaos.Fault{Kind: chaos.CutBefore}, 1)
	if err := s.Importer.Import(t.Context(), args(id)); err == nil {
		t.Fatal("the answer was not lost")
	}
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.Bring(id)
	next := s.Jobs.Take("order_import")
	if len(next) != 1 || s.Row(id).State != links.Written {
		t.Fatalf("order is %s, jobs %v", s.Row(id).State, next)
	}
	s.Must(s.Import(next[0].(orders.ImportArgs)))
	s.settled(id)
}

package refunds_test

import (
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func troubles() []trouble {
	return slices.Concat(troublesInShopify(), troublesAtTikTok(), troublesWithRequests())
}

// recheck lets time pass in which what is due is looked at, as the program does; nobody presses anything.
func (s *scene) recheck() {
	s.Helper()
	releaser := &refunds.Releaser{Store: s.Store, Interval: time.Minute, Now: s.Clock.Now}
	for range 3 {
		s.Clock.Pass(time.Hour)
		s.Must(releaser.Recheck(s.Context(), refunds.RecheckArgs{}))
		s.work()
	}
}

// Nobody presses retry: when the cause is gone the exception clears itself, and what it stopped is done.
func TestEachExceptionClearsByItsFix(t *testing.T) {
	t.Parallel()
	for _, c := range troubles() {
		if c.fix == nil {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id, refund := c.meet(s)
			s.forward(id)
			s.recheck() // what is looked at too early stays as it is
			s.WantCodes(id, c.code)
			c.fix(s, id)
			s.recheck()
			s.forward(id) // TikTok has paid meanwhile
			s.WantCodes(id)
			if refund == "" {
				if back := s.back(id); back == 0 || s.Order(id).Refunded != back {
					t.Errorf("the buyer has %d back, Shopify's record says %d", back, s.Order(id).Refunded)
				}
				return
			}
			got := s.ledger(refund)
			if got.State != c.ends || got.Amount != "" && got.Completed != got.Amount {
				t.Errorf("the refund is %s (%s: %s), want %s: %+v", got.State, got.Reason, got.Detail, c.ends, got)
			}
		})
	}
}

// Each exception ends, and stays ended, when a person says that it was dealt with elsewhere.
func TestEachExceptionEndsByAPersonsWord(t *testing.T) {
	t.Parallel()
	for _, c := range troubles() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id, _ := c.meet(s)
			s.forward(id)
			s.forward(id)
			s.WantCodes(id, c.code)
			before := s.back(id)
			for _, e := range s.open(id) {
				s.Must(s.Store.Enqueue(t.Context(), refunds.Resolve(e, refunds.Handled, "done in Seller Center")))
			}
			s.work()
			s.WantCodes(id)
			s.recheck()
			s.forward(id)
			s.WantCodes(id)
			if after := s.back(id); after != before {
				t.Errorf("the buyer had %d back, and has %d now", before, after)
			}
		})
	}
}

// open lists the order's open exceptions.
func (s *scene) open(id tiktok.OrderID) []exceptions.Exception {
	s.Helper()
	open, err := s.Store.OrderExceptions(s.Context(), shop, id)
	s.Must(err)
	return open
}

// Every code that a refund may have is met by a test, and ended by another.
func TestEveryCodeOfARefundIsMet(t *testing.T) {
	t.Parallel()
	met := map[exceptions.Code]bool{}
	for _, c := range troubles() {
		met[c.code] = true
	}
	for _, code := range exceptions.OfRefunds() {
		if !met[code] {
			t.Errorf("%s is not met by any test", code)
		}
		delete(met, code)
	}
	for code := range met {
		t.Errorf("%s is met, and no look at refunds clears it", code)
	}
}

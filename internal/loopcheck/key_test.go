package loopcheck_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func (s *stage) OpenException(_ context.Context, e exceptions.Exception) error {
	if e.Shop != shop || e.Order != "" {
		return errors.New("not of the whole shop")
	}
	s.open[e.Code] = true
	return nil
}

func (s *stage) ResolveExceptions(_ context.Context, domain shopify.Domain, id tiktok.OrderID, _ string, codes ...exceptions.Code) error {
	if domain != shop || id != "" || len(codes) == 0 {
		return errors.New("more than was meant")
	}
	for _, code := range codes {
		delete(s.open, code)
	}
	return nil
}

func (s *stage) OrderExceptions(_ context.Context, domain shopify.Domain, id tiktok.OrderID) (list []exceptions.Exception, _ error) {
	for code := range s.open {
		list = append(list, exceptions.New(domain, id, code, "", s.now))
	}
	return list, nil
}

func (s *stage) LoopChecksWith(_ context.Context, _ shopify.Domain, code string, after tiktok.OrderID, limit int) (page []tiktok.OrderID, _ error) {
	for id, check := range s.records {
		if check.Code == code && id > after {
			page = append(page, id)
		}
	}
	slices.Sort(page)
	return page[:min(len(page), limit)], nil
}

func (s *stage) Enqueue(_ context.Context, jobs ...loopcheck.Job) error {
	s.jobs = append(s.jobs, jobs...)
	return nil
}

func (s *stage) review() error {
	k := loopcheck.Keyring{Keys: s, Loop: s.client, Exceptions: s, Waiting: s, Now: func() time.Time { return s.now }}
	return k.Review(s.Context(), loopcheck.KeyArgs{Shop: shop})
}

func TestAKeyThatLoopRefusesIsAnExceptionOfTheShop(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.arrives("73301")
	s.key = "stale"
	if err := s.check(); err != nil || !s.open[exceptions.LoopKeyRefused] || s.records[order].Code != loopcheck.KeyRefused {
		t.Fatalf("%v, open %v, %+v", err, s.open, s.records[order])
	}
	if err := s.review(); err != nil || !s.open[exceptions.LoopKeyRefused] || len(s.jobs) != 0 {
		t.Fatalf("%v, open %v, jobs %v", err, s.open, s.jobs)
	}
	// A good key is saved: what could not be asked is asked, with nobody's help.
	s.key = "loop-key"
	if err := s.review(); err != nil || len(s.open) != 0 {
		t.Errorf("%v, open %v", err, s.open)
	}
	if diff := cmp.Diff([]loopcheck.Job{loopcheck.Args{Shop: shop, Order: order}}, s.jobs); diff != "" {
		t.Error(diff)
	}
	if err := s.check(); err != nil || !s.records[order].Found {
		t.Errorf("%v, %+v", err, s.records[order])
	}
}

func TestAKeyThatIsRemovedIsNoTrouble(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.open[exceptions.LoopKeyRefused], s.key = true, ""
	if err := s.review(); err != nil || len(s.open) != 0 || len(s.calls) != 0 {
		t.Errorf("%v, open %v, calls %v", err, s.open, s.calls)
	}
}

// Its scopes may be mended at Loop: then the next order's check finds the key good.
func TestAKeyThatIsGoodAgainIsReviewed(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.arrives("73301")
	s.open[exceptions.LoopKeyRefused] = true
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]loopcheck.Job{loopcheck.KeyArgs{Shop: shop}}, s.jobs); diff != "" {
		t.Error(diff)
	}
}

// What says nothing of the key neither accuses nor acquits it.
func TestALoopThatIsDownSaysNothingOfTheKey(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadGateway, http.StatusTooManyRequests} {
		for _, open := range []bool{false, true} {
			s := setUp(t)
			s.broken = status
			if open {
				s.open[exceptions.LoopKeyRefused] = true
			}
			if err := s.review(); fault.Of(err) != fault.Retry && fault.Of(err) != fault.Later {
				t.Errorf("%d: got %v, want another try", status, err)
			}
			_ = s.check()
			if s.open[exceptions.LoopKeyRefused] != open || len(s.jobs) != 0 {
				t.Errorf("%d: open %v, jobs %v", status, s.open, s.jobs)
			}
		}
	}
}

// A viral day's orders may all have been refused: they are asked about page by page, none twice.
func TestEveryRefusedOrderIsAskedAboutAgain(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	for n := range 450 {
		id := order + tiktok.OrderID(rune('0'+n/100)) + tiktok.OrderID(rune('0'+n/10%10)) + tiktok.OrderID(rune('0'+n%10))
		s.records[id] = links.LoopCheck{Shop: shop, Order: id, Code: loopcheck.KeyRefused}
	}
	if err := s.review(); err != nil {
		t.Fatal(err)
	}
	asked := map[loopcheck.Job]bool{}
	for _, job := range s.jobs {
		asked[job] = true
	}
	if len(s.jobs) != 450 || len(asked) != 450 {
		t.Errorf("%d jobs for %d orders, want 450", len(s.jobs), len(asked))
	}
}

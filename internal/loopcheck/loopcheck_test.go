package loopcheck_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/sandbox/loopsim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

const (
	shop  shopify.Domain = "stoneware.myshopify.com"
	order tiktok.OrderID = "576900000000000001"
	base                 = time.Second
)

// stage is a written order between a simulated Loop and a TikTok that shows its ZIP.
type stage struct {
	*testing.T
	now     time.Time
	key     string
	row     links.Order
	zip     string
	tiktok  error
	inLoop  map[string]loopsim.Order
	broken  int // the status that Loop answers with, 0 for none
	calls   []string
	records map[tiktok.OrderID]links.LoopCheck
	story   []timeline.Entry
	open    map[exceptions.Code]bool // of the whole shop
	jobs    []loopcheck.Job
	client  *loop.Client
}

func setUp(t *testing.T) *stage {
	t.Helper()
	s := &stage{
		T: t, now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), key: "loop-key", zip: "73301",
		row:     links.Order{Shop: shop, TikTokShop: "7", ID: order, State: links.Written, ShopifyName: "TT-" + string(order)},
		inLoop:  map[string]loopsim.Order{},
		records: map[tiktok.OrderID]links.LoopCheck{}, open: map[exceptions.Code]bool{},
	}
	sim := loopsim.New(loopsim.Options{Orders: s, ExactZIP: true})
	sim.AddPortal(loopsim.Portal{Name: "p", Shop: string(shop), APIKey: "loop-key"})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls = append(s.calls, r.URL.Path)
		if s.broken != 0 {
			w.WriteHeader(s.broken)
			return
		}
		sim.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		for _, v := range sim.Violations() {
			t.Errorf("contract violated: %s", v)
		}
	})
	s.client = &loop.Client{BaseURL: server.URL + "/api/v1", HTTP: server.Client()}
	return s
}

// arrives lets Loop have the order.
func (s *stage) arrives(zip string) {
	s.inLoop[s.row.ShopifyName] = loopsim.Order{ID: "1", Name: s.row.ShopifyName, ZIP: zip, Lines: []loopsim.Line{
		{ID: "1", VariantID: "1", Quantity: 1, Fulfilled: 1}, {ID: "2", VariantID: "2", Quantity: 1},
	}}
}

func (s *stage) OrderByName(_, name string) (loopsim.Order, bool) {
	found, ok := s.inLoop[name]
	return found, ok
}

func (s *stage) LoopKey(context.Context, shopify.Domain) (secret.String, error) {
	return secret.New(s.key), nil
}

func (s *stage) Order(_ context.Context, domain shopify.Domain, id tiktok.OrderID) (links.Order, error) {
	if domain != shop || id != order {
		return links.Order{}, links.ErrNotFound
	}
	return s.row, nil
}

func (s *stage) Connections(context.Context, shopify.Domain) ([]shops.Connection, error) {
	return []shops.Connection{{Shop: shop, TikTokShop: "6"}, {Shop: shop, TikTokShop: "7", Cipher: "c"}}, nil
}

func (s *stage) LoopCheck(_ context.Context, _ shopify.Domain, id tiktok.OrderID) (links.LoopCheck, error) {
	return s.records[id], nil
}

func (s *stage) SaveLoopCheck(_ context.Context, check links.LoopCheck) error {
	s.records[check.Order] = check
	return nil
}

func (s *stage) AppendTimeline(_ context.Context, entries ...timeline.Entry) error {
	s.story = append(s.story, entries...)
	return nil
}

// buyers is TikTok.
type buyers struct{ *stage }

func (b buyers) Order(_ context.Context, seat tiktok.Seat, id tiktok.OrderID) (tiktok.Order, error) {
	if seat.Shop != "7" || b.tiktok != nil {
		return tiktok.Order{}, errors.Join(b.tiktok, errors.New("not for this seat"))
	}
	return tiktok.Order{ID: id, RecipientAddress: &tiktok.Address{PostalCode: b.zip}}, nil
}

func (s *stage) check() error {
	c := loopcheck.Checker{
		Keys: s, Ledger: s, Records: s, Loop: s.client, Timeline: s, Exceptions: s, Jobs: s,
		Now: func() time.Time { return s.now }, RetryBase: base,
	}
	return c.Check(s.Context(), loopcheck.Args{Shop: shop, Order: order})
}

func (s *stage) test() (loopcheck.Report, error) {
	t := loopcheck.Tester{
		Keys: s, Ledger: s, Book: s, TikTok: buyers{s}, Loop: s.client, Records: s, Timeline: s, Now: func() time.Time { return s.now },
	}
	return t.Test(s.Context(), shop, order)
}

func TestTheAnswerAfterWritingIsRecorded(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.arrives("73301")
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	want := links.LoopCheck{
		Shop: shop, Order: order, CheckedAt: s.now, Found: true, Code: "found",
		Message: "Loop finds the order. 1 of its 2 lines can be returned now; the others: not-fulfilled.",
	}
	if diff := cmp.Diff(want, s.records[order]); diff != "" {
		t.Error(diff)
	}
	if len(s.story) != 1 || s.story[0].Facts["code"] != "found" {
		t.Errorf("timeline %+v", s.story)
	}
}

func TestLoopIsAskedAgainUntilItHasTheOrder(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	for _, wait := range []time.Duration{10, 60} {
		var later *fault.Delayed
		if err := s.check(); !errors.As(err, &later) || later.Wait != wait*base {
			t.Fatalf("got %v, want to come back after %v", err, wait*base)
		}
		if got := s.records[order]; got.Found || got.Code != loop.CodeOrderNotFound {
			t.Errorf("%+v", got)
		}
	}
	s.arrives("73301")
	if err := s.check(); err != nil || !s.records[order].Found {
		t.Errorf("%v: %+v", err, s.records[order])
	}
}

// Whatever Loop does, the job ends by itself: the order never depends on it.
func TestTheJobGivesUp(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]int{"never found": 0, "always down": 503} {
		s := setUp(t)
		s.broken = broken
		runs := 0
		for err := s.check(); err != nil; err = s.check() {
			if runs++; runs > 10 || fault.Of(err) != fault.Later {
				t.Fatalf("%s: run %d: %v", name, runs, err)
			}
		}
		if runs != 4 || s.records[order].Tries != 5 {
			t.Errorf("%s: %d waits, %d tries", name, runs, s.records[order].Tries)
		}
	}
}

func TestALimitIsWaitedOutAndNotCounted(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.broken = http.StatusTooManyRequests
	for range 10 {
		if err := s.check(); fault.Of(err) != fault.Later {
			t.Fatalf("got %v", err)
		}
	}
	if len(s.records) != 0 {
		t.Errorf("recorded %+v", s.records)
	}
}

func TestWithoutKeyOrOrderNothingIsAsked(t *testing.T) {
	t.Parallel()
	for name, without := range map[string]func(*stage){
		"key": func(s *stage) { s.key = "" }, "written order": func(s *stage) { s.row.State = links.Cancelled },
	} {
		s := setUp(t)
		without(s)
		if err := s.check(); err != nil || len(s.calls) != 0 || len(s.records) != 0 {
			t.Errorf("without %s: %v, calls %v", name, err, s.calls)
		}
	}
}

func TestSelfTest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(*stage)
		found  bool
		code   string
		tries  int
		calls  int
	}{
		"found":                  {func(s *stage) { s.arrives("73301") }, true, "found", 1, 2},
		"not there":              {func(*stage) {}, false, loop.CodeOrderNotFound, 1, 1},
		"another zip":            {func(s *stage) { s.arrives("10001") }, false, loop.CodeSecondaryInputMismatch, 1, 1},
		"zip+4 by one form only": {func(s *stage) { s.zip = "73301-0042"; s.arrives("73301-0042") }, false, loop.CodeSecondaryInputMismatch, 2, 3},
		"zip+4 by five only":     {func(s *stage) { s.zip = "73301-0042"; s.arrives("73301") }, false, loop.CodeSecondaryInputMismatch, 2, 3},
		"a british post code":    {func(s *stage) { s.zip = "SW1A 1AA"; s.arrives("SW1A 1AA") }, true, "found", 1, 2},
		"a wrong key":            {func(s *stage) { s.key = "stale" }, false, loopcheck.KeyRefused, 1, 1},
		"loop is down":           {func(s *stage) { s.broken = 500 }, false, loopcheck.Unreachable, 1, 1},
		"too fast":               {func(s *stage) { s.broken = 429 }, false, loopcheck.Limited, 1, 1},
		"refused without a word": {func(s *stage) { s.broken = 409 }, false, loopcheck.Refused, 1, 1},
		"no zip":                 {func(s *stage) { s.zip = " " }, false, loopcheck.ZIPMissing, 0, 0},
		"a hidden zip":           {func(s *stage) { s.zip = "733**" }, false, loopcheck.ZIPMasked, 0, 0},
		"tiktok does not answer": {func(s *stage) { s.tiktok = errors.New("down") }, false, loopcheck.ZIPUnread, 0, 0},
		"disconnected":           {func(s *stage) { s.row.TikTokShop = "5" }, false, loopcheck.ZIPUnread, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			c.before(s)
			report, err := s.test()
			if err != nil {
				t.Fatal(err)
			}
			if report.Found != c.found || report.Code != c.code || len(report.Tries) != c.tries || len(s.calls) != c.calls || report.DraftLeft {
				t.Errorf("%+v after %v", report, s.calls)
			}
			if report.Message == "" || (report.Fix == "") != c.found {
				t.Errorf("message %q, fix %q", report.Message, report.Fix)
			}
			kept := links.LoopCheck{Shop: shop, Order: order, CheckedAt: s.now, Found: c.found, Code: c.code, Message: report.Message}
			if diff := cmp.Diff(kept, s.records[order], cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			for _, shown := range []string{fmt.Sprintf("%+v", report), fmt.Sprintf("%+v", s.story)} {
				if zip := strings.TrimSpace(s.zip); zip != "" && strings.Contains(shown, zip) {
					t.Errorf("%s shows the ZIP", shown)
				}
			}
		})
	}
}

func TestSelfTestNeedsKeyAndWrittenOrder(t *testing.T) {
	t.Parallel()
	for want, without := range map[error]func(*stage){
		loopcheck.ErrKeyMissing: func(s *stage) { s.key = "" },
		loopcheck.ErrNotWritten: func(s *stage) { s.row.State = links.Held },
	} {
		s := setUp(t)
		without(s)
		if _, err := s.test(); !errors.Is(err, want) || len(s.calls) != 0 {
			t.Errorf("got %v, want %v; calls %v", err, want, s.calls)
		}
	}
}

// A draft that stays behind is said, because somebody has to remove it.
func TestADraftThatStaysIsReported(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.arrives("73301")
	inner := s.client
	report, err := (&loopcheck.Tester{
		Keys: s, Ledger: s, Book: s, TikTok: buyers{s}, Loop: stubborn{inner}, Now: func() time.Time { return s.now },
	}).Test(t.Context(), shop, order)
	if err != nil || !report.Found || !report.DraftLeft || !strings.Contains(report.Fix, "Cancel") {
		t.Errorf("%+v, %v", report, err)
	}
	if len(s.records) != 0 {
		t.Error("recorded although nothing can be written")
	}
}

type stubborn struct{ *loop.Client }

func (stubborn) CancelDraft(context.Context, secret.String, loop.Draft) error {
	return errors.New("no")
}

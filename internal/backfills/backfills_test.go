package backfills_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const day = 24 * time.Hour

// TestEachOrderIsAskedForOnce backfills 1,200 orders over many pages while
// commits fail, people stop and resume, and the process ends again and again.
func TestEachOrderIsAskedForOnce(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's choices
	s := setUp(t)
	now := time.Now().Truncate(time.Second)
	from, to := now.Add(-90*day), now.Add(-day)
	s.place(20, from.Add(-10*day), from, "AWAITING_SHIPMENT")
	s.place(20, to, now, "AWAITING_SHIPMENT")
	spread := s.place(800, from, to, "AWAITING_SHIPMENT")
	burst := s.place(300, now.Add(-30*day), now.Add(-30*day+2*time.Second), "IN_TRANSIT")
	waiting := s.place(50, from, to, "ON_HOLD")
	s.place(20, from, to, "CANCELLED")
	for _, id := range s.place(30, from, to, "DELIVERED") {
		s.must(s.write(t.Context(), id))
	}
	s.runner.Book = &brittle{Book: s.store, random: random, desk: s.desk}
	b, err := s.desk.Start(t.Context(), shop, backfills.Wanted{From: from, To: to})
	s.must(err)
	for {
		s.must(s.queue.Start(t.Context()))
		most := random.IntN(400) + 50
		s.until(func() error {
			now, err := s.store.Backfill(t.Context(), shop, b.ID)
			if err == nil && now.State == backfills.Running && now.Found < b.Found+most {
				err = fmt.Errorf("found %d", now.Found)
			}
			return err
		})
		s.must(s.queue.Stop(t.Context()))
		b, err = s.store.Backfill(t.Context(), shop, b.ID)
		s.must(err)
		s.newQueue()
		if b.State == backfills.Done {
			break
		}
	}
	s.must(s.queue.Start(t.Context()))
	s.settled(b)
	s.must(s.queue.Stop(t.Context()))
	s.once(spread, burst, waiting)
	want := backfills.Counts{Found: 1200, Imported: 1150, Skipped: 50}
	if b.Counts != want || b.FinishedAt == nil || b.Ran <= 0 || b.Rate() <= 0 {
		t.Errorf("%+v, want %+v; finished %v, ran %v", b.Counts, want, b.FinishedAt, b.Ran)
	}
	if n := s.runner.Book.(*brittle).failed; n == 0 {
		t.Error("nothing failed")
	}
}

func TestStopAndResume(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	now := time.Now().Truncate(time.Second)
	ids := s.place(250, now.Add(-3*day), now, "AWAITING_SHIPMENT")
	want := backfills.Wanted{From: now.Add(-4 * day)}
	b, err := s.desk.Start(t.Context(), shop, want)
	s.must(err)
	if _, err := s.desk.Start(t.Context(), shop, want); !errors.Is(err, backfills.ErrRunning) {
		t.Errorf("a second one: %v", err)
	}
	stopped, err := s.desk.Stop(t.Context(), shop, b.ID)
	s.must(err)
	if stopped.State != backfills.Stopped || stopped.FinishedAt == nil {
		t.Errorf("stopped: %+v", stopped)
	}
	second, err := s.desk.Start(t.Context(), shop, want)
	s.must(err)
	if _, err := s.desk.Resume(t.Context(), shop, b.ID); !errors.Is(err, backfills.ErrRunning) {
		t.Errorf("resumed beside another: %v", err)
	}
	_, err = s.desk.Stop(t.Context(), shop, second.ID)
	s.must(err)
	resumed, err := s.desk.Resume(t.Context(), shop, b.ID)
	s.must(err)
	if again, err := s.desk.Resume(t.Context(), shop, b.ID); err != nil || again.Turn != resumed.Turn {
		t.Errorf("resumed twice: %+v, %v", again, err)
	}
	s.must(s.queue.Start(t.Context()))
	done := s.is(b.ID, backfills.Done)
	s.settled(done)
	s.must(s.queue.Stop(t.Context()))
	s.once(ids)
	if done.Counts != (backfills.Counts{Found: 250, Imported: 250}) {
		t.Errorf("%+v", done.Counts)
	}
	if _, err := s.desk.Resume(t.Context(), shop, b.ID); !errors.Is(err, backfills.ErrOver) {
		t.Errorf("resumed when done: %v", err)
	}
	if late, err := s.desk.Stop(t.Context(), shop, b.ID); err != nil || late.State != backfills.Done {
		t.Errorf("stopped when done: %v %v", late.State, err)
	}
	if list, err := s.desk.List(t.Context(), shop); err != nil || len(list) != 2 || list[0].ID != second.ID {
		t.Errorf("listed %d, %v", len(list), err)
	}
	if _, err := s.desk.Stop(t.Context(), "other.myshopify.com", b.ID); !errors.Is(err, backfills.ErrNotFound) {
		t.Errorf("another shop's: %v", err)
	}
}

// TestTheQueueIsNotFlooded holds imports back: pages stop coming.
func TestTheQueueIsNotFlooded(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	now := time.Now().Truncate(time.Second)
	ids := s.place(650, now.Add(-day), now, "AWAITING_SHIPMENT")
	gate := make(chan struct{})
	s.gate = gate
	b, err := s.desk.Start(t.Context(), shop, backfills.Wanted{From: now.Add(-2 * day)})
	s.must(err)
	s.until(func() error { // page after page by hand: the queue would wait two seconds between looks
		b, err := s.store.Backfill(t.Context(), shop, b.ID)
		s.must(err)
		err = s.runner.Page(t.Context(), backfills.Args{Shop: shop, ID: b.ID, Turn: b.Turn})
		if fault.Of(err) == fault.Later {
			return nil
		}
		s.must(err)
		return errors.New("pages keep coming")
	})
	held := s.is(b.ID, backfills.Running)
	if held.Imported != 500 {
		t.Errorf("%d imports wait, want 500", held.Imported)
	}
	s.must(s.queue.Start(t.Context()))
	close(gate)
	done := s.is(b.ID, backfills.Done)
	s.settled(done)
	s.must(s.queue.Stop(t.Context()))
	s.once(ids)
}

// TestWindowsOfAViralDay walks through days with more orders than a window may
// hold: each order is seen once, and no window is paged through deeply.
func TestWindowsOfAViralDay(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	now := time.Now().Truncate(time.Second)
	viral := &crowd{first: now.Add(-2 * day), apart: 30 * time.Second, orders: 2500}
	s.runner.TikTok = viral
	b, err := s.desk.Start(t.Context(), shop, backfills.Wanted{From: now.Add(-60 * day), To: now, DryRun: true})
	s.must(err)
	for b.State == backfills.Running {
		s.must(s.runner.Page(t.Context(), backfills.Args{Shop: shop, ID: b.ID, Turn: b.Turn}))
		b, err = s.store.Backfill(t.Context(), shop, b.ID)
		s.must(err)
	}
	if want := (backfills.Counts{Found: 2500, Imported: 2500}); b.Counts != want {
		t.Errorf("%+v (%s), want %+v", b.Counts, b.Message, want)
	}
	if n, err := s.runner.Unfinished(t.Context(), b.Cause()); n != 0 || err != nil {
		t.Errorf("a dry run asked for %d imports, %v", n, err)
	}
	if viral.deepest < 2 || viral.deepest > 20 {
		t.Errorf("page %d was read, want at most 20", viral.deepest)
	}
}

// crowd is a TikTok with an order every so often.
type crowd struct {
	first   time.Time
	apart   time.Duration
	orders  int
	deepest int
}

func (c *crowd) SearchOrders(_ context.Context, _ tiktok.Seat, search tiktok.OrderSearch, token string) (tiktok.OrderPage, error) {
	var found []tiktok.Order
	for n := range c.orders {
		at := c.first.Add(time.Duration(n) * c.apart)
		if !at.Before(search.CreatedFrom) && at.Before(search.CreatedBefore) {
			order := tiktok.Order{ID: tiktok.OrderID(fmt.Sprintf("5769%014d", n)), Status: tiktok.AwaitingShipment, CreateTime: at.Unix()}
			order.LineItems = make([]tiktok.LineItem, 1)
			found = append(found, order)
		}
	}
	number, _ := strconv.Atoi(token) // the first page has no token
	page := tiktok.OrderPage{Total: len(found), Orders: found[min(number*tiktok.LargestPage, len(found)):]}
	if len(page.Orders) > tiktok.LargestPage {
		page.Orders, page.Next = page.Orders[:tiktok.LargestPage], strconv.Itoa(number+1)
	}
	if token != "" {
		c.deepest = max(c.deepest, number+1)
	}
	return page, nil
}

func TestFailuresSaySo(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	b, err := s.desk.Start(t.Context(), shop, backfills.Wanted{From: time.Now().Add(-day)})
	s.must(err)
	s.must(s.platform.Deauthorize(seller))
	s.must(s.queue.Start(t.Context()))
	failed := s.is(b.ID, backfills.Failed)
	s.must(s.queue.Stop(t.Context()))
	if failed.Message == "" || failed.FinishedAt == nil {
		t.Errorf("%+v", failed)
	}
	// A page that fails for long in ways that pass by themselves ends it too.
	s.runner.TikTok = dead{}
	b, err = s.desk.Resume(t.Context(), shop, b.ID)
	s.must(err)
	args := backfills.Args{Shop: shop, ID: b.ID, Turn: b.Turn}
	if err := s.runner.Page(t.Context(), args); fault.Of(err) != fault.Retry {
		t.Errorf("a passing failure: %v", err)
	}
	s.runner.Now = func() time.Time { return time.Now().Add(25 * time.Hour) }
	s.must(s.runner.Page(t.Context(), args))
	if failed := s.is(b.ID, backfills.Failed); failed.Message == "" {
		t.Errorf("%+v", failed)
	}
	err = s.store.Disconnect(t.Context(), shop, tiktokShop)
	s.must(err)
	if _, err := s.desk.Resume(t.Context(), shop, b.ID); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("resumed without a connection: %v", err)
	}
}

// TestAPageTokenThatIsNoLongerTaken begins its window again and counts it once.
func TestAPageTokenThatIsNoLongerTaken(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	now := time.Now().Truncate(time.Second)
	ids := s.place(250, now.Add(-3*day), now, "AWAITING_SHIPMENT")
	s.runner.TikTok = &forgetful{Searcher: s.runner.TikTok}
	b, err := s.desk.Start(t.Context(), shop, backfills.Wanted{From: now.Add(-4 * day), DryRun: true})
	s.must(err)
	s.must(s.queue.Start(t.Context()))
	done := s.is(b.ID, backfills.Done)
	s.must(s.queue.Stop(t.Context()))
	if done.Found != len(ids) || done.Imported != len(ids) {
		t.Errorf("%+v", done.Counts)
	}
}

// dead is a TikTok that does not answer.
type dead struct{}

func (dead) SearchOrders(context.Context, tiktok.Seat, tiktok.OrderSearch, string) (tiktok.OrderPage, error) {
	return tiktok.OrderPage{}, errors.New("connection refused")
}

// forgetful refuses the second page's token once.
type forgetful struct {
	backfills.Searcher
	pages int
}

func (f *forgetful) SearchOrders(ctx context.Context, seat tiktok.Seat, search tiktok.OrderSearch, token string) (tiktok.OrderPage, error) {
	if f.pages++; f.pages == 3 && token != "" {
		return tiktok.OrderPage{}, &tiktok.Error{Op: "order search", HTTPStatus: 400, Code: 36009004, Message: "param page_token is invalid"}
	}
	return f.Searcher.SearchOrders(ctx, seat, search, token)
}

func TestSpans(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 500, time.UTC)
	for name, c := range map[string]struct {
		from, to time.Time
		ok       bool
	}{
		"a day":                {now.Add(-day), now, true},
		"until now":            {now.Add(-day), time.Time{}, true},
		"a clock ahead":        {now.Add(-day), now.Add(time.Second), true},
		"three years":          {now.AddDate(-3, 0, 0), now, true},
		"more":                 {now.AddDate(-3, 0, -1), now, false},
		"no beginning":         {time.Time{}, now, false},
		"nothing":              {now.Add(-day), now.Add(-day), false},
		"the wrong way":        {now.Add(-day), now.Add(-2 * day), false},
		"until the future":     {now.Add(-day), now.Add(time.Hour), false},
		"all of it the future": {now.Add(time.Hour), now.Add(2 * time.Hour), false},
		"from the future":      {now.Add(time.Second), time.Time{}, false},
	} {
		from, to, err := backfills.Span(c.from, c.to, now)
		var bad *backfills.RangeError
		if (err == nil) != c.ok || err != nil && !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (from.After(c.from) || to.Nanosecond() != 0 || !from.Before(to)) {
			t.Errorf("%s: %v to %v", name, from, to)
		}
	}
}

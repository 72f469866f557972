package orders_test

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const pollEvery = 5 * time.Minute

var pollShop = orders.PollShopArgs{Shop: shop, TikTokShop: tiktokShop}

// meddler lets something happen before each page is read.
type meddler struct {
	*tiktok.Client
	before func(page int) error
	pages  int
}

func (m *meddler) SearchOrders(ctx context.Context, seat tiktok.Seat, search tiktok.OrderSearch, token string) (tiktok.OrderPage, error) {
	m.pages++
	if m.before != nil {
		if err := m.before(m.pages); err != nil {
			return tiktok.OrderPage{}, err
		}
	}
	return m.Client.SearchOrders(ctx, seat, search, token)
}

func (s *scene) poller(before func(page int) error) *orders.Poller {
	return &orders.Poller{
		Store: s.Store, TikTok: &meddler{Client: s.Importer.TikTok.(*tiktok.Client), before: before},
		Interval: pollEvery, Now: s.Clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// poll makes a whole pass and returns the orders that it starts imports of.
func (s *scene) poll(p *orders.Poller) []tiktok.OrderID {
	s.Helper()
	err := p.PollShop(s.Context(), pollShop)
	for fault.Of(err) == fault.Later {
		err = p.PollShop(s.Context(), pollShop)
	}
	s.Must(err)
	return s.imports()
}

// imports takes what the queue was handed to import.
func (s *scene) imports() []tiktok.OrderID {
	var ids []tiktok.OrderID
	for _, job := range s.Jobs.Take("order_import") {
		ids = append(ids, job.(orders.ImportArgs).Order)
	}
	return ids
}

func (s *scene) cursor() links.Cursor {
	s.Helper()
	c, err := s.Store.Cursor(s.Context(), shop, tiktokShop, "order_poll")
	s.Must(err)
	return c
}

// sell places so many orders, each so long after the one before, the last an hour ago.
func (s *scene) sell(n int, apart time.Duration) []tiktok.OrderID {
	s.Helper()
	ids := make([]tiktok.OrderID, n)
	first := s.Clock.Now().Add(-time.Hour - time.Duration(n)*apart)
	for i := range ids {
		ids[i] = s.Place(tiktoksim.OrderSpec{Created: first.Add(time.Duration(i) * apart)})
	}
	return ids
}

func missing(want, got []tiktok.OrderID) (lost []tiktok.OrderID) {
	for _, id := range want {
		if !slices.Contains(got, id) {
			lost = append(lost, id)
		}
	}
	return lost
}

func TestPollingFindsWhatNoWebhookTold(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	p := s.poller(nil)
	id := s.Place(tiktoksim.OrderSpec{Created: s.Clock.Now().Add(-time.Minute)})
	if got := s.poll(p); !slices.Equal(got, []tiktok.OrderID{id}) {
		t.Fatalf("found %v, want %s", got, id)
	}
	s.written(id)
	s.Clock.Pass(pollEvery)
	if got := s.poll(p); len(got) != 0 {
		t.Errorf("found %v although the ledger is up to date", got)
	}
	s.Must(s.TikTok.SetStatus(string(id), "IN_TRANSIT"))
	s.Clock.Pass(pollEvery)
	if got := s.poll(p); !slices.Equal(got, []tiktok.OrderID{id}) {
		t.Errorf("found %v, want the order that was shipped", got)
	}
	if c := s.cursor(); c.Value != s.Clock.Now().Unix() || c.Until != 0 || c.Page != "" {
		t.Errorf("cursor %+v", c)
	}
}

func TestWhichShopsArePolled(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*scene)
		polled bool
	}{
		"all is well": {func(*scene) {}, true},
		"pull off":    {func(s *scene) { s.Set(func(settings *shops.Settings) { settings.PullOrders = false }) }, false},
		"switched off": {func(s *scene) {
			s.Must(s.Store.SetConnectionOff(s.Context(), shop, tiktokShop, shops.OffByMerchant))
		}, false},
		"disconnected": {func(s *scene) { s.Must(s.Store.Disconnect(s.Context(), shop, tiktokShop)) }, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			s.sell(1, time.Second)
			c.change(s)
			p := s.poller(nil)
			s.Must(p.Poll(t.Context(), orders.PollArgs{}))
			if got := s.Jobs.Take("order_poll_shop"); (len(got) == 1) != c.polled {
				t.Errorf("started %v", got)
			}
			// A job that was started before comes to the same.
			if got := s.poll(p); (len(got) == 1) != c.polled {
				t.Errorf("found %v", got)
			}
		})
	}
}

func TestAFirstPollBeginsAtTheStartLine(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		line time.Duration // ago; 0 leaves it to the connection, an hour ago
		want []int
	}{
		"connected":       {0, []int{3}},
		"two days ago":    {2 * day, []int{2, 3}},
		"a year ago":      {365 * day, []int{1, 2, 3}}, // not the one of 40 days ago: that is backfill's
		"in three hours'": {-3 * time.Hour, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			s.Set(func(settings *shops.Settings) {
				settings.ImportFrom = nil
				if c.line != 0 {
					line := s.Clock.Now().Add(-c.line)
					settings.ImportFrom = &line
				}
			})
			var ids, want []tiktok.OrderID
			for _, ago := range []time.Duration{40 * day, 20 * day, day, time.Minute} {
				ids = append(ids, s.Place(tiktoksim.OrderSpec{Created: s.Clock.Now().Add(-ago)}))
			}
			for _, n := range c.want {
				want = append(want, ids[n])
			}
			if got := s.poll(s.poller(nil)); !slices.Equal(got, want) {
				t.Errorf("found %v, want %v of %v", got, c.want, ids)
			}
		})
	}
}

// An order from before the start line that changes now is none of ours and makes no work.
func TestPollingPassesByOrdersFromBeforeTheStartLine(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(settings *shops.Settings) { settings.ImportFrom = nil })
	old := s.Place(tiktoksim.OrderSpec{Created: s.Clock.Now().Add(-48 * time.Hour)})
	s.Must(s.TikTok.SetStatus(string(old), "DELIVERED"))
	s.Clock.Pass(time.Minute)
	if got := s.poll(s.poller(nil)); len(got) != 0 {
		t.Errorf("found %v", got)
	}
}

func TestAThousandOrders(t *testing.T) {
	t.Parallel()
	for name, apart := range map[string]time.Duration{"a second apart": time.Second, "in one second": 0, "a third of a second": time.Second / 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			all := s.sell(1000, apart)
			p := s.poller(nil)
			got := s.poll(p)
			if lost := missing(all, got); len(lost) > 0 {
				t.Fatalf("%d orders were not found", len(lost))
			}
			if pages := p.TikTok.(*meddler).pages; pages > 15 {
				t.Errorf("%d pages were read", pages)
			}
			if len(got) > 1100 { // the edge of a page is read twice, and so is the first page of one second
				t.Errorf("%d imports for 1000 orders", len(got))
			}
			s.Clock.Pass(pollEvery)
			if again := s.poll(p); len(again) != 0 {
				t.Errorf("%d found again", len(again))
			}
		})
	}
}

// While pages are read, orders change: each leaves its place, and all behind it move up.
func TestOrdersThatMoveWhileThePagesAreRead(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	all := s.sell(450, time.Second)
	p := s.poller(func(page int) error {
		s.Clock.Pass(time.Second)
		for n := range 7 { // of those already read
			if err := s.TikTok.SetStatus(string(all[(page-1)*7+n]), "IN_TRANSIT"); err != nil {
				return err
			}
		}
		return nil
	})
	got := s.poll(p)
	p.TikTok.(*meddler).before = nil
	s.Clock.Pass(pollEvery)
	got = append(got, s.poll(p)...)
	if lost := missing(all, got); len(lost) > 0 {
		t.Errorf("%d orders were lost: %v", len(lost), lost)
	}
}

func TestALongPassEndsItsJobAndGoesOn(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	all := s.sell(350, time.Second)
	p := s.poller(func(int) error { s.Clock.Pass(7 * time.Second); return nil })
	jobs := 1
	for err := p.PollShop(t.Context(), pollShop); err != nil; err = p.PollShop(t.Context(), pollShop) {
		if fault.Of(err) != fault.Later {
			t.Fatal(err)
		}
		jobs++
	}
	if lost := missing(all, s.imports()); len(lost) > 0 || jobs != 2 {
		t.Errorf("%d lost in %d jobs", len(lost), jobs)
	}
}

func TestPollsAtOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	all := s.sell(350, time.Second)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := s.poller(nil).PollShop(t.Context(), pollShop); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if lost := missing(all, s.imports()); len(lost) > 0 {
		t.Errorf("%d lost", len(lost))
	}
	s.poll(s.poller(nil)) // whatever they left unfinished
	if c := s.cursor(); c.Value != s.Clock.Now().Unix() || c.Until != 0 {
		t.Errorf("cursor %+v", c)
	}
}

func TestTheCauseOfAFoundOrderIsNamed(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.sell(1, time.Second)
	s.Must(s.poller(nil).PollShop(t.Context(), pollShop))
	jobs := s.Jobs.Take("order_import")
	if len(jobs) != 1 || !strings.HasPrefix(jobs[0].(orders.ImportArgs).Cause, "poll:") || jobs[0].(orders.ImportArgs).Asked {
		t.Errorf("jobs %+v", jobs)
	}
}

// While a backlog is worked off every poll finds its orders anew: the queue
// keeps one import of each until something changes, and every webhook's.
func TestPollsOfABacklogAskForOneImport(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{Created: s.Clock.Now().Add(-time.Minute)})
	var jobs []orders.ImportArgs
	for pass := range 3 {
		s.Must(s.poller(nil).PollShop(t.Context(), pollShop))
		for _, job := range s.Jobs.Take("order_import") {
			jobs = append(jobs, job.(orders.ImportArgs))
		}
		if pass == 1 {
			s.Must(s.TikTok.SetStatus(string(id), "IN_TRANSIT"))
		}
		s.Clock.Pass(pollEvery)
	}
	if len(jobs) != 3 || jobs[0].Seen == 0 || jobs[1].Seen != jobs[0].Seen || jobs[2].Seen <= jobs[1].Seen || !jobs[0].Once() {
		t.Errorf("jobs %+v", jobs)
	}
	if args(id).Once() {
		t.Error("a webhook's import may be left out")
	}
}

// TikTok tells whole seconds: what follows within the second that was read already is not lost.
func TestASecondChangeWithinTheSameSecond(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	s.cancelUnits(id, 1) // no webhook tells of a single unit, and the clock stands still
	p := s.poller(nil)
	for pass := range 2 {
		s.Clock.Pass(pollEvery)
		found := s.poll(p)
		if want := []tiktok.OrderID{id}[pass:]; !slices.Equal(found, want) {
			t.Errorf("pass %d found %v, want %v", pass+1, found, want)
		}
		for _, order := range found {
			s.Bring(order)
		}
		if n := len(s.one(id).Refunds); n != 1 {
			t.Errorf("%d refunds, want 1", n)
		}
	}
}

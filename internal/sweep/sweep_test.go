package sweep_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/sweep"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestWhatChangedIsHandedToTheLegs(t *testing.T) {
	t.Parallel()
	s := setUp(t, shopifysim.Options{})
	s.theirs()
	id, quiet := s.ours(), s.ours()
	s.sweep() // the two are new
	s.pass(time.Hour)
	s.sweep() // and still in the overlap
	s.pass(sweepEvery)
	if got := s.sweep(); len(got) != 0 {
		t.Errorf("found %v although nothing changed", got)
	}
	fulfilled, err := s.shopify.Fulfill(string(shop), s.gid(id), shopifysim.ShipSpec{})
	s.must(err)
	s.must(s.shopify.EditOrder(string(shop), string(s.theirs()), func(o *shopifysim.Order) { o.Note = "x" }))
	s.pass(sweepEvery)
	if got := s.sweep(); !slices.Equal(got, []tiktok.OrderID{id}) {
		t.Errorf("found %v, want %s and not %s", got, id, quiet)
	}
	if marks := s.leg.marks[id]; len(marks.Fulfillments) != 1 || string(marks.Fulfillments[0].ID) != fulfilled[0] {
		t.Errorf("the leg saw %+v", marks)
	}
	if c := s.cursor(); c.Value != s.Now().Unix() || c.Until != 0 || c.Page != "" {
		t.Errorf("cursor %+v", c)
	}
}

func TestTheCauseIsNamed(t *testing.T) {
	t.Parallel()
	s := setUp(t, shopifysim.Options{})
	s.ours()
	s.must(s.sweeper.SweepShop(t.Context(), sweep.ShopArgs{Shop: shop}))
	if len(s.jobs) != 1 || !strings.HasPrefix(s.jobs[0].(lookArgs).Cause, "sweep:") {
		t.Errorf("jobs %+v", s.jobs)
	}
}

// What the index shows minutes later is found all the same.
func TestAnIndexThatRunsBehind(t *testing.T) {
	t.Parallel()
	s := setUp(t, shopifysim.Options{IndexLag: 8 * time.Minute})
	id := s.ours()
	var got []tiktok.OrderID
	for range 4 {
		got = append(got, s.sweep()...)
		s.pass(sweepEvery)
	}
	if !slices.Contains(got, id) {
		t.Error("the order was not found")
	}
}

func TestWhereAFirstSweepBegins(t *testing.T) {
	t.Parallel()
	s := setUp(t, shopifysim.Options{})
	for range 30 {
		s.theirs()
	}
	s.pass(time.Hour)
	if s.sweep(); s.pages.read != 1 {
		t.Errorf("%d pages were read of a shop without an order of ours", s.pages.read)
	}
	old := s.ours()
	s.pass(time.Hour)
	s.theirs()
	_, err := s.store.UninstallShop(t.Context(), shop, time.Time{})
	s.must(err)
	s.must(s.sweeper.SweepShop(t.Context(), sweep.ShopArgs{Shop: shop}))
	s.touch(old) // while nobody listens
	s.pass(24 * time.Hour)
	s.install()
	if got := s.sweep(); !slices.Equal(got, []tiktok.OrderID{old}) {
		t.Errorf("found %v after the app was installed again", got)
	}
	again := setUp(t, shopifysim.Options{})
	ancient := again.ours()
	again.pass(61 * 24 * time.Hour)
	if got := again.sweep(); len(got) != 0 {
		t.Errorf("found %v, %s is too old", got, ancient)
	}
}

func TestManyOrders(t *testing.T) {
	t.Parallel()
	for name, apart := range map[string]time.Duration{"a second apart": time.Second, "in one second": 0, "a third of a second": time.Second / 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t, shopifysim.Options{})
			all := s.sell(70, apart)
			if lost := missing(all, s.sweep()); len(lost) > 0 {
				t.Errorf("%d orders were not found", len(lost))
			}
			if s.pages.read > 6 {
				t.Errorf("%d pages were read", s.pages.read)
			}
			s.pass(time.Hour)
			s.sweep()
			s.pass(sweepEvery)
			if again := s.sweep(); len(again) != 0 {
				t.Errorf("%d found again", len(again))
			}
		})
	}
}

// While pages are read, orders change: each leaves its place for the end.
func TestOrdersThatMoveWhileThePagesAreRead(t *testing.T) {
	t.Parallel()
	s := setUp(t, shopifysim.Options{})
	all := s.sell(90, time.Second)
	s.pages.before = func(page int) error {
		s.pass(time.Second)
		if page <= 4 {
			for n := range 5 {
				s.touch(all[(page-1)*5+n])
			}
		}
		return nil
	}
	if lost := missing(all, s.sweep()); len(lost) > 0 {
		t.Errorf("%d orders were lost: %v", len(lost), lost)
	}
}

func TestALongSweepLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]time.Duration{"many pages": 0, "slow pages": 5 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t, shopifysim.Options{})
			all := s.sell(230, time.Second)
			s.pages.before = func(int) error { s.pass(slow); return nil }
			jobs := 1
			for err := s.sweeper.SweepShop(t.Context(), sweep.ShopArgs{Shop: shop}); err != nil; err = s.sweeper.SweepShop(t.Context(), sweep.ShopArgs{Shop: shop}) {
				var later *fault.Delayed
				if !errors.As(err, &later) || later.Wait <= 0 {
					t.Fatal(err)
				}
				jobs++
			}
			if lost := missing(all, s.found()); len(lost) > 0 || jobs < 2 {
				t.Errorf("%d lost in %d jobs", len(lost), jobs)
			}
		})
	}
}

func TestASweepThatIsCutShortGoesOn(t *testing.T) {
	t.Parallel()
	s := setUp(t, shopifysim.Options{})
	all := s.sell(70, 0) // one moment: only Shopify's cursor leads on
	cut := errors.New("cut")
	refused := fault.NeedsMerchant("api_rejected", "Invalid cursor", cut)
	s.pages.before = func(page int) error { return map[int]error{3: cut, 4: refused}[page] }
	err := s.sweeper.SweepShop(t.Context(), sweep.ShopArgs{Shop: shop})
	var later *fault.Delayed
	if !errors.As(err, &later) || later.Wait != sweepEvery {
		t.Fatalf("after a cut: %v", err)
	}
	if c := s.cursor(); c.Value != 0 || c.Page == "" {
		t.Errorf("the watermark moved, or the place was lost: %+v", c)
	}
	if err := s.sweeper.SweepShop(t.Context(), sweep.ShopArgs{Shop: shop}); fault.Of(err) != fault.Asks {
		t.Fatalf("after a refusal: %v", err)
	}
	if c := s.cursor(); c.Value != 0 || c.Page != "" {
		t.Errorf("the place that Shopify refused is kept: %+v", c)
	}
	if lost := missing(all, s.sweep()); len(lost) > 0 {
		t.Errorf("%d lost", len(lost))
	}
}

// What a leg could not say leaves the watermark where it was.
func TestALegThatFails(t *testing.T) {
	t.Parallel()
	s := setUp(t, shopifysim.Options{})
	id := s.ours()
	s.leg.err = errors.New("no")
	if err := s.sweeper.SweepShop(t.Context(), sweep.ShopArgs{Shop: shop}); !errors.Is(err, s.leg.err) {
		t.Errorf("the error is lost: %v", err)
	}
	s.leg.err = nil
	if got := s.sweep(); !slices.Equal(got, []tiktok.OrderID{id}) {
		t.Errorf("found %v", got)
	}
}

func TestWhichShopsAreSwept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*scene)
		swept  bool
	}{
		"fulfillments": {func(*scene) {}, true},
		"refunds": {func(s *scene) {
			s.set(func(settings *shops.Settings) { settings.PullFulfillments, settings.PullRefunds = false, true })
		}, true},
		"neither": {func(s *scene) {
			s.set(func(settings *shops.Settings) { settings.PullFulfillments = false })
		}, false},
		"uninstalled": {func(s *scene) {
			_, err := s.store.UninstallShop(s.Context(), shop, time.Time{})
			s.must(err)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t, shopifysim.Options{})
			s.ours()
			s.pass(time.Minute)
			c.change(s)
			s.must(s.sweeper.Sweep(t.Context(), sweep.Args{}))
			if started := slices.Contains(s.jobs, any(sweep.ShopArgs{Shop: shop}).(sweep.Job)); started != c.swept {
				t.Errorf("jobs %v", s.jobs)
			}
			// A job that was started before comes to the same.
			if got := s.sweep(); (len(got) == 1) != c.swept {
				t.Errorf("found %v", got)
			}
		})
	}
	s := setUp(t, shopifysim.Options{})
	s.must(s.sweeper.SweepShop(t.Context(), sweep.ShopArgs{Shop: "nobody.myshopify.com"}))
}

func TestSweepsAtOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t, shopifysim.Options{})
	all := s.sell(70, time.Second)
	other := &sweep.Sweeper{
		Store: s.store, Shopify: s.pages.client, Legs: []sweep.Leg{&recorder{}}, Interval: sweepEvery, Now: s.Now, Log: s.sweeper.Log,
	}
	var wg sync.WaitGroup
	for _, sweeper := range []*sweep.Sweeper{s.sweeper, other} {
		wg.Go(func() {
			if err := sweeper.SweepShop(context.WithoutCancel(t.Context()), sweep.ShopArgs{Shop: shop}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if lost := missing(all, append(s.found(), s.sweep()...)); len(lost) > 0 {
		t.Errorf("%d lost", len(lost))
	}
}

var _ sweep.Shopify = (*shopify.Client)(nil)

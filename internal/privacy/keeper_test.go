package privacy_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const demo shopify.Domain = "demo.myshopify.com"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// shelf keeps requests and orders in memory.
type shelf struct {
	requests []privacy.Request
	orders   []links.Order
	// open are orders that cannot be forgotten yet.
	open map[tiktok.OrderID]bool
	// excepted are those with no more than an exception.
	excepted map[tiktok.OrderID]bool
	most     int // orders in one transaction
	told     string
	jobs     []privacy.Job
	days     int
	since    time.Time
	late     time.Time
}

func (s *shelf) AddPrivacyRequest(_ context.Context, r privacy.Request) error {
	for _, known := range s.requests {
		if known.ID == r.ID {
			return nil
		}
	}
	s.requests = append(s.requests, r)
	return nil
}

func (s *shelf) OpenPrivacyRequests(_ context.Context, _ shopify.Domain, kind privacy.Kind) (open []privacy.Request, err error) {
	for _, r := range s.requests {
		if r.Kind == kind && r.DoneAt == nil {
			open = append(open, r)
		}
	}
	return open, nil
}

func (s *shelf) FinishPrivacyRequest(_ context.Context, _ shopify.Domain, id string) error {
	for n := range s.requests {
		if s.requests[n].ID == id {
			s.requests[n].DoneAt = &noon
		}
	}
	return nil
}

func (s *shelf) DropPrivacyRequests(_ context.Context, _ shopify.Domain, before time.Time) error {
	s.since = before
	return nil
}

func (s *shelf) AllShops(context.Context) ([]shopify.Domain, error) {
	list := make([]shopify.Domain, 450)
	for n := range list {
		list[n] = shopify.Domain(fmt.Sprintf("shop-%d.myshopify.com", n))
	}
	return list, nil
}

func (s *shelf) Settings(context.Context, shopify.Domain) (shops.Settings, error) {
	if s.days == 0 {
		return shops.Settings{}, shops.ErrNotFound
	}
	return shops.Settings{DataRetentionDays: s.days}, nil
}

func (s *shelf) OrderByShopifyOrder(_ context.Context, _ shopify.Domain, gid shopify.GID) (links.Order, error) {
	for _, order := range s.orders {
		if order.ShopifyOrder == gid {
			return order, nil
		}
	}
	return links.Order{}, links.ErrNotFound
}

// UnredactedOrders goes by DeliveredAt and gives the orders as they lie.
func (s *shelf) UnredactedOrders(_ context.Context, _ shopify.Domain, before time.Time, after links.Order, limit int) (page []links.Order, err error) {
	passed := after.ID == ""
	for _, order := range s.orders {
		if passed && order.RedactedAt == nil && order.DeliveredAt.Before(before) && len(page) < limit {
			page = append(page, order)
		}
		passed = passed || order.ID == after.ID
	}
	return page, nil
}

func (s *shelf) ForgetOrders(_ context.Context, _ shopify.Domain, timeIsUp bool, ids ...tiktok.OrderID) (done int, err error) {
	s.most = max(s.most, len(ids))
	for _, id := range ids {
		for n := range s.orders {
			if s.orders[n].ID == id && !s.open[id] && (timeIsUp || !s.excepted[id]) {
				s.orders[n].RedactedAt = &noon
				done++
			}
		}
	}
	return done, nil
}

func (s *shelf) EmptyLatePayloads(_ context.Context, since time.Time) error {
	s.late = since
	return nil
}

func (s *shelf) OpenException(_ context.Context, e exceptions.Exception) error {
	s.told = e.Message
	return nil
}

func (s *shelf) ResolveExceptions(_ context.Context, _ shopify.Domain, order tiktok.OrderID, _ string, codes ...exceptions.Code) error {
	if order != "" || !cmp.Equal(codes, []exceptions.Code{exceptions.PrivacyRequest}) {
		return errors.New("that is another's exception")
	}
	s.told = ""
	return nil
}

func (s *shelf) Enqueue(_ context.Context, jobs ...privacy.Job) error {
	s.jobs = append(s.jobs, jobs...)
	return nil
}

func (s *shelf) forgotten() (list []tiktok.OrderID) {
	for _, order := range s.orders {
		if order.RedactedAt != nil {
			list = append(list, order.ID)
		}
	}
	return list
}

func order(id string, delivered time.Time) links.Order {
	return links.Order{Shop: demo, ID: tiktok.OrderID(id), ShopifyOrder: shopify.GID("gid://shopify/Order/" + id), DeliveredAt: &delivered}
}

func keeper(s *shelf, now time.Time) *privacy.Keeper {
	return &privacy.Keeper{Book: s, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
}

// A wish to be forgotten is carried out at once where that can be, and later
// where it cannot; the merchant hears of it before it is due.
func TestAWishIsCarriedOutWhenItCanBe(t *testing.T) {
	t.Parallel()
	s := &shelf{orders: []links.Order{order("1", noon), order("2", noon), order("3", noon)}, open: map[tiktok.OrderID]bool{"2": true}}
	args := privacy.TakeArgs{
		Shop: demo, ID: "w", Asks: privacy.Redaction, Customer: "7", At: noon,
		ShopifyOrders: []shopify.GID{"gid://shopify/Order/1", "gid://shopify/Order/2", "gid://shopify/Order/99"},
	}
	for range 2 { // a job may run twice
		if err := keeper(s, noon).Take(t.Context(), args); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.forgotten(); !cmp.Equal(got, []tiktok.OrderID{"1"}) || s.requests[0].DoneAt != nil || s.told != "" {
		t.Errorf("at once: forgotten %v, told %q, %+v", got, s.told, s.requests)
	}
	late := noon.Add(21 * 24 * time.Hour)
	if err := keeper(s, late).Shop(t.Context(), privacy.ShopArgs{Shop: demo}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.told, "held up by open refunds or exceptions: 1") || !strings.Contains(s.told, "2026-12-22") {
		t.Errorf("told %q", s.told)
	}
	s.open = nil
	if err := keeper(s, late).Shop(t.Context(), privacy.ShopArgs{Shop: demo}); err != nil {
		t.Fatal(err)
	}
	if got := s.forgotten(); !cmp.Equal(got, []tiktok.OrderID{"1", "2"}) || s.requests[0].DoneAt == nil || s.told != "" {
		t.Errorf("in the end: forgotten %v, told %q, %+v", got, s.told, s.requests)
	}
}

// An exception that nobody ends does not keep Shopify's day from being kept; a refund does.
func TestAnExceptionWaitsUntilTheTimeIsUp(t *testing.T) {
	t.Parallel()
	s := &shelf{orders: []links.Order{order("1", noon), order("2", noon)}, open: map[tiktok.OrderID]bool{"2": true}, excepted: map[tiktok.OrderID]bool{"1": true}}
	args := privacy.TakeArgs{Shop: demo, ID: "w", Asks: privacy.Redaction, At: noon, ShopifyOrders: []shopify.GID{"gid://shopify/Order/1", "gid://shopify/Order/2"}}
	for _, c := range []struct{ days, forgotten int }{{26, 0}, {28, 1}} {
		if err := keeper(s, noon.AddDate(0, 0, c.days)).Take(t.Context(), args); err != nil {
			t.Fatal(err)
		}
		if got := s.forgotten(); len(got) != c.forgotten || s.requests[0].DoneAt != nil {
			t.Errorf("after %d days: forgotten %v, %+v", c.days, got, s.requests)
		}
	}
}

// A wish to see what is kept waits for the merchant.
func TestAReportIsAskedFor(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	if err := keeper(s, noon).Take(t.Context(), privacy.TakeArgs{Shop: demo, ID: "w", Asks: privacy.DataRequest, At: noon}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.told, "Reports asked for: 1, the first is due on 2026-12-22") || s.requests[0].DoneAt != nil {
		t.Errorf("told %q, %+v", s.told, s.requests)
	}
}

// Data goes after the days that the settings say, in bounded steps, and what
// cannot go yet holds up nothing.
func TestDataExpires(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]int{0: 120, 45: 45, 300: 300} {
		s := &shelf{days: days, open: map[tiktok.OrderID]bool{"3": true}}
		for n := range 130 {
			s.orders = append(s.orders, order(fmt.Sprint(n), noon.AddDate(0, 0, -want).Add(-time.Minute)))
		}
		s.orders = append(s.orders, order("young", noon.AddDate(0, 0, -want).Add(time.Minute)))
		if err := keeper(s, noon).Shop(t.Context(), privacy.ShopArgs{Shop: demo}); err != nil {
			t.Fatal(err)
		}
		if got := len(s.forgotten()); got != 129 || s.most > 50 || s.orders[130].RedactedAt != nil {
			t.Errorf("%d days: %d forgotten, at most %d at once", days, got, s.most)
		}
		if want := noon.AddDate(-1, 0, 0); !s.since.Equal(want) {
			t.Errorf("requests are kept since %v, want %v", s.since, want)
		}
	}
}

// One round of a shop ends, however much there is to do; the next goes on.
func TestARoundIsBounded(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	for n := range 4100 {
		s.orders = append(s.orders, order(fmt.Sprint(n), noon.AddDate(-1, 0, 0)))
	}
	for _, want := range []int{2000, 4000, 4100} {
		if err := keeper(s, noon).Shop(t.Context(), privacy.ShopArgs{Shop: demo}); err != nil {
			t.Fatal(err)
		}
		if got := len(s.forgotten()); got != want {
			t.Errorf("%d forgotten, want %d", got, want)
		}
	}
}

func TestARoundLooksAtEveryShop(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	if err := keeper(s, noon).Round(t.Context(), privacy.RoundArgs{}); err != nil || len(s.jobs) != 450 || !s.late.Equal(noon.AddDate(0, 0, -1)) {
		t.Errorf("%d jobs, %v", len(s.jobs), err)
	}
}

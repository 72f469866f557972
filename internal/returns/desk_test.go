package returns

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	demo   = shopify.Domain("demo.myshopify.com")
	known  = "576461413038785752"
	portal = "https://portal.example/"
)

var visitor = netip.MustParseAddr("192.0.2.7")

// town is everything around a desk: one shop, its orders, and imports that take as long as they take.
type town struct {
	mu       sync.Mutex
	shop     shops.Shop
	settings shops.Settings
	rows     map[tiktok.OrderID]links.Order
	takes    time.Duration // an import; negative: it never ends
	refuses  error
	asked    []tiktok.OrderID
	counted  []links.VisitOutcome
	broken   error
}

func newTown() *town {
	settings := shops.DefaultSettings()
	settings.ReturnPortalURL = portal
	return &town{shop: shops.Shop{Domain: demo, Slug: "slug"}, settings: settings, takes: -1, rows: map[tiktok.OrderID]links.Order{
		known: {Shop: demo, ID: known, State: links.Written, ShopifyName: "TT-" + known},
	}}
}

func (w *town) desk() *Desk {
	return &Desk{Book: w, Ledger: w, Importer: w, Counter: w, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func (w *town) ShopBySlug(_ context.Context, slug string) (shops.Shop, error) {
	if slug != w.shop.Slug {
		return shops.Shop{}, shops.ErrNotFound
	}
	return w.shop, nil
}

func (w *town) Settings(context.Context, shopify.Domain) (shops.Settings, error) {
	return w.settings, nil
}

func (w *town) Order(_ context.Context, _ shopify.Domain, id tiktok.OrderID) (links.Order, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if row, ok := w.rows[id]; ok || w.broken != nil {
		return row, w.broken
	}
	return links.Order{}, links.ErrNotFound
}

func (w *town) HasZIP(_ context.Context, _ shopify.Domain, _ tiktok.OrderID, zip string) (bool, error) {
	return zip == "73301", nil
}

func (w *town) ImportOrder(_ context.Context, shop shopify.Domain, id tiktok.OrderID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, id)
	if w.takes >= 0 {
		time.AfterFunc(w.takes, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.rows[id] = links.Order{Shop: shop, ID: id, State: links.Written, ShopifyName: string(id)}
		})
	}
	return w.refuses
}

func (w *town) CountVisit(_ context.Context, _ shopify.Domain, outcome links.VisitOutcome) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counted = append(w.counted, outcome)
	return w.broken
}

func TestEveryVisitEndsAtThePortal(t *testing.T) {
	t.Parallel()
	const fresh = "576461413038785799"
	for name, c := range map[string]struct {
		order, zip string
		change     func(*town)
		to         string
		outcome    links.VisitOutcome
	}{
		"known":          {" #" + known, "73301-0042", nil, "?order=TT-" + known + "&zip=73301-0042", links.VisitFound},
		"another ZIP":    {"#" + known, " 10001 ", nil, "?order=%23" + known + "&zip=10001", links.VisitUnknown},
		"not a number":   {"#A1001", "73301", nil, "?order=%23A1001&zip=73301", links.VisitUnknown},
		"placeholders":   {"[TT_ORDER_NUM]", "[TTS_ZIP_CODE]", nil, "", links.VisitMalformed},
		"nothing":        {"", "", nil, "", links.VisitMalformed},
		"imported":       {fresh, "73301", func(w *town) { w.takes = 3 * time.Second }, "?order=" + fresh + "&zip=73301", links.VisitImported},
		"imported, ZIP":  {fresh, "10001", func(w *town) { w.takes = 3 * time.Second }, "?order=" + fresh + "&zip=10001", links.VisitUnknown},
		"too slow":       {fresh, "73301", func(w *town) { w.takes = 9 * time.Second }, "?order=" + fresh + "&zip=73301", links.VisitLate},
		"cannot be ours": {fresh, "73301", func(w *town) { w.refuses = links.ErrNotFound }, "?order=" + fresh + "&zip=73301", links.VisitUnknown},
		"queue is down":  {fresh, "73301", func(w *town) { w.refuses = errors.New("down") }, "?order=" + fresh + "&zip=73301", links.VisitUnknown},
		"store is down":  {known, "73301", func(w *town) { w.broken = errors.New("down") }, "?order=" + known + "&zip=73301", links.VisitUnknown},
		"held":           {known, "73301", func(w *town) { w.rows[known] = links.Order{Shop: demo, ID: known, State: links.Held} }, "?order=" + known + "&zip=73301", links.VisitLate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newTown()
				if c.change != nil {
					c.change(w)
				}
				began := time.Now()
				to, err := w.desk().Visit(t.Context(), "slug", c.order, c.zip, visitor)
				if err != nil || to != portal+c.to || len(w.counted) != 1 || w.counted[0] != c.outcome {
					t.Errorf("%s, %v, counted %v", to, err, w.counted)
				}
				switch took := time.Since(began); {
				case took > usualPatience:
					t.Errorf("the buyer waited for %v", took)
				case c.outcome == links.VisitFound && took > 0:
					t.Errorf("an order that is there took %v", took)
				}
				time.Sleep(time.Minute) // an import that is under way ends by itself
			})
		})
	}
}

// A stranger with a clock learns no more than one who reads the answer: which
// numbers the shop has, which it had to fetch and which nobody has take as long.
func TestMissesTakeTheSameTime(t *testing.T) {
	t.Parallel()
	const fresh = "576461413038785799"
	for name, c := range map[string]struct {
		order  string
		change func(*town)
		before int // strangers in the same minute
	}{
		"known, another ZIP":        {known, func(*town) {}, 0},
		"held":                      {known, func(w *town) { w.rows[known] = links.Order{Shop: demo, ID: known, State: links.Held} }, 0},
		"imported, another ZIP":     {fresh, func(w *town) { w.takes = 3 * time.Second }, 0},
		"never imported":            {fresh, func(*town) {}, 0},
		"cannot be ours":            {fresh, func(w *town) { w.refuses = links.ErrNotFound }, 0},
		"queue is down":             {fresh, func(w *town) { w.refuses = errors.New("down") }, 0},
		"store is down":             {known, func(w *town) { w.broken = errors.New("down") }, 0},
		"unknown, too many of them": {fresh, func(*town) {}, strangersAMinute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newTown()
				c.change(w)
				d := w.desk()
				for range c.before {
					d.strange.allow(d.Now(), demo, strangersAMinute)
				}
				began := time.Now()
				to, err := d.Visit(t.Context(), "slug", c.order, "10001", visitor)
				if err != nil || to != portal+"?order="+c.order+"&zip=10001" {
					t.Errorf("%s, %v", to, err)
				}
				if took := time.Since(began); took != usualPatience {
					t.Errorf("answered after %v", took)
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

func TestWhoHasNoPortal(t *testing.T) {
	t.Parallel()
	w := newTown()
	visit := func(slug string) error {
		_, err := w.desk().Visit(t.Context(), slug, known, "73301", visitor)
		return err
	}
	if err := visit("other"); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("unknown slug: %v", err)
	}
	w.settings.ReturnPortalURL = ""
	if err := visit("slug"); !errors.Is(err, ErrNoPortal) {
		t.Errorf("no portal: %v", err)
	}
	w.shop.UninstalledAt = new(time.Time)
	if err := visit("slug"); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("uninstalled: %v", err)
	}
}

func TestLookupsAreCapped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newTown()
		d := w.desk()
		visit := func(order string, from netip.Addr) string {
			to, err := d.Visit(t.Context(), "slug", order, "73301", from)
			if err != nil {
				t.Fatal(err)
			}
			return to
		}
		for range visitsAMinute {
			visit(known, visitor)
		}
		if to := visit(known, visitor); to != portal+"?order="+known+"&zip=73301" {
			t.Errorf("the 61st visit in a minute is looked up: %s", to)
		}
		if to := visit(known, netip.MustParseAddr("192.0.2.8")); !strings.Contains(to, "TT-") {
			t.Errorf("another visitor is not: %s", to)
		}
		w.refuses = links.ErrNotFound
		var crowd sync.WaitGroup
		for n := range strangersAMinute + 5 {
			crowd.Go(func() { visit(fmt.Sprintf("5764614130380%05d", n), netip.AddrFrom4([4]byte{198, 51, 100, byte(n)})) })
		}
		crowd.Wait()
		if len(w.asked) != strangersAMinute {
			t.Errorf("%d unknown numbers were asked for, want %d", len(w.asked), strangersAMinute)
		}
		time.Sleep(time.Minute)
		if to := visit(known, visitor); !strings.Contains(to, "TT-") {
			t.Errorf("a minute later: %s", to)
		}
	})
}

func TestWhoIsCountedTogether(t *testing.T) {
	t.Parallel()
	same := func(a, b string) bool {
		return network(netip.MustParseAddr(a)) == network(netip.MustParseAddr(b))
	}
	if !same("2001:db8::1", "2001:db8::ffff:1") || same("2001:db8::1", "2001:db8:0:1::1") || same("192.0.2.1", "192.0.2.2") || !same("::ffff:192.0.2.1", "192.0.2.1") {
		t.Error("networks are told apart wrongly")
	}
	if network(netip.Addr{}) != (netip.Prefix{}) {
		t.Error("no address is a network")
	}
	var w window[int]
	now := time.Unix(0, 0)
	for n := range mostKeys {
		w.allow(now, n+1, 1)
	}
	if !w.allow(now, -1, 1) || w.allow(now, -2, 1) || len(w.counts) > mostKeys+1 {
		t.Error("a full window goes on growing")
	}
}

package storetest

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/timeline"
	"github.com/switchbackhq/switchback/internal/tokens"
)

func shopLife(t *testing.T, b *bench) {
	ctx := t.Context()
	if _, err := b.Shop(ctx, demo); !errors.Is(err, shops.ErrNotFound) {
		t.Fatalf("unknown shop: got %v", err)
	}
	first := b.install(t, demo)
	want := shops.Shop{
		Domain: demo, Slug: first.Slug, Name: "Demo", Currency: "USD", TimeZone: "America/New_York",
		Scopes: []string{"write_orders"}, Installation: 1, InstalledAt: b.Now(), AuthorizedAt: b.Now(),
	}
	if diff := cmp.Diff(want, first); diff != "" || len(first.Slug) < 20 {
		t.Fatalf("slug %q: %s", first.Slug, diff)
	}
	bySlug, err := b.ShopBySlug(ctx, first.Slug)
	if err != nil || bySlug.Domain != demo {
		t.Fatalf("by slug: %v, %v", bySlug, err)
	}
	must(t, b.SetScopes(ctx, demo, []string{"read_orders", "write_orders"}))
	must(t, b.UpdateShop(ctx, shops.Shop{Domain: demo, Name: "New name", Currency: "GBP", TimeZone: "Europe/London", TaxesIncluded: true}))
	want.Name, want.Currency, want.TimeZone, want.TaxesIncluded = "New name", "GBP", "Europe/London", true
	want.Scopes = []string{"read_orders", "write_orders"}
	got, err := b.Shop(ctx, demo)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := b.UpdateShop(ctx, shops.Shop{Domain: other}); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("update of an unknown shop: got %v", err)
	}
	b.install(t, other)
	ended, err := b.UninstallShop(ctx, other, time.Time{})
	if err != nil || !ended {
		t.Fatalf("uninstall: %v, %v", ended, err)
	}
	list, err := b.Shops(ctx)
	if err != nil || len(list) != 1 || list[0].Domain != demo {
		t.Errorf("installed shops: %v, %v", list, err)
	}
}

func installFillsIn(t *testing.T, b *bench) {
	first := b.install(t, demo)
	b.pass(time.Hour)
	// A token exchange knows the shop's domain and scopes and nothing else.
	again, err := b.InstallShop(t.Context(), shops.Shop{Domain: demo, Scopes: []string{"x"}}, b.pair("second"))
	must(t, err)
	first.Scopes, first.AuthorizedAt = []string{"x"}, b.Now()
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	pair, err := b.TokenPair(t.Context(), tokens.Key{Platform: tokens.Shopify, Shop: string(demo)})
	if err != nil || pair.Access.Reveal() != "second access" || pair.Generation != 2 {
		t.Errorf("got %+v, %v", pair, err)
	}
}

func uninstall(t *testing.T, b *bench) {
	ctx := t.Context()
	first := b.install(t, demo)
	b.connectShop(t, demo)
	b.giveLoopKey(t, "key")
	must(t, b.UpdateSettings(ctx, demo, shops.Settings{OrderNamePrefix: "kept"}))
	b.pass(time.Hour)
	for _, step := range []struct {
		at   time.Time
		want bool
	}{
		{first.InstalledAt.Add(-time.Minute), false}, // about an installation before this one
		{b.Now(), true},
		{b.Now(), false}, // repeated
	} {
		if ended, err := b.UninstallShop(ctx, demo, step.at); err != nil || ended != step.want {
			t.Fatalf("uninstall of %v: %v, %v, want %v", step.at, ended, err, step.want)
		}
	}
	b.noAccess(t, demo)
	if _, err := b.TokenPair(ctx, tokens.Key{Platform: tokens.Shopify, Shop: string(demo)}); !errors.Is(err, tokens.ErrNone) {
		t.Errorf("Shopify token after uninstall: %v", err)
	}
	if _, err := b.TokenPair(ctx, tokens.Key{Platform: tokens.TikTok, Shop: string(demo), Seller: "open-1"}); !errors.Is(err, tokens.ErrNone) {
		t.Errorf("TikTok token after uninstall: %v", err)
	}
	b.install(t, other)
	b.connectShop(t, other) // free again
	b.pass(time.Hour)
	second := b.install(t, demo)
	if second.Installation != 2 || second.Slug != first.Slug || !second.InstalledAt.Equal(b.Now()) || !second.Installed() {
		t.Errorf("second installation: %+v", second)
	}
	if s, err := b.Settings(ctx, demo); err != nil || s.OrderNamePrefix != "kept" {
		t.Errorf("settings after re-install: %+v, %v", s, err)
	}
	// The late message of the first uninstallation.
	if ended, err := b.UninstallShop(ctx, demo, b.Now().Add(-time.Hour)); err != nil || ended {
		t.Errorf("late message: %v, %v", ended, err)
	}
	if ended, err := b.UninstallShop(ctx, "never.myshopify.com", b.Now()); err != nil || ended {
		t.Errorf("unknown shop: %v, %v", ended, err)
	}
}

// noAccess wants no row that lets anybody act for the shop.
func (b *bench) noAccess(t *testing.T, domain shopify.Domain) {
	t.Helper()
	for _, table := range []string{"tokens", "loop_keys", "authorizations", "connections", "oauth_states"} {
		var n int
		must(t, b.writing().QueryRowContext(t.Context(), `SELECT count(*) FROM `+table+` WHERE shop = $1`, string(domain)).Scan(&n))
		if n > 0 {
			t.Errorf("%s has %d rows of %s", table, n, domain)
		}
	}
}

// leave fills each table with something of the shop's.
func (b *bench) leave(t *testing.T, domain shopify.Domain, mark string) {
	t.Helper()
	ctx := t.Context()
	order := links.Order{Shop: domain, ID: orderID, TikTokShop: "1", State: links.Written}
	if mark == "new" {
		order.ID = "576900000000010002"
	}
	lease := b.lease(t, domain, order.ID)
	must(t, b.SaveChange(ctx, lease, order, links.Change{
		Lines: []links.Line{{SKU: mark, Quantity: 1, Units: []links.Unit{{ID: "1"}}}}, Place: &links.Place{ZIP: "90210"},
		Intents: []links.Intent{{Key: mark, Kind: links.RefundIntent, State: links.IntentOpen}},
	}))
	must(t, b.ReleaseLease(ctx, lease))
	must(t, b.AppendTimeline(ctx, timeline.Entry{Shop: domain, Order: order.ID, At: b.Now(), Text: mark}))
	must(t, b.OpenException(ctx, exceptions.New(domain, order.ID, exceptions.ZIPMissing, mark, b.Now())))
	_, err := b.ReceiveEvent(ctx, inbox.Event{
		Source: inbox.FromShopify, Account: string(domain), Topic: "shop/update", DeliveryID: mark + string(domain), Shop: domain, Body: []byte(mark),
	})
	must(t, err)
}

func erase(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.install(t, other)
	b.leave(t, demo, "old")
	b.leave(t, other, "old")
	b.pass(time.Hour)
	if _, err := b.UninstallShop(ctx, demo, b.Now()); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Hour)
	b.install(t, demo)
	b.pass(time.Hour)
	b.leave(t, demo, "new")
	b.lease(t, demo, orderID) // held by a job that has died
	must(t, b.Enqueue(ctx, about{demo, string(orderID), ""}, about{other, string(orderID), ""}))
	must(t, b.EraseShop(ctx, demo))
	if left := b.left(t, demo); !slices.Equal(left, []string{"exception new", "line new", "timeline new"}) {
		t.Errorf("left of an installed shop: %v", left)
	}
	if count, err := b.CountEvents(ctx); err != nil || count != 2 {
		t.Errorf("events left: %d, %v", count, err)
	}
	if _, err := b.UninstallShop(ctx, demo, b.Now()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // again is no error
		must(t, b.EraseShop(ctx, demo))
	}
	if left := b.left(t, demo); len(left) != 0 {
		t.Errorf("left of an uninstalled shop: %v", left)
	}
	b.nowhere(t, string(demo))
	if _, err := b.Shop(ctx, demo); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("shop row: %v", err)
	}
	if _, err := b.Settings(ctx, demo); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("settings row: %v", err)
	}
	if left := b.left(t, other); len(left) != 3 {
		t.Errorf("the other shop lost something: %v", left)
	}
}

// nowhere wants a text in no column of any table, nor in a job.
func (b *bench) nowhere(t *testing.T, text string) {
	t.Helper()
	look := func(table, column string) {
		var n int
		must(t, b.writing().QueryRowContext(t.Context(), `SELECT count(*) FROM `+table+` WHERE CAST(`+column+` AS TEXT) LIKE '%`+text+`%'`).Scan(&n))
		if n > 0 {
			t.Errorf("%s.%s holds %s in %d rows", table, column, text, n)
		}
	}
	for table, columns := range b.texts(t) {
		for _, column := range columns {
			look(table, column)
		}
	}
	if b.SQLite() == nil {
		look("river_job", "args")
	} else {
		look("river_job", "json(args)")
	}
}

// left lists what leave left of the shop, sorted.
func (b *bench) left(t *testing.T, domain shopify.Domain) []string {
	t.Helper()
	ctx := t.Context()
	var left []string
	orders, _, err := b.Orders(ctx, domain, links.OrderFilter{}, 100, "")
	must(t, err)
	for _, order := range orders {
		lines, err := b.Lines(ctx, domain, order.ID)
		must(t, err)
		for _, line := range lines {
			left = append(left, "line "+line.SKU)
		}
		entries, err := b.Timeline(ctx, domain, order.ID)
		must(t, err)
		for _, e := range entries {
			left = append(left, "timeline "+e.Text)
		}
	}
	list, _, err := b.Exceptions(ctx, domain, "", 100)
	must(t, err)
	for _, e := range list {
		left = append(left, "exception "+e.Message[len(e.Message)-3:])
	}
	slices.Sort(left)
	return left
}

func settings(t *testing.T, b *bench) {
	ctx := t.Context()
	if err := b.UpdateSettings(ctx, demo, shops.DefaultSettings()); !errors.Is(err, shops.ErrNotFound) {
		t.Fatalf("settings of an unknown shop: %v", err)
	}
	b.install(t, demo)
	got, err := b.Settings(ctx, demo)
	must(t, err)
	if diff := cmp.Diff(shops.DefaultSettings(), got); diff != "" {
		t.Error(diff)
	}
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	got, err = b.ChangeSettings(ctx, demo, func(s *shops.Settings) ([]store.Job, error) {
		s.PullOrders, s.ImportFrom, s.Tags = true, &from, []string{"gift"}
		return []store.Job{Job{Name: "released"}}, nil
	})
	must(t, err)
	kept, err := b.Settings(ctx, demo)
	must(t, err)
	if diff := cmp.Diff(got, kept); diff != "" || !kept.PullOrders || !kept.ImportFrom.Equal(from) {
		t.Errorf("%+v: %s", kept, diff)
	}
	refused := errors.New("refused")
	_, err = b.ChangeSettings(ctx, demo, func(s *shops.Settings) ([]store.Job, error) {
		s.PullOrders = false
		return []store.Job{Job{Name: "never"}}, refused
	})
	if kept, _ := b.Settings(ctx, demo); !errors.Is(err, refused) || !kept.PullOrders {
		t.Errorf("refused change: %v, kept %+v", err, kept)
	}
	if diff := cmp.Diff([]string{"released"}, Jobs(t, b.Store)); diff != "" {
		t.Error(diff)
	}
}

// settingsAtOnce: none of the changes made at once is lost.
func settingsAtOnce(t *testing.T, b *bench) {
	b.install(t, demo)
	const writers = 10
	var group sync.WaitGroup
	for n := range writers {
		group.Go(func() {
			_, err := b.ChangeSettings(t.Context(), demo, func(s *shops.Settings) ([]store.Job, error) {
				s.Tags = append(s.Tags, strconv.Itoa(n))
				return nil, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if s, err := b.Settings(t.Context(), demo); err != nil || len(s.Tags) != writers {
		t.Errorf("kept %v, %v", s.Tags, err)
	}
}

package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

func cursors(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.connectShop(t, demo)
	read := func() links.Cursor {
		t.Helper()
		c, err := b.Cursor(ctx, demo, tiktokShop, "poll")
		must(t, err)
		return c
	}
	blank := links.Cursor{Shop: demo, TikTokShop: tiktokShop, Name: "poll"}
	if diff := cmp.Diff(blank, read()); diff != "" {
		t.Error(diff)
	}
	halfway := blank
	halfway.Until, halfway.Reached, halfway.Page = 200, 150, "+/="
	must(t, b.SaveCursor(ctx, halfway, Job{Name: "page"}))
	if err := b.SaveCursor(ctx, blank, Job{Broken: func() {}}); err == nil {
		t.Error("a job that cannot be kept was passed by")
	}
	if diff := cmp.Diff(halfway, read()); diff != "" {
		t.Error(diff)
	}
	done := blank
	done.Value = 200
	must(t, b.SaveCursor(ctx, done))
	late := blank // another pass, that began earlier, ends later
	late.Value = 190
	must(t, b.SaveCursor(ctx, late))
	if diff := cmp.Diff(done, read()); diff != "" {
		t.Error(diff)
	}
	if got := Jobs(t, b.Store); !slices.Equal(got, []string{"page"}) {
		t.Errorf("jobs %v", got)
	}
	must(t, b.Disconnect(ctx, demo, tiktokShop))
	if diff := cmp.Diff(blank, read()); diff != "" {
		t.Errorf("a new connection would begin where the old one was: %s", diff)
	}
	must(t, b.SaveCursor(ctx, done))
	b.pass(time.Minute)
	if _, err := b.UninstallShop(ctx, demo, time.Time{}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(blank, read()); diff != "" {
		t.Error(diff)
	}
}

// stop keeps an order in that state with one exception.
func (b *bench) stop(t *testing.T, domain shopify.Domain, id tiktok.OrderID, state links.State, code exceptions.Code) {
	t.Helper()
	lease := b.lease(t, domain, id)
	must(t, b.SaveOrder(t.Context(), lease, links.Order{Shop: domain, ID: id, State: state}))
	must(t, b.ReleaseLease(t.Context(), lease))
	must(t, b.OpenException(t.Context(), exceptions.New(domain, id, code, "", b.Now())))
}

func rechecks(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.install(t, other)
	b.stop(t, demo, "1", links.Held, exceptions.SKUUnmatched)
	b.stop(t, other, "2", links.Written, exceptions.SKUUnmatched)
	b.stop(t, demo, "3", links.Held, exceptions.ZIPMissing)
	b.stop(t, "gone.myshopify.com", "4", links.Held, exceptions.SKUUnmatched)
	must(t, b.OpenException(ctx, exceptions.New(demo, "", exceptions.SKUUnmatched, "", b.Now())))
	began := b.Now()
	take := func(state links.State, since time.Time, most int) string {
		t.Helper()
		var ids []string
		n, err := b.TakeDueExceptions(ctx, exceptions.SKUUnmatched, state, since, 5*time.Minute, most, func(e exceptions.Exception) store.Job {
			ids = append(ids, string(e.Order))
			return Job{Name: string(e.Order)}
		})
		must(t, err)
		if n != len(ids) {
			t.Errorf("%d were taken, %v handed on", n, ids)
		}
		slices.Sort(ids)
		return joined(ids)
	}
	for _, step := range []struct {
		pass  time.Duration
		state links.State
		since time.Time
		most  int
		want  string
	}{
		{0, links.Held, time.Time{}, 10, "1"},
		{0, "", began.Add(time.Second), 10, ""}, // opened too long ago
		{0, "", time.Time{}, 10, "2"},
		{4 * time.Minute, "", time.Time{}, 10, ""},
		{time.Minute, "", time.Time{}, 1, "1"},
		{0, "", time.Time{}, 10, "2"},
		{10 * time.Hour, "", time.Time{}, 10, "1 2"},
		{59 * time.Minute, "", time.Time{}, 10, ""}, // a tenth of its age
		{9 * time.Minute, "", time.Time{}, 10, "1 2"},
	} {
		b.pass(step.pass)
		if got := take(step.state, step.since, step.most); got != step.want {
			t.Errorf("at %v took %q, want %q", b.Now().Sub(began), got, step.want)
		}
	}
	if got := len(Jobs(t, b.Store)); got != 8 {
		t.Errorf("%d jobs", got)
	}
	must(t, b.ResolveExceptions(ctx, demo, "1", exceptions.CauseGone))
	b.pass(24 * time.Hour)
	if got := take("", time.Time{}, 10); got != "2" {
		t.Errorf("took %q after the other was resolved", got)
	}
}

func joined(ids []string) (text string) {
	for n, id := range ids {
		if n > 0 {
			text += " "
		}
		text += id
	}
	return text
}

func excepted(t *testing.T, b *bench) {
	ctx := t.Context()
	for _, id := range []tiktok.OrderID{"3", "1", "2"} {
		b.stop(t, demo, id, links.Held, exceptions.ScopeMissing)
	}
	b.stop(t, demo, "4", links.Written, exceptions.ZIPMissing)
	b.stop(t, other, "5", links.Held, exceptions.ScopeMissing)
	must(t, b.OpenException(ctx, exceptions.New(demo, "", exceptions.ScopeMissing, "", b.Now())))
	must(t, b.ResolveExceptions(ctx, demo, "2", exceptions.CauseGone))
	first, err := b.OrdersWithException(ctx, demo, exceptions.ScopeMissing, "", 1)
	must(t, err)
	rest, err := b.OrdersWithException(ctx, demo, exceptions.ScopeMissing, "1", 10)
	must(t, err)
	if !slices.Equal(first, []tiktok.OrderID{"1"}) || !slices.Equal(rest, []tiktok.OrderID{"3"}) {
		t.Errorf("pages %v, %v", first, rest)
	}
	// The shop's own comes first, and is not repeated.
	var seen []tiktok.OrderID
	for after := tiktok.OrderID(""); len(seen) < 10; after = seen[len(seen)-1] {
		page, err := b.OpenExceptionsOf(ctx, demo, exceptions.ScopeMissing, after, 2)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			seen = append(seen, e.Order)
		}
	}
	if !slices.Equal(seen, []tiktok.OrderID{"", "1", "3"}) {
		t.Errorf("open of one code: %q", seen)
	}
	counts, err := b.ExceptionCounts(ctx, demo)
	must(t, err)
	if diff := cmp.Diff(map[exceptions.Code]int{exceptions.ScopeMissing: 3, exceptions.ZIPMissing: 1}, counts); diff != "" {
		t.Error(diff)
	}
}

// What follows from a change of access is as durable as the change.
func accessJobs(t *testing.T, b *bench) {
	ctx := t.Context()
	_, err := b.InstallShop(ctx, shops.Shop{Domain: demo, Currency: "USD"}, b.pair("shopify"), Job{Name: "installed"})
	must(t, err)
	must(t, b.SetScopes(ctx, demo, []string{"write_orders"}, Job{Name: "granted"}))
	auth := shops.Authorization{Shop: demo, OpenID: seller}
	list := []shops.Connection{connection(demo, tiktokShop, seller)}
	must(t, b.Connect(ctx, auth, b.pair("tiktok"), list, Job{Name: "connected"}))
	must(t, b.SetConnectionOff(ctx, demo, tiktokShop, shops.OffDeauthorized, Job{Name: "off"}))
	key := tokens.Key{Platform: tokens.TikTok, Shop: string(demo), Seller: string(seller)}
	must(t, b.RefuseTokenPair(ctx, key, 1, b.Now(), Job{Name: "refused"}))
	refused, err := b.RefusedTokens(ctx, demo)
	must(t, err)
	if !slices.Equal(refused, []tokens.Key{key}) {
		t.Errorf("refused %v", refused)
	}
	must(t, b.Connect(ctx, auth, b.pair("tiktok"), list)) // a new permission
	if refused, err := b.RefusedTokens(ctx, demo); err != nil || len(refused) > 0 {
		t.Errorf("refused %v, %v", refused, err)
	}
	all, err := b.AllConnections(ctx)
	must(t, err)
	if len(all) != 1 || all[0].Off != shops.On {
		t.Errorf("connections %+v: want the one, on again", all)
	}
	must(t, b.Disconnect(ctx, demo, tiktokShop, Job{Name: "parted"}))
	if err := b.Disconnect(ctx, demo, tiktokShop, Job{Name: "never"}); err == nil {
		t.Error("parted twice")
	}
	want := []string{"connected", "granted", "installed", "off", "parted", "refused"}
	if got := Jobs(t, b.Store); !slices.Equal(got, want) {
		t.Errorf("jobs %v, want %v", got, want)
	}
}

package storetest

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func (b *bench) backfill(id string, shop shopify.Domain, seller tiktok.ShopID) backfills.Backfill {
	return backfills.Backfill{
		ID: id, Shop: shop, TikTokShop: seller, From: b.Now().Add(-time.Hour), To: b.Now(), State: backfills.Running,
		StartedAt: b.Now(), ProgressedAt: b.Now(), Place: backfills.Place{From: b.Now().Add(-time.Hour), To: b.Now().Add(-time.Minute)},
	}
}

func backfillTurns(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	first := b.backfill("b1", demo, "7")
	must(t, b.AddBackfill(ctx, first, Job{Name: "page 0"}))
	kept, err := b.Backfill(ctx, demo, "b1")
	if diff := cmp.Diff(first, kept); diff != "" || err != nil {
		t.Fatalf("%v %s", err, diff)
	}
	finished := b.Now().Add(time.Minute)
	next := first
	next.Counts, next.DryRun = backfills.Counts{Found: 5, Imported: 3, Skipped: 2}, false
	next.Ran, next.ProgressedAt, next.Message = 90*time.Second, finished, "why"
	next.Place = backfills.Place{From: b.Now(), To: finished, Page: "+/=", Seen: backfills.Counts{Found: 3, Imported: 2, Skipped: 1}}
	must(t, b.SaveBackfill(ctx, next, Job{Name: "page 1"}))
	if err := b.SaveBackfill(ctx, next, Job{Name: "overtaken"}); !errors.Is(err, backfills.ErrOvertaken) {
		t.Errorf("the same turn again: %v", err)
	}
	next.Turn++
	if kept, err = b.Backfill(ctx, demo, "b1"); err != nil || !cmp.Equal(next, kept) {
		t.Errorf("%v %s", err, cmp.Diff(next, kept))
	}
	next.State, next.FinishedAt = backfills.Done, &finished
	must(t, b.SaveBackfill(ctx, next))
	next.Turn++
	if kept, err = b.Backfill(ctx, demo, "b1"); err != nil || !cmp.Equal(next, kept) {
		t.Errorf("%v %s", err, cmp.Diff(next, kept))
	}
	if jobs := Jobs(t, b.Store); !slices.Equal(jobs, []string{"page 0", "page 1"}) {
		t.Errorf("jobs %v", jobs)
	}
	for _, shop := range []shopify.Domain{other, ""} {
		if _, err := b.Backfill(ctx, shop, "b1"); !errors.Is(err, backfills.ErrNotFound) {
			t.Errorf("asked by %q: %v", shop, err)
		}
	}
	next.Shop = other
	if err := b.SaveBackfill(ctx, next); !errors.Is(err, backfills.ErrOvertaken) {
		t.Errorf("saved by another shop: %v", err)
	}
}

func backfillsAtOnce(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.install(t, other)
	var added atomic.Int32
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			err := b.AddBackfill(ctx, b.backfill(string(rune('a'+n)), demo, "7"))
			if err == nil {
				added.Add(1)
			} else if !errors.Is(err, backfills.ErrRunning) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	list, err := b.Backfills(ctx, demo, 10)
	if added.Load() != 1 || err != nil || len(list) != 1 {
		t.Fatalf("%d run, %d listed, %v", added.Load(), len(list), err)
	}
	must(t, b.AddBackfill(ctx, b.backfill("second shop", demo, "8")))
	must(t, b.AddBackfill(ctx, b.backfill("another's", other, "9")))
	stopped := list[0]
	stopped.State = backfills.Stopped
	must(t, b.SaveBackfill(ctx, stopped))
	b.pass(time.Second)
	must(t, b.AddBackfill(ctx, b.backfill("new", demo, "7")))
	stopped.Turn++
	stopped.State = backfills.Running
	if err := b.SaveBackfill(ctx, stopped); !errors.Is(err, backfills.ErrRunning) {
		t.Errorf("resumed beside another: %v", err)
	}
	list, err = b.Backfills(ctx, demo, 2)
	if err != nil || len(list) != 2 || list[0].ID != "new" {
		t.Errorf("listed %v, %v", list, err)
	}
	if _, err := b.UninstallShop(ctx, demo, b.Now()); err != nil {
		t.Fatal(err)
	}
	must(t, b.EraseShop(ctx, demo))
	gone, err := b.Backfills(ctx, demo, 10)
	theirs, err2 := b.Backfills(ctx, other, 10)
	if err != nil || err2 != nil || len(gone) != 0 || len(theirs) != 1 {
		t.Errorf("after erasing: %d and %d, %v %v", len(gone), len(theirs), err, err2)
	}
}

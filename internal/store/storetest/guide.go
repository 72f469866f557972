package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/links"
)

func guideMarks(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	mark := func(id guide.MarkID, note string) guide.Mark { return guide.Mark{ID: id, At: b.Now(), Note: note} }
	must(t, b.SaveGuideMark(ctx, demo, mark("h5_asked", "")))
	must(t, b.SaveGuideMark(ctx, demo, mark("note:outcomes", "first")))
	must(t, b.SaveGuideMark(ctx, other, mark("h5_asked", "another shop's")))
	b.pass(time.Hour)
	must(t, b.SaveGuideMark(ctx, demo, mark("note:outcomes", "second")))
	must(t, b.DeleteGuideMark(ctx, demo, "h5_asked"))
	must(t, b.DeleteGuideMark(ctx, demo, "never there"))
	got, err := b.GuideMarks(ctx, demo)
	want := guide.Marks{"note:outcomes": mark("note:outcomes", "second")}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	_, err = b.UninstallShop(ctx, demo, b.Now())
	must(t, err)
	must(t, b.EraseShop(ctx, demo))
	if left, err := b.GuideMarks(ctx, demo); err != nil || len(left) != 0 {
		t.Errorf("left after the erasure: %v, %v", left, err)
	}
	if left, err := b.GuideMarks(ctx, other); err != nil || len(left) != 1 {
		t.Errorf("another shop's: %v, %v", left, err)
	}
}

func firstOrder(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	if got, err := b.FirstOrder(ctx, demo); err != nil || !got.IsZero() {
		t.Errorf("before any: %v, %v", got, err)
	}
	must(t, b.SaveOrder(ctx, b.lease(t, demo, orderID), links.Order{Shop: demo, ID: orderID, State: links.Held}))
	b.pass(time.Hour)
	want := links.SlotOf(b.Now())
	b.written(t, links.Order{Shop: demo, ID: "2"}, "")
	b.pass(time.Hour)
	b.written(t, links.Order{Shop: demo, ID: "3"}, "")
	if got, err := b.FirstOrder(ctx, demo); err != nil || !got.Equal(want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	if got, err := b.FirstOrder(ctx, other); err != nil || !got.IsZero() {
		t.Errorf("another shop's: %v, %v", got, err)
	}
}

func foundInLoop(t *testing.T, b *bench) {
	ctx := t.Context()
	check := links.LoopCheck{Shop: demo, Order: orderID, CheckedAt: b.Now(), Code: "order-not-found"}
	must(t, b.SaveLoopCheck(ctx, check))
	must(t, b.SaveLoopCheck(ctx, links.LoopCheck{Shop: other, Order: "2", CheckedAt: b.Now(), Found: true}))
	if got, err := b.FoundInLoop(ctx, demo); err != nil || !got.IsZero() {
		t.Errorf("before any: %v, %v", got, err)
	}
	b.pass(time.Hour)
	check.Order, check.Found, check.CheckedAt = "3", true, b.Now()
	must(t, b.SaveLoopCheck(ctx, check))
	if got, err := b.FoundInLoop(ctx, demo); err != nil || !got.Equal(b.Now()) {
		t.Errorf("%v, %v", got, err)
	}
}

package storetest

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/testorders"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const testID tiktok.OrderID = "TEST-000000000000000001"

func (b *bench) testOrder(id tiktok.OrderID, shop shopify.Domain) testorders.Run {
	return testorders.Run{
		Shop: shop, ID: id, State: testorders.Running, Steps: []testorders.Step{}, Next: testorders.Product, StepAt: b.Now(), StartedAt: b.Now(),
	}
}

func testOrderTurns(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	run := b.testOrder(testID, demo)
	if _, err := b.LastTestOrder(ctx, demo); !errors.Is(err, testorders.ErrNotFound) {
		t.Errorf("before the first: %v", err)
	}
	must(t, b.AddTestOrder(ctx, run, Job{Name: "run"}))
	kept, err := b.TestOrder(ctx, demo, testID)
	if diff := cmp.Diff(run, kept); diff != "" || err != nil {
		t.Fatalf("%v %s", err, diff)
	}
	later := b.Now().Add(time.Minute)
	run.Steps = []testorders.Step{{Name: testorders.Product, Outcome: testorders.Information, Message: `no "product"`, At: later}}
	run.Next, run.StepAt, run.SentAt, run.FinishedAt = testorders.Write, later, &later, &later
	run.Attempts, run.Variant, run.Order, run.Name, run.CancelJob = 2, "gid://shopify/ProductVariant/1", "gid://shopify/Order/2", "A-TEST", "gid://shopify/Job/3"
	must(t, b.SaveTestOrder(ctx, run, Job{Name: "again"}))
	if err := b.SaveTestOrder(ctx, run, Job{Name: "overtaken"}); !errors.Is(err, testorders.ErrOvertaken) {
		t.Errorf("the same turn again: %v", err)
	}
	run.Turn++
	if kept, err = b.LastTestOrder(ctx, demo); err != nil || !cmp.Equal(run, kept) {
		t.Errorf("%v %s", err, cmp.Diff(run, kept))
	}
	if jobs := Jobs(t, b.Store); !slices.Equal(jobs, []string{"again", "run"}) {
		t.Errorf("jobs %v", jobs)
	}
	if _, err := b.TestOrder(ctx, other, testID); !errors.Is(err, testorders.ErrNotFound) {
		t.Errorf("asked by another shop: %v", err)
	}
	stranger := run
	stranger.Shop = other
	if err := b.SaveTestOrder(ctx, stranger); !errors.Is(err, testorders.ErrOvertaken) {
		t.Errorf("saved by another shop: %v", err)
	}
}

func testOrdersAtOnce(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.install(t, other)
	var added atomic.Int32
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			err := b.AddTestOrder(ctx, b.testOrder(tiktok.OrderID("TEST-"+string(rune('a'+n))), demo), Job{Name: "run"})
			if err == nil {
				added.Add(1)
			} else if !errors.Is(err, testorders.ErrRunning) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if jobs := Jobs(t, b.Store); added.Load() != 1 || len(jobs) != 1 {
		t.Fatalf("%d run, jobs %v", added.Load(), jobs)
	}
	must(t, b.AddTestOrder(ctx, b.testOrder(testID, other)))
	over, err := b.LastTestOrder(ctx, demo)
	must(t, err)
	over.State = testorders.Passed
	must(t, b.SaveTestOrder(ctx, over))
	b.pass(time.Second)
	must(t, b.AddTestOrder(ctx, b.testOrder("TEST-new", demo)))
	if last, err := b.LastTestOrder(ctx, demo); err != nil || last.ID != "TEST-new" {
		t.Errorf("last %+v, %v", last, err)
	}
	if _, err := b.UninstallShop(ctx, demo, b.Now()); err != nil {
		t.Fatal(err)
	}
	must(t, b.EraseShop(ctx, demo))
	if _, err := b.LastTestOrder(ctx, demo); !errors.Is(err, testorders.ErrNotFound) {
		t.Errorf("after erasing: %v", err)
	}
	if _, err := b.LastTestOrder(ctx, other); err != nil {
		t.Errorf("another shop's: %v", err)
	}
}

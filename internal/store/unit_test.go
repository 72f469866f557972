package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const unitShop = "demo.myshopify.com"

// Of many units at once, which share commits, each that fails leaves nothing of
// itself and takes nothing from the others.
func TestAUnitThatFailsLeavesItsNeighborsAlone(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	const each = 40
	fenced := make([]error, each)
	var group sync.WaitGroup
	for n := range each {
		id := tiktok.OrderID(fmt.Sprint(n))
		group.Go(func() {
			lease, err := s.LeaseOrder(t.Context(), unitShop, id, time.Minute)
			if err != nil {
				t.Error(err)
				return
			}
			order := links.Order{Shop: unitShop, ID: id, State: links.Waiting}
			if n%2 == 1 {
				lease.Fence++ // somebody else's
			}
			ctx := timeline.Collect(t.Context())
			timeline.Add(ctx, timeline.Entry{Shop: unitShop, Order: id, At: time.Unix(1, 0), Text: "why"})
			fenced[n] = s.SaveOrder(ctx, lease, order)
			if left := len(timeline.Take(ctx)); left != n%2 {
				t.Errorf("order %d: %d entries still wait", n, left)
			}
		})
	}
	group.Wait()
	for n, err := range fenced {
		_, missing := s.Order(t.Context(), unitShop, tiktok.OrderID(fmt.Sprint(n)))
		story, failed := s.Timeline(t.Context(), unitShop, tiktok.OrderID(fmt.Sprint(n)))
		if failed != nil {
			t.Fatal(failed)
		}
		if good := n%2 == 0; good != (err == nil) || good != (missing == nil) || good != (len(story) == 1) || !good && !errors.Is(err, links.ErrFenced) {
			t.Errorf("order %d: saved with %v, read with %v, %d entries", n, err, missing, len(story))
		}
	}
}

// The story is kept even by whoever lost the order.
func TestALostLeaseKeepsTheStory(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	ctx := timeline.Collect(t.Context())
	if err := s.AppendTimeline(ctx, timeline.Entry{Shop: unitShop, Order: "1", At: time.Unix(1, 0), Text: "a call"}); err != nil {
		t.Fatal(err)
	}
	if err := s.ReleaseLease(ctx, links.Lease{Shop: unitShop, Order: "1", Fence: 1}); !errors.Is(err, links.ErrFenced) {
		t.Errorf("got %v", err)
	}
	if story, err := s.Timeline(t.Context(), unitShop, "1"); err != nil || len(story) != 1 {
		t.Errorf("%d entries, %v", len(story), err)
	}
}

// A panic is its caller's, and the store goes on.
func TestAPanicIsItsCallers(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	shop := shops.Shop{Domain: unitShop, Currency: "USD"}
	if _, err := s.InstallShop(t.Context(), shop, tokens.Pair{}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() != "oh" {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = s.ChangeSettings(t.Context(), unitShop, func(*shops.Settings) ([]store.Job, error) { panic("oh") })
	}()
	if _, err := s.LeaseOrder(t.Context(), unitShop, "1", time.Minute); err != nil {
		t.Error(err)
	}
}

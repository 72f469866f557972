package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/store"
)

func delivery(n int) inbox.Event {
	return inbox.Event{
		Source: inbox.FromTikTok, Account: "7495000000000000001", Topic: "1", DeliveryID: fmt.Sprintf("d-%04d", n),
		Shop: demo, Order: orderID, Body: []byte(`{"n":1}`),
	}
}

func events(t *testing.T, b *bench) {
	ctx := t.Context()
	first := delivery(1)
	first.Source, first.Account, first.Topic, first.EventID = inbox.FromShopify, string(demo), "app/uninstalled", "event-1"
	first.TriggeredAt, first.ReceivedAt = b.Now().Add(-time.Minute), b.Now()
	receive := func(e inbox.Event, want bool, name string) {
		t.Helper()
		if fresh, err := b.ReceiveEvent(ctx, e, Job{Name: name}); err != nil || fresh != want {
			t.Fatalf("%s: %v, %v, want %v", name, fresh, err, want)
		}
	}
	receive(first, true, "first")
	receive(first, false, "same delivery")
	sameEvent := first
	sameEvent.DeliveryID = "d-2"
	receive(sameEvent, false, "same event by another subscription")
	otherTopic := first
	otherTopic.Topic = "shop/update"
	receive(otherTopic, true, "other topic")
	otherShop := first
	otherShop.Account = string(other)
	receive(otherShop, true, "other shop")
	fromTikTok := first
	fromTikTok.Source = inbox.FromTikTok
	receive(fromTikTok, true, "other source")
	fromTikTok.DeliveryID = "d-3" // TikTok has no event ids: only the delivery counts
	receive(fromTikTok, true, "tiktok again")
	noEvent := first
	for n := range 2 {
		noEvent.EventID, noEvent.DeliveryID = "", fmt.Sprint("no event ", n)
		receive(noEvent, true, fmt.Sprint("no event id ", n))
	}
	want := []string{"first", "no event id 0", "no event id 1", "other shop", "other source", "other topic", "tiktok again"}
	if diff := cmp.Diff(want, Jobs(t, b.Store)); diff != "" {
		t.Error(diff)
	}
	kept, err := b.Event(ctx, first.Source, first.Account, first.Topic, first.DeliveryID)
	must(t, err)
	first.ID = kept.ID
	if diff := cmp.Diff(first, kept); diff != "" || kept.ID == "" {
		t.Error(diff)
	}
	if _, err := b.Event(ctx, first.Source, first.Account, first.Topic, "d-2"); !errors.Is(err, store.ErrNoEvent) {
		t.Errorf("a delivery that was not kept: %v", err)
	}
	if _, err := b.ReceiveEvent(ctx, inbox.Event{Source: inbox.FromTikTok}); err == nil {
		t.Error("an event without ids was kept")
	}
	b.pass(time.Hour)
	receive(delivery(9), true, "young")
	if pruned, err := b.PruneEvents(ctx, b.Now()); err != nil || pruned != len(want) {
		t.Errorf("pruned %d, %v, want %d", pruned, err, len(want))
	}
}

// receivers: 50 at once, each delivery four times, as after a platform's hiccup.
func receivers(t *testing.T, b *bench) {
	const each, times, many = 5, 4, 50
	var fresh, failed atomic.Int32
	var group sync.WaitGroup
	for n := range many {
		group.Go(func() {
			for m := range each * times {
				e := delivery(n/times*each + m%each) // four receivers share their deliveries
				isNew, err := b.ReceiveEvent(t.Context(), e, Job{Name: e.DeliveryID})
				if err != nil {
					failed.Add(1)
				}
				if isNew {
					fresh.Add(1)
				}
			}
		})
	}
	group.Wait()
	distinct := (many + times - 1) / times * each
	jobs := Jobs(t, b.Store)
	count, err := b.CountEvents(t.Context())
	if err != nil || failed.Load() != 0 || int(fresh.Load()) != distinct || count != distinct || len(jobs) != distinct {
		t.Errorf("%d failed, %d new, %d kept, %d jobs, want %d; %v", failed.Load(), fresh.Load(), count, len(jobs), distinct, err)
	}
	if once := slices.Compact(slices.Clone(jobs)); len(once) != len(jobs) {
		t.Error("an event has two jobs")
	}
}

// poisoned: one delivery that cannot be kept among many that can.
func poisoned(t *testing.T, b *bench) {
	const many = 60
	var group sync.WaitGroup
	for n := range many {
		group.Go(func() {
			e, job := delivery(n), Job{Name: fmt.Sprint(n)}
			if n%10 == 0 {
				job.Broken = make(chan int) // JSON has no channels
			}
			fresh, err := b.ReceiveEvent(t.Context(), e, job)
			if good := n%10 != 0; fresh != good || (err == nil) != good {
				t.Errorf("delivery %d: %v, %v", n, fresh, err)
			}
		})
	}
	group.Wait()
	count, err := b.CountEvents(t.Context())
	if err != nil || count != many-many/10 || len(Jobs(t, b.Store)) != count {
		t.Errorf("kept %d with %d jobs, %v", count, len(Jobs(t, b.Store)), err)
	}
	given, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.ReceiveEvent(given, delivery(1000)); !errors.Is(err, context.Canceled) {
		t.Errorf("a sender that gave up: %v", err)
	}
}

func sealed(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	e := delivery(1)
	e.Body = []byte("Jane Buyer, 1 Main St")
	_, err := b.ReceiveEvent(ctx, e)
	must(t, err)
	var body, access []byte
	if writer := b.SQLite(); writer != nil {
		must(t, writer.QueryRowContext(ctx, `SELECT body_sealed FROM events`).Scan(&body))
		must(t, writer.QueryRowContext(ctx, `SELECT access_sealed FROM tokens`).Scan(&access))
	} else {
		must(t, b.Postgres().QueryRow(ctx, `SELECT body_sealed FROM events`).Scan(&body))
		must(t, b.Postgres().QueryRow(ctx, `SELECT access_sealed FROM tokens`).Scan(&access))
	}
	if text := string(body) + string(access); strings.Contains(text, "Jane") || strings.Contains(text, "shopify access") || !strings.HasPrefix(text, "v1.") {
		t.Errorf("kept as %q", text)
	}
}

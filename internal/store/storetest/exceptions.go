package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

func exceptionsLife(t *testing.T, b *bench) {
	ctx := t.Context()
	opened := b.Now()
	first := exceptions.New(demo, orderID, exceptions.SKUUnmatched, "SKU A.", opened)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if err := b.OpenException(ctx, first); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	b.pass(time.Minute)
	must(t, b.OpenException(ctx, exceptions.New(demo, orderID, exceptions.SKUUnmatched, "SKU B.", b.Now())))
	must(t, b.OpenException(ctx, exceptions.New(demo, orderID, exceptions.ZIPMissing, "", b.Now())))
	list, err := b.OrderExceptions(ctx, demo, orderID)
	must(t, err)
	if len(list) != 2 || list[1].Code != exceptions.SKUUnmatched || !strings.HasSuffix(list[1].Message, "SKU B.") || !list[1].OpenedAt.Equal(opened) {
		t.Fatalf("open: %+v", list)
	}
	must(t, b.ResolveExceptions(ctx, demo, orderID, "cause_gone", exceptions.SKUUnmatched, exceptions.TotalsMismatch))
	got, err := b.Exception(ctx, demo, list[1].ID)
	must(t, err)
	now := b.Now()
	want := first
	want.ID, want.Message, want.Status, want.ResolvedAt, want.Resolution = got.ID, list[1].Message, exceptions.Resolved, &now, "cause_gone"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b.pass(time.Minute)
	must(t, b.OpenException(ctx, exceptions.New(demo, orderID, exceptions.SKUUnmatched, "Again.", b.Now())))
	if open, err := b.OrderExceptions(ctx, demo, orderID); err != nil || len(open) != 2 {
		t.Errorf("open: %v, %v", open, err)
	}
	must(t, b.ResolveExceptions(ctx, demo, orderID, "adopt"))
	if open, err := b.OrderExceptions(ctx, demo, orderID); err != nil || len(open) != 0 {
		t.Errorf("open after all were resolved: %v, %v", open, err)
	}
	for _, id := range []string{"none", "", "\x00", got.ID + "'"} {
		if _, err := b.Exception(ctx, demo, id); !errors.Is(err, exceptions.ErrNotFound) {
			t.Errorf("exception %q: %v", id, err)
		}
	}
	if _, err := b.Exception(ctx, other, got.ID); !errors.Is(err, exceptions.ErrNotFound) {
		t.Errorf("another shop sees the exception: %v", err)
	}
}

func exceptionsPage(t *testing.T, b *bench) {
	ctx := t.Context()
	const many = 11
	for n := range many {
		id := tiktok.OrderID(fmt.Sprint(100 + n))
		must(t, b.OpenException(ctx, exceptions.New(demo, id, exceptions.ZIPMissing, "", b.Now())))
		must(t, b.OpenException(ctx, exceptions.New(other, id, exceptions.ZIPMissing, "", b.Now())))
		if n%2 == 0 {
			must(t, b.ResolveExceptions(ctx, demo, id, "cause_gone"))
		}
		b.pass(time.Second)
	}
	for _, size := range []int{1, 2, 5, 6, 100} {
		var got []string
		for cursor, first := "", true; first || cursor != ""; first = false {
			list, next, err := b.Exceptions(ctx, demo, cursor, size)
			must(t, err)
			if len(list) > size || len(list) == 0 {
				t.Fatalf("a page of %d", len(list))
			}
			for _, e := range list {
				got = append(got, string(e.Order)[1:]+string(e.Status[:1]))
			}
			cursor = next
		}
		want := "09o 07o 05o 03o 01o 10r 08r 06r 04r 02r 00r"
		if strings.Join(got, " ") != want {
			t.Errorf("pages of %d: %v, want %s", size, got, want)
		}
	}
	for _, cursor := range []string{"x", "by4xLjE", strings.Repeat("A", 3000)} {
		if _, _, err := b.Exceptions(ctx, demo, cursor, 2); !errors.Is(err, exceptions.ErrCursor) {
			t.Errorf("cursor %.20q: %v", cursor, err)
		}
	}
}

func timelines(t *testing.T, b *bench) {
	ctx := t.Context()
	var want []timeline.Entry
	for n := range 600 {
		e := timeline.Entry{
			Shop: demo, Order: orderID, At: b.Now(), Kind: timeline.Decision, Text: fmt.Sprint(n),
			Facts: map[string]string{"n": fmt.Sprint(n)}, Latency: time.Duration(n) * time.Millisecond,
		}
		want = append(want, e)
	}
	want[599].Facts = nil
	must(t, b.AppendTimeline(ctx, want[:300]...)) // all of one moment: their order counts
	must(t, b.AppendTimeline(ctx, want[300:]...))
	must(t, b.AppendTimeline(ctx, timeline.Entry{Shop: other, Order: orderID, At: b.Now(), Text: "not ours"}))
	must(t, b.AppendTimeline(ctx))
	got, err := b.Timeline(ctx, demo, orderID)
	must(t, err)
	if diff := cmp.Diff(want[100:], got); diff != "" {
		t.Error(diff)
	}
}

// atOnce: every kind of write at the same time, as on a busy day.
func atOnce(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for m := range 5 {
				id := tiktok.OrderID(fmt.Sprint(1000 + n*5 + m))
				lease, err := b.LeaseOrder(ctx, demo, id, time.Minute)
				errs := []error{err}
				errs = append(errs,
					b.SaveChange(ctx, lease, links.Order{Shop: demo, ID: id, State: links.Written},
						links.Change{Lines: []links.Line{{Units: []links.Unit{{ID: "1"}}}}, Place: &links.Place{ZIP: "1"}}, Job{Name: "x"}),
					b.AppendTimeline(ctx, timeline.Entry{Shop: demo, Order: id, At: b.Now()}),
					b.OpenException(ctx, exceptions.New(demo, id, exceptions.ZIPMissing, "", b.Now())),
					b.ResolveExceptions(ctx, demo, id, "cause_gone"),
					b.ReleaseLease(ctx, lease))
				_, err = b.ReceiveEvent(ctx, delivery(n*5+m), Job{Name: "y"})
				errs = append(errs, err)
				_, err = b.Lines(ctx, demo, id)
				if err := errors.Join(append(errs, err)...); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	written, _, err := b.Orders(ctx, demo, links.OrderFilter{State: links.Written}, 100, "")
	if err != nil || len(written) != 40 || len(Jobs(t, b.Store)) != 80 {
		t.Errorf("kept %d orders with %d jobs, %v", len(written), len(Jobs(t, b.Store)), err)
	}
}

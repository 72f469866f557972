package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// wishes are what customers ask for: kept once, listed, done.
func wishes(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	event := inbox.Event{
		Source: inbox.FromShopify, Account: string(demo), Topic: "customers/redact", DeliveryID: "w-1", Shop: demo, Body: []byte(mark),
	}
	_, err := b.ReceiveEvent(ctx, event)
	must(t, err)
	first := privacy.Request{
		Shop: demo, ID: "w-1", Kind: privacy.Redaction, Customer: "7781", Orders: []shopify.GID{"gid://shopify/Order/5"}, ReceivedAt: b.Now(),
	}
	second := privacy.Request{Shop: demo, ID: "w-2", Kind: privacy.DataRequest, ReceivedAt: b.Now().Add(time.Minute)}
	for _, r := range []privacy.Request{first, second, first} { // a job may run twice
		must(t, b.AddPrivacyRequest(ctx, r))
	}
	if kept, err := b.Event(ctx, inbox.FromShopify, string(demo), "customers/redact", "w-1"); err != nil || len(kept.Body) != 0 {
		t.Errorf("the delivery still names the customer: %q, %v", kept.Body, err)
	}
	list := func(want ...privacy.Request) {
		t.Helper()
		got, err := b.PrivacyRequests(ctx, demo, 10)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	list(second, first)
	b.pass(time.Hour)
	must(t, b.FinishPrivacyRequest(ctx, demo, "w-1"))
	at := b.Now()
	first.DoneAt = &at
	b.pass(time.Hour)
	must(t, b.FinishPrivacyRequest(ctx, demo, "w-1"))
	list(second, first)
	if open, err := b.OpenPrivacyRequests(ctx, demo, privacy.Redaction); err != nil || len(open) != 0 {
		t.Errorf("open: %v, %v", open, err)
	}
	if _, err := b.PrivacyRequest(ctx, other, "w-1"); !errors.Is(err, privacy.ErrNotFound) {
		t.Errorf("another shop sees it: %v", err)
	}
	must(t, b.DropPrivacyRequests(ctx, demo, b.Now()))
	list(second)
	unknown := second
	unknown.Shop = "never.myshopify.com"
	must(t, b.AddPrivacyRequest(ctx, unknown))
	if got, _ := b.PrivacyRequests(ctx, unknown.Shop, 1); len(got) != 0 {
		t.Errorf("a shop that is not known has %v", got)
	}
}

// overdue lists the orders whose time is over.
func overdue(t *testing.T, b *bench) {
	ctx := t.Context()
	put := func(id tiktok.OrderID, status tiktok.OrderStatus, updated time.Time) {
		lease := b.lease(t, demo, id)
		must(t, b.SaveOrder(ctx, lease, links.Order{Shop: demo, ID: id, State: links.Written, Status: status, UpdateTime: updated.Unix()}))
		must(t, b.ReleaseLease(ctx, lease))
	}
	ordered := b.Now()
	put("1", tiktok.Delivered, ordered)
	put("2", tiktok.AwaitingShipment, ordered)
	put("3", tiktok.InTransit, ordered)
	put("4", tiktok.CancelledStatus, ordered.Add(time.Hour)) // by a clock before ours
	b.pass(50 * 24 * time.Hour)
	put("3", tiktok.Delivered, b.Now())
	put("1", tiktok.Completed, b.Now()) // delivered is delivered
	put("5", tiktok.Delivered, ordered) // brought in late: it is long over
	list := func(before time.Time, want ...tiktok.OrderID) {
		t.Helper()
		var got []tiktok.OrderID
		var last links.Order
		for {
			page, err := b.UnredactedOrders(ctx, demo, before, last, 1)
			must(t, err)
			if len(page) == 0 {
				break
			}
			last = page[0]
			got = append(got, last.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("before %v: %s", before, diff)
		}
	}
	list(ordered)
	list(ordered.Add(time.Second), "1", "2", "4", "5")
	list(ordered.Add(49*24*time.Hour), "1", "2", "4", "5")
	list(b.Now().Add(time.Second), "1", "2", "3", "4", "5")
	_, err := b.ForgetOrders(ctx, demo, false, "1", "4")
	must(t, err)
	list(b.Now().Add(time.Second), "2", "3", "5")
}

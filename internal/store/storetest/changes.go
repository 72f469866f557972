package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func changes(t *testing.T, b *bench) {
	ctx := t.Context()
	lease := b.lease(t, demo, orderID)
	order := links.Order{Shop: demo, ID: orderID, State: links.Written}
	lines := []links.Line{{
		SKU: "MUG", Quantity: 2, UnitPrice: "18.00", UnitTax: "1.49", TookStock: true,
		Units: []links.Unit{{ID: "1", SKUID: "s"}, {ID: "2", SKUID: "s"}},
	}}
	must(t, b.SaveChange(ctx, lease, order, links.Change{Lines: lines, Place: &links.Place{ZIP: "73301", Seen: "elm 1", Written: "elm 1"}}))
	sent := b.Now()
	intent := links.Intent{
		Shop: demo, Order: orderID, Key: "k1", Kind: links.RefundIntent, Units: []tiktok.LineItemID{"1", "2"}, Amount: "38.98",
		Body: `{"orderId":"x"}`, State: links.IntentOpen, SentAt: &sent,
	}
	must(t, b.SaveChange(ctx, lease, order, links.Change{Intents: []links.Intent{intent}}))
	created := b.Now()
	b.pass(time.Minute)
	lines[0].Units[0].Gone, lines[0].Units[1].Gone = "k1", links.GoneElsewhere
	intent.State, intent.Result = links.IntentDone, "gid://shopify/Refund/1"
	cancel := links.Intent{Shop: demo, Order: orderID, Key: "k2", Kind: links.CancelIntent, State: links.IntentRefused}
	must(t, b.SaveChange(ctx, lease, order, links.Change{Lines: lines, Intents: []links.Intent{intent, cancel}}))
	got, err := b.Intents(ctx, demo, orderID)
	must(t, err)
	intent.CreatedAt, cancel.CreatedAt = created, b.Now()
	if diff := cmp.Diff([]links.Intent{intent, cancel}, got); diff != "" {
		t.Error(diff)
	}
	kept, err := b.Lines(ctx, demo, orderID)
	must(t, err)
	if diff := cmp.Diff(lines, kept); diff != "" {
		t.Error(diff)
	}
	places(t, b, lease, order)
	slow := lease
	slow.Fence--
	if err := b.SaveChange(ctx, slow, order, links.Change{Intents: []links.Intent{{Key: "late"}}}, Job{Name: "never"}); !errors.Is(err, links.ErrFenced) {
		t.Errorf("under a lost lease: %v", err)
	}
	if others, err := b.Intents(ctx, other, orderID); err != nil || len(others) != 0 {
		t.Errorf("another shop sees %v, %v", others, err)
	}
}

// places are compared and never kept, and a change without one leaves it.
func places(t *testing.T, b *bench, lease links.Lease, order links.Order) {
	t.Helper()
	ctx := t.Context()
	compare := func(seen, written string, want links.SamePlace) {
		t.Helper()
		if got, err := b.ComparePlace(ctx, demo, orderID, links.Place{Seen: seen, Written: written}); err != nil || got != want {
			t.Errorf("%q, %q: got %+v, %v, want %+v", seen, written, got, err, want)
		}
	}
	compare("elm 1", "elm 1", links.SamePlace{Seen: true, Written: true, HasZIP: true})
	compare("oak 2", "", links.SamePlace{HasZIP: true})
	must(t, b.SaveChange(ctx, lease, order, links.Change{Place: &links.Place{Seen: "oak 2"}}))
	compare("oak 2", "", links.SamePlace{Seen: true, Written: true})
	compare("oak 2", "elm 1", links.SamePlace{Seen: true})
	if _, err := b.ComparePlace(ctx, other, orderID, links.Place{}); !errors.Is(err, links.ErrNotFound) || strings.Contains(err.Error(), "elm") {
		t.Errorf("another shop's order: %v", err)
	}
}

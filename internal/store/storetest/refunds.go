package storetest

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func refunds(t *testing.T, b *bench) {
	ctx := t.Context()
	lease := b.lease(t, demo, orderID)
	began := b.Now()
	refund := links.Refund{
		Shop: demo, Order: orderID, ID: "gid://shopify/Refund/1", State: links.RefundHeld, Reason: "push_refunds_off", Detail: "why", Units: []tiktok.LineItemID{"1", "2"},
		Amount: "12.30", Currency: "USD", RefundedAt: began.Add(-time.Hour),
		Steps: []links.RefundStep{
			{Number: 1, Kind: links.CancelUnits, Units: []tiktok.LineItemID{"1"}, Amount: "2.30", Reason: "r", State: links.StepPlanned,
				Call: tiktok.Write{Op: "cancel", Method: "POST", Path: "/x", Body: json.RawMessage(`{"order_id":"1"}`)}},
			{Number: 2, Kind: links.OpenReturn, Units: []tiktok.LineItemID{"2"}, Amount: "10.00", State: links.StepPlanned, Attempt: 1,
				Call: tiktok.Write{Op: "return", Method: "POST", Path: "/y", Key: "k"}},
		},
	}
	lines := []links.Line{{ShopifyLine: "gid://shopify/LineItem/1", Quantity: 2, Units: []links.Unit{{ID: "1", Gone: string(refund.ID)}, {ID: "2"}}}}
	intent := links.Intent{Shop: demo, Order: orderID, Key: "i", Kind: links.RefundIntent, State: links.IntentOpen, Body: "{}"}
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{refund}, links.Change{Lines: lines, Intents: []links.Intent{intent}}, Job{Name: "next"}))
	b.pass(time.Minute)
	at := b.Now()
	refund.State, refund.Reason, refund.ApprovedAt, refund.Completed, refund.Case = links.RefundSending, "", &at, "2.30", "77"
	refund.Steps[0].State, refund.Steps[0].SentAt, refund.Steps[0].Case, refund.Steps[0].Completed = links.StepCompleted, &at, "C1", "2.30"
	refund.Steps[0].Answer = "ok"
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{refund}, links.Change{}))
	got, err := b.Refund(ctx, demo, refund.ID)
	must(t, err)
	refund.CreatedAt, refund.UpdatedAt = began, at
	if diff := cmp.Diff(refund, got); diff != "" {
		t.Error(diff)
	}
	if all, err := b.Refunds(ctx, demo, orderID); err != nil || !cmp.Equal([]links.Refund{refund}, all) {
		t.Errorf("of the order: %v, %v", all, err)
	}
	kept, err := b.Lines(ctx, demo, orderID)
	if err != nil || len(kept) != 1 || kept[0].Units[0].Gone != string(refund.ID) {
		t.Errorf("lines: %v, %v", kept, err)
	}
	if intents, err := b.Intents(ctx, demo, orderID); err != nil || len(intents) != 1 || intents[0].Key != "i" {
		t.Errorf("intents: %v, %v", intents, err)
	}
	if got := Jobs(t, b.Store); !slices.Equal(got, []string{"next"}) {
		t.Errorf("jobs: %v", got)
	}
	if _, err := b.Refund(ctx, other, refund.ID); !errors.Is(err, links.ErrNotFound) {
		t.Errorf("another shop sees it: %v", err)
	}
}

// What may be at TikTok is never forgotten, and never changed under a lost lease.
func refundGuards(t *testing.T, b *bench) {
	ctx := t.Context()
	lease := b.lease(t, demo, orderID)
	one := links.Refund{
		ID: "gid://shopify/Refund/1", State: links.RefundSending, Steps: []links.RefundStep{{Number: 1, Kind: links.OpenReturn, State: links.StepPlanned}},
	}
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{one}, links.Change{}))
	one.State = links.RefundHeld // no call was made
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{one}, links.Change{}))
	one.State, one.Steps[0].State = links.RefundSending, links.StepSent
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{one}, links.Change{}))
	back := one
	back.State = links.RefundHeld
	fresh := links.Refund{ID: "gid://shopify/Refund/2", State: links.RefundHeld}
	if err := b.SaveRefunds(ctx, lease, []links.Refund{fresh, back}, links.Change{}, Job{Name: "never"}); !errors.Is(err, links.ErrRefundTransition) {
		t.Errorf("a refund on its way was held: %v", err)
	}
	lost := lease
	lost.Fence--
	if err := b.SaveRefunds(ctx, lost, []links.Refund{fresh}, links.Change{}); !errors.Is(err, links.ErrFenced) {
		t.Errorf("under a lost lease: %v", err)
	}
	elsewhere := b.lease(t, demo, "576900000000010077")
	if err := b.SaveRefunds(ctx, elsewhere, []links.Refund{one}, links.Change{}); err == nil {
		t.Error("a refund moved to another order")
	}
	if all, err := b.Refunds(ctx, demo, orderID); err != nil || len(all) != 1 || all[0].State != links.RefundSending {
		t.Errorf("kept %v, %v", all, err)
	}
	if jobs := Jobs(t, b.Store); len(jobs) != 0 {
		t.Errorf("jobs: %v", jobs)
	}
}

func refundLists(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	lease := b.lease(t, demo, orderID)
	gid := func(n string) shopify.GID { return shopify.GID("gid://shopify/Refund/" + n) }
	day := b.Now().Add(-24 * time.Hour)
	var all []links.Refund
	for n, state := range []links.RefundState{links.RefundHeld, links.RefundStopped, links.RefundHeld, links.RefundHeld} {
		all = append(all, links.Refund{ID: gid(string(rune('1' + n))), State: state, RefundedAt: day.Add(time.Duration(n/2) * time.Hour)})
	}
	must(t, b.SaveRefunds(ctx, lease, all, links.Change{}))
	ids := func(list []links.Refund, err error) []shopify.GID {
		t.Helper()
		must(t, err)
		var found []shopify.GID
		for _, one := range list {
			found = append(found, one.ID)
		}
		return found
	}
	if got := ids(b.RefundsIn(ctx, demo, links.RefundHeld, "", 2)); !slices.Equal(got, []shopify.GID{gid("1"), gid("3")}) {
		t.Errorf("held: %v", got)
	}
	if got := ids(b.RefundsIn(ctx, demo, links.RefundHeld, gid("3"), 2)); !slices.Equal(got, []shopify.GID{gid("4")}) {
		t.Errorf("held, the next page: %v", got)
	}
	heldRefunds(t, b, lease, day)
	counts, err := b.RefundCounts(ctx, demo)
	if diff := cmp.Diff(map[links.RefundState]int{links.RefundHeld: 4, links.RefundStopped: 1}, counts); err != nil || diff != "" {
		t.Error(err, diff)
	}
	_, err = b.UninstallShop(ctx, demo, b.Now())
	must(t, err)
	must(t, b.EraseShop(ctx, demo))
	if left := ids(b.RefundsIn(ctx, demo, links.RefundHeld, "", 9)); len(left) != 0 {
		t.Errorf("left after the erasure: %v", left)
	}
}

// heldRefunds tells of money alone; a cancellation's is that of its steps.
func heldRefunds(t *testing.T, b *bench, lease links.Lease, day time.Time) {
	t.Helper()
	steps := []links.RefundStep{{Number: 1, Amount: "1.10", State: links.StepPlanned}, {Number: 2, Amount: "2.20", State: links.StepPlanned}}
	cancelled := links.Refund{ID: "gid://shopify/Order/9", State: links.RefundHeld, Currency: "USD", Reason: "off", RefundedAt: day, Steps: steps}
	refund := links.Refund{ID: "gid://shopify/Refund/4", State: links.RefundHeld, Currency: "USD", Amount: "3.00", RefundedAt: day, Steps: steps[:1]}
	must(t, b.SaveRefunds(t.Context(), lease, []links.Refund{cancelled, refund}, links.Change{}))
	got, err := b.HeldRefunds(t.Context(), demo)
	must(t, err)
	if len(got) != 4 {
		t.Fatalf("%d are held: %+v", len(got), got)
	}
	cancelled.Shop, refund.Shop, refund.Steps = demo, demo, nil
	cancelled.Steps = []links.RefundStep{{Amount: "1.10"}, {Amount: "2.20"}}
	if diff := cmp.Diff([]links.Refund{cancelled, refund}, []links.Refund{got[0], got[3]}); diff != "" {
		t.Error(diff)
	}
}

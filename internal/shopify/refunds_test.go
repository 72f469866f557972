package shopify

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

func (b *simBench) refunded(t *testing.T, order GID, spec shopifysim.RefundSpec) *Refund {
	t.Helper()
	id, err := b.sim.Refund(string(testShop), string(order), spec)
	if err != nil {
		t.Fatal(err)
	}
	refund, err := b.client.Refund(t.Context(), testShop, GID(id), len(spec.Lines))
	if err != nil || refund == nil {
		t.Fatalf("read %s: %v, %v", id, refund, err)
	}
	return refund
}

func TestARefundIsReadWhole(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{Now: func() time.Time { return noon }}, shopifysim.ShopSpec{})
	b.client.Now, b.app.Now = func() time.Time { return noon }, func() time.Time { return noon }
	order := b.written(t)
	sale := b.standing(t, order.ID).Sales[0]
	if _, err := b.sim.Fulfill(string(testShop), string(order.ID), shopifysim.ShipSpec{Company: "USPS", Numbers: []string{"9400"}}); err != nil {
		t.Fatal(err)
	}
	if err := b.client.AddTags(t.Context(), testShop, order.ID, []string{"Refund"}); err != nil {
		t.Fatal(err)
	}
	// One of two mugs and a part of the shipping come back, less a fee of 1.30.
	got := b.refunded(t, order.ID, shopifysim.RefundSpec{
		Lines:    []shopifysim.RefundedLine{{LineGID: string(order.Lines[0].ID), Quantity: 1}},
		Shipping: 200, Amount: ptr(int64(1150)), Note: "by Loop", Reason: "size_too_small", ReasonNote: "tight",
	})
	want := &Refund{
		ID: got.ID, Order: order.ID, OrderTags: []string{"Refund", "tiktok-shop"}, CreatedAt: "2026-11-22T12:00:00Z", ProcessedAt: "2026-11-22T12:00:00Z",
		Note: "by Loop", Total: "11.5", Currency: "USD",
		Lines:        []RefundLine{{Line: order.Lines[0].ID, Quantity: 1, RestockType: "RETURN", Subtotal: "10.0", Tax: "0.8"}},
		Shipping:     []RefundShipping{{Subtotal: "2.0", Tax: "0.0"}},
		Adjustments:  []RefundAdjustment{{Reason: "REFUND_DISCREPANCY", Amount: "1.3", Tax: "0.0"}},
		Transactions: []RefundTransaction{{ID: got.Transactions[0].ID, Kind: "REFUND", Status: "SUCCESS", Gateway: "TikTok Shop", Amount: "11.5", Parent: sale.ID}},
		Return: &RefundReturn{ID: got.Return.ID, Name: order.Name + "-R1", Status: "CLOSED", Reasons: []ReturnReason{
			{Line: order.Lines[0].ID, Quantity: 1, Code: "size_too_small", Name: "size too small", Note: "tight"},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refund (-want +got):\n%s", diff)
	}
	// Store credit: things come back and no money goes.
	credit := b.refunded(t, order.ID, shopifysim.RefundSpec{
		Lines: []shopifysim.RefundedLine{{LineGID: string(order.Lines[0].ID), Quantity: 1, RestockType: "NO_RESTOCK"}}, Amount: new(int64),
	})
	if len(credit.Transactions) != 0 || credit.Total != "0.0" || credit.Return != nil || credit.Lines[0].RestockType != "NO_RESTOCK" ||
		len(credit.Adjustments) != 1 || credit.Adjustments[0].Reason != "PENDING_REFUND_DISCREPANCY" {
		t.Errorf("store credit: %+v", credit)
	}
	if none, err := b.client.Refund(t.Context(), testShop, "gid://shopify/Refund/1", 1); none != nil || err != nil {
		t.Errorf("a refund that is not there: %v, %v", none, err)
	}
}

func TestALongRefundComesInPages(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	in, options := fullOrder(tiktokID)
	in.Transactions, in.LineItems = nil, nil
	for n := range 120 {
		in.LineItems = append(in.LineItems, &admin.OrderCreateLineItemInput{Title: ptr(fmt.Sprint("Item ", n)), Quantity: 1, RequiresShipping: ptr(true),
			PriceSet: &admin.MoneyBagInput{ShopMoney: &admin.MoneyInput{Amount: "1.00", CurrencyCode: admin.CurrencyCodeUsd}}})
	}
	created, err := b.client.CreateOrder(t.Context(), testShop, in, options)
	if err != nil || created.Order == nil {
		t.Fatal(err, created.UserErrors)
	}
	var spec shopifysim.RefundSpec
	for _, l := range created.Order.Lines {
		spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: string(l.ID), Quantity: 1})
	}
	if got := b.refunded(t, created.Order.ID, spec); len(got.Lines) != 120 || got.Lines[119].Line != created.Order.Lines[119].ID {
		t.Errorf("%d lines", len(got.Lines))
	}
}

// Half of a refund is worse than none.
func TestARefundThatIsNotWholeIsNoRefund(t *testing.T) {
	t.Parallel()
	const head, tail = `{"data":{"refund":{"id":"gid://shopify/Refund/1","order":{"id":"gid://shopify/Order/2"}`, `}}}`
	more := `{"nodes":[],"pageInfo":{"hasNextPage":true,"endCursor":"c"}}`
	for name, part := range map[string]string{
		"transactions":  `,"transactions":` + more,
		"shipping":      `,"refundShippingLines":` + more,
		"adjustments":   `,"orderAdjustments":` + more,
		"lines":         `,"refundLineItems":` + more,
		"a strange id":  `,"transactions":{"nodes":[{"id":"gid://shopify/Order/3"}]}`,
		"a line of air": `,"refundLineItems":{"nodes":[{"quantity":1}]}`,
	} {
		client, _ := serve(t, saying(200, head+part+tail))
		if got, err := client.Refund(t.Context(), testShop, "gid://shopify/Refund/1", 1); err == nil || got != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

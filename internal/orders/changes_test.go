package orders_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	mugLine shopify.GID = "gid://shopify/LineItem/1"
	capLine shopify.GID = "gid://shopify/LineItem/2"
)

var ourSale = shopify.Sale{ID: "gid://shopify/OrderTransaction/9", Gateway: orders.Gateway}

// written is an order of two mugs (18.00 and 1.49 tax each) and a cap (10.00, no stock taken), with 5.00 shipping.
type written struct {
	row   links.Order
	lines []links.Line
	order tiktok.Order
	found shopify.Standing
}

func writtenOrder() written {
	units := func(ids ...tiktok.LineItemID) (behind []links.Unit, items []tiktok.LineItem) {
		for _, id := range ids {
			behind = append(behind, links.Unit{ID: id})
			items = append(items, tiktok.LineItem{ID: id, DisplayStatus: tiktok.AwaitingShipment})
		}
		return behind, items
	}
	mugs, mugItems := units("m1", "m2")
	caps, capItems := units("c1")
	return written{
		row: links.Order{State: links.Written, Total: "53.98", Currency: "USD"},
		lines: []links.Line{
			{ShopifyLine: mugLine, Quantity: 2, UnitPrice: "18.00", UnitTax: "1.49", TookStock: true, Units: mugs},
			{ShopifyLine: capLine, Quantity: 1, UnitPrice: "10.00", Units: caps},
		},
		order: tiktok.Order{Status: tiktok.AwaitingShipment, LineItems: append(mugItems, capItems...)},
		found: shopify.Standing{
			Total: "53.98", Refunded: "0.0", Currency: "USD", Whole: true, Sales: []shopify.Sale{ourSale},
			Lines: []shopify.StandingLine{{ID: mugLine, Name: "Mug", Quantity: 2, Current: 2, Unfulfilled: 2}, {ID: capLine, Name: "Cap", Quantity: 1, Current: 1, Unfulfilled: 1}},
		},
	}
}

func (w *written) cancel(units ...tiktok.LineItemID) {
	for n := range w.order.LineItems {
		for _, unit := range units {
			if w.order.LineItems[n].ID == unit {
				w.order.LineItems[n].DisplayStatus = tiktok.CancelledStatus
			}
		}
	}
}

// changeCase is what happened to a written order and what must follow from it.
type changeCase struct {
	happens func(w *written)
	want    []orders.Change
}

func checkChanges(t *testing.T, cases map[string]changeCase) {
	t.Helper()
	for name, c := range cases {
		w := writtenOrder()
		c.happens(&w)
		if diff := cmp.Diff(c.want, orders.Changes(w.row, w.lines, w.order, w.found)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

var allUnits = []tiktok.LineItemID{"m1", "m2", "c1"}

func TestChanges(t *testing.T) {
	t.Parallel()
	refund := func(amount string, units []tiktok.LineItemID, lines ...orders.LineOut) orders.Change {
		return orders.Change{Kind: orders.RefundUnits, Amount: amount, Units: units, Lines: lines, Sale: ourSale}
	}
	everything := refund("53.98", allUnits, orders.LineOut{Line: mugLine, Quantity: 2, Restock: true}, orders.LineOut{Line: capLine, Quantity: 1})
	everything.Shipping = true
	checkChanges(t, map[string]changeCase{
		"nothing": {func(*written) {}, nil},
		"one mug": {func(w *written) { w.cancel("m2") },
			[]orders.Change{refund("19.49", []tiktok.LineItemID{"m2"}, orders.LineOut{Line: mugLine, Quantity: 1, Restock: true})}},
		"a mug and the cap": {func(w *written) { w.cancel("m1", "c1") },
			[]orders.Change{refund("29.49", []tiktok.LineItemID{"m1", "c1"}, orders.LineOut{Line: mugLine, Quantity: 1, Restock: true}, orders.LineOut{Line: capLine, Quantity: 1})}},
		"a unit that is gone is not named again": {func(w *written) {
			w.cancel("m1", "c1")
			w.lines[0].Units[0].Gone, w.found.Lines[0].Current, w.found.Refunded = "key", 1, "19.49"
		}, []orders.Change{refund("10.00", []tiktok.LineItemID{"c1"}, orders.LineOut{Line: capLine, Quantity: 1})}},
		"a mug that left the house": {func(w *written) { w.cancel("m1"); w.found.Lines[0].Unfulfilled = 0 },
			[]orders.Change{refund("19.49", []tiktok.LineItemID{"m1"}, orders.LineOut{Line: mugLine, Quantity: 1})}},
		"a gift": {func(w *written) { w.cancel("c1"); w.lines[1].UnitPrice = "0.00" },
			[]orders.Change{{Kind: orders.RefundUnits, Units: []tiktok.LineItemID{"c1"}, Lines: []orders.LineOut{{Line: capLine, Quantity: 1}}}}},
		"the whole order":            {func(w *written) { w.cancel(allUnits...) }, []orders.Change{everything}},
		"the order before its units": {func(w *written) { w.order.Status = tiktok.CancelledStatus }, []orders.Change{everything}},
		"the rest of the order": {func(w *written) {
			w.cancel(allUnits...)
			w.lines[0].Units[0].Gone, w.found.Lines[0].Current, w.found.Refunded = "key", 1, "19.49"
		}, []orders.Change{func() orders.Change {
			c := refund("34.49", []tiktok.LineItemID{"m2", "c1"}, orders.LineOut{Line: mugLine, Quantity: 1, Restock: true}, orders.LineOut{Line: capLine, Quantity: 1})
			c.Shipping = true
			return c
		}()}},
		"after its refund": {func(w *written) {
			w.cancel(allUnits...)
			w.order.CancellationInitiator = "BUYER"
			for n := range w.lines {
				w.found.Lines[n].Current = 0
				for m := range w.lines[n].Units {
					w.lines[n].Units[m].Gone = "key"
				}
			}
			w.found.Refunded = "53.98"
		}, []orders.Change{{Kind: orders.CancelOrder, Reason: admin.OrderCancelReasonCustomer}}},
		"never paid": {func(w *written) { w.cancel(allUnits...); w.found.Sales = nil },
			[]orders.Change{{Kind: orders.CancelOrder, Units: allUnits, Reason: admin.OrderCancelReasonOther, Restock: true}}},
	})
}

func TestChangesAfterAPersonActed(t *testing.T) {
	t.Parallel()
	edited := func(detail string) []orders.Change {
		return []orders.Change{{Kind: orders.AskMerchant, Code: exceptions.OrderEdited, Detail: detail}}
	}
	checkChanges(t, map[string]changeCase{
		"cancelled in Shopify before": {func(w *written) { w.cancel(allUnits...); w.found.CancelledAt = "2026-11-22T10:00:00Z" },
			[]orders.Change{{Kind: orders.OrderGone, Units: allUnits}}},
		"refunded by a person before": {func(w *written) { w.cancel("m1"); w.found.Lines[0].Current, w.found.Refunded = 1, "19.49" },
			[]orders.Change{{Kind: orders.UnitsGone, Units: []tiktok.LineItemID{"m1"}}}},
		"more refunded than cancelled": {func(w *written) { w.cancel("m1"); w.found.Lines[0].Current = 0 },
			edited(`TikTok cancelled 1 of "Mug"; in Shopify 0 are left of 2.`)},
		"a line added": {func(w *written) {
			w.cancel("m1")
			w.found.Lines = append(w.found.Lines, shopify.StandingLine{ID: "gid://shopify/LineItem/3", Name: "Sticker", Quantity: 1, Current: 1})
		}, edited(`A line was added in Shopify: "Sticker".`)},
		"another total": {func(w *written) { w.cancel("m1"); w.found.Total = "50.00" },
			edited("It was written with a total of 53.98 USD and now has 50.00 USD.")},
		"a line that is not there": {func(w *written) { w.cancel("c1"); w.lines[1].ShopifyLine = ""; w.found.Lines = w.found.Lines[:1] },
			edited("The line of unit c1 is not in Shopify.")},
		"more than is left": {func(w *written) { w.cancel("m1"); w.found.Refunded = "40.00" },
			edited("40.00 of 53.98 were given back in Shopify already.")},
		"paid through a real gateway": {func(w *written) { w.cancel("m1"); w.found.Sales[0].Gateway = "shopify_payments" },
			edited(`It was not paid through "TikTok Shop" in Shopify, so a refund there would move money.`)},
		"more than is read": {func(w *written) { w.cancel("m1"); w.found.Whole = false },
			edited("It has more lines, refunds or payments than Switchback reads.")},
	})
}

package pages_test

import (
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/reconcile"
)

func TestReconciliation(t *testing.T) {
	t.Parallel()
	of := func(name, state string) reconcile.Row {
		row, err := reconcile.Of(reconcile.Books{
			Order:   links.Order{ID: "576461413038785753", ShopifyName: name, Total: "20.00", Currency: "USD"},
			Refunds: []links.Refund{{ID: "1", Amount: "12.30", State: links.RefundState(state), Completed: "0", Currency: "USD"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	rows := []reconcile.Row{of(hostile, string(links.RefundSent))}
	totals, err := reconcile.Totals(rows)
	if err != nil {
		t.Fatal(err)
	}
	page := pages.Reconciliation{Frame: frame, Rows: rows, Totals: totals}
	contains(t, page, "12.30 USD", "1 of 1 orders differ", "TikTok has the refund and has not paid all of it yet.", "&lt;img", `href="/orders/576461413038785753"`)
	if out := draw(t, page); strings.Contains(out, "<img") || strings.Contains(out, "The first 200") {
		t.Errorf("not escaped, or cut:\n%s", out)
	}
	for range 200 {
		page.Rows = append(page.Rows, rows[0])
	}
	contains(t, page, "The first 200 are listed")
	page.Rows = nil
	contains(t, page, "No order differs.")
	contains(t, pages.Reconciliation{Frame: frame}, "Nothing was refunded in Shopify")
}

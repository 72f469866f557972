package pages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/links"
)

// An empty list says why it is empty and what comes next.
func TestOrdersWithNothingInThem(t *testing.T) {
	t.Parallel()
	for want, page := range map[string]pages.Orders{
		"once a TikTok shop is connected":      {Frame: frame},
		"once the switch Pull orders is on":    {Frame: frame, Connected: true},
		"There are no orders yet":              {Frame: frame, Connected: true, Pulling: true},
		"There are no older orders":            {Frame: frame, Later: true},
		"Look through older orders":            {Frame: frame, State: "held", Next: "c"},
		"No order is found by “<span class":    {Frame: frame, Query: hostile},
		"No order is found. A TikTok number":   {Frame: frame, State: "held"},
		`<s-option value="held" selected>Held`: {Frame: frame, State: "held"},
	} {
		contains(t, page, want, "Bring in an order")
		if out := draw(t, page); strings.Contains(out, "<img") || strings.Contains(out, "<s-table>") {
			t.Errorf("%s:\n%s", want, out)
		}
	}
}

func TestOrdersEscapes(t *testing.T) {
	t.Parallel()
	page := pages.Orders{Frame: frame, Query: hostile, Number: hostile, Next: hostile, Found: []links.Listed{{
		Order:     links.Order{ID: "57", ShopifyName: hostile, Total: "1.00", Currency: "USD", ShipBy: time.Date(2026, 3, 1, 5, 30, 0, 0, time.UTC).Unix()},
		Shipments: links.Leg{State: hostile}, Refunds: links.Leg{State: hostile},
	}}}
	contains(t, page, `href="/orders/57"`, "Feb 28, 2026, 23:30", "1.00 USD")
	if out := draw(t, page); strings.Contains(out, "<img") || strings.Contains(out, "<script>alert") {
		t.Errorf("not escaped:\n%s", out)
	}
}

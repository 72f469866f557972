package pages_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// hostile is what a seller or buyer may call anything.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`

func ordered(t *testing.T) pages.Order {
	t.Helper()
	at := time.Date(2026, 3, 1, 5, 30, 0, 0, time.UTC)
	order := links.Order{ID: "57", State: links.Written, Status: "IN_TRANSIT", Total: "10.00", Currency: "USD", ShopifyOrder: "gid://shopify/Order/5", ShopifyName: hostile, OrderedAt: at, WrittenAt: &at}
	refunds := []links.Refund{{ID: "gid://shopify/Order/5", State: links.RefundStopped, Reason: "refund_refused", Detail: hostile, Amount: "4.00", Completed: "1.00", Currency: "USD", Steps: []links.RefundStep{
		{Number: 1, Kind: "new_kind", State: links.StepRefused, Amount: "4.00", Answer: hostile, Reason: hostile, Call: tiktok.Write{Op: "o", Path: hostile, Body: []byte(hostile)}},
	}}}
	row, err := reconcile.Of(reconcile.Books{Order: order, Refunds: refunds})
	if err != nil {
		t.Fatal(err)
	}
	open := exceptions.New("demo.myshopify.com", "57", exceptions.DuplicateOrder, hostile, at)
	open.ID = hostile
	page := pages.Order{
		Frame: frame, Order: order, TikTokShop: hostile, SellerCenter: "javascript:alert(1)", ReturnLink: hostile, Refunds: refunds, Money: &row,
		Lines:     []links.Line{{Title: hostile, SKU: hostile, UnitPrice: hostile, Units: []links.Unit{{ID: hostile, Status: hostile, Package: hostile}}}},
		Shipments: []links.Shipment{{State: links.ShipmentPlanned, Reason: hostile, Company: hostile, Number: hostile, Warning: hostile}},
		Open:      []exceptions.Exception{open}, Loop: links.LoopCheck{CheckedAt: at, Message: hostile},
	}
	page.Story = append(page.Story, timeline.Entry{At: at, Kind: timeline.Decision, Text: "decided.", Facts: map[string]string{"cause": hostile}})
	for n := range 25 {
		page.Story = append(page.Story, timeline.Entry{At: at, Kind: timeline.CallOut, Text: fmt.Sprintf("call %d.", n), Facts: map[string]string{hostile: hostile}})
	}
	return page
}

func TestOrder(t *testing.T) {
	t.Parallel()
	page := ordered(t)
	contains(t, page, "Feb 28, 2026, 23:30", "All 26 entries", "In transit", "3.00 USD</span>: TikTok refused the refund.", "New kind",
		`<s-option value="adopt">Adopt the order that is there</s-option>`, `action="/orders/57/import"`, "America/Chicago")
	out := draw(t, page)
	if newest, oldest, folded := strings.Index(out, "call 24."), strings.Index(out, "call 4."), strings.Index(out, "<summary>All"); newest < folded || oldest < newest || strings.Index(out, "decided.") > folded {
		t.Errorf("the newest call is at %d, an early one at %d, the fold at %d", newest, oldest, folded)
	}
}

// Names, notes and numbers come from buyers and sellers.
func TestOrderEscapes(t *testing.T) {
	t.Parallel()
	out := draw(t, ordered(t))
	_, body, _ := strings.Cut(out, "<body>")
	for _, markup := range []string{"<script", "<img", `"javascript:`, `"57"><`} {
		if strings.Contains(body, markup) {
			t.Errorf("the page holds %s", markup)
		}
	}
	if n := strings.Count(body, "&lt;script&gt;"); n < 15 {
		t.Errorf("only %d of the hostile texts are shown", n)
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	page := pages.Unknown{Frame: frame, ID: "57", Open: []exceptions.Exception{{Message: hostile, Fix: hostile}}}
	contains(t, page, `action="/orders/57/import"`, "&lt;script&gt;")
	if strings.Contains(draw(t, page), "data-refresh") {
		t.Error("nothing is under way")
	}
	page.Following = true
	contains(t, page, "data-refresh", "is being brought in")
}

// Every word that a feature keeps as a reason is told in a sentence of its own.
func TestReasonsAreSentences(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{
		"unpaid", "on_hold", "tiktok_not_shipped", "cancelled", "before_start", "unknown_status", "buyer_asks_to_cancel", "pull_orders_off",
		"push_orders_off", "connection_off", "ignored_by_merchant", "mirror_refunds_off", "pull_fulfillments_off", "push_fulfillments_off",
		"mirror_shipments_off", "undone", "push_refunds_off", "pull_refunds_off", "approval_needed", "payment_pending", "order_unpaid",
		"satisfied_by_tiktok", "recorded_by_switchback", "handled", "cancelled_before", "cancelled_without_refund", "sku_unmatched",
	} {
		if text := pages.Why(reason); strings.Contains(text, reason) && strings.Contains(reason, "_") || !strings.HasSuffix(text, ".") || strings.HasPrefix(text, "Something") {
			t.Errorf("%s: %q", reason, text)
		}
	}
	if pages.Why("") != "" {
		t.Error("no reason is none")
	}
}

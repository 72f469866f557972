package pages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shopify"
)

func TestExceptionsByCode(t *testing.T) {
	t.Parallel()
	page := pages.Exceptions{Frame: frame, Open: map[exceptions.Code]int{exceptions.ZIPMasked: 1204, exceptions.SKUUnmatched: 3, exceptions.ShipByMissed: 1, exceptions.PartlySent: 0}}
	contains(t, page, "1,204 open", "Try all 1,204 again", `action="/exceptions/sku_unmatched/retry"`, `href="/exceptions/zip_masked"`,
		"deadline for shipping this order has passed", "Show it")
	out := draw(t, page)
	first, second, third := strings.Index(out, "/exceptions/ship_by_missed"), strings.Index(out, "/exceptions/zip_masked"), strings.Index(out, "/exceptions/sku_unmatched")
	if first < 0 || second < first || third < second || strings.Contains(out, "partly_sent") {
		t.Errorf("what is urgent does not come first, or nothing is listed: %d, %d, %d", first, second, third)
	}
	contains(t, pages.Exceptions{Frame: frame}, "Nothing waits for you")
}

func found(code exceptions.Code, detail string) []exceptions.Exception {
	e := exceptions.New("demo.myshopify.com", "576461413038785753", code, detail, time.Date(2026, 3, 1, 5, 30, 0, 0, time.UTC))
	e.ID = "e1"
	return []exceptions.Exception{e}
}

func TestAVariantIsChosenWhereItIsMissed(t *testing.T) {
	t.Parallel()
	page := pages.OfCode{
		Frame: frame, Group: pages.GroupOf(exceptions.SKUUnmatched, 1),
		Found:  found(exceptions.SKUUnmatched, `SKU "<img src=x>\"A" (TikTok SKU id 1729); TikTok SKU id 88 has no seller SKU.`),
		Search: pages.Search{SKUID: "1729", Query: "mug", Found: []shopify.Variant{{ID: "gid://shopify/ProductVariant/7", SKU: hostile, Title: hostile, ProductTitle: hostile}}},
	}
	contains(t, page, `value="1729"`, `name="variant_id" value="gid://shopify/ProductVariant/7"`, "Use this variant", `name="variant_query" value="mug"`,
		"No seller SKU", "&lt;img src=x onerror=alert(1)&gt;", `href="/orders/576461413038785753"`, `action="/exceptions/sku_unmatched/e1/retry"`)
	page.Search.Found = nil
	contains(t, page, "Shopify has no variant for these words")
	page.Search.Trouble = "Later."
	contains(t, page, "Shopify could not be asked", "Later.")
	if strings.Contains(draw(t, page), "<img") {
		t.Error("a product's name is markup")
	}
}

func TestCarriersReasonsAndChoices(t *testing.T) {
	t.Parallel()
	carrier := pages.OfCode{Frame: frame, Group: pages.GroupOf(exceptions.CarrierUnknown, 1), Found: found(exceptions.CarrierUnknown, `Fulfillment #1 says "<b>Pony". TikTok takes for this order: USPS, UPS.`)}
	contains(t, carrier, `name="company" value="&lt;b&gt;Pony"`, `<s-option value="UPS">UPS</s-option>`, `action="/mappings/carriers"`)
	reason := pages.OfCode{Frame: frame, Group: pages.GroupOf(exceptions.CancelReasonNeeded, 1), Found: found(exceptions.CancelReasonNeeded, "TikTok takes: out_of_stock, other.")}
	contains(t, reason, `name="shopify_reason" value="cancel"`, `<s-option value="other">`, "Mark as handled", `action="/exceptions/cancel_reason_needed/e1/resolve"`)
	choice := pages.OfCode{Frame: frame, Group: pages.GroupOf(exceptions.DuplicateOrder, 30), Found: found(exceptions.DuplicateOrder, hostile), Next: "576461413038785753"}
	contains(t, choice, `<s-option value="adopt">`, "Decide", `href="/exceptions/duplicate_order?after=576461413038785753"`, "&lt;img")
	contains(t, pages.OfCode{Frame: frame, Group: pages.GroupOf(exceptions.ZIPMasked, 0)}, "Nothing waits for you here.")
}

func TestMappingTables(t *testing.T) {
	t.Parallel()
	page := pages.Mappings{Frame: frame, Table: pages.SKUTable, Rows: []pages.MappingRow{{From: "1729", To: "7", Known: hostile, Note: hostile}}, Next: "1729"}
	contains(t, page, "&lt;img", `name="sku_id" value="1729"`, `href="/mappings/skus?cursor=1729"`, "Download CSV", "Remove 1729")
	if strings.Contains(draw(t, page), "<img") {
		t.Error("a note is markup")
	}
	contains(t, pages.Mappings{Frame: frame, Table: pages.CarrierTable}, "No carrier was chosen", `name="provider"`)
}

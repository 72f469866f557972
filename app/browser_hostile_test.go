package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// hostileIn is a text for one field: markup and script, what a template or a
// spreadsheet would compute, an override of the writing's direction, and a word
// too long for a phone. The field's name tells which one was owned.
func hostileIn(field string) string {
	return "\u202e=1+1{{7+7}}" + strings.Repeat("W", 60) + `"'><img src=x onerror="document.body.dataset.owned='` + field + `'"><script>document.body.dataset.owned='` + field + `'</script>`
}

// Whatever a buyer, a seller, a carrier, or somebody in Shopify may name stays
// text on every page, in the block and in every file.
func TestNoTextFromOutsideIsMoreThanText(t *testing.T) {
	t.Parallel()
	s, written, held := furnished(t, browsertest.Desktop)
	hostile, mute := s.hostileOrders(t)
	pages := pagesOf(written, held)
	for name, path := range map[string]string{
		"hostile order": "/orders/" + hostile, "nameless order": "/orders/" + mute, "carriers missed": "/exceptions/carrier_unknown",
		"searched": "/orders?query=" + url.QueryEscape(hostileIn("search")), "variant searched": "/exceptions/sku_unmatched?sku_id=1&variant_query=" + url.QueryEscape(hostileIn("variants")),
		"said": "/orders?said=" + url.QueryEscape(hostileIn("said")), "cursor": "/mappings/skus?cursor=" + url.QueryEscape(hostileIn("cursor")),
		"return url": "/guide?step=return_url&url=" + url.QueryEscape(hostileIn("url")),
	} {
		pages[name] = path
	}
	for sizeName, size := range map[string]browsertest.Size{"desktop": browsertest.Desktop, "phone": browsertest.Phone} {
		s.tab.Resize(t, size)
		for name, path := range pages {
			view := s.open(t, path)
			headingOf(t, view)
			s.harmless(t, sizeName+" "+name, view)
		}
		block := s.openShopifyOrder(t, hostile)
		block.See(t, "Open in Switchback")
		s.harmless(t, sizeName+" block", block)
	}
	s.quiet(t, "status of 404", "status of 400")
}

// hostileOrders are one order that is hostile in every text, written, shipped and
// refunded, and one whose SKU is hostile, which is held.
func (s *seat) hostileOrders(t *testing.T) (hostile, mute string) {
	t.Helper()
	unit := tiktoksim.SampleUnit()
	unit.ProductName, unit.SKUName = hostileIn("product"), hostileIn("variant")
	hostile, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{
		Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{unit}, BuyerMessage: hostileIn("message"), SellerNote: hostileIn("note"),
		Address: &tiktoksim.Address{
			FirstName: hostileIn("first"), LastName: hostileIn("last"), Phone: "(+1)5125550143", Region: "US", PostalCode: "73301",
			Line1: hostileIn("line1"), Line2: hostileIn("line2"), City: hostileIn("city"), County: hostileIn("county"), State: "Texas", StateCode: "TX",
		},
	})
	check(t, err)
	unit.SellerSKU = hostileIn("sku")
	mute, err = s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{unit}})
	check(t, err)
	s.orderIs(t, sandbox.Shop, mute, "held", "sku_unmatched", "sku_unmatched")
	s.orderIs(t, sandbox.Shop, hostile, "written", "")

	order := s.one(t, sandbox.Shop, hostile)
	_, err = s.platforms.Shopify.Fulfill(sandbox.Shop, order.GID, shopifysim.ShipSpec{Company: hostileIn("carrier"), Numbers: []string{hostileIn("tracking")}})
	check(t, err)
	s.orderIs(t, sandbox.Shop, hostile, "written", "", "carrier_unknown")
	_, err = s.platforms.Shopify.Refund(sandbox.Shop, order.GID, shopifysim.RefundSpec{
		Lines: []shopifysim.RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1}}, Note: hostileIn("refund"), Reason: "other", ReasonNote: hostileIn("reason"),
	})
	check(t, err)
	check(t, s.platforms.Shopify.EditOrder(sandbox.Shop, order.GID, func(o *shopifysim.Order) {
		o.Tags, o.Note = append(o.Tags, hostileIn("tag")), hostileIn("order note")
	}))
	for path, rows := range map[string]string{
		"/api/mappings/skus":     `{"mappings":[{"sku_id":"1729900000000999999","seller_sku":%[1]q,"variant_id":null,"note":%[1]q}]}`,
		"/api/mappings/carriers": `{"mappings":[{"company":%[1]q,"provider":"USPS","note":%[1]q}]}`,
	} {
		if status, body := s.api(t, sandbox.Shop, http.MethodPut, path, fmt.Sprintf(rows, "row"+hostileIn("row")[:80])); status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, body)
		}
	}
	return hostile, mute
}

// harmless holds that no text became markup, that none turns the writing of what
// stands beside it, and that none widens the page.
func (s *seat) harmless(t *testing.T, name string, view *browsertest.View) {
	t.Helper()
	var found struct {
		Owned string
		Built bool
		Turns bool
	}
	view.Eval(t, `(() => {
		const roots = [document];
		for (const root of roots) for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
		return {
			Owned: document.body.dataset.owned ?? "",
			Built: roots.some((root) => root.querySelector("img[src=x]") !== null),
			Turns: roots.some((root) => /[\u202a-\u202e\u2066-\u2069]/.test((root.body ?? root).textContent)),
		};
	})()`, &found)
	if found.Owned != "" || found.Built || found.Turns {
		t.Errorf("%s: %+v", name, found)
	}
	if pixels := view.Overflows(t); pixels > 0 {
		t.Errorf("%s is %d pixels wider than its window", name, pixels)
	}
}

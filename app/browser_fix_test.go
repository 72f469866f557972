package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
)

// An order that is held for its SKU is mended where it is seen: the merchant
// searches the variant, chooses it, and the order is written by itself.
func TestASKUIsMappedWhereItIsMissed(t *testing.T) {
	t.Parallel()
	s, _, held := furnished(t, browsertest.Desktop)
	s.open(t, "/").Click(t, "link", "waiting for you")
	page := s.open(t, "/exceptions")
	page.See(t, "A product of this TikTok order has no variant in Shopify.")
	page = s.open(t, "/exceptions/sku_unmatched")
	page.See(t, held, "NOBODY-HAS-THIS")
	page.Fill(t, "Search in Shopify", "Corduroy")
	page.Click(t, "button", "Search a variant for TikTok SKU")
	page.Click(t, "button", "Use this variant: Corduroy Cap")
	page.See(t, "Nothing waits for you here.")
	s.openOrder(t, held).See(t, "In Shopify")
	if sku := s.one(t, sandbox.Shop, held).Lines[0].SKU; sku != "HAT-RST" {
		t.Errorf("the order was written with SKU %q", sku)
	}
	s.quiet(t)
}

// A form that comes twice does its work once. A browser does not send it twice,
// so it is sent here as a nervous network would.
func TestAFormThatComesTwice(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	story := sandbox.Story{World: s.platforms, App: s.app, Out: t.Output(), Patience: patience}
	if err := story.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	number := s.platforms.TikTok.OrderIDs()[0]
	before := s.books()
	for path, form := range map[string]string{
		"/settings/orders":                  "order_email=relay&unmapped_sku=hold&inventory_behaviour=decrement_ignoring_policy&tags=a",
		"/settings/returns":                 "return_portal_url=" + s.platforms.URL.Loop + "/" + sandbox.Portal,
		"/orders/" + number + "/import":     "",
		"/orders/" + number + "/loop-check": "",
		"/orders/import":                    "number=" + number,
		"/orders/backfills":                 "from=2026-11-01&to=2026-11-02",
		"/exceptions/sku_unmatched/retry":   "",
		"/mappings/skus":                    "sku_id=1729900000000010101&seller_sku=MUG-12-SAGE",
	} {
		first, again := s.submit(t, path, form), s.submit(t, path, form)
		if first >= http.StatusInternalServerError || again != first && again != http.StatusConflict {
			t.Errorf("%s: %d at first, then %d", path, first, again)
		}
	}
	s.idle(t)
	if after := s.books(); !cmp.Equal(before, after) {
		t.Error(cmp.Diff(before, after))
	}
}

// submit sends a form of a page as Turbo does.
func (s *stage) submit(t *testing.T, path, form string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.app+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "Bearer "+s.platforms.Shopify.SessionToken(sandbox.Shop, user))
	status, _, _, err := send(still, request)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// books is what Shopify has, order by order: name, parcels, refunds, money back.
func (s *stage) books() []string {
	var books []string
	for _, o := range s.platforms.Shopify.Orders(sandbox.Shop) {
		books = append(books, fmt.Sprint(o.Name, len(o.Fulfillments), len(o.Refunds), o.Refunded))
	}
	slices.Sort(books)
	return books
}

package main

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// hostileText is what somebody at TikTok may put wherever a text is taken.
const hostileText = `"><img src=x onerror="document.body.dataset.owned=1"><script>document.body.dataset.owned=1</script>`

// furnished is a seat after the story, with what fills the pages: an order that
// is held, one that is hostile in every text, and exceptions.
func furnished(t *testing.T, size browsertest.Size) (s *seat, written, held string) {
	t.Helper()
	s = sitDown(t, size)
	story := sandbox.Story{World: s.platforms, App: s.app, Out: t.Output(), Patience: patience}
	if err := story.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	unit := tiktoksim.SampleUnit()
	unit.SellerSKU, unit.ProductName, unit.SKUName = "NOBODY-HAS-THIS", hostileText, hostileText
	held, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Units: []tiktoksim.Unit{unit}, Status: "AWAITING_SHIPMENT"})
	if err != nil {
		t.Fatal(err)
	}
	s.until(t, func() error {
		var answer struct{ State string }
		if status, body := s.api(t, sandbox.Shop, "GET", "/api/orders/"+held, ""); status != 200 || json.Unmarshal([]byte(body), &answer) != nil || answer.State != "held" {
			return errors.New("the order is not held: " + body)
		}
		return nil
	})
	return s, s.platforms.TikTok.OrderIDs()[0], held
}

// pagesOf are the app's pages.
func pagesOf(written, held string) map[string]string {
	return map[string]string{
		"home": "/", "guide": "/guide", "guide print": "/guide/print", "orders": "/orders", "orders found": "/orders?query=" + written, "nothing found": "/orders?query=no-such",
		"backfills": "/orders/backfills", "order": "/orders/" + written, "order held": "/orders/" + held, "order unknown": "/orders/577000000000000001",
		"exceptions": "/exceptions", "exceptions of a code": "/exceptions/sku_unmatched", "reconciliation": "/reconciliation", "settings": "/settings",
		"customers' data": "/settings/privacy",
		"skus":            "/mappings/skus", "carriers": "/mappings/carriers", "reasons": "/mappings/reasons",
	}
}

// Every page and the block, in both sizes: nothing is cut off, jumps, breaks the
// policy or stands in somebody's way, and no text from outside becomes markup.
func TestEveryPageIsFitToBeSeen(t *testing.T) {
	t.Parallel()
	axe := browsertest.Axe(t)
	s, written, held := furnished(t, browsertest.Desktop)
	for _, ask := range []func(string, shopifysim.RedactedCustomer, ...int64) error{s.platforms.Shopify.RequestCustomerData, s.platforms.Shopify.RedactCustomer} {
		check(t, ask(sandbox.Shop, shopifysim.RedactedCustomer{ID: 7781}, 99))
	}
	s.until(t, func() error {
		if n := len(s.wishes(t)); n != 2 {
			return &miscount{"customers' requests", n, 2}
		}
		return nil
	})
	for sizeName, size := range map[string]browsertest.Size{"desktop": browsertest.Desktop, "phone": browsertest.Phone} {
		s.tab.Resize(t, size)
		for name, path := range pagesOf(written, held) {
			view := s.open(t, path)
			if heading := headingOf(t, view); heading == "" {
				t.Errorf("%s has no heading", name)
			}
			s.tab.Inspect(t, axe, sizeName+" "+name, []*browsertest.View{view}, "status of 404")
			var owned bool
			if view.Eval(t, `document.body.dataset.owned === "1" || document.querySelector("img[src=x]") !== null`, &owned); owned {
				t.Errorf("%s: a text from outside became markup", name)
			}
		}
		block := s.openShopifyOrder(t, written)
		block.See(t, written)
		s.tab.Inspect(t, axe, sizeName+" block", []*browsertest.View{block.Part(), s.tab.View("")})
	}
}

// headingOf waits for the page's heading.
func headingOf(t *testing.T, view *browsertest.View) (heading string) {
	t.Helper()
	view.Eval(t, `(async () => {
		for (let n = 0; n < 200; n++) {
			const page = document.querySelector("s-page");
			if (page?.shadowRoot) return page.getAttribute("heading");
			await new Promise((done) => setTimeout(done, 50));
		}
		return "";
	})()`, &heading)
	return heading
}

// Each page opened by its address with a session token that has expired fetches
// another one, and shows itself; a token that expires in between does not
// disturb whoever is on the page.
func TestPagesRecoverFromExpiredTokens(t *testing.T) {
	t.Parallel()
	s, written, held := furnished(t, browsertest.Desktop)
	for name, path := range pagesOf(written, held) {
		address, err := url.Parse(s.admin("/apps/switchback" + path))
		if err != nil {
			t.Fatal(err)
		}
		query := address.Query()
		query.Set("stale-token", "1")
		address.RawQuery, address.Path = query.Encode(), strings.TrimSuffix(address.Path, "/")
		s.tab.Visit(t, address.String())
		if heading := headingOf(t, s.tab.View(s.app)); heading == "" {
			t.Errorf("%s did not come back", name)
		}
	}
	page := s.open(t, "/orders")
	page.See(t, written)
	s.platforms.Admin.StaleTokens(1)
	page.Click(t, "link", written)
	page.See(t, "Both sides agree.")
	s.platforms.Admin.StaleTokens(1)
	page.Click(t, "button", "Import again")
	page.See(t, "The import has begun")
	s.quiet(t, "status of 404", "status of 401")
}

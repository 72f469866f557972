package pages_test

import (
	"io"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shops"
)

type page interface{ Render(w io.Writer) error }

func draw(t *testing.T, p page) string {
	t.Helper()
	var out strings.Builder
	if err := p.Render(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var head = pages.Head{APIKey: "key-1", CDNURL: "https://cdn.shopify.com"}

func TestHome(t *testing.T) {
	t.Parallel()
	settings := shops.DefaultSettings()
	settings.PullOrders = true
	home := pages.Home{
		Head: head, Shop: shops.Shop{Domain: "demo.myshopify.com", Name: "Demo <b>"}, Settings: settings,
		Connections: []shops.Connection{
			{TikTokShop: "7", Name: "Sunny", Region: "US", Currency: "USD"},
			{TikTokShop: "8", Region: "GB", Currency: "GBP", Off: shops.OffOtherCurrency},
		},
		Counts: map[links.State]int{links.Written: 41}, Exceptions: 2,
	}
	out := draw(t, home)
	for _, want := range []string{
		"Demo &lt;b&gt;", "<strong>Sunny</strong> (US, USD): connected", "TikTok shop 8", "another currency",
		`<input type="checkbox" data-setting="pull_orders" checked>`, `<input type="checkbox" data-setting="push_orders">`,
		`data-setting="pull_fulfillments">`, `data-setting="push_fulfillments">`, `data-setting="pull_refunds">`, `data-setting="push_refunds">`,
		`data-setting="mirror_shipments" checked>`, `data-setting="mirror_refunds" checked>`,
		`<button type="button" data-disconnect="7">Disconnect Sunny</button>`, `id="connect">Connect TikTok again</button>`,
		`<td>41</td>`, "Waiting for you: 2.",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// App Bridge asks to be the first script of every document.
func TestAppBridgeComesFirst(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]page{"home": pages.Home{Head: head}, "bounce": pages.Bounce{Head: head}} {
		out := draw(t, p)
		key := strings.Index(out, `<meta name="shopify-api-key" content="key-1">`)
		bridge := strings.Index(out, `<script src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script>`)
		if key < 0 || bridge < key || strings.Index(out, "<script") != bridge {
			t.Errorf("%s: key at %d, App Bridge at %d:\n%s", name, key, bridge, out)
		}
	}
}

func TestBounceHoldsNothingElse(t *testing.T) {
	t.Parallel()
	if out := draw(t, pages.Bounce{Head: head}); strings.Count(out, "<script") != 1 || !strings.Contains(out, "<body></body>") {
		t.Errorf("the bounce page holds more than App Bridge:\n%s", out)
	}
}

func TestNoticeEscapes(t *testing.T) {
	t.Parallel()
	out := draw(t, pages.Notice{
		Title: "Connected", Text: "<script>alert(1)</script>", BackURL: "javascript:alert(1)", BackText: "Back",
		Shops: pages.Describe([]shops.Connection{{Name: "A & B", Off: "something_new"}}),
	})
	if strings.Contains(out, "<script") || strings.Contains(out, `"javascript:`) {
		t.Errorf("not escaped:\n%s", out)
	}
	if !strings.Contains(out, "A &amp; B") || !strings.Contains(out, "off: something_new") {
		t.Errorf("shops are not listed:\n%s", out)
	}
}

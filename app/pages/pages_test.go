package pages_test

import (
	"html/template"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/pages"
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

var frame = pages.Frame{Head: head, Title: "Switchback", Shop: shops.Shop{Domain: "demo.myshopify.com", TimeZone: "America/Chicago"}}

// contains holds a page to what must stand in it.
func contains(t *testing.T, p page, want ...string) {
	t.Helper()
	out := draw(t, p)
	for _, text := range want {
		if !strings.Contains(out, text) {
			t.Errorf("the page lacks %s:\n%s", text, out)
		}
	}
}

func TestFrame(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 5, 30, 0, 0, time.UTC)
	if got, want := frame.When(at), template.HTML(`<time datetime="2026-03-01T05:30:00Z">Feb 28, 2026, 23:30</time>`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := (pages.Frame{Shop: shops.Shop{TimeZone: "Nowhere/<b>"}}).When(at); got != `<time datetime="2026-03-01T05:30:00Z">Mar 1, 2026, 05:30</time>` {
		t.Errorf("a zone nobody knows: %s", got)
	}
	if got := frame.When(time.Time{}); got != "–" {
		t.Errorf("never: %s", got)
	}
	if got := frame.Amount("12.50", "USD"); got != "12.50 USD" {
		t.Errorf("amount %q", got)
	}
}

// An address that somebody prepared puts no words on a page.
func TestOnlyKnownWordsAreSaid(t *testing.T) {
	t.Parallel()
	if b := pages.Said("<b>pay here</b>"); b != nil {
		t.Errorf("said %v", b)
	}
	page := pages.Trouble{Frame: frame}
	page.Banner = pages.Said("saved")
	contains(t, page, `<s-banner tone="success" heading="Saved">`)
	page.Banner = pages.Refused(`<script>"`)
	contains(t, page, `>&lt;script&gt;&#34;</s-banner>`)
}

// App Bridge asks to be the first script of every document.
func TestAppBridgeComesFirst(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]page{"home": pages.Home{Frame: frame}, "bounce": pages.Bounce{Head: head}} {
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

package pages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shops"
)

func busy() pages.Home {
	day := time.Date(2026, 2, 1, 6, 0, 0, 0, time.UTC)
	home := pages.Home{
		Frame: frame, Queued: 3 * time.Second,
		Connections: []shops.Connection{
			{TikTokShop: "7", Name: hostile, Region: "US", Currency: "USD"},
			{TikTokShop: "8", Region: "GB", Currency: "GBP", Off: shops.OffOtherCurrency},
		},
		Glance: links.Glance{
			WrittenToday: 1204, Held: links.Count{N: 10000, More: true}, Overdue: links.Count{N: 2},
			InFlight:  []links.RefundSum{{Currency: "USD", Amount: "41.10", Count: links.Count{N: 1}}},
			Completed: []links.RefundSum{{Currency: "USD", Amount: "900.00", Count: links.Count{N: 1000, More: true}}},
		},
		Open: map[exceptions.Code]int{exceptions.SKUUnmatched: 9, exceptions.ShipByMissed: 2, exceptions.ZIPMasked: 9},
	}
	for n := range 30 {
		home.Days = append(home.Days, links.Day{Start: day.AddDate(0, 0, n)})
	}
	home.Days[29] = links.Day{Start: day.AddDate(0, 0, 29), Written: 200, Refunds: 1, Measured: 200, Delay: 4 * time.Second, LongestDelay: 5 * time.Minute}
	return home
}

func TestHome(t *testing.T) {
	t.Parallel()
	contains(t, busy(),
		"<b>1,204</b>", "<b>10,000&#43;</b>", `<s-badge tone="critical">Look</s-badge>`, `href="/orders?state=held"`, "<b>3s</b>",
		`41.10 USD</b><span>1 refund on the way`, "over 900.00 USD", "1,000&#43; refunds paid",
		"&lt;script&gt;", "TikTok shop 8", "another currency", "deadline for shipping this order has passed",
		`viewBox="0 0 300 1000"`, `y="0" width="4" height="1000"><title>Mar 2, 2026: 200 orders</title>`, `height="10"><title>Mar 2, 2026: 1 refund</title>`, // of 200, still seen
		"highest: 200", "Mar 2, 2026: 4s", "<td>200</td><td>1</td><td>4s</td><td>5 min</td>")
	out := draw(t, busy())
	if strings.Contains(out, "<img") || strings.Contains(out, "<script>alert") || strings.Count(out, "<rect") != 3 {
		t.Errorf("not escaped, or bars of nothing:\n%s", out)
	}
}

// The page names one thing to do, the one that comes first.
func TestTheNextThingToDo(t *testing.T) {
	t.Parallel()
	left := guide.Assess(guide.Facts{})
	asked := guide.Assess(guide.Facts{Marks: guide.Marks{guide.H5Asked: {At: time.Now()}}})
	waits := guide.Guide{Required: 1, Steps: []guide.Step{{ID: guide.H5Redirect, Title: "Ask TikTok", Ticks: []guide.Tick{{At: time.Now()}}}}}
	shop := []shops.Connection{{TikTokShop: "7"}}
	for want, home := range map[string]pages.Home{
		"Connect your TikTok shop":                  {Frame: frame},
		"No TikTok shop is synced":                  {Frame: frame, Connections: []shops.Connection{{Off: shops.OffByMerchant}}, Open: map[exceptions.Code]int{exceptions.ZIPMasked: 1}},
		"hides the ZIP code":                        {Frame: frame, Connections: shop, Open: map[exceptions.Code]int{exceptions.ZIPMasked: 2, exceptions.SKUUnmatched: 1}},
		"A connection has expired":                  {Frame: frame, Connections: shop, Open: map[exceptions.Code]int{exceptions.ZIPMasked: 2, exceptions.ConnectionExpired: 1}},
		"/guide?step=h5_redirect":                   {Frame: frame, Connections: shop, Guide: left, Open: map[exceptions.Code]int{exceptions.ZIPMasked: 0}},
		"/guide?step=tiktok":                        {Frame: frame, Connections: shop, Guide: asked},
		`heading="Ask TikTok"`:                      {Frame: frame, Connections: shop, Guide: waits},
		`tone="success" heading="Nothing waits for`: {Frame: frame, Connections: shop},
	} {
		contains(t, home, want, "No order was written and no refund paid", "<b>none</b>")
	}
	contains(t, pages.Home{Frame: frame}, "data-connect")
}

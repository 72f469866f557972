package pages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/testorders"
)

func setUp() pages.Guide {
	at := time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)
	f := guide.Facts{
		Shop: frame.Shop, Settings: shops.DefaultSettings(), ReturnLink: "https://app.example.com/returns/k3v9",
		Connections: []shops.Connection{{TikTokShop: "7", Name: "<img>", Region: "US", ConnectedAt: at}},
		TestOrder: testorders.Run{State: testorders.Failed, FinishedAt: &at, Steps: []testorders.Step{
			{Name: testorders.Write, Outcome: testorders.OK, Message: "It is in Shopify.", At: at}, {Name: testorders.Loop, Outcome: testorders.Information, Message: "Loop refused <it>.", At: at},
			{Name: testorders.Refund, Outcome: testorders.NotOK, Message: "Shopify refused it.", At: at},
		}},
		Marks: guide.Marks{guide.H5Asked: {ID: guide.H5Asked, At: at}, "note:h5_redirect": {Note: "asked <Ana>"}},
	}
	return pages.Guide{
		Frame: frame, Facts: f, Guide: guide.Assess(f),
		Tried: pages.Tried{URL: "https://r.example.com/?order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]", Order: "5", ZIP: "1", Ends: "https://r.example.com/?order=5&zip=1", Findings: []guide.Finding{{What: "It begins with https", OK: true}}},
	}
}

func TestGuide(t *testing.T) {
	t.Parallel()
	page := setUp()
	contains(t, page,
		`<progress max="14" value="0"`, `<details class="step" id="h5_redirect" open>`, `<details class="step" id="test_order" open>`, `<details class="step" id="outcomes">`,
		"asked &lt;Ana&gt;", "Mar 2, 2026, 12:00", `data-copy="Hello,`, "Loop refused &lt;it&gt;.", "Send another test order",
		`action="/guide/h5_redirect/untick"`, `name="mark" value="h5_approved"`, "made-up order", `href="https://r.example.com/?order=5&amp;zip=1" target="_blank"`)
	page.Current, page.Typed = guide.Outcomes, "too <long>"
	contains(t, page, `<details class="step" id="outcomes" open>`, `value="too &lt;long&gt;"`)
	page.Tried.Findings[0].OK = false
	if out := draw(t, page); strings.Contains(out, `href="https://r.example.com`) || strings.Contains(out, "<img>") {
		t.Error("a URL that is not good is a link, or a name is markup")
	}
	page.Facts.TestOrder.State = testorders.Running
	contains(t, page, `data-refresh="3"`)
}

func TestGuideOnOnePage(t *testing.T) {
	t.Parallel()
	contains(t, pages.GuideSheet{Guide: setUp()},
		"data-print", "demo.myshopify.com", "&lt;img&gt;", "not set yet", "https://app.example.com/returns/k3v9?order=[TT_ORDER_NUM]&amp;zip=[TTS_ZIP_CODE]",
		"15. Pin Switchback to the order page", "Asked. TikTok&#39;s answer is awaited.", "America/Chicago")
}

package main

import (
	"strconv"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
)

// TestTheGuideIsFollowed does what the guide says, step by step, on the page
// alone: the step that comes next always stands open.
func TestTheGuideIsFollowed(t *testing.T) {
	t.Parallel()
	s := sitDown(t, browsertest.Phone)
	connectInTheBrowser(t, s)
	portal := s.platforms.URL.Loop + "/" + sandbox.Portal
	settings := s.open(t, "/settings")
	settings.Fill(t, "Return portal", portal)
	settings.Click(t, "button", "Save return settings")
	settings.See(t, "Saved")

	guide := s.open(t, "/guide")
	guide.See(t, "0 of 14 steps are done", "Return portal: "+portal)
	done := 0
	finish := func(button string) {
		t.Helper()
		guide.Click(t, "button", button)
		done++
		guide.See(t, strconv.Itoa(done)+" of 14 steps are done")
	}
	guide.Click(t, "button", "Tick: Asked")
	guide.See(t, "TikTok's answer is awaited.")
	finish("Tick: Approved")
	guide.Click(t, "button", "Turn on Pull orders")
	guide.See(t, "Still off: Push fulfillments.")
	finish("Turn on Push fulfillments")
	guide.Click(t, "button", "Turn on Push orders")
	guide.See(t, "Still off: Pull fulfillments.")
	finish("Turn on Pull fulfillments")
	finish("Send a test order") // the page follows it to its end
	guide.See(t, "No order of TikTok's is in Shopify yet.")

	s.orderIs(t, sandbox.Shop, s.buy(t, "One mug"), "written", "")
	guide = s.open(t, "/guide")
	done++
	guide.See(t, "5 of 14 steps are done")
	finish("Tick: The text is in the portal")
	finish("Tick: Loop asks for the ZIP")
	finish("Check the portal")
	finish("Tick: The portal found the order")
	finish("Tick: Installed with partner Loop (Pipe17)")
	guide.See(t, "Return link (recommended)", "It leads to your return portal or to your return link.", "What TikTok makes of it for order")
	finish("Tick: The return URL is entered")
	finish("Tick: The workflow is on")
	finish("Tick: Order, return and refund sync is off")
	guide.Click(t, "button", "Turn on Pull refunds")
	guide.See(t, "Still off: Push refunds.")
	guide.Click(t, "button", "Turn on Push refunds")
	guide.See(t, "Set-up is complete")

	s.open(t, "/guide/print").See(t, "complete", portal)
	again := s.open(t, "/guide?step=outcomes") // it was kept
	again.See(t, "Set-up is complete")
	again.Click(t, "button", "Take back: The workflow is on")
	again.See(t, "13 of 14 steps are done")
	s.quiet(t)
}

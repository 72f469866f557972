package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/switchbackhq/switchback/internal/browsertest"
)

// Without a mouse: switches are moved, a dialog is opened and left, a step of the
// guide is ticked, and a variant is searched for and chosen.
func TestTheKeyboardIsEnough(t *testing.T) {
	t.Parallel()
	s, _, held := furnished(t, browsertest.Desktop)
	settings := s.open(t, "/settings")
	settings.See(t, "Switches")
	settings.TabTo(t, "button", "Disconnect Stoneware UK")
	s.tab.Press(t, kb.Enter)
	settings.See(t, "Disconnect Stoneware UK?")
	s.tab.Press(t, kb.Escape)
	settings.Gone(t, "Disconnect Stoneware UK?")
	settings.TabTo(t, "switch", "Push refunds")
	s.tab.Press(t, " ")
	settings.TabTo(t, "button", "Save switches")
	s.tab.Press(t, kb.Enter)
	settings.See(t, "Saved")

	guide := s.open(t, "/guide")
	guide.See(t, "steps are done")
	guide.TabTo(t, "DisclosureTriangle", "6. Tell buyers what to type")
	s.tab.Press(t, kb.Enter)
	guide.TabTo(t, "button", "Tick: The text is in the portal")
	s.tab.Press(t, kb.Enter)
	guide.TabTo(t, "button", "Take back: The text is in the portal")

	missed := s.open(t, "/exceptions/sku_unmatched")
	missed.See(t, held)
	missed.TabTo(t, "searchbox", "Search in Shopify")
	s.tab.Type(t, "Corduroy")
	s.tab.Press(t, kb.Enter)
	missed.See(t, "Use this variant")
	missed.TabTo(t, "button", "Use this variant: Corduroy Cap")
	s.tab.Press(t, kb.Enter)
	missed.See(t, "Nothing waits for you here.")
	s.quiet(t)
}

package main

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// The block where it does not tell a story that went well: of an order that is
// not TikTok's, of one with an exception, and while Switchback does not answer.
func TestTheBlocksOtherFacesAreFitToBeSeen(t *testing.T) {
	t.Parallel()
	axe := browsertest.Axe(t)
	s, _, _ := furnished(t, browsertest.Desktop)
	stopped := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, stopped, "written", "")
	_, err := s.platforms.Shopify.Fulfill(sandbox.Shop, s.one(t, sandbox.Shop, stopped).GID, shopifysim.ShipSpec{Company: "Pigeon Post", Numbers: []string{"COO-1"}})
	check(t, err)
	s.orderIs(t, sandbox.Shop, stopped, "written", "", "carrier_unknown")
	orders := s.tab.Visit(t, s.admin("/orders"))
	orders.Click(t, "button", "Buy in the online store")
	orders.See(t, "June Walker")
	strange := s.tab.Address(t)

	for sizeName, size := range map[string]browsertest.Size{"desktop": browsertest.Desktop, "phone": browsertest.Phone} {
		s.tab.Resize(t, size)
		inspect := func(face string, block *browsertest.View, expected ...string) {
			t.Helper()
			s.tab.Inspect(t, axe, sizeName+" block "+face, []*browsertest.View{block.Part(), s.tab.View("")}, expected...)
		}
		s.tab.Visit(t, strange)
		block := s.tab.View(strange + "/block")
		block.See(t, "This order did not come from TikTok Shop.")
		inspect("of another order", block, "status of 404")

		block = s.openShopifyOrder(t, stopped)
		block.See(t, "Pigeon Post", "Open in Switchback")
		inspect("with an exception", block)

		s.tab.Block(t, s.app+"/api/block*")
		block = s.openShopifyOrder(t, stopped)
		block.See(t, stopped, "Switchback does not answer")
		inspect("without an answer", block, "/api/block")
		s.tab.Block(t)
		block.Click(t, "button", "Try again")
		block.See(t, "Pigeon Post")
	}
}

package main

import (
	"errors"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
)

// TestTheMerchantsWay goes the whole way with mouse and keyboard: the app is
// opened and connected, an order is bought, arrives, is shipped, comes back
// through Loop and is paid back by TikTok, and every page says so.
func TestTheMerchantsWay(t *testing.T) {
	t.Parallel()
	s := sitDown(t, browsertest.Desktop)
	connectInTheBrowser(t, s)
	turnOn(t, s, "Pull orders", "Push orders", "Pull fulfillments", "Push fulfillments", "Pull refunds", "Push refunds")
	s.quiet(t)

	number := s.buy(t, "One mug")
	orderPage := s.openOrder(t, number)
	orderPage.See(t, "In Shopify", "Stoneware Mug 12oz")
	block := s.openShopifyOrder(t, number)
	block.See(t, number, "In Shopify", "Findable by number and ZIP")

	// The merchant ships it in Shopify's admin.
	shop := s.tab.View("")
	shop.Fill(t, "Tracking numbers", "9400111899223344556677")
	shop.Click(t, "button", "Fulfill items")
	shop.See(t, "Mark as delivered") // there is a shipment now
	s.openOrder(t, number).See(t, "Shipped")
	s.sellerCenter(t, "/orders/"+number).See(t, "9400111899223344556677")

	s.returnInLoop(t, number)
	s.openOrder(t, number).See(t, "Paid by TikTok", "Both sides agree.")
	s.openShopifyOrder(t, number).See(t, "Completed")
	s.open(t, "/").See(t, "1 refund paid in the last 30 days")
	s.open(t, "/reconciliation").See(t, "0.00 USD")
	s.quiet(t)
}

// connectInTheBrowser opens the app, which installs it, and connects the seller.
func connectInTheBrowser(t *testing.T, s *seat) {
	t.Helper()
	s.open(t, "/").Click(t, "button", "Connect TikTok")
	notice := s.tab.View("")
	notice.See(t, "TikTok Shop is connected", "Stoneware US", "another currency")
	notice.Click(t, "link", "Back to Switchback")
	s.tab.View(s.app).See(t, "At a glance")
}

// turnOn moves switches of the settings page.
func turnOn(t *testing.T, s *seat, switches ...string) {
	t.Helper()
	page := s.open(t, "/settings")
	for _, name := range switches {
		page.Click(t, "switch", name)
	}
	page.Click(t, "button", "Save switches")
	page.See(t, "Saved")
}

// buy places an order in Seller Center and gives its number.
func (s *seat) buy(t *testing.T, what string) string {
	t.Helper()
	before := len(s.platforms.TikTok.OrderIDs())
	s.sellerCenter(t, "/new").Click(t, "button", "Buy: "+what)
	s.until(t, func() error {
		if len(s.platforms.TikTok.OrderIDs()) == before {
			return errors.New("the order is not placed")
		}
		return nil
	})
	ids := s.platforms.TikTok.OrderIDs()
	return ids[len(ids)-1]
}

// openOrder opens the app's page of an order as soon as the order is written.
func (s *seat) openOrder(t *testing.T, number string) *browsertest.View {
	t.Helper()
	s.written(t, number)
	return s.open(t, "/orders/"+number)
}

// openShopifyOrder opens Shopify's page of an order and gives the app's block on it.
func (s *seat) openShopifyOrder(t *testing.T, number string) *browsertest.View {
	t.Helper()
	path := "/orders/" + s.written(t, number)
	s.tab.Visit(t, s.admin(path))
	return s.tab.View(s.admin(path + "/block"))
}

// written waits for the order in Shopify and gives the number in its page's address.
func (s *seat) written(t *testing.T, number string) (legacyID string) {
	t.Helper()
	s.until(t, func() error {
		order, found := s.platforms.Shopify.OrderByName(sandbox.Shop, number)
		if !found {
			return errors.New("the order is not in Shopify")
		}
		legacyID = order.LegacyID()
		return nil
	})
	return legacyID
}

// returnInLoop is the buyer, who comes from TikTok's app.
func (s *seat) returnInLoop(t *testing.T, number string) {
	t.Helper()
	s.sellerCenter(t, "/orders/"+number).Click(t, "link", "Return as the buyer")
	portal := s.tab.View("")
	portal.See(t, "What would you like to return?", "Stoneware Mug 12oz")
	portal.Click(t, "button", "Submit the return")
	portal.See(t, "Your return is on its way")
}

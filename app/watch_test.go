package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// seldom keeps polling out of a test that shows what happens at once.
var seldom = scenery{environ: []string{"POLL_INTERVAL=1h"}}

// shopWide waits until the shop's list holds these open exceptions of no order.
func (s *stage) shopWide(t *testing.T, codes ...string) (messages string) {
	t.Helper()
	s.until(t, func() error {
		var list struct {
			Exceptions []struct {
				Code    string `json:"code"`
				Order   string `json:"tiktok_order_id"`
				Message string `json:"message"`
				Status  string `json:"status"`
			} `json:"exceptions"`
		}
		s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/exceptions", "", &list)
		var open []string
		messages = ""
		for _, e := range list.Exceptions {
			if e.Status == "open" && e.Order == "" {
				open = append(open, e.Code)
				messages += e.Message + "\n"
			}
		}
		if !slices.Equal(open, codes) {
			return fmt.Errorf("of the whole shop there is %v, want %v", open, codes)
		}
		return nil
	})
	return messages
}

func (s *stage) reconnect(t *testing.T) {
	t.Helper()
	if status, body := s.connect(t, sandbox.Shop, sandbox.Seller); status != http.StatusOK {
		t.Fatalf("connect again: %d %s", status, body)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TikTok refuses to renew: one notice for the shop, work waits, and connecting
// again is all that anybody does.
func TestTikTokRefusesToRenew(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	check(t, s.platforms.TikTok.ExpireTokens(sandbox.Seller))
	check(t, s.platforms.TikTok.ExpireRefreshTokens(sandbox.Seller))
	ids := []string{s.place(t, "AWAITING_SHIPMENT"), s.place(t, "AWAITING_SHIPMENT")}
	for _, id := range ids {
		s.orderIs(t, sandbox.Shop, id, "held", "connection_expired", "connection_expired")
	}
	s.shopWide(t, "connection_expired")
	s.reconnect(t)
	for _, id := range ids {
		s.orderIs(t, sandbox.Shop, id, "written", "")
		s.one(t, sandbox.Shop, id)
	}
	s.shopWide(t)
}

// The same at Shopify: the merchant opens the app once.
func TestShopifyRefusesToRenew(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	s.platforms.Shopify.HoldWebhooks() // nobody hears that the tokens ended
	check(t, s.platforms.Shopify.Uninstall(sandbox.Shop))
	id := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, id, "held", "connection_expired", "connection_expired")
	if text := s.shopWide(t, "connection_expired"); !strings.Contains(text, "Shopify") {
		t.Errorf("the merchant reads %q", text)
	}
	check(t, s.platforms.Shopify.Reinstall(sandbox.Shop))
	s.open(t, sandbox.Shop)
	s.orderIs(t, sandbox.Shop, id, "written", "")
	s.one(t, sandbox.Shop, id)
	s.shopWide(t)
}

func TestTokensThatEndInTheMiddleOfAJob(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	s.platforms.TikTokFaults.Add(tiktoksim.OpExternalGet, chaos.Fault{Kind: chaos.TokenExpired}, 1)
	s.platforms.ShopifyFaults.Add("orderCreate", chaos.Fault{Kind: chaos.TokenExpired}, 1)
	first := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, first, "written", "")
	s.one(t, sandbox.Shop, first)
	check(t, s.platforms.TikTok.ExpireTokens(sandbox.Seller))
	s.platforms.Shopify.ExpireTokens(sandbox.Shop)
	second := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, second, "written", "")
	s.one(t, sandbox.Shop, second)
	s.shopWide(t)
}

// The seller withdraws the permission: TikTok tells, the connection is off and
// the merchant reads why, until the seller agrees again.
func TestDeauthorization(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	check(t, s.platforms.TikTok.Deauthorize(sandbox.Seller))
	if text := s.shopWide(t, "connection_expired"); !strings.Contains(text, "TikTok shop") {
		t.Errorf("the merchant reads %q", text)
	}
	s.reconnect(t)
	s.shopWide(t)
	s.orderIs(t, sandbox.Shop, s.place(t, "AWAITING_SHIPMENT"), "written", "")
}

// TikTok announces the end of a permission every day, from thirty days before.
func TestAPermissionThatWillEnd(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	s.trace(t) // what connecting started is over, and would clear what follows
	for range 2 {
		data := map[string]any{"message": "soon", "expiration_time": "1803859200"} // 1 March 2027
		check(t, s.platforms.TikTok.Notify(sandbox.TikTokShop, 7, data, false))
	}
	if text := s.shopWide(t, "connection_expiring"); !strings.Contains(text, "1 March 2027") {
		t.Errorf("the merchant reads %q", text)
	}
	s.orderIs(t, sandbox.Shop, s.place(t, "AWAITING_SHIPMENT"), "written", "") // it still works
	s.reconnect(t)
	s.shopWide(t)
}

// A scope that Shopify grants again takes up what waited for it at once.
func TestAScopeThatComesBack(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	check(t, s.platforms.Shopify.GrantScopes(sandbox.Shop, "read_products"))
	id := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, id, "held", "scope_missing", "scope_missing")
	check(t, s.platforms.Shopify.GrantScopes(sandbox.Shop, "write_orders", "read_products"))
	s.orderIs(t, sandbox.Shop, id, "written", "")
}

// Polling alone, in the whole program: nothing else tells of the orders.
func TestPollingAlone(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{environ: []string{"POLL_INTERVAL=1s"}})
	s.furnished(t)
	s.platforms.TikTok.HoldWebhooks(true)
	ids := make([]string, 20)
	for n := range ids {
		ids[n] = s.place(t, "AWAITING_SHIPMENT")
	}
	for _, id := range ids {
		s.orderIs(t, sandbox.Shop, id, "written", "")
		s.one(t, sandbox.Shop, id)
	}
	check(t, s.platforms.TikTok.SetStatus(ids[0], "IN_TRANSIT"))
	s.until(t, func() error {
		var view struct {
			Status string `json:"tiktok_status"`
		}
		s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/orders/"+ids[0], "", &view)
		if view.Status != "IN_TRANSIT" {
			return fmt.Errorf("status is %q", view.Status)
		}
		return nil
	})
}

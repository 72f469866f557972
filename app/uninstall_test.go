package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// answers waits until the API answers a shop with that status.
func (s *stage) answers(t *testing.T, shop string, want int) {
	t.Helper()
	s.until(t, func() error {
		if code, body := s.api(t, shop, http.MethodGet, "/api/settings", ""); code != want {
			return fmt.Errorf("%s: %d %s, want %d", shop, code, body, want)
		}
		return nil
	})
}

// idle waits until every webhook is answered and every job is done.
func (s *stage) idle(t *testing.T) {
	t.Helper()
	s.settled(t)
	s.trace(t)
}

// goodbye is the delivery of the latest app/uninstalled.
func (s *stage) goodbye(t *testing.T) shopifysim.Delivery {
	t.Helper()
	for _, d := range slices.Backward(s.platforms.Shopify.Deliveries()) {
		if d.Topic == "app/uninstalled" {
			return d
		}
	}
	t.Fatal("Shopify has not said that the app was uninstalled")
	return shopifysim.Delivery{}
}

// TestUninstall ends an installation; what belongs to it goes, and coming back is like the first time.
func TestUninstall(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	order := s.place(t, "AWAITING_SHIPMENT")
	s.wellWritten(t, order)
	if err := s.platforms.Shopify.Uninstall(sandbox.Shop); err != nil {
		t.Fatal(err)
	}
	s.answers(t, sandbox.Shop, http.StatusUnauthorized)
	s.idle(t)
	if left := s.platforms.TikTok.Subscriptions(sandbox.TikTokShop); len(left) != 0 {
		t.Errorf("TikTok still has the subscriptions %v", left)
	}
	// TikTok may go on for a while; it gets its 200 and nothing happens.
	s.taken(t, s.tiktokHook(t, statusChange(sandbox.TikTokShop, order, "n-late", "IN_TRANSIT"), s.variable("TIKTOK_APP_SECRET")))

	if err := s.platforms.Shopify.Reinstall(sandbox.Shop); err != nil {
		t.Fatal(err)
	}
	s.open(t, sandbox.Shop)
	s.answers(t, sandbox.Shop, http.StatusOK)
	// The first goodbye comes again, byte for byte, and as a second subscription's: both end nothing.
	first := s.goodbye(t)
	s.platforms.Shopify.RedeliverWebhook(first.WebhookID)
	s.platforms.Shopify.TwinWebhook(first.WebhookID)
	s.idle(t)
	s.answers(t, sandbox.Shop, http.StatusOK)

	if code, body := s.connect(t, sandbox.Shop, sandbox.Seller); code != http.StatusOK {
		t.Fatalf("connect again: %d %s", code, body)
	}
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))
	s.one(t, sandbox.Shop, order) // what was written before is left as it is
}

// TestLateUninstall hears of an uninstall only after the merchant has installed the app again.
func TestLateUninstall(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	s.platforms.Shopify.HoldWebhooks()
	if err := s.platforms.Shopify.Uninstall(sandbox.Shop); err != nil {
		t.Fatal(err)
	}
	// An order in the meantime shows the app that its token is worth nothing.
	between := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, between, "held", "connection_expired", "connection_expired")
	if err := s.platforms.Shopify.Reinstall(sandbox.Shop); err != nil {
		t.Fatal(err)
	}
	s.open(t, sandbox.Shop) // a new token: this installation is younger than the goodbye
	s.platforms.Shopify.ReleaseWebhooks(nil)
	for range 3 {
		s.platforms.Shopify.RedeliverWebhook(s.goodbye(t).WebhookID)
	}
	s.idle(t)
	s.answers(t, sandbox.Shop, http.StatusOK)
	if left := s.platforms.TikTok.Subscriptions(sandbox.TikTokShop); len(left) == 0 {
		t.Error("TikTok no longer tells of orders")
	}
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))
	s.wellWritten(t, between) // by itself: nobody pressed retry
}

// A goodbye and a request to forget the shop, both of an earlier installation, touch nothing of this one.
func TestOldGoodbyes(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	order := s.place(t, "AWAITING_SHIPMENT")
	s.wellWritten(t, order)
	hush, long := s.variable("SHOPIFY_API_SECRET"), time.Now().Add(-48*time.Hour)
	for _, topic := range []string{"app/uninstalled", "shop/redact", "app/uninstalled"} {
		s.taken(t, s.shopifyHook(t, sandbox.Shop, topic, `{"shop_domain":"`+sandbox.Shop+`"}`, hush, long))
	}
	s.idle(t)
	s.orderIs(t, sandbox.Shop, order, "written", "")
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))
}

// TestForgetShop erases a shop 48 hours after it has uninstalled.
func TestForgetShop(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	order := s.place(t, "AWAITING_SHIPMENT")
	s.wellWritten(t, order)
	if err := s.platforms.Shopify.Uninstall(sandbox.Shop); err != nil {
		t.Fatal(err)
	}
	s.answers(t, sandbox.Shop, http.StatusUnauthorized)
	s.idle(t)
	if err := s.platforms.Shopify.RedactShop(sandbox.Shop); err != nil {
		t.Fatal(err)
	}
	s.settled(t)
	s.until(t, func() error {
		for _, table := range []string{"shops", "settings", "tokens", "authorizations", "connections", "orders", "order_lines", "order_units", "timeline", "exceptions"} {
			if rows := s.trace(t)[table]; !strings.HasPrefix(rows, "0 rows") {
				return fmt.Errorf("%s still holds %s", table, rows)
			}
		}
		return nil
	})
	s.trace(t) // nothing is under way
	database, err := sql.Open("sqlite", "file:"+s.file+"?mode=ro&_pragma=busy_timeout(5000)")
	check(t, err)
	defer func() { _ = database.Close() }()
	for _, table := range column(t, database, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		for _, row := range rawRows(t, database, table) {
			for field, value := range row {
				if strings.Contains(value, sandbox.Shop) && row["kind"] != "shop_erase" { // the record that it was done ends a day later
					t.Errorf("%s.%s still holds %q (%s)", table, field, value, row["kind"])
				}
			}
		}
	}
}

// TestScopesUpdate takes the scopes from Shopify, not from the webhook.
func TestScopesUpdate(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.open(t, sandbox.Shop)
	if err := s.platforms.Shopify.GrantScopes(sandbox.Shop, "read_products", "write_orders"); err != nil {
		t.Fatal(err)
	}
	s.settled(t)
	s.until(t, func() error {
		if shop := s.trace(t)["shops"]; !strings.Contains(shop, "read_products") || strings.Contains(shop, "read_locations") {
			return fmt.Errorf("kept: %s", shop)
		}
		return nil
	})
	s.answers(t, sandbox.Shop, http.StatusOK)
}

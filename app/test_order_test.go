package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// testOrderView is what the API tells of a test order.
type testOrderView struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Steps []struct {
		Name    string `json:"name"`
		Outcome string `json:"outcome"`
		Message string `json:"message"`
	} `json:"steps"`
}

// testOrderOver waits for the end of the last test order.
func (s *stage) testOrderOver(t *testing.T) testOrderView {
	t.Helper()
	var view struct {
		TestOrder testOrderView `json:"test_order"`
	}
	s.until(t, func() error {
		s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/test-order", "", &view)
		if view.TestOrder.State == "running" {
			return fmt.Errorf("the test order is under way: %+v", view.TestOrder)
		}
		return nil
	})
	return view.TestOrder
}

// recurring are the calls that come by themselves, whatever else happens.
var recurring = []string{tiktoksim.OpOrderSearch, tiktoksim.OpReturnSearch, tiktoksim.OpCancelSearch, tiktoksim.OpWebhookList}

func TestATestOrder(t *testing.T) {
	t.Parallel()
	topics := []string{"orders/create", "orders/updated", "orders/cancelled", "orders/delete", "refunds/create"}
	s := play(t, scenery{topics: topics})
	s.open(t, sandbox.Shop)
	if _, body := s.api(t, sandbox.Shop, http.MethodGet, "/api/test-order", ""); body != `{"test_order":null}` {
		t.Errorf("before the first: %s", body)
	}
	s.furnished(t)
	s.giveLoopKey(t, theLoopKey)
	s.idle(t)
	sellers := len(s.platforms.TikTok.Requests())
	s.platforms.ShopifyFaults.Add("orderCreate", chaos.Fault{Kind: chaos.CutAfter}, 1)
	var first, again testOrderView
	s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/test-order", "", &first)
	s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/test-order", "", &again)
	if !regexp.MustCompile(`^TEST-[0-9]{18}$`).MatchString(first.ID) || first.ID != again.ID || first.State != "running" {
		t.Errorf("two clicks: %+v and %+v", first, again)
	}
	run := s.testOrderOver(t)
	if run.ID != first.ID || run.State != "passed" || len(run.Steps) != 7 {
		t.Errorf("%+v", run)
	}
	s.idle(t)

	// Nothing is left of it, on either side; its webhooks were kept and ignored.
	if orders := s.platforms.Shopify.Orders(sandbox.Shop); len(orders) != 0 {
		t.Errorf("left in Shopify: %+v", orders)
	}
	for _, r := range s.platforms.TikTok.Requests()[sellers:] {
		if !slices.Contains(recurring, r.Op) {
			t.Errorf("TikTok was called: %s", r.Op)
		}
	}
	var told []string
	for _, d := range s.platforms.Shopify.Deliveries() {
		if slices.Contains(topics, d.Topic) && d.Accepted() && !slices.Contains(told, d.Topic) {
			told = append(told, d.Topic)
		}
	}
	if len(told) != len(topics) {
		t.Errorf("accepted only %v", told)
	}
	_, orders := s.api(t, sandbox.Shop, http.MethodGet, "/api/orders", "")
	_, open := s.api(t, sandbox.Shop, http.MethodGet, "/api/exceptions", "")
	if strings.Contains(orders+open, "TEST-") {
		t.Errorf("the test order became an order: %s %s", orders, open)
	}
	code, out, errs := s.command(t, "explain", "#"+first.ID)
	has(t, "explain", code, 0, out+errs, first.ID, "state    passed", "shopify OrderCreate", "outcome=ok", "loop")
	code, _, errs = s.command(t, "explain", "TEST-000000000000000000")
	has(t, "explain of an unknown test order", code, 1, errs, "unknown")
	code, _, errs = s.command(t, "test-order")
	has(t, "test-order beside a server", code, 1, errs, "POST /api/test-order")
}

func TestTheTestOrderCommand(t *testing.T) {
	t.Parallel()
	s := settledStage(t)
	code, out, errs := s.command(t, "test-order", "--shop", sandbox.Shop)
	has(t, "test-order", code, 0, out+errs, "test order TEST-", "ok     write", "info   loop", "ok     refund", "ok     cancel", "ok     delete")
	if orders := s.platforms.Shopify.Orders(sandbox.Shop); len(orders) != 0 {
		t.Errorf("left in Shopify: %+v", orders)
	}
	if err := s.platforms.Shopify.GrantScopes(sandbox.Shop, "read_products"); err != nil {
		t.Fatal(err)
	}
	code, out, errs = s.command(t, "test-order")
	has(t, "test-order without a scope", code, 1, out+errs, "FAULT  write", "permission", "the test order failed")
}

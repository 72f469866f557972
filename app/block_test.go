package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// blockView is what the block on Shopify's order page is told.
type blockView struct {
	TikTokOrderID string `json:"tiktok_order_id"`
	Legs          struct {
		Order, Shipments, Refunds struct{ State string }
	} `json:"legs"`
	Findable struct {
		ByZIP  bool   `json:"by_zip"`
		Reason string `json:"reason"`
	} `json:"findable"`
	Exceptions []exceptionView `json:"exceptions"`
	ReturnLink *string         `json:"return_link"`
}

func (s *stage) block(t *testing.T, order string) blockView {
	t.Helper()
	var view blockView
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/block?order="+url.QueryEscape(order), "", &view)
	return view
}

func TestTheBlockKnowsAnOrderByShopifysID(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"return_portal_url":"https://returns.example"}`, nil)
	id := s.place(t, "AWAITING_SHIPMENT")
	view := s.orderIs(t, sandbox.Shop, id, "written", "")

	got := s.block(t, view.ShopifyOrderID)
	link := "https://returns.example/?order=" + id
	want := blockView{TikTokOrderID: id, ReturnLink: &link}
	want.Legs.Order.State, want.Legs.Shipments.State, want.Legs.Refunds.State = "written", "none", "none"
	want.Findable.ByZIP, want.Exceptions = true, []exceptionView{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	hidden, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{
		Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}, ShippingType: "TIKTOK", MaskPostalCode: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	view = s.orderIs(t, sandbox.Shop, hidden, "written", "", "zip_masked")
	got = s.block(t, view.ShopifyOrderID)
	if got.Findable.ByZIP || got.Findable.Reason != "zip_masked" || len(got.Exceptions) != 1 || got.Exceptions[0].Fix == "" {
		t.Errorf("a hidden ZIP: %+v", got)
	}

	path := "/api/block?order=" + url.QueryEscape(strings.TrimRight(view.ShopifyOrderID, "0123456789")+"404")
	if status, body := s.api(t, sandbox.Shop, http.MethodGet, path, ""); status != http.StatusNotFound {
		t.Errorf("an order that is not ours: %d %s", status, body)
	}
}

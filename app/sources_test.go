package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// Webhooks, polling, a backfill and a person all ask for the same orders at the
// same moment: each order is written by one of them.
func TestEverySourceAtOnce(t *testing.T) {
	t.Parallel()
	// Where Shopify does not refuse a second order, only our own care prevents it.
	s := play(t, scenery{dropMetafield: true, environ: []string{"POLL_INTERVAL=1s"}})
	s.furnished(t)
	s.platforms.TikTok.HoldWebhooks(true)
	// Without orders to be found, polling would have written them before the rest began.
	s.platforms.TikTokFaults.Add(tiktoksim.OpOrderSearch, chaos.Fault{Kind: chaos.ServerError}, 2)
	start := time.Now()
	ids := make([]string, 10)
	for n := range ids {
		ids[n] = s.place(t, "AWAITING_SHIPMENT")
	}
	var askers sync.WaitGroup
	for range 3 {
		for _, held := range s.platforms.TikTok.Held() {
			askers.Go(func() { s.taken(t, s.tiktokHook(t, string(held.Body), s.variable("TIKTOK_APP_SECRET"))) })
		}
	}
	for _, id := range ids {
		askers.Go(func() { s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/orders/"+id+"/import", "", nil) })
	}
	askers.Go(func() {
		s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/backfills", `{"from":"`+fewDaysAgo()+`","tiktok_shop_id":"`+sandbox.TikTokShop+`"}`, nil)
	})
	askers.Wait()
	for _, id := range ids {
		s.wellWritten(t, id)
	}
	if n := s.creates(start); n != len(ids) {
		t.Errorf("orderCreate was called %d times for %d orders", n, len(ids))
	}
}

// What happens to an order at TikTok after it was written happens in Shopify too, and nobody is told by mail.
func TestWhatChangesAtTikTokIsFollowed(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{environ: []string{"POLL_INTERVAL=1s"}})
	s.furnished(t)
	two := tiktoksim.SampleUnit()
	two.Count = 2
	id, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{two}})
	check(t, err)
	s.wellWritten(t, id)

	home := tiktoksim.DefaultAddress("US")
	home.Line1, home.PostalCode = "7 Oak Street", "10001"
	check(t, s.platforms.TikTok.ChangeAddress(id, home))
	s.until(t, func() error {
		if a := s.one(t, sandbox.Shop, id).ShippingAddress; a.Zip != "10001" || a.Address1 != "7 Oak Street" {
			return fmt.Errorf("address in %s", a.Zip)
		}
		return nil
	})

	order, _ := s.platforms.TikTok.Order(id)
	// Of a single unit TikTok sends no webhook: polling finds it.
	check(t, s.platforms.TikTok.CancelLines(id, tiktoksim.Cancellation{LineIDs: order.LineIDs[:1]}))
	s.until(t, func() error {
		if o := s.one(t, sandbox.Shop, id); len(o.Refunds) != 1 || o.Lines[0].Removed != 1 {
			return &miscount{"refunds", len(o.Refunds), 1}
		}
		return nil
	})
	check(t, s.platforms.TikTok.SetStatus(id, "CANCELLED"))
	s.orderIs(t, sandbox.Shop, id, "cancelled", "")
	o := s.one(t, sandbox.Shop, id)
	if o.Canceled.IsZero() || o.Refunded != o.Total || len(o.Refunds) != 2 {
		t.Errorf("cancelled %v, refunded %d of %d in %d", o.Canceled, o.Refunded, o.Total, len(o.Refunds))
	}
	if mails := s.platforms.Shopify.Emails(); len(mails) != 0 {
		t.Errorf("somebody was told: %v", mails)
	}
}

// Pull observes, push acts: what waits for either goes on when it is turned on.
func TestReviewBeforeSending(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	set := func(body string) { s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", body, nil) }
	set(`{"pull_orders":false,"push_orders":false}`)
	id := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, id, "waiting", "pull_orders_off")
	set(`{"pull_orders":true}`)
	s.orderIs(t, sandbox.Shop, id, "held", "push_orders_off")
	set(`{"push_orders":true}`)
	s.wellWritten(t, id)
}

// A file of mappings is all that an order of an unknown SKU waits for; a setting does without.
func TestUnknownSKUs(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{environ: []string{"POLL_INTERVAL=1s"}})
	s.furnished(t)
	unknown := func(sku string) string {
		t.Helper()
		unit := tiktoksim.SampleUnit()
		unit.SKUID, unit.SellerSKU = sku, "NOBODY-HAS-"+sku
		id, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{unit}})
		check(t, err)
		s.orderIs(t, sandbox.Shop, id, "held", "sku_unmatched", "sku_unmatched")
		return id
	}
	mapped, custom := unknown("1729900000000090001"), unknown("1729900000000090002")
	hat := s.variantOf(t, "HAT-RST")
	s.putCSV(t, "sku_id,variant_id\n1729900000000090001,"+hat+"\n")
	s.wellWritten(t, mapped)
	if got := s.one(t, sandbox.Shop, mapped).Lines[0].VariantGID; got != hat {
		t.Errorf("written as %s, want %s", got, hat)
	}
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"unmapped_sku":"custom_line"}`, nil)
	s.wellWritten(t, custom)
	if got := s.one(t, sandbox.Shop, custom).Lines[0].VariantGID; got != "" {
		t.Errorf("written as %s, want a custom line", got)
	}
}

func (s *stage) variantOf(t *testing.T, sku string) string {
	t.Helper()
	for _, v := range s.platforms.Shopify.Variants(sandbox.Shop) {
		if v.SKU == sku {
			return v.GID
		}
	}
	t.Fatalf("no variant %s", sku)
	return ""
}

func (s *stage) putCSV(t *testing.T, file string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.app+"/api/mappings/skus", strings.NewReader(file))
	check(t, err)
	request.Header.Set("Authorization", "Bearer "+s.platforms.Shopify.SessionToken(sandbox.Shop, user))
	request.Header.Set("Content-Type", "text/csv")
	status, _, body, err := send(still, request)
	check(t, err)
	if status != http.StatusOK {
		t.Fatalf("put mappings: %d %s", status, body)
	}
}

// Subscriptions that are gone are set again when the connection is looked at.
func TestSubscriptionsAreRepaired(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.open(t, sandbox.Shop)
	s.platforms.TikTokFaults.Add(tiktoksim.OpWebhookPut, chaos.Fault{Kind: chaos.ServerError, Status: http.StatusNotFound}, 50)
	if status, body := s.connect(t, sandbox.Shop, sandbox.Seller); status != http.StatusOK {
		t.Fatalf("connect: %d %s", status, body)
	}
	s.trace(t) // what connecting and starting began is over, and would clear what follows
	s.platforms.TikTokFaults.Clear()
	s.taken(t, s.tiktokHook(t, expiring, s.variable("TIKTOK_APP_SECRET")))
	s.shopWide(t, "connection_expiring")
	var list struct {
		Exceptions []exceptionView `json:"exceptions"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/exceptions", "", &list)
	s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/exceptions/"+list.Exceptions[0].ID+"/retry", "", nil)
	s.until(t, func() error {
		present := s.platforms.TikTok.Subscriptions(sandbox.TikTokShop)
		for _, event := range []string{"ORDER_STATUS_CHANGE", "RECIPIENT_ADDRESS_UPDATE", "SELLER_DEAUTHORIZATION"} {
			if present[event] != s.app+"/webhooks/tiktok" {
				return fmt.Errorf("subscriptions are %v", present)
			}
		}
		return nil
	})
}

// expiring is TikTok's notice that a permission will end.
const expiring = `{"type":7,"tts_notification_id":"7628000000000009001","shop_id":"` + sandbox.TikTokShop + `","timestamp":1795400000,"data":{"message":"soon","expiration_time":"1803859200"}}`

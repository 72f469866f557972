package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// levels are those of the lines that TestOneLinePerOutcome waits for.
var levels = map[string]string{
	"serving": "INFO", "http.request": "INFO", "webhook.received": "INFO", "webhook.rejected": "WARN",
	"order.waiting": "INFO", "order.held": "INFO", "order.imported": "INFO",
	"exception.opened": "WARN", "exception.resolved": "INFO",
	"fulfillment.forwarded": "INFO", "fulfillment.mirrored": "INFO", "fulfillment.delivered": "INFO",
	"refund.forwarded": "INFO", "refund.completed": "INFO", "refund.needs_merchant": "INFO", "refund.handled": "INFO", "refund.mirrored": "INFO",
	"token.refreshed": "INFO", "job.completed": "INFO", "job.postponed": "INFO", "job.failed": "WARN",
	"poll.finished": "INFO", "shop.installed": "INFO", "tiktok.connected": "INFO",
}

// line is one of the log's.
type line map[string]any

// is tells whether the line has that message and those fields, given in pairs.
func (l line) is(msg string, fields ...string) bool {
	if l["msg"] != msg {
		return false
	}
	for n := 0; n < len(fields); n += 2 {
		if l[fields[n]] != fields[n+1] {
			return false
		}
	}
	return true
}

// lines are what was logged so far.
func (j *journal) lines(t *testing.T) (list []line) {
	t.Helper()
	for text := range strings.Lines(j.whole()) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		list = append(list, l)
	}
	return list
}

func count(list []line, msg string, fields ...string) (n int) {
	for _, l := range list {
		if l.is(msg, fields...) {
			n++
		}
	}
	return n
}

// TestOneLinePerOutcome tells the story and more, and reads the log as an
// operator would: each thing that happened is there once, on its level, under
// the order's number, and what a merchant wrote about a buyer is not.
func TestOneLinePerOutcome(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); onePerOutcome(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); onePerOutcome(t, postgrestest.URL(t)) })
}

func onePerOutcome(t *testing.T, database string) {
	t.Helper()
	s := play(t, scenery{database: database, environ: []string{"LOG_FORMAT=json"}})
	story := sandbox.Story{World: s.platforms, App: s.app, Out: t.Output(), Patience: patience}
	check(t, story.Tell(t.Context()))
	held := s.heldAndMended(t)
	s.met(t)
	stopped := s.refundedByHand(t, held)
	s.settled(t)
	s.until(t, func() error {
		list := s.log.lines(t)
		for msg := range levels {
			if count(list, msg) == 0 {
				return fmt.Errorf("the log has no %s", msg)
			}
		}
		return nil
	})
	list := s.log.lines(t)
	for _, want := range []struct {
		msg    string
		fields []string
	}{
		{"order.held", []string{"tiktok_order_id", held, "reason", "sku_unmatched"}},
		{"exception.opened", []string{"tiktok_order_id", held, "code", "sku_unmatched"}},
		{"exception.resolved", []string{"tiktok_order_id", held, "code", "sku_unmatched", "resolution", "cause_gone"}},
		{"exception.opened", []string{"tiktok_order_id", held, "code", "refund_no_money"}},
		{"exception.resolved", []string{"tiktok_order_id", held, "code", "refund_no_money"}},
		{"refund.needs_merchant", []string{"tiktok_order_id", held, "shopify_refund_id", stopped, "reason", "refund_no_money"}},
		{"refund.handled", []string{"tiktok_order_id", held, "shopify_refund_id", stopped}},
		{"serving", nil}, {"shop.installed", []string{"shop", sandbox.Shop}}, {"tiktok.connected", []string{"shop", sandbox.Shop}},
	} {
		if n := count(list, want.msg, want.fields...); n != 1 {
			t.Errorf("%d lines %s %v, want 1", n, want.msg, want.fields)
		}
	}
	if n := count(list, "webhook.rejected", "code", "invalid_signature"); n != 1 {
		t.Errorf("the forged delivery has %d lines", n)
	}
	for _, l := range list {
		if l.is("http.request", "route", "/webhooks/tiktok") && l["status"] != 200.0 && l["status"] != 503.0 {
			t.Errorf("the forged delivery has a second line: %v", l)
		}
	}
	s.eachOnce(t, list)
	s.sane(t, list)
}

// heldAndMended is an order that Shopify has no product for, looked at twice
// more in vain, then told which it is.
func (s *stage) heldAndMended(t *testing.T) (id string) {
	t.Helper()
	unit := tiktoksim.SampleUnit()
	unit.SKUID, unit.SellerSKU = "1729900000000090001", "NOWHERE-1"
	id, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{unit}})
	check(t, err)
	s.orderIs(t, sandbox.Shop, id, "held", "sku_unmatched", "sku_unmatched")
	for range 2 {
		asked := count(s.log.lines(t), "job.completed", "kind", "order_import", "tiktok_order_id", id, "cause", "asked")
		s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/orders/"+id+"/import", "", nil)
		s.until(t, func() error {
			if count(s.log.lines(t), "job.completed", "kind", "order_import", "tiktok_order_id", id, "cause", "asked") == asked {
				return fmt.Errorf("order %s was not looked at again", id)
			}
			return nil
		})
	}
	s.putCSV(t, "sku_id,variant_id\n1729900000000090001,"+s.platforms.Shopify.Variants(sandbox.Shop)[0].GID+"\n")
	s.wellWritten(t, id)
	return id
}

// met is what a day brings: a forged delivery, a token whose time is up, a platform that fails once.
func (s *stage) met(t *testing.T) {
	t.Helper()
	if status, _, body, err := send(still, s.tiktokHook(t, `{"type":1}`, "not TikTok's secret")); err != nil || status != http.StatusUnauthorized {
		t.Errorf("a forged delivery: %d %s, %v", status, body, err)
	}
	check(t, s.platforms.TikTok.ExpireTokens(sandbox.Seller))
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))
	s.platforms.TikTokFaults.Add(tiktoksim.OpOrderDetail, chaos.Fault{Kind: chaos.ServerError}, 2)
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))
}

// saidOfABuyer is what a merchant writes who has dealt with a refund.
const saidOfABuyer = "Ms Whitfield of Hollow Road got it in cash"

// refundedByHand is a refund without money, which a person says to have dealt with.
func (s *stage) refundedByHand(t *testing.T, id string) (refund string) {
	t.Helper()
	order := s.one(t, sandbox.Shop, id)
	made, err := s.platforms.Shopify.Refund(sandbox.Shop, order.GID, shopifysim.RefundSpec{
		Lines: []shopifysim.RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1, RestockType: "NO_RESTOCK"}}, Amount: new(int64),
	})
	check(t, err)
	s.orderIs(t, sandbox.Shop, id, "written", "", "refund_no_money")
	var open struct {
		Exceptions []struct{ ID, Code, Status string } `json:"exceptions"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/exceptions", "", &open)
	for _, e := range open.Exceptions {
		if e.Code == "refund_no_money" && e.Status == "open" {
			s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/exceptions/"+e.ID+"/resolve", `{"action":"handled","note":"`+saidOfABuyer+`"}`, nil)
		}
	}
	s.orderIs(t, sandbox.Shop, id, "written", "")
	return made
}

// eachOnce holds the log against what the simulated platforms have.
func (s *stage) eachOnce(t *testing.T, list []line) {
	t.Helper()
	for _, id := range s.platforms.TikTok.OrderIDs() {
		if n := count(list, "order.imported", "tiktok_order_id", id); n != len(s.written(sandbox.Shop, id)) {
			t.Errorf("order %s is %d times in Shopify and was imported %d times", id, len(s.written(sandbox.Shop, id)), n)
		}
	}
	// A thing may be told once of each of these.
	for _, msg := range []string{
		"webhook.received", "order.waiting", "refund.forwarded", "refund.completed", "refund.mirrored", "fulfillment.forwarded", "fulfillment.mirrored", "fulfillment.delivered",
	} {
		told := map[string]int{}
		for _, l := range list {
			if l["msg"] == msg && l["fresh"] != false {
				told[fmt.Sprint(l["platform"], l["delivery_id"], l["tiktok_order_id"], l["shopify_refund_id"], l["shopify_fulfillment_id"])]++
			}
		}
		for what, n := range told {
			if n != 1 {
				t.Errorf("%s is told %d times of %s", msg, n, what)
			}
		}
	}
	if n := count(list, "refund.forwarded"); n != count(list, "refund.completed") || n != 2 {
		t.Errorf("%d refunds went to TikTok and %d were paid, want 2", n, count(list, "refund.completed"))
	}
}

// names are the shapes of what stands under some names.
var names = map[string]*regexp.Regexp{
	"shop": regexp.MustCompile(`^[a-z0-9-]+\.myshopify\.com$`), "tiktok_order_id": regexp.MustCompile(`^[0-9]{18}$`), "tiktok_shop_id": regexp.MustCompile(`^[0-9]{19}$`),
	"shopify_order_id": regexp.MustCompile(`^gid://shopify/Order/\d+$`), "shopify_refund_id": regexp.MustCompile(`^gid://shopify/Refund/\d+$`),
	"shopify_fulfillment_id": regexp.MustCompile(`^gid://shopify/Fulfillment/\d+$`), "platform": regexp.MustCompile(`^(shopify|tiktok)$`),
	"version": regexp.MustCompile(`^\(?[a-z0-9.]+`),
}

// sane wants each line on its level, its ids under their names, its times in seconds, and nobody's words.
func (s *stage) sane(t *testing.T, list []line) {
	t.Helper()
	for _, l := range list {
		msg, _ := l["msg"].(string)
		if want := levels[msg]; want != "" && l["level"] != want {
			t.Errorf("%v: want %s", l, want)
		}
		for name, shape := range names {
			if value, found := l[name]; found && !shape.MatchString(fmt.Sprint(value)) {
				t.Errorf("%s of %v", name, l)
			}
		}
		if took, found := l["took"].(float64); found && (took < 0 || took > patience.Seconds()) {
			t.Errorf("%v took %v seconds", msg, took)
		}
		if strings.HasPrefix(msg, "job.") && l["kind"] == "order_import" && (l["shop"] != sandbox.Shop || l["tiktok_order_id"] == nil || l["cause"] == nil) {
			t.Errorf("whose is %v?", l)
		}
	}
	if strings.Contains(s.log.whole(), "Hollow Road") {
		t.Error("the log repeats what a merchant wrote")
	}
}

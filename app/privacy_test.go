package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// buyersHome is where the person of these tests lives.
func buyersHome() tiktoksim.Address {
	return tiktoksim.Address{
		FirstName: personal["first name"], LastName: personal["last name"], Phone: "(+44)" + personal["phone"], Region: "GB", PostalCode: personal["zip"],
		Line1: personal["street"], Line2: personal["second line"], City: personal["city"], County: personal["county"],
	}
}

// tale is a stage on which a buyer's story is told to its end.
type tale struct {
	*stage
	// driver and dsn open the program's database beside it; metrics is where it is scraped.
	driver, dsn, metrics string
	database             *sql.DB
	orders               []string
}

// onBothDatabases tells the buyer's story on each and then goes on.
func onBothDatabases(t *testing.T, then func(t *testing.T, s *tale)) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			scene := scenery{environ: []string{"METRICS_ADDR=" + freeAddress(t), "LOG_LEVEL=debug", "RETRY_BASE=20ms"}}
			if database == "postgres" {
				scene.database = postgrestest.URL(t)
			}
			s := &tale{stage: play(t, scene), driver: "pgx", dsn: scene.database}
			if s.file != "" {
				s.driver, s.dsn = "sqlite", "file:"+s.file+"?_pragma=busy_timeout(5000)"
			}
			s.metrics = s.variable("METRICS_ADDR")
			var err error
			s.database, err = sql.Open(s.driver, s.dsn)
			check(t, err)
			s.database.SetMaxOpenConns(1)
			t.Cleanup(func() { _ = s.database.Close() })
			s.furnished(t)
			s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings",
				`{"pull_refunds":true,"push_refunds":true,"pull_fulfillments":true,"push_fulfillments":true,
					"order_name_prefix":"TT-","return_portal_url":"https://portal.example"}`, nil)
			s.tell(t)
			then(t, s)
		})
	}
}

// tell has two orders written, readdressed, shipped and delivered, and refunds
// the first of them, with the buyer's words everywhere. Shopify refuses a third
// in words that repeat the buyer's.
func (s *tale) tell(t *testing.T) {
	t.Helper()
	refused := buyersHome()
	refused.Region, refused.PostalCode = "US", "00000"
	for _, home := range []tiktoksim.Address{buyersHome(), buyersHome(), refused} {
		id, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{
			Status: "AWAITING_SHIPMENT", Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}, Address: &home,
			BuyerEmail: personal["e-mail"], BuyerMessage: "please " + personal["message"], SellerNote: personal["message"],
		})
		check(t, err)
		s.orders = append(s.orders, id)
	}
	s.orderIs(t, sandbox.Shop, s.orders[2], "held", "api_rejected", "api_rejected")
	for _, id := range s.orders[:2] {
		s.wellWritten(t, id)
		moved := buyersHome()
		moved.Line1, moved.PostalCode, moved.LastName = personal["new street"], personal["new zip"], personal["name with a quote"]
		check(t, s.platforms.TikTok.ChangeAddress(id, moved))
		s.until(t, func() error {
			if order := s.one(t, sandbox.Shop, id); order.ShippingAddress.Zip != personal["new zip"] {
				return fmt.Errorf("order %s goes to %q", id, order.ShippingAddress.Zip)
			}
			return nil
		})
		_, err := s.platforms.Shopify.Fulfill(sandbox.Shop, s.one(t, sandbox.Shop, id).GID, shopifysim.ShipSpec{Company: "USPS", Numbers: []string{"94001" + id[10:]}})
		check(t, err)
		s.until(t, func() error {
			if order, _ := s.platforms.TikTok.Order(id); order.Status != "AWAITING_COLLECTION" {
				return fmt.Errorf("order %s is %s", id, order.Status)
			}
			return nil
		})
		check(t, s.platforms.TikTok.SetStatus(id, "DELIVERED"))
	}
	check(t, s.platforms.TikTok.SetAftersaleRules(s.orders[0], tiktoksim.AftersaleRules{PayLater: true}))
	s.refund(t, s.orders[0])
	s.settled(t)
}

func (s *tale) refund(t *testing.T, id string) {
	t.Helper()
	order := s.one(t, sandbox.Shop, id)
	_, err := s.platforms.Shopify.Refund(sandbox.Shop, order.GID, shopifysim.RefundSpec{
		Lines: []shopifysim.RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1, RestockType: "NO_RESTOCK"}}, Note: "agreed with " + personal["last name"],
	})
	check(t, err)
	s.until(t, func() error {
		if len(s.platforms.TikTok.Aftersales(id)) == 0 {
			return fmt.Errorf("no refund of order %s at TikTok", id)
		}
		return nil
	})
}

// paid has TikTok pay what was refunded.
func (s *tale) paid(t *testing.T, id string) {
	t.Helper()
	for _, one := range s.platforms.TikTok.Aftersales(id) {
		check(t, s.platforms.TikTok.PayBack(one.ID))
	}
	s.until(t, func() error {
		if status, body := s.api(t, sandbox.Shop, http.MethodGet, "/api/orders/"+id, ""); status != http.StatusOK || !strings.Contains(body, `"state":"completed"`) {
			return fmt.Errorf("order %s: %d %s", id, status, body)
		}
		return nil
	})
}

// quiet waits until every notification has led to what it leads to.
func (s *tale) quiet(t *testing.T) {
	t.Helper()
	s.settled(t)
	s.until(t, func() error {
		var busy int
		err := s.database.QueryRowContext(t.Context(), `SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable')`).Scan(&busy)
		if err == nil && busy > 0 {
			err = fmt.Errorf("%d jobs are under way", busy)
		}
		return err
	})
}

// number is an order's in Shopify.
func (s *tale) number(t *testing.T, id string) int64 {
	t.Helper()
	gid := s.one(t, sandbox.Shop, id).GID
	n, err := strconv.ParseInt(gid[strings.LastIndex(gid, "/")+1:], 10, 64)
	check(t, err)
	return n
}

var theCustomer = shopifysim.RedactedCustomer{ID: 7781, Email: personal["customer's e-mail"], Phone: personal["customer's phone"]}

// round has the shop looked at, as time would.
func (s *tale) round(t *testing.T) {
	t.Helper()
	check(t, s.platforms.Shopify.RequestCustomerData(sandbox.Shop, theCustomer, s.number(t, s.orders[0])))
	s.report(t)
}

// nothingShows reads the database's files, every column of it, the log and the scrape.
func (s *tale) nothingShows(t *testing.T) {
	t.Helper()
	_, scrape, err := s.get("http://" + s.metrics + "/metrics")
	check(t, err)
	if !strings.Contains(scrape, "switchback_") || !strings.Contains(s.log.whole(), "level=DEBUG") {
		t.Error("there is nothing to search")
	}
	for where, text := range map[string]string{"scrape": scrape, "log": s.log.whole()} {
		for _, name := range revealed([]byte(text)) {
			t.Errorf("the %s holds the %s", where, name)
		}
	}
	readThrough(t, s.database, s.file != "")
	if s.file == "" {
		return
	}
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(s.file + suffix)
		check(t, err)
		for _, name := range revealed(raw) {
			t.Errorf("the file %q holds the %s", "switchback.db"+suffix, name)
		}
	}
}

// sealedOf opens every payload that is kept and gives those that reveal something.
func (s *tale) sealedOf(t *testing.T) (telling []string) {
	t.Helper()
	ring, err := secret.ParseKeyring(encryptionKey)
	check(t, err)
	events := rawRows(t, s.database, "events")
	for _, e := range events {
		body, err := ring.Open(strings.Join([]string{"event", e["source"], e["account"], e["topic"], e["delivery_id"]}, "|"), []byte(e["body_sealed"]))
		check(t, err)
		if names := revealed(body); len(names) > 0 {
			telling = append(telling, fmt.Sprintf("%s about %s%s: %v", e["topic"], e["order_id"], e["shopify_order"], names))
		}
	}
	if len(events) < 5 {
		t.Errorf("only %d events", len(events))
	}
	return telling
}

// allForgotten wants no payload to tell anything even to who has the keys. What
// came late, after its order was forgotten, is emptied in the next round.
func (s *tale) allForgotten(t *testing.T) {
	t.Helper()
	s.until(t, func() error {
		s.round(t)
		if telling := s.sealedOf(t); len(telling) > 0 {
			return fmt.Errorf("with the keys: %q", telling)
		}
		return nil
	})
}

// isForgotten wants nothing of the order's buyer to be left, and the page to say
// so, or all to be left. What a job is just at work on is left to the next round.
func (s *tale) isForgotten(t *testing.T, id string, want bool) {
	t.Helper()
	s.until(t, func() error {
		s.round(t)
		var row []string
		for _, order := range rawRows(t, s.database, "orders") {
			if order["order_id"] == id {
				row = []string{order["zip_hash"], order["address_seen"], order["address_written"], order["redacted_at"]}
			}
		}
		if gone := row != nil && row[0]+row[1]+row[2] == "" && row[3] != "0"; gone != want {
			return fmt.Errorf("order %s forgotten: %v, want %v (%q)", id, gone, want, row)
		}
		return nil
	})
	_, found := s.api(t, sandbox.Shop, http.MethodGet, "/api/orders?query="+url.QueryEscape(personal["new zip"]), "")
	if id != s.orders[2] && strings.Contains(found, id) == want { // the third was never written
		t.Errorf("found by the ZIP: %v", !want)
	}
	_, page, err := s.get(s.platforms.Shopify.EmbeddedURLAt(sandbox.Shop, user, "/orders/"+id, nil))
	check(t, err)
	if strings.Contains(page, "data was deleted on") != want {
		t.Errorf("the page says so: %v", !want)
	}
}

// leadsTo is where a buyer with the order's number and ZIP is sent.
func (s *tale) leadsTo(t *testing.T, id string) string {
	t.Helper()
	var settings struct {
		Link string `json:"return_link"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/settings", "", &settings)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, settings.Link+"?order="+id+"&zip="+url.QueryEscape(personal["new zip"]), nil)
	check(t, err)
	status, header, body, err := send(still, request)
	if err != nil || status != http.StatusFound {
		t.Fatalf("%d %s %v", status, body, err)
	}
	return header.Get("Location")
}

// TestNoPersonalValueInPlainText: at no time, wherever one may look.
func TestNoPersonalValueInPlainText(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, s *tale) {
		check(t, s.platforms.Shopify.RequestCustomerData(sandbox.Shop, theCustomer, s.number(t, s.orders[0])))
		s.paid(t, s.orders[0])
		s.nothingShows(t)
		if len(s.sealedOf(t)) == 0 {
			t.Error("no payload holds the buyer's data: is the story still told?")
		}
	})
}

// TestForgottenCustomer: Shopify's wish is carried out once the refund is over,
// and then even who has the keys finds nothing.
func TestForgottenCustomer(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, s *tale) {
		if to := s.leadsTo(t, s.orders[1]); !strings.Contains(to, "TT-"+s.orders[1]) {
			t.Errorf("the return link leads to %s", to)
		}
		check(t, s.platforms.Shopify.RedactCustomer(sandbox.Shop, theCustomer, s.number(t, s.orders[0]), s.number(t, s.orders[1]), 99))
		s.isForgotten(t, s.orders[1], true)
		s.isForgotten(t, s.orders[0], false) // TikTok has not paid yet
		s.paid(t, s.orders[0])
		s.isForgotten(t, s.orders[0], true)
		s.allForgotten(t)
		s.nothingShows(t)
		for _, wish := range s.wishes(t) {
			if wish.DoneAt == nil {
				t.Errorf("not done: %+v", wish)
			}
		}
		if to := s.leadsTo(t, s.orders[1]); strings.Contains(to, "TT-") {
			t.Errorf("the return link still knows the order: %s", to)
		}
		// Nothing is taken in again, and Shopify keeps what it has.
		check(t, s.platforms.TikTok.ChangeAddress(s.orders[1], buyersHome()))
		s.quiet(t)
		s.orderIs(t, sandbox.Shop, s.orders[1], "written", "")
		s.isForgotten(t, s.orders[1], true)
		if zip := s.one(t, sandbox.Shop, s.orders[1]).ShippingAddress.Zip; zip != personal["new zip"] {
			t.Errorf("the address in Shopify was changed to %s", zip)
		}
	})
}

// TestRetention: what is known of a buyer goes after the days that the settings name.
func TestRetention(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, s *tale) {
		s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"data_retention_days":45}`, nil)
		long := time.Now().AddDate(0, 0, -46).UnixMicro()
		for n, at := range []int64{long, long, long} {
			_, err := s.database.ExecContext(t.Context(), `UPDATE orders SET delivered_at = $1 WHERE order_id = $2`, at, s.orders[n])
			check(t, err)
		}
		s.isForgotten(t, s.orders[1], true)
		s.isForgotten(t, s.orders[0], false)
		s.isForgotten(t, s.orders[2], false) // its exception is open
		s.paid(t, s.orders[0])
		s.isForgotten(t, s.orders[0], true)
		s.allForgotten(t)
		s.nothingShows(t)
	})
}

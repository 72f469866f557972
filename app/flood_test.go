package main

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

const (
	// floodWidth is how many connections each kind of attacker holds.
	floodWidth = 40
	// floodSenders deliver floodDeliveries each beside them.
	floodSenders, floodDeliveries = 10, 5
)

// floods are what strangers send on a connection that they then hold.
var floods = map[string]string{
	"claimed body":    "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n{",
	"slow header":     "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 8<<10),
	"huge header":     "GET /returns/x HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 64<<10) + "\r\n\r\n",
	"compressed bomb": "POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b" + strings.Repeat("\x00", 18),
	"forged":          "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nAuthorization: 00\r\nContent-Length: 2\r\n\r\n{}",
	"unread body":     "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n{",
	"return link":     "GET /returns/nobody?order=576461413038785752&zip=73301 HTTP/1.1\r\nHost: x\r\n\r\n",
	"page":            "GET /orders?id_token=x&shop=demo.myshopify.com HTTP/1.1\r\nHost: x\r\n\r\n",
	"installation":    "GET /auth?shop=demo.myshopify.com HTTP/1.1\r\nHost: x\r\n\r\n",
	"shopify code":    "GET /auth/callback?code=x&hmac=00&shop=demo.myshopify.com&state=x HTTP/1.1\r\nHost: x\r\n\r\n",
	"tiktok code":     "GET /tiktok/callback?code=x&state=x HTTP/1.1\r\nHost: x\r\n\r\n",
	"readiness":       "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n",
}

func TestFlood(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		flooded(t, scenery{hostile: true})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		flooded(t, scenery{hostile: true, database: postgrestest.URL(t)})
	})
}

// flooded sends valid deliveries beside all floods at once, one of them with a
// shop's own token: each is answered in the platforms' three seconds, those that
// were taken are kept, once, and what was refused was told so with 503. Another
// shop's page still opens.
func flooded(t *testing.T, scene scenery) {
	s := play(t, scene)
	s.furnished(t)
	address := strings.TrimPrefix(s.app, "http://")
	s.open(t, sandbox.SecondShop)
	signed := "GET /api/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + s.platforms.Shopify.SessionToken(sandbox.Shop, user) + "\r\n\r\n"
	for _, text := range append(slices.Collect(maps.Values(floods)), strings.Repeat(signed, 20)) {
		for range floodWidth {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			_, _ = io.WriteString(conn, text) // a connection that was closed on us is right too
		}
	}
	taken := s.volley(t)
	s.open(t, sandbox.SecondShop)
	if len(taken) == 0 {
		t.Error("nothing was taken")
	}
	for id, order := range taken {
		s.until(t, func() error { // a refusal is right here too
			if status := s.deliver(t, id, order); status != http.StatusOK {
				return fmt.Errorf("delivery %s again: %d", id, status)
			}
			return nil
		})
		kept := "delivery_id=" + id + " tiktok_order_id=" + order
		for _, line := range []string{kept + " fresh=true", kept + " fresh=false"} {
			if n := strings.Count(s.log.whole(), line); n != 1 {
				t.Errorf("%q is in the log %d times: what was taken is not what is kept", line, n)
			}
		}
	}
}

// volley delivers notifications of new orders over several connections and
// returns the ids of those that were taken, with the order of each.
func (s *stage) volley(t *testing.T) map[string]string {
	t.Helper()
	var mu sync.Mutex
	var senders sync.WaitGroup
	taken := map[string]string{}
	for range floodSenders {
		order := s.place(t, "AWAITING_SHIPMENT")
		senders.Go(func() {
			for n := range floodDeliveries {
				id, begun := fmt.Sprintf("flood-%d-%s", n, order), time.Now()
				status := s.deliver(t, id, order)
				if took := time.Since(begun); took > 3*time.Second {
					t.Errorf("answered after %v", took)
				}
				switch status {
				case http.StatusOK:
					mu.Lock()
					taken[id] = order
					mu.Unlock()
				case http.StatusServiceUnavailable:
				default:
					t.Errorf("a valid delivery: %d", status)
				}
			}
		})
	}
	senders.Wait()
	return taken
}

// deliver sends a signed notification of the order and returns the answer's status, 0 when there was none.
func (s *stage) deliver(t *testing.T, id, order string) int {
	t.Helper()
	response, err := http.DefaultClient.Do(s.tiktokHook(t, notice(id, order), s.variable("TIKTOK_APP_SECRET")))
	if err != nil {
		t.Error(err)
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// notice is the body of a notification of the order.
func notice(id, order string) string {
	return fmt.Sprintf(`{"type":1,"tts_notification_id":%q,"shop_id":%q,"timestamp":1793000000,"data":{"order_id":%q,"order_status":"AWAITING_SHIPMENT","update_time":1793000000}}`,
		id, sandbox.TikTokShop, order)
}

package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// authorizeURL begins a connection.
func (s *stage) authorizeURL(t *testing.T, shop string) string {
	t.Helper()
	var answer struct {
		AuthorizeURL string `json:"authorize_url"`
	}
	s.mustAPI(t, shop, http.MethodPost, "/api/tiktok/connect", "", &answer)
	if !strings.HasPrefix(answer.AuthorizeURL, s.variable("TIKTOK_AUTHORIZE_URL")+"?") {
		t.Fatalf("authorize_url is %q", answer.AuthorizeURL)
	}
	return answer.AuthorizeURL
}

// answered lets the seller on TikTok's page answer, and returns the callback, which is not visited yet.
func answered(t *testing.T, authorize string) *url.URL {
	t.Helper()
	code, body, location := visit(t, still, authorize)
	callback, err := url.Parse(location)
	if err != nil || code != http.StatusFound || callback.Path != "/tiktok/callback" {
		t.Fatalf("authorize: %d %s to %q", code, body, location)
	}
	return callback
}

// says holds a page outside the admin to its status and the code it names.
func says(t *testing.T, what string, code int, body string, want int, word string) {
	t.Helper()
	if code != want || !strings.Contains(body, word) {
		t.Errorf("%s: %d %s, want %d with %q", what, code, body, want, word)
	}
}

// TestConnectIsRefused tries the ways in which a callback may not be what it seems.
func TestConnectIsRefused(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.open(t, sandbox.Shop)

	s.platforms.TikTok.DenyAuthorization(true)
	code, body, _ := visit(t, still, answered(t, s.authorizeURL(t, sandbox.Shop)).String())
	says(t, "the seller declines", code, body, http.StatusOK, "auth_denied")
	s.platforms.TikTok.DenyAuthorization(false)

	callback := answered(t, s.authorizeURL(t, sandbox.Shop))
	q := callback.Query()
	s.untouched(t, func() {
		for name, state := range map[string]string{
			"no state": "", "a guess": "guess", "a guess of the right length": strings.Repeat("A", len(q.Get("state"))),
			"another's, altered": q.Get("state")[1:] + "A",
		} {
			forged := *callback
			q := forged.Query()
			q.Set("state", state)
			forged.RawQuery = q.Encode()
			code, body, _ := visit(t, still, forged.String())
			says(t, name, code, body, http.StatusBadRequest, "invalid_state")
		}
	})
	// Unknown parameters are TikTok's affair.
	q.Set("some_new_parameter", "1")
	callback.RawQuery = q.Encode()
	code, body, _ = visit(t, still, callback.String())
	says(t, "the true callback", code, body, http.StatusOK, "connected")
	s.untouched(t, func() {
		code, body, _ := visit(t, still, callback.String())
		says(t, "the same callback again", code, body, http.StatusBadRequest, "invalid_state")
	})

	spent := answered(t, s.authorizeURL(t, sandbox.Shop))
	q = spent.Query()
	q.Set("code", "TTP_SIM_CODE_999999")
	spent.RawQuery = q.Encode()
	code, body, _ = visit(t, still, spent.String())
	says(t, "an unknown code", code, body, http.StatusBadRequest, "code_refused")
}

// A state belongs to the shop that began: whoever brings the answer, that shop is connected.
func TestStateIsTheShops(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.open(t, sandbox.Shop)
	s.open(t, sandbox.SecondShop)
	mine, theirs := answered(t, s.authorizeURL(t, sandbox.Shop)), answered(t, s.authorizeURL(t, sandbox.SecondShop))
	// The second shop's answer with the first shop's state connects the first.
	q := theirs.Query()
	q.Set("state", mine.Query().Get("state"))
	theirs.RawQuery = q.Encode()
	if code, body, _ := visit(t, still, theirs.String()); code != http.StatusOK {
		t.Fatalf("callback: %d %s", code, body)
	}
	connections := s.trace(t)["connections"]
	if !strings.Contains(connections, sandbox.Shop) || strings.Contains(connections, sandbox.SecondShop) {
		t.Errorf("connected: %s", connections)
	}
}

// TestTakenShop connects one TikTok shop to two Shopify shops, one after the other.
func TestTakenShop(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	s.open(t, sandbox.SecondShop)
	code, body := s.connect(t, sandbox.SecondShop, sandbox.Seller)
	says(t, "a taken shop", code, body, http.StatusConflict, "tiktok_shop_taken")

	// It is still the first shop's, in every way.
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))

	s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/tiktok/disconnect", "", nil)
	if left := s.platforms.TikTok.Subscriptions(sandbox.TikTokShop); len(left) > 0 {
		t.Errorf("TikTok still sends %v", left)
	}
	tables := s.trace(t)
	for _, table := range []string{"connections", "authorizations"} {
		if !strings.HasPrefix(tables[table], "0 rows") {
			t.Errorf("%s after the disconnect: %s", table, tables[table])
		}
	}
	if strings.Contains(tables["tokens"], "tiktok") {
		t.Error("the seller's tokens outlive the disconnect")
	}

	code, body = s.connect(t, sandbox.SecondShop, sandbox.Seller)
	says(t, "a shop that was given up", code, body, http.StatusOK, "connected")
	s.turnOn(t, sandbox.SecondShop)
	id := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.SecondShop, id, "written", "")
	s.one(t, sandbox.SecondShop, id)
	if n := len(s.written(sandbox.Shop, id)); n != 0 {
		t.Errorf("the first shop has %d orders of it", n)
	}
}

// An uninstall frees the TikTok shops as a disconnect does.
func TestUninstallFreesTheTikTokShop(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	s.open(t, sandbox.SecondShop)
	if err := s.platforms.Shopify.Uninstall(sandbox.Shop); err != nil {
		t.Fatal(err)
	}
	s.answers(t, sandbox.Shop, http.StatusUnauthorized)
	code, body := s.connect(t, sandbox.SecondShop, sandbox.Seller)
	says(t, "connect", code, body, http.StatusOK, "connected")
}

// A connection goes on where TikTok's optional calls fail.
func TestConnectWithoutSubscriptions(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.open(t, sandbox.Shop)
	s.platforms.TikTokFaults.Add(tiktoksim.OpWebhookPut, chaos.Fault{Kind: chaos.ServerError, Status: http.StatusNotFound}, 50)
	code, body := s.connect(t, sandbox.Shop, sandbox.Seller)
	says(t, "connect", code, body, http.StatusOK, "connected")
	s.platforms.TikTokFaults.Clear()
	s.turnOn(t, sandbox.Shop)
	id := s.place(t, "AWAITING_SHIPMENT")
	s.taken(t, s.tiktokHook(t, statusChange(sandbox.TikTokShop, id, "n-app-level", "AWAITING_SHIPMENT"), s.variable("TIKTOK_APP_SECRET")))
	s.wellWritten(t, id)
}

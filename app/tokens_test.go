package main

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// tiktokRefreshes counts TikTok's token refreshes so far.
func (s *stage) tiktokRefreshes() int {
	n := 0
	for _, r := range s.platforms.TikTok.Requests() {
		if r.Op == tiktoksim.OpTokenRefresh {
			n++
		}
	}
	return n
}

// TestTokensExpire ends both platforms' access tokens before their time, while
// twenty orders arrive at once: each is refreshed once, and no order is lost.
func TestTokensExpire(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	// A refresh that takes its time lets all twenty jobs find the token expired.
	s.platforms.ShopifyFaults.Add("access_token", chaos.Fault{Kind: chaos.Slow, After: 300 * time.Millisecond}, 20)
	s.platforms.TikTokFaults.Add(tiktoksim.OpTokenRefresh, chaos.Fault{Kind: chaos.Slow, After: 300 * time.Millisecond}, 20)
	s.platforms.Shopify.ExpireTokens(sandbox.Shop)
	if err := s.platforms.TikTok.ExpireTokens(sandbox.Seller); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, 20)
	var buyers sync.WaitGroup
	for n := range ids {
		buyers.Go(func() { ids[n] = s.place(t, "AWAITING_SHIPMENT") })
	}
	buyers.Wait()
	for _, id := range ids {
		s.orderIs(t, sandbox.Shop, id, "written", "")
		s.one(t, sandbox.Shop, id)
	}
	if n := 20 - s.platforms.ShopifyFaults.Pending(); n != 1 {
		t.Errorf("Shopify's token was refreshed %d times", n)
	}
	if n := s.tiktokRefreshes(); n != 1 {
		t.Errorf("TikTok's token was refreshed %d times", n)
	}
}

// A seller whose permission has ended is asked to connect again; what waited goes on then.
func TestPermissionEnds(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	for _, end := range []func(string) error{s.platforms.TikTok.ExpireTokens, s.platforms.TikTok.ExpireRefreshTokens} {
		if err := end(sandbox.Seller); err != nil {
			t.Fatal(err)
		}
	}
	first, second := s.place(t, "AWAITING_SHIPMENT"), s.place(t, "AWAITING_SHIPMENT")
	for _, id := range []string{first, second} {
		view := s.orderIs(t, sandbox.Shop, id, "held", "connection_expired", "connection_expired")
		if view.Exceptions[0].Fix == "" {
			t.Error("the exception says no fix")
		}
	}
	if n := s.tiktokRefreshes(); n != 1 {
		t.Errorf("TikTok was asked %d times, although it had refused", n)
	}
	if code, body := s.connect(t, sandbox.Shop, sandbox.Seller); code != http.StatusOK {
		t.Fatalf("connect again: %d %s", code, body)
	}
	for _, id := range []string{first, second} {
		s.wellWritten(t, id)
	}
}

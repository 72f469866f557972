//go:build unix

package main

import (
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// A program that was killed in the middle of its work moves from SQLite to
// PostgreSQL and goes on there: what was waiting is done, what was done is not
// done again.
func TestMove(t *testing.T) {
	t.Parallel()
	target := postgrestest.URL(t)
	address := freeAddress(t)
	s := surround(t, "http://"+address, scenery{dropMetafield: true, environ: []string{portOf(t, address), "RETRY_BASE=20ms"}})
	victim := s.start(t)
	s.furnished(t)
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"return_portal_url":"https://returns.example.com","order_name_prefix":"TT-"}`, nil)
	done := []string{s.place(t, "AWAITING_SHIPMENT"), s.place(t, "AWAITING_SHIPMENT")}
	for _, id := range done {
		s.wellWritten(t, id)
	}
	held := s.place(t, "ON_HOLD")
	s.orderIs(t, sandbox.Shop, held, "waiting", "on_hold")
	s.platforms.ShopifyFaults.Add("orderCreate", chaos.Fault{Kind: chaos.Slow, After: 10 * time.Second}, 2)
	under := []string{s.place(t, "AWAITING_SHIPMENT"), s.place(t, "AWAITING_SHIPMENT")}
	s.settled(t)
	code, _, errs := command(t, s.environ, "move", "--to", target)
	has(t, "move beside a server", code, 1, errs, "stop it first")
	s.until(t, func() error {
		if n := s.platforms.ShopifyFaults.Pending(); n > 0 {
			return &miscount{"faults left", n, 0}
		}
		return nil
	})
	victim.kill(t)

	code, out, errs := command(t, s.environ, "move", "--to", target)
	has(t, "move", code, 0, out+errs, " orders\n", " tokens\n", " jobs\n", "counted on both sides", s.file+".moved")
	_, gone := os.Stat(s.file)
	_, kept := os.Stat(s.file + ".moved")
	if !errors.Is(gone, os.ErrNotExist) || kept != nil {
		t.Errorf("the old file: %v, its new name: %v", gone, kept)
	}
	code, _, errs = command(t, s.environ, "move", "--to", target)
	has(t, "move what is moved", code, 1, errs, "no such file")
	check(t, os.Rename(s.file+".moved", s.file))
	code, _, errs = command(t, s.environ, "move", "--to", target)
	has(t, "move a second time", code, 1, errs, "not empty")
	code, _, errs = command(t, s.environ, "move", "--to", "sqlite:elsewhere.db")
	has(t, "move to SQLite", code, 1, errs, "only to PostgreSQL")

	s.environ = append(s.environ, "DATABASE_URL="+target)
	victim = s.start(t)
	for _, id := range under {
		s.wellWritten(t, id)
	}
	check(t, s.platforms.TikTok.SetStatus(held, "AWAITING_SHIPMENT"))
	s.wellWritten(t, held)
	fresh := s.place(t, "AWAITING_SHIPMENT")
	s.wellWritten(t, fresh)
	for _, d := range s.platforms.TikTok.Deliveries() { // all that was ever said, once more
		if d.Address != "" {
			check(t, s.platforms.TikTok.Redeliver(d.ID))
		}
	}
	s.settled(t)
	for _, id := range append(done, under...) {
		s.wellWritten(t, id)
	}
	var settings struct {
		Portal string `json:"return_portal_url"`
		Prefix string `json:"order_name_prefix"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/settings", "", &settings)
	if settings.Portal != "https://returns.example.com" || settings.Prefix != "TT-" {
		t.Errorf("the settings are %+v", settings)
	}
	if n := len(s.platforms.Shopify.Orders(sandbox.Shop)); n != 6 {
		t.Errorf("Shopify has %d orders, want 6", n)
	}
	victim.stop(t)
}

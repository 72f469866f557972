package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// A carrier that TikTok does not have by that name stops orders, the list says
// what the merchant may answer, and one answer sets all of them free, also
// those that are shipped later.
func TestTheMerchantNamesACarrier(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_fulfillments":true,"push_fulfillments":true}`, nil)
	ids := []string{s.place(t, "AWAITING_SHIPMENT"), s.place(t, "AWAITING_SHIPMENT")}
	ship := func(n int, id string) string {
		number := fmt.Sprintf("94001118992233446600%02d", n)
		_, err := s.platforms.Shopify.Fulfill(sandbox.Shop, s.one(t, sandbox.Shop, id).GID, shopifysim.ShipSpec{Company: "Pony Express", Numbers: []string{number}})
		check(t, err)
		return number
	}
	numbers := map[string]string{}
	for n, id := range ids {
		s.orderIs(t, sandbox.Shop, id, "written", "")
		numbers[id] = ship(n, id)
	}
	for _, id := range ids {
		view := s.orderIs(t, sandbox.Shop, id, "written", "", "carrier_unknown")
		if e := view.Exceptions[0]; !strings.Contains(e.Message, "Pony Express") || !strings.Contains(e.Message, "USPS") {
			t.Errorf("neither the carrier nor what TikTok allows is in %q", e.Message)
		}
		if shown := s.tiktokLines(t, id); len(shown.Parcels) > 0 {
			t.Errorf("a parcel was guessed: %v", shown.Parcels)
		}
	}
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/mappings/carriers", `{"mappings":[{"company":"pony express","provider":"USPS"}]}`, nil)
	for _, id := range ids {
		s.travelsWith(t, id, numbers[id])
		s.orderIs(t, sandbox.Shop, id, "written", "")
	}
	later := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, later, "written", "")
	s.travelsWith(t, later, ship(len(ids), later))
	s.orderIs(t, sandbox.Shop, later, "written", "")
}

// What push_fulfillments keeps back is shown and counted, and goes when it is turned on.
func TestParcelsThatAreHeld(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	settings := func(method, body string) (held int) {
		t.Helper()
		var answer struct {
			Held int `json:"fulfillments_held"`
		}
		s.mustAPI(t, sandbox.Shop, method, "/api/settings", body, &answer)
		return answer.Held
	}
	settings(http.MethodPut, `{"pull_fulfillments":true}`)
	const number = "9400111899223344557001"
	ids := []string{s.place(t, "AWAITING_SHIPMENT"), s.place(t, "AWAITING_SHIPMENT")}
	for _, id := range ids {
		s.orderIs(t, sandbox.Shop, id, "written", "")
		_, err := s.platforms.Shopify.Fulfill(sandbox.Shop, s.one(t, sandbox.Shop, id).GID, shopifysim.ShipSpec{Company: "USPS", Numbers: []string{number}})
		check(t, err)
	}
	held := func(want int) func() error {
		return func() error {
			if got := settings(http.MethodGet, ""); got != want {
				return fmt.Errorf("%d parcels are held, want %d", got, want)
			}
			return nil
		}
	}
	s.until(t, held(len(ids)))
	if shown := s.tiktokLines(t, ids[0]); len(shown.Parcels) > 0 {
		t.Errorf("told all the same: %v", shown.Parcels)
	}
	settings(http.MethodPut, `{"push_fulfillments":true}`)
	for _, id := range ids {
		s.travelsWith(t, id, number)
	}
	s.until(t, held(0))
}

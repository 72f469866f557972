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

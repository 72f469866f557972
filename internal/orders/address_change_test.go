package orders_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
)

func TestAnAddressThatChangedAtTikTok(t *testing.T) {
	t.Parallel()
	for _, fault := range []chaos.Kind{"", chaos.CutAfter, chaos.CutBefore, chaos.ServerError} {
		s := setUp(t)
		id := s.three()
		s.written(id)
		s.Must(s.TikTok.ChangeAddress(string(id), oak))
		if fault != "" {
			s.Faults.Add("orderUpdate", chaos.Fault{Kind: fault}, 1)
		}
		for range 2 {
			s.Bring(id)
		}
		a := s.one(id).ShippingAddress
		if a.Zip != "10001-4321" || a.Address1 != "7 Oak Street" || a.Address2 != "" || a.City != "New York" || a.ProvinceCode != "NY" {
			t.Errorf("%s: address %+v", fault, a)
		}
		for zip, want := range map[string]bool{"10001": true, "73301": false} {
			if has, err := s.Store.HasZIP(t.Context(), shop, id, zip); err != nil || has != want {
				t.Errorf("%s: has %s: %t, %v", fault, zip, has, err)
			}
		}
		if got := s.Codes(id); len(got) != 0 {
			t.Errorf("%s: exceptions %v", fault, got)
		}
		if n := s.Calls("orderUpdate"); n > 2 {
			t.Errorf("%s: %d updates", fault, n)
		}
	}
}

func TestAnAddressThatAPersonChangedIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	_, order := s.written(id)
	s.Must(s.Shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) { o.ShippingAddress.Address1 = "PO Box 1" }))
	s.Bring(id) // nothing changed at TikTok
	if got := s.Codes(id); len(got) != 0 {
		t.Fatalf("exceptions %v", got)
	}
	s.Must(s.TikTok.ChangeAddress(string(id), oak))
	for range 2 {
		s.Bring(id)
		if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{exceptions.AddressConflict}) {
			t.Fatalf("exceptions %v", got)
		}
	}
	if a := s.one(id).ShippingAddress; a.Address1 != "PO Box 1" {
		t.Errorf("overwritten: %+v", a)
	}
	// The merchant types it in, in other spacing and case.
	s.Must(s.Shopify.EditOrder(string(shop), order.GID, func(o *shopifysim.Order) {
		a := o.ShippingAddress
		a.Address1, a.Address2, a.City, a.ProvinceCode, a.Zip = "7 OAK Street ", "", "new york", "NY", "10001-4321"
	}))
	s.Bring(id)
	if got := s.Codes(id); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	if has, err := s.Store.HasZIP(t.Context(), shop, id, "10001"); err != nil || !has {
		t.Errorf("zip is not found: %t, %v", has, err)
	}
}

func TestWhatTikTokHidesReplacesNothing(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	hidden := oak
	hidden.FirstName, hidden.LastName, hidden.Phone = "D***", "W***", "(+1)512-***-0143"
	hidden.Line1, hidden.PostalCode, hidden.City = "7***", "1****", ""
	s.Must(s.TikTok.ChangeAddress(string(id), hidden))
	s.Bring(id)
	home := tiktoksim.DefaultAddress("US")
	if a := s.one(id).ShippingAddress; a.LastName != home.LastName || a.Zip != home.PostalCode || a.Address1 != home.Line1 || a.City != home.City {
		t.Errorf("address %+v", a)
	}
	if has, err := s.Store.HasZIP(t.Context(), shop, id, "73301"); err != nil || !has || len(s.Codes(id)) != 0 {
		t.Errorf("zip %t, %v, exceptions %v", has, err, s.Codes(id))
	}
}

func TestAnAddressThatArrivesLateClearsItsNotice(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{ShippingType: "TIKTOK", MaskPostalCode: true})
	s.written(id)
	for range 2 { // it stays listed for as long as it cannot be found
		if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{exceptions.ZIPMasked}) {
			t.Fatalf("exceptions %v", got)
		}
		s.Bring(id)
	}
	s.Must(s.TikTok.Unmask(string(id)))
	s.Bring(id)
	if got := s.Codes(id); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	a := s.one(id).ShippingAddress
	if a.Zip != "73301" || strings.Contains(a.Address1+a.LastName, "*") {
		t.Errorf("address %+v", a)
	}
	if has, err := s.Store.HasZIP(t.Context(), shop, id, "73301"); err != nil || !has {
		t.Errorf("zip is not found: %t, %v", has, err)
	}
}

func TestAnAddressWaitsForPush(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.three()
	s.written(id)
	s.Set(func(settings *shops.Settings) { settings.PushOrders = false })
	s.Must(s.TikTok.ChangeAddress(string(id), oak))
	s.Bring(id)
	if row := s.Row(id); row.Reason != orders.PushOff || s.one(id).ShippingAddress.Zip != "73301" {
		t.Errorf("reason %q, address %+v", row.Reason, s.one(id).ShippingAddress)
	}
	s.Set(func(settings *shops.Settings) { settings.PushOrders = true })
	s.Bring(id)
	if row := s.Row(id); row.Reason != "" || s.one(id).ShippingAddress.Zip != "10001-4321" {
		t.Errorf("reason %q, address %+v", row.Reason, s.one(id).ShippingAddress)
	}
}

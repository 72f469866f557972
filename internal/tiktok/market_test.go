package tiktok

import "testing"

func TestMarkets(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]Market{
		"US": {"US", "USD", false, true, true},
		"GB": {"GB", "GBP", true, true, true},
		"UK": {"GB", "GBP", true, true, true},
		"DE": {"DE", "EUR", true, true, false},
		"JP": {"JP", "JPY", true, true, false},
		"MY": {"MY", "MYR", true, false, false},
	} {
		got, known := MarketOf(region)
		if !known || got != want {
			t.Errorf("%s: %+v, want %+v", region, got, want)
		}
		if currency, _ := MarketCurrency(region); currency != want.Currency || got.Supported() != want.PushesShipments {
			t.Errorf("%s: %s, supported %t", region, currency, got.Supported())
		}
	}
	if _, known := MarketCurrency("XX"); known {
		t.Error("XX is no market")
	}
	if m, known := MarketOf(""); known || m.Supported() {
		t.Error("no region is no market")
	}
}

func TestSellerCenterURL(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{
		"US":           "https://seller-us.tiktok.com/order/detail?order_no=576900000000010001&shop_region=US",
		"GB":           "https://seller-uk.tiktok.com/order/detail?order_no=576900000000010001&shop_region=GB",
		"MY":           "https://seller-my.tiktok.com/order/detail?order_no=576900000000010001&shop_region=MY",
		"evil.test/?x": "https://seller.tiktok.com/order/detail?order_no=576900000000010001",
	} {
		if got := SellerCenterURL(region, "576900000000010001"); got != want {
			t.Errorf("%s: %s, want %s", region, got, want)
		}
	}
}

func TestParseIDs(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"1", "576900000000010001", "99999999999999999999"} {
		if id, err := ParseOrderID(good); err != nil || string(id) != good {
			t.Errorf("order %s: %v", good, err)
		}
		if id, err := ParseShopID(good); err != nil || string(id) != good {
			t.Errorf("shop %s: %v", good, err)
		}
	}
	for _, bad := range []string{"", " 1", "1\n", "1,2", "x", "-1", "٣", "999999999999999999999", string(make([]byte, 5000))} {
		if _, err := ParseOrderID(bad); err == nil {
			t.Errorf("order %q is taken", bad)
		}
		if _, err := ParseShopID(bad); err == nil || len(err.Error()) > 400 {
			t.Errorf("shop %q: %v", bad, err)
		}
	}
}

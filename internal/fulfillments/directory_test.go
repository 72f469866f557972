package fulfillments_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// counter holds TikTok's lists and the merchant's answers, and counts what is asked.
type counter struct {
	lists  map[string][]tiktok.ShippingProvider
	chosen map[string]string
	asked  int
}

func (c *counter) ShippingProviders(_ context.Context, _ tiktok.Seat, option string) ([]tiktok.ShippingProvider, error) {
	c.asked++
	if list, there := c.lists[option]; there {
		return list, nil
	}
	return nil, errors.New("no such option")
}

func (c *counter) CarrierProvider(_ context.Context, _ shopify.Domain, key string) (string, error) {
	return c.chosen[key], nil
}

func TestTheDirectoryAsksSeldomAndForgetsNothingNew(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	c := &counter{lists: map[string][]tiktok.ShippingProvider{"7": american}, chosen: map[string]string{}}
	d := &fulfillments.Directory{Choices: c, TikTok: c, Now: func() time.Time { return now }}
	find := func(company string) fulfillments.Carrier {
		t.Helper()
		carrier, err := d.Provider(t.Context(), "demo.myshopify.com", tiktok.Seat{Shop: "1"}, "7", company)
		if err != nil {
			t.Fatal(err)
		}
		return carrier
	}
	asked := func(want int) {
		t.Helper()
		if c.asked != want {
			t.Errorf("TikTok was asked %d times, want %d", c.asked, want)
		}
	}
	for range 3 {
		if got := find("Federal Express"); !got.Known || got.Provider.ID != "3" {
			t.Errorf("got %+v", got)
		}
	}
	asked(1)
	if got := find("Zippy"); got.Known || !slices.Equal(got.Allowed, []string{"USPS", "UPS", "FedEx", "DHL eCommerce US", "OnTrac", "UPS Mail Innovations"}) {
		t.Errorf("got %+v", got)
	}
	asked(1) // the list is of this minute
	c.lists["7"] = append(slices.Clone(american), tiktok.ShippingProvider{ID: "8", Name: "Zippy"})
	now = now.Add(2 * time.Minute)
	if got := find("Zippy"); got.Provider.ID != "8" {
		t.Errorf("a carrier that is new at TikTok: %+v", got)
	}
	asked(2)
	c.chosen[mappings.CarrierKey("Zip-Py")] = "OnTrac"
	if got := find("zippy"); got.Provider.ID != "5" {
		t.Errorf("the merchant's answer goes before the same name: %+v", got)
	}
	// An answer that TikTok does not take for this order is as good as none, and never replaced by a guess.
	c.chosen["usps"] = "Royal Mail"
	if got := find("USPS"); got.Known {
		t.Errorf("got %+v", got)
	}
	now = now.Add(2 * time.Hour)
	before := c.asked
	find("UPS")
	asked(before + 1)
	if _, err := d.Provider(t.Context(), "demo.myshopify.com", tiktok.Seat{Shop: "1"}, "8", "UPS"); err == nil {
		t.Error("a list that cannot be read was taken for an empty one")
	}
}

package fulfillments_test

import (
	"cmp"
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/stagetest"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	shop       = stagetest.Shop
	tiktokShop = stagetest.TikTokShop
	seller     = stagetest.Seller
	retryBase  = stagetest.RetryBase
)

// Two tracking numbers.
const (
	first  = "9400100000000000000001"
	second = "9400100000000000000002"
)

// scene is the follower on its stage; the importer takes it along.
type scene struct {
	*stagetest.Stage
	follower *fulfillments.Follower
	carriers *byName
}

// setUp sets the stage, on which the switches of orders and fulfillments are on.
func setUp(t *testing.T) *scene {
	t.Helper()
	s := &scene{Stage: stagetest.New(t, stagetest.Options{
		Shopify: shopifysim.Options{
			BucketSize: 1e6, RestoreRate: 1e6,
			Scopes: []string{
				"write_orders", "read_products", "read_locations", "write_fulfillments", "write_merchant_managed_fulfillment_orders",
			},
		},
		Stock: 1000, Tries: 40, Units: stagetest.MugsAndTee,
		Switches: func(settings *shops.Settings) { settings.PullFulfillments, settings.PushFulfillments = true, true },
		Released: fulfillments.Released,
	})}
	s.carriers = &byName{client: s.TikTokClient, chosen: map[string]string{}}
	s.follower = &fulfillments.Follower{
		Book: s.Store, Ledger: s.Store, Exceptions: s.Store, Timeline: s.Store, TikTok: s.TikTokClient, Shopify: s.ShopifyClient, Carriers: s.carriers,
		Now: s.Clock.Now, RetryBase: retryBase, Log: s.Quiet,
	}
	s.Importer.Shipments = s.follower
	return s
}

// byName knows TikTok's providers by their own names, and what a merchant chose.
type byName struct {
	client *tiktok.Client
	chosen map[string]string
}

func (b *byName) Provider(ctx context.Context, _ shopify.Domain, seat tiktok.Seat, option, company string) (fulfillments.Carrier, error) {
	all, err := b.client.ShippingProviders(ctx, seat, option)
	if err != nil {
		return fulfillments.Carrier{}, err
	}
	var c fulfillments.Carrier
	for _, p := range all {
		if strings.EqualFold(p.Name, cmp.Or(b.chosen[company], company)) {
			c.Provider, c.Known = p, true
		}
		c.Allowed = append(c.Allowed, p.Name)
	}
	return c, nil
}

// follow looks at the order's shipments, as Shopify's webhook would have it done.
func (s *scene) follow(id tiktok.OrderID) {
	s.Helper()
	s.Must(s.RunJob(func() error {
		return s.follower.Follow(s.Context(), fulfillments.FollowArgs{Shop: shop, ShopifyOrder: s.Row(id).ShopifyOrder, Cause: "webhook:test"})
	}))
}

// ship is a merchant fulfilling lines in Shopify: pairs of SKU and quantity; none means all that is left.
func (s *scene) ship(id tiktok.OrderID, company, number string, lines ...any) string {
	s.Helper()
	spec := shopifysim.ShipSpec{Company: company}
	if number != "" {
		spec.Numbers = strings.Fields(number)
	}
	for n := 0; n+1 < len(lines); n += 2 {
		spec.Lines = append(spec.Lines, shopifysim.ShippedLine{LineGID: s.Line(id, lines[n].(string)), Quantity: lines[n+1].(int)})
	}
	gids, err := s.Shopify.Fulfill(string(shop), string(s.Row(id).ShopifyOrder), spec)
	s.Must(err)
	return gids[0]
}

// tiktokOrder is the order as TikTok shows it.
func (s *scene) tiktokOrder(id tiktok.OrderID) tiktok.Order {
	s.Helper()
	shown, there := s.TikTok.Order(string(id))
	if !there {
		s.Fatalf("TikTok has no order %s", id)
	}
	var o tiktok.Order
	s.Must(o.UnmarshalJSON(shown.Raw))
	return o
}

// shippedWith counts TikTok's units by tracking number, empty for those that are still here.
func (s *scene) shippedWith(id tiktok.OrderID) map[string]int {
	counts := map[string]int{}
	for _, item := range s.tiktokOrder(id).LineItems {
		counts[item.TrackingNumber]++
	}
	return counts
}

// parcels counts the units of Shopify's standing fulfillments by tracking number.
func (s *scene) parcels(id tiktok.OrderID) map[string]int {
	counts := map[string]int{}
	for _, f := range s.Order(id).Fulfillments {
		for _, l := range f.Lines {
			if f.Status == "SUCCESS" {
				counts[strings.Join(f.Numbers, "+")] += l.Quantity
			}
		}
	}
	return counts
}

func (s *scene) same(what string, got, want map[string]int) {
	s.Helper()
	if !maps.Equal(got, want) {
		s.Errorf("%s: got %v, want %v", what, got, want)
	}
}

package refunds_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/stagetest"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	shop       = stagetest.Shop
	tiktokShop = stagetest.TikTokShop
	retryBase  = stagetest.RetryBase
)

// scene is the forwarder on its stage; the importer writes its orders.
type scene struct {
	*stagetest.Stage
	forwarder *refunds.Forwarder
	reasons   map[string]string
}

// setUp sets the stage, on which the switches of orders and refunds are on.
func setUp(t *testing.T) *scene {
	t.Helper()
	s := &scene{Stage: stagetest.New(t, stagetest.Options{
		Shopify: shopifysim.Options{
			BucketSize: 1e6, RestoreRate: 1e6,
			Scopes: []string{
				"write_orders", "read_products", "read_locations", "read_returns", "write_fulfillments", "write_merchant_managed_fulfillment_orders",
			},
		},
		Stock: 1000, Tries: 40, Units: stagetest.MugsAndTee,
		Switches: func(settings *shops.Settings) { settings.PullRefunds, settings.PushRefunds = true, true },
		Released: refunds.Released,
	})}
	s.forwarder = &refunds.Forwarder{
		Book: book{s.Store, s}, Ledger: s.Store, Exceptions: s.Store, Timeline: s.Store, TikTok: s.TikTokClient, Shopify: s.ShopifyClient,
		Now: s.Clock.Now, RetryBase: retryBase, Log: s.Quiet,
	}
	return s
}

// book is the store with a merchant's table of reasons.
type book struct {
	*store.Store
	s *scene
}

func (b book) RefundReasons(context.Context, shopify.Domain) (map[string]string, error) {
	return b.s.reasons, nil
}

// forward settles the order's refunds, as Shopify's webhook would have it done.
func (s *scene) forward(id tiktok.OrderID) {
	s.Helper()
	s.Must(s.RunJob(func() error { return s.forwarder.Forward(s.Context(), s.args(id)) }))
}

func (s *scene) args(id tiktok.OrderID) refunds.ForwardArgs {
	return refunds.ForwardArgs{Shop: shop, ShopifyOrder: s.Row(id).ShopifyOrder, Cause: "webhook:test"}
}

// delivered is an order of two mugs and a tee that is with the buyer.
func (s *scene) delivered() tiktok.OrderID { return s.deliveredOf(tiktoksim.OrderSpec{}) }

func (s *scene) deliveredOf(spec tiktoksim.OrderSpec) tiktok.OrderID {
	s.Helper()
	id := s.Written(spec)
	_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{})
	s.Must(err)
	s.Must(s.TikTok.SetStatus(string(id), "DELIVERED"))
	s.Bring(id)
	_, err = s.Shopify.Fulfill(string(shop), string(s.Row(id).ShopifyOrder), shopifysim.ShipSpec{})
	s.Must(err)
	return id
}

// refund is a person or Loop refunding lines in Shopify: pairs of SKU and
// quantity. Less than 0 means all that they cost.
func (s *scene) refund(id tiktok.OrderID, amount int64, lines ...any) shopify.GID {
	s.Helper()
	spec := shopifysim.RefundSpec{}
	if amount >= 0 {
		spec.Amount = &amount
	}
	for n := 0; n+1 < len(lines); n += 2 {
		spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: s.Line(id, lines[n].(string)), Quantity: lines[n+1].(int)})
	}
	gid, err := s.Shopify.Refund(string(shop), string(s.Row(id).ShopifyOrder), spec)
	s.Must(err)
	return shopify.GID(gid)
}

// refundAll refunds all lines and the shipping.
func (s *scene) refundAll(id tiktok.OrderID) shopify.GID {
	s.Helper()
	o := s.Order(id)
	spec := shopifysim.RefundSpec{AllShipping: true}
	for _, l := range o.Lines {
		spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: l.GID, Quantity: l.Quantity})
	}
	gid, err := s.Shopify.Refund(string(shop), o.GID, spec)
	s.Must(err)
	return shopify.GID(gid)
}

// ledger is the refund as the ledger has it.
func (s *scene) ledger(id shopify.GID) links.Refund {
	s.Helper()
	refund, err := s.Store.Refund(s.Context(), shop, id)
	s.Must(err)
	return refund
}

// back is what the buyer got back, in cents.
func (s *scene) back(id tiktok.OrderID) int64 {
	s.Helper()
	m, there := s.TikTok.Money(string(id))
	if !there {
		s.Fatalf("TikTok has no order %s", id)
	}
	if m.Back+m.OnTheWay > m.Paid {
		s.Fatalf("the buyer paid %d and gets back %d", m.Paid, m.Back+m.OnTheWay)
	}
	return m.Back
}

// cents is an amount as the API writes it.
func cents(minor int64) string { return fmt.Sprintf("%d.%02d", minor/100, minor%100) }

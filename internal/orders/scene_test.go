package orders_test

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/stagetest"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	shop       = stagetest.Shop
	tiktokShop = stagetest.TikTokShop
	seller     = stagetest.Seller
	retryBase  = stagetest.RetryBase
)

// scene is the importer on its stage.
type scene struct {
	*stagetest.Stage
	referrer *orders.Referrer
}

// setUp sets the stage, on which both order switches are on.
func setUp(t *testing.T, configure ...func(*shopifysim.Options, *shopifysim.ShopSpec)) *scene {
	t.Helper()
	options := stagetest.Options{
		Shopify: shopifysim.Options{Scopes: []string{"write_orders", "read_products"}, IndexLag: 5 * time.Second, LooseSearch: true},
		Stock:   10, Tries: 20,
		Units: func() []tiktoksim.Unit { return []tiktoksim.Unit{tiktoksim.SampleUnit()} },
	}
	for _, c := range configure {
		c(&options.Shopify, &options.ShopSpec)
	}
	s := &scene{Stage: stagetest.New(t, options)}
	s.referrer = &orders.Referrer{Book: s.Store, Ledger: s.Store, Timeline: s.Store, TikTok: s.TikTokClient, Interval: 5 * time.Minute, Now: s.Clock.Now}
	return s
}

func args(id tiktok.OrderID) orders.ImportArgs { return stagetest.Args(id) }

// written brings an order in and expects exactly one Shopify order of it.
func (s *scene) written(id tiktok.OrderID) (links.Order, shopifysim.Order) {
	s.Helper()
	s.Bring(id)
	row := s.WantWritten(id)
	found := s.InShopify(id)
	if len(found) != 1 {
		s.Fatalf("shopify has %d orders of %s, want 1", len(found), id)
	}
	if found[0].GID != string(row.ShopifyOrder) {
		s.Fatalf("the ledger names %s, shopify has %s", row.ShopifyOrder, found[0].GID)
	}
	return row, found[0]
}

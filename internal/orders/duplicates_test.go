package orders_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestAnotherConnectorsOrder(t *testing.T) {
	t.Parallel()
	marks := map[string]func(id string) shopifysim.Order{
		"source identifier": func(id string) shopifysim.Order { return shopifysim.Order{SourceIdentifier: id} },
		"name":              func(id string) shopifysim.Order { return shopifysim.Order{Name: id} },
		"name with #":       func(id string) shopifysim.Order { return shopifysim.Order{Name: "#" + id} },
		"tag":               func(id string) shopifysim.Order { return shopifysim.Order{Tags: []string{"sale", id}} },
	}
	for name, mark := range marks {
		for _, choice := range []links.DuplicateChoice{links.AdoptTheirs, links.WriteOurs, links.IgnoreOrder} {
			t.Run(name+" "+string(choice), func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := s.place(tiktoksim.OrderSpec{})
				theirs := mark(string(id))
				theirs.App, theirs.Currency = "other connector", "USD"
				gid, err := s.shopify.InjectOrder(string(shop), theirs)
				s.must(err)
				s.clock.pass(time.Minute) // the search index catches up
				s.must(s.bring(args(id)))
				if row := s.row(id); row.State != links.Held || !slices.Equal(s.codes(id), []exceptions.Code{exceptions.DuplicateOrder}) {
					t.Fatalf("order is %s (%s), exceptions %v", row.State, row.Reason, s.codes(id))
				}
				s.choose(id, choice)
				s.must(s.bring(args(id)))
				s.checkChoice(id, gid, choice)
			})
		}
	}
}

// choose answers duplicate_order as the merchant.
func (s *scene) choose(id tiktok.OrderID, choice links.DuplicateChoice) {
	s.Helper()
	lease, err := s.store.LeaseOrder(s.Context(), shop, id, time.Minute)
	s.must(err)
	row := s.row(id)
	row.Duplicate = choice
	s.must(s.store.SaveOrder(s.Context(), lease, row))
	s.must(s.store.ReleaseLease(s.Context(), lease))
}

func (s *scene) checkChoice(id tiktok.OrderID, theirs string, choice links.DuplicateChoice) {
	s.Helper()
	row, all := s.row(id), s.shopify.Orders(string(shop))
	switch choice {
	case links.AdoptTheirs:
		if row.State != links.Written || string(row.ShopifyOrder) != theirs || len(all) != 1 {
			s.Errorf("adopted: %s %s of %d orders", row.State, row.ShopifyOrder, len(all))
		}
		if m := all[0].Metafields; len(m) != 1 || m[0].Value != string(id) {
			s.Errorf("the adopted order carries %v, want our metafield", m)
		}
	case links.WriteOurs:
		if row.State != links.Written || string(row.ShopifyOrder) == theirs || len(all) != 2 {
			s.Errorf("wrote ours: %s %s of %d orders", row.State, row.ShopifyOrder, len(all))
		}
	case links.IgnoreOrder:
		if row.State != links.Skipped || len(all) != 1 {
			s.Errorf("ignored: %s of %d orders", row.State, len(all))
		}
	}
	if open := s.codes(id); len(open) != 0 {
		s.Errorf("still open: %v", open)
	}
}

func TestAReferenceAtTikTokNamesAnotherConnectorsOrder(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	gid, err := s.shopify.InjectOrder(string(shop), shopifysim.Order{App: "other", Currency: "USD"})
	s.must(err)
	number := gid[strings.LastIndex(gid, "/")+1:]
	s.must(s.tiktok.AddExternalReference(string(id), tiktoksim.ExternalReference{Platform: "SHOPIFY", ID: number}))
	s.must(s.bring(args(id)))
	if !slices.Equal(s.codes(id), []exceptions.Code{exceptions.DuplicateOrder}) {
		t.Fatalf("exceptions %v", s.codes(id))
	}
	// A reference to an order that this shop does not have names another shop's.
	other := s.place(tiktoksim.OrderSpec{})
	s.must(s.tiktok.AddExternalReference(string(other), tiktoksim.ExternalReference{Platform: "SHOPIFY", ID: "1"}))
	s.written(other)
}

func TestOurOwnOrderThatTheLedgerLostIsFound(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.place(tiktoksim.OrderSpec{})
	_, ours := s.written(id)
	fresh := setUp(t)
	fresh.importer.Ledger, fresh.importer.Exceptions, fresh.importer.Timeline = fresh.store, fresh.store, fresh.store
	fresh.importer.TikTok, fresh.importer.Shopify = s.importer.TikTok, s.importer.Shopify
	connections, err := s.store.Connections(t.Context(), shop)
	s.must(err)
	if len(connections) != 1 {
		t.Fatal("no connection")
	}
	s.must(fresh.bring(args(id)))
	if row := fresh.row(id); row.State != links.Written || string(row.ShopifyOrder) != ours.GID {
		t.Errorf("order is %s %s, want %s", row.State, row.ShopifyOrder, ours.GID)
	}
	if n := len(s.inShopify(id)); n != 1 {
		t.Errorf("shopify has %d orders", n)
	}
}

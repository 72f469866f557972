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
				id := s.Place(tiktoksim.OrderSpec{})
				theirs := mark(string(id))
				theirs.App, theirs.Currency = "other connector", "USD"
				gid, err := s.Shopify.InjectOrder(string(shop), theirs)
				s.Must(err)
				s.Clock.Pass(time.Minute) // the search index catches up
				s.Bring(id)
				if row := s.Row(id); row.State != links.Held || !slices.Equal(s.Codes(id), []exceptions.Code{exceptions.DuplicateOrder}) {
					t.Fatalf("order is %s (%s), exceptions %v", row.State, row.Reason, s.Codes(id))
				}
				s.choose(id, choice)
				s.Bring(id)
				s.checkChoice(id, gid, choice)
			})
		}
	}
}

// choose answers duplicate_order as the merchant.
func (s *scene) choose(id tiktok.OrderID, choice links.DuplicateChoice) {
	s.Helper()
	lease, err := s.Store.LeaseOrder(s.Context(), shop, id, time.Minute)
	s.Must(err)
	row := s.Row(id)
	row.Duplicate = choice
	s.Must(s.Store.SaveOrder(s.Context(), lease, row))
	s.Must(s.Store.ReleaseLease(s.Context(), lease))
}

func (s *scene) checkChoice(id tiktok.OrderID, theirs string, choice links.DuplicateChoice) {
	s.Helper()
	row, all := s.Row(id), s.Shopify.Orders(string(shop))
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
	if open := s.Codes(id); len(open) != 0 {
		s.Errorf("still open: %v", open)
	}
}

func TestAReferenceAtTikTokNamesAnotherConnectorsOrder(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{})
	gid, err := s.Shopify.InjectOrder(string(shop), shopifysim.Order{App: "other", Currency: "USD"})
	s.Must(err)
	number := gid[strings.LastIndex(gid, "/")+1:]
	s.Must(s.TikTok.AddExternalReference(string(id), tiktoksim.ExternalReference{Platform: "SHOPIFY", ID: number}))
	s.Bring(id)
	if !slices.Equal(s.Codes(id), []exceptions.Code{exceptions.DuplicateOrder}) {
		t.Fatalf("exceptions %v", s.Codes(id))
	}
	// A reference to an order that this shop does not have names another shop's.
	other := s.Place(tiktoksim.OrderSpec{})
	s.Must(s.TikTok.AddExternalReference(string(other), tiktoksim.ExternalReference{Platform: "SHOPIFY", ID: "1"}))
	s.written(other)
}

func TestOurOwnOrderThatTheLedgerLostIsFound(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{})
	_, ours := s.written(id)
	fresh := setUp(t)
	fresh.Importer.Ledger, fresh.Importer.Exceptions, fresh.Importer.Timeline = fresh.Store, fresh.Store, fresh.Store
	fresh.Importer.TikTok, fresh.Importer.Shopify = s.Importer.TikTok, s.Importer.Shopify
	connections, err := s.Store.Connections(t.Context(), shop)
	s.Must(err)
	if len(connections) != 1 {
		t.Fatal("no connection")
	}
	fresh.Bring(id)
	if row := fresh.Row(id); row.State != links.Written || string(row.ShopifyOrder) != ours.GID {
		t.Errorf("order is %s %s, want %s", row.State, row.ShopifyOrder, ours.GID)
	}
	if n := len(s.InShopify(id)); n != 1 {
		t.Errorf("shopify has %d orders", n)
	}
}

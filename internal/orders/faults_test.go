package orders_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
)

func TestManyJobsForOneOrderWriteItOnce(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for {
				err := s.Importer.Import(t.Context(), args(id))
				if fault.Of(err) != fault.Later {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
	s.written(id)
}

// However the call that writes fails, the order is there once in the end.
func TestALostAnswerNeverMakesASecondOrder(t *testing.T) {
	t.Parallel()
	faults := map[string][]chaos.Fault{
		"cut before":             {{Kind: chaos.CutBefore}},
		"cut after":              {{Kind: chaos.CutAfter}},
		"cut after, twice":       {{Kind: chaos.CutAfter}, {Kind: chaos.CutAfter}},
		"answer cannot be read":  {{Kind: chaos.Malformed}},
		"server error":           {{Kind: chaos.ServerError, Status: 502}},
		"commit at once":         {{Kind: chaos.LateCommit, After: 0}},
		"commit after 5 units":   {{Kind: chaos.LateCommit, After: 5 * retryBase}},
		"commit after 59 units":  {{Kind: chaos.LateCommit, After: 59 * retryBase}},
		"commit after 100 units": {{Kind: chaos.LateCommit, After: 100 * retryBase}, {Kind: chaos.CutBefore}},
		"throttled in the body":  {{Kind: chaos.Throttled, Status: 200}},
		"throttled by status":    {{Kind: chaos.Throttled, Status: 429, RetryAfter: 3 * time.Second}},
		"token expired":          {{Kind: chaos.TokenExpired}},
		"everything in a row":    {{Kind: chaos.Throttled}, {Kind: chaos.CutBefore}, {Kind: chaos.ServerError}, {Kind: chaos.CutAfter}},
	}
	for name, list := range faults {
		for _, rule := range []shopifysim.DuplicateRule{shopifysim.RefuseDuplicate, shopifysim.DropDuplicateMetafield} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.Duplicate = rule })
				id := s.Place(tiktoksim.OrderSpec{})
				for _, fault := range list {
					s.Faults.Add("orderCreate", fault, 1)
				}
				s.written(id)
				if open := s.Codes(id); len(open) != 0 {
					t.Errorf("open exceptions: %v", open)
				}
			})
		}
	}
}

// A commit so late that a second attempt was made: one order stays, and where
// Shopify let the second in without its metafield, a person is told of it.
func TestACommitAfterTheLastLookup(t *testing.T) {
	t.Parallel()
	for _, rule := range []shopifysim.DuplicateRule{shopifysim.RefuseDuplicate, shopifysim.DropDuplicateMetafield} {
		s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.Duplicate = rule })
		id := s.Place(tiktoksim.OrderSpec{})
		s.Faults.Add("orderCreate", chaos.Fault{Kind: chaos.LateCommit, After: 61 * retryBase}, 1)
		s.Bring(id)
		s.Clock.Pass(2 * time.Minute)
		s.Bring(id)
		row := s.Row(id)
		if row.State != links.Written || row.ShopifyOrder == "" {
			t.Fatalf("order is %s (%s)", row.State, row.Reason)
		}
		if n := len(s.InShopify(id)); rule == shopifysim.RefuseDuplicate && n != 1 {
			t.Errorf("shopify has %d orders, want 1", n)
		}
	}
}

func TestThePlatformsMayMisbehaveOnEveryCall(t *testing.T) {
	t.Parallel()
	for _, op := range []string{tiktoksim.OpOrderDetail, tiktoksim.OpExternalGet, "orderByIdentifier", "orders", "productVariants"} {
		for _, kind := range []chaos.Kind{chaos.CutBefore, chaos.CutAfter, chaos.ServerError, chaos.Throttled, chaos.Malformed, chaos.TokenExpired} {
			t.Run(op+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				id := s.Place(tiktoksim.OrderSpec{})
				times := 2
				if kind == chaos.TokenExpired {
					times = 1 // a renewed token that is refused again is a person's business
				}
				s.Faults.Add(op, chaos.Fault{Kind: kind}, times)
				s.written(id)
			})
		}
	}
}

func TestShopifyRefuses(t *testing.T) {
	t.Parallel()
	t.Run("for want of stock", func(t *testing.T) {
		t.Parallel()
		s := setUp(t)
		s.Set(func(settings *shops.Settings) { settings.InventoryBehaviour = shops.DecrementObeyingPolicy })
		many := tiktoksim.SampleUnit()
		many.Count = 11
		id := s.Place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{many}})
		s.Bring(id)
		if !slices.Equal(s.Codes(id), []exceptions.Code{exceptions.InventoryRefused}) {
			t.Errorf("exceptions %v", s.Codes(id))
		}
		if row := s.Row(id); row.AttemptAt != nil {
			t.Error("the claim was not taken back: the order would be looked for in vain")
		}
	})
	t.Run("the customer, for want of a scope", func(t *testing.T) {
		t.Parallel()
		s := setUp(t, func(o *shopifysim.Options, _ *shopifysim.ShopSpec) { o.UpsertNeedsScope = true })
		_, o := s.written(s.Place(tiktoksim.OrderSpec{}))
		if o.Customer != nil || o.Email == "" {
			t.Errorf("customer %v, e-mail %q: want the e-mail alone", o.Customer, o.Email)
		}
	})
	t.Run("a sixth order in a minute", func(t *testing.T) {
		t.Parallel()
		s := setUp(t, func(_ *shopifysim.Options, spec *shopifysim.ShopSpec) { spec.DevelopmentShop = true })
		for range 7 {
			s.written(s.Place(tiktoksim.OrderSpec{}))
		}
	})
}

func TestTheSellerWithdrewTheAuthorization(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{})
	s.Must(s.TikTok.Deauthorize(seller))
	err := s.Import(args(id))
	if err != nil && !errors.Is(err, links.ErrFenced) && fault.Of(err) == fault.None {
		t.Fatal(err)
	}
	if got := s.Codes(id); !slices.Equal(got, []exceptions.Code{exceptions.ConnectionExpired}) {
		t.Errorf("exceptions %v after %v", got, err)
	}
}

func TestAJobThatLostItsLeaseStops(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{})
	lease, err := s.Store.LeaseOrder(t.Context(), shop, id, time.Minute)
	s.Must(err)
	if err := s.Importer.Import(t.Context(), args(id)); fault.Of(err) != fault.Later || !errors.Is(err, links.ErrLeased) {
		t.Fatalf("got %v, want to come back later", err)
	}
	s.Clock.Pass(2 * time.Minute) // the holder crashed: its lease ends
	s.written(id)
	if err := s.Store.SaveOrder(t.Context(), lease, links.Order{Shop: shop, ID: id, State: links.Skipped}); !errors.Is(err, links.ErrFenced) {
		t.Errorf("the old lease still writes: %v", err)
	}
}

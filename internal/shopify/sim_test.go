package shopify

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

func (b *simBench) create(t *testing.T, id string) (Created, error) {
	t.Helper()
	in, options := fullOrder(id)
	return b.client.CreateOrder(t.Context(), testShop, in, options)
}

func TestCreatedOrderIsFound(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	created, err := b.create(t, tiktokID)
	if err != nil || len(created.UserErrors) > 0 {
		t.Fatalf("create: %v, %v", err, created.UserErrors)
	}
	order := created.Order
	if order.Name != tiktokID || order.SourceIdentifier != tiktokID || order.TikTokOrderID != tiktokID || order.Total != "26.6" ||
		order.Currency != "USD" || !slices.Equal(order.Tags, []string{"tiktok-shop"}) || order.Test || order.CancelledAt != "" || len(order.Lines) != 2 {
		t.Errorf("order = %+v", order)
	}
	if line := order.Lines[0]; line.SKU != "MUG" || line.Quantity != 2 || line.Name != "Mug" || line.ID == "" || line.Variant != "" {
		t.Errorf("line = %+v", line)
	}
	byTikTok, err := b.client.OrderByTikTokID(t.Context(), testShop, tiktokID)
	if err != nil {
		t.Fatal(err)
	}
	byID, err := b.client.OrderByID(t.Context(), testShop, order.ID)
	if err != nil {
		t.Fatal(err)
	}
	search, err := b.client.FindOrders(t.Context(), testShop, tiktokID)
	if err != nil || len(search) != 1 {
		t.Fatalf("search found %d, %v; want the order once although it matches by source and name", len(search), err)
	}
	for name, found := range map[string]*FoundOrder{"by tiktok id": byTikTok, "by id": byID, "by search": &search[0]} {
		if diff := cmp.Diff(order, found); diff != "" {
			t.Errorf("%s differs from what was created:\n%s", name, diff)
		}
	}
	none, err := b.client.OrderByTikTokID(t.Context(), testShop, "1")
	if err != nil || none != nil {
		t.Errorf("unknown id: %v, %v", none, err)
	}
}

// More lines than a lookup asks for at first come in pages.
func TestLinesComeInPages(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	in, options := fullOrder(tiktokID)
	in.Transactions, in.ShippingLines, in.LineItems = nil, nil, nil
	for n := range 130 {
		in.LineItems = append(in.LineItems, &admin.OrderCreateLineItemInput{Title: ptr(fmt.Sprintf("Item %d", n)), Quantity: 1,
			PriceSet: &admin.MoneyBagInput{ShopMoney: &admin.MoneyInput{Amount: "1.00", CurrencyCode: admin.CurrencyCodeUsd}}})
	}
	created, err := b.client.CreateOrder(t.Context(), testShop, in, options)
	if err != nil || len(created.Order.Lines) != 130 {
		t.Fatalf("created with %v: %v", created, err)
	}
	found, err := b.client.OrderByTikTokID(t.Context(), testShop, tiktokID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(created.Order, found); diff != "" {
		t.Errorf("the lookup lost lines:\n%s", diff)
	}
}

func TestDuplicateMetafield(t *testing.T) {
	t.Parallel()
	t.Run("refused whole", func(t *testing.T) {
		t.Parallel()
		b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
		if _, err := b.create(t, tiktokID); err != nil {
			t.Fatal(err)
		}
		second, err := b.create(t, tiktokID)
		if err != nil || second.Order != nil || !second.UserErrors.Has("INVALID") || !second.UserErrors.Concerns("metafields") {
			t.Errorf("second = %+v, %v", second, err)
		}
	})
	t.Run("written without", func(t *testing.T) {
		t.Parallel()
		b := simulated(t, shopifysim.Options{Duplicate: shopifysim.DropDuplicateMetafield}, shopifysim.ShopSpec{})
		if _, err := b.create(t, tiktokID); err != nil {
			t.Fatal(err)
		}
		second, err := b.create(t, tiktokID)
		if err != nil || second.Order == nil || second.Order.TikTokOrderID != "" || len(second.UserErrors) == 0 {
			t.Fatalf("second = %+v, %v", second, err)
		}
		var refused UserErrors
		if err := b.client.SetTikTokOrderID(t.Context(), testShop, second.Order.ID, tiktokID); !errors.As(err, &refused) {
			t.Errorf("repairing a taken id: %v, want UserErrors", err)
		}
		if err := b.client.SetTikTokOrderID(t.Context(), testShop, second.Order.ID, "576461413038785753"); err != nil {
			t.Errorf("repairing a free id: %v", err)
		}
		if err := b.client.AddTags(t.Context(), testShop, second.Order.ID, []string{"more"}); err != nil {
			t.Errorf("add tags: %v", err)
		}
		found, err := b.client.OrderByTikTokID(t.Context(), testShop, "576461413038785753")
		if err != nil || found == nil || found.ID != second.Order.ID || !slices.Equal(found.Tags, []string{"tiktok-shop", "more"}) && !slices.Equal(found.Tags, []string{"more", "tiktok-shop"}) {
			t.Errorf("repaired order: %+v, %v", found, err)
		}
	})
}

// What each failure says about whether the order was written, against what the simulator holds.
func TestOutcomeOfLostAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault   chaos.Fault
		unknown bool
		orders  int
	}{
		"cut before the commit": {chaos.Fault{Kind: chaos.CutBefore}, true, 0},
		"cut after the commit":  {chaos.Fault{Kind: chaos.CutAfter}, true, 1},
		"answer cut short":      {chaos.Fault{Kind: chaos.Malformed}, true, 1},
		"bad gateway":           {chaos.Fault{Kind: chaos.ServerError, Status: http.StatusBadGateway}, true, 0},
		"unavailable, wait":     {chaos.Fault{Kind: chaos.ServerError, RetryAfter: 7 * time.Second}, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var script chaos.Script
			script.Add("orderCreate", tc.fault, 1)
			b := simulated(t, shopifysim.Options{Script: &script}, shopifysim.ShopSpec{})
			created, err := b.create(t, tiktokID)
			if err == nil || created.Order != nil {
				t.Fatalf("created %+v, %v", created, err)
			}
			if got := OutcomeUnknown(err); got != tc.unknown {
				t.Errorf("OutcomeUnknown(%v) = %v", err, got)
			}
			if got := len(b.sim.Orders(string(testShop))); got != tc.orders {
				t.Errorf("%d orders, want %d: the client must not repeat a mutation", got, tc.orders)
			}
			var later *fault.Delayed
			if tc.fault.RetryAfter > 0 && (!errors.As(err, &later) || later.Wait != tc.fault.RetryAfter) {
				t.Errorf("error %v does not pass on Retry-After", err)
			}
		})
	}
}

func TestExpiredTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	if _, err := b.client.ShopInfo(t.Context(), testShop); err != nil {
		t.Fatal(err)
	}
	b.sim.ExpireTokens(string(testShop))
	if _, err := b.create(t, tiktokID); err != nil {
		t.Errorf("create with an expired token: %v", err)
	}
	if err := b.sim.Uninstall(string(testShop)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.create(t, "2"); !errors.Is(err, ErrGrantRefused) || OutcomeUnknown(err) {
		t.Errorf("create after uninstall: %v", err)
	}
}

func TestThrottling(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusTooManyRequests} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			var script chaos.Script
			script.Add("shop", chaos.Fault{Kind: chaos.Throttled, Status: status}, 1)
			b := simulated(t, shopifysim.Options{Script: &script, RestoreRate: 1000}, shopifysim.ShopSpec{Name: "Acme"})
			info, err := b.client.ShopInfo(t.Context(), testShop)
			if err != nil || info.Name != "Acme" {
				t.Errorf("a short wait is sat out: %+v, %v", info, err)
			}
		})
	}
	t.Run("long", func(t *testing.T) {
		t.Parallel()
		b := simulated(t, shopifysim.Options{BucketSize: 30, RestoreRate: 0.1}, shopifysim.ShopSpec{})
		if _, err := b.create(t, tiktokID); err != nil {
			t.Fatal(err)
		}
		_, err := b.create(t, "2")
		if fault.Of(err) != fault.Later || OutcomeUnknown(err) {
			t.Errorf("a long wait goes to the queue: %v", err)
		}
		if got := len(b.sim.Requests()); got != 1 {
			t.Errorf("%d requests: the second was sent although the bucket was known to be empty", got)
		}
	})
}

func TestFiveOrdersAMinute(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{DevelopmentShop: true})
	for n := range 5 {
		if _, err := b.create(t, fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.create(t, "6")
	var later *fault.Delayed
	if !errors.As(err, &later) || later.Wait < 10*time.Second || OutcomeUnknown(err) {
		t.Errorf("sixth order: %v", err)
	}
}

// A burst of calls far beyond the bucket is paced, and Shopify never has to refuse one.
func TestBurstIsNotThrottled(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{BucketSize: 100, RestoreRate: 400}, shopifysim.ShopSpec{})
	if _, err := b.client.ShopInfo(t.Context(), testShop); err != nil { // the first answer tells the bucket
		t.Fatal(err)
	}
	var group errgroup.Group
	for range 12 {
		group.Go(func() error {
			_, err := b.client.FindOrders(t.Context(), testShop, tiktokID)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if got := len(b.sim.Requests()); got != 13 {
		t.Errorf("%d requests for 13 calls: some were throttled", got)
	}
}

func TestVariantsBySKU(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{LooseSearch: true}, shopifysim.ShopSpec{})
	odd := `say "hi" \ OR sku:*`
	var mug shopifysim.Variant
	for _, sku := range []string{"MUG", "mug", "MUG-XL", "TWICE", "TWICE", odd} {
		v, err := b.sim.AddVariant(string(testShop), shopifysim.VariantSpec{SKU: sku, Title: "Blue", ProductTitle: "Thing", Price: 100})
		if err != nil {
			t.Fatal(err)
		}
		if sku == "MUG" {
			mug = v
		}
	}
	for range 60 { // more than a page of what begins alike
		if _, err := b.sim.AddVariant(string(testShop), shopifysim.VariantSpec{SKU: "MUGS", ProductTitle: "Mugs", Price: 100}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.sim.AddVariant(string(testShop), shopifysim.VariantSpec{SKU: "MUG", ProductTitle: "Last", Price: 100}); err != nil {
		t.Fatal(err)
	}
	found, err := b.client.VariantsBySKU(t.Context(), testShop, []string{"MUG", "TWICE", "NONE", "MUG", "", odd})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for sku, variants := range found {
		counts[sku] = len(variants)
	}
	if diff := cmp.Diff(map[string]int{"MUG": 2, "TWICE": 2, odd: 1}, counts); diff != "" {
		t.Errorf("variants a SKU (-want +got):\n%s", diff)
	}
	want := Variant{ID: GID(mug.GID), SKU: "MUG", Title: "Blue", Product: found["MUG"][0].Product, ProductTitle: "Thing", ProductStatus: "ACTIVE"}
	if diff := cmp.Diff(want, found["MUG"][0]); diff != "" || want.Product == "" {
		t.Errorf("variant (-want +got):\n%s", diff)
	}
	if none, err := b.client.VariantsBySKU(t.Context(), testShop, nil); err != nil || len(none) != 0 {
		t.Errorf("no SKUs: %v, %v", none, err)
	}
}

func TestShopInfoAndScopes(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{
		Name: "Acme", Currency: "GBP", TimeZone: "Europe/London", TaxesIncluded: true, DevelopmentShop: true,
	})
	info, err := b.client.ShopInfo(t.Context(), testShop)
	if err != nil {
		t.Fatal(err)
	}
	want := ShopInfo{Domain: testShop, Name: "Acme", Currency: "GBP", TimeZone: "Europe/London", TaxesIncluded: true, Development: true}
	if diff := cmp.Diff(want, info); diff != "" {
		t.Errorf("shop (-want +got):\n%s", diff)
	}
	scopes, err := b.client.GrantedScopes(t.Context(), testShop)
	if err != nil || !slices.Contains(scopes, "write_orders") || !slices.IsSorted(scopes) {
		t.Errorf("scopes = %v, %v", scopes, err)
	}
}

func TestMissingScopeAsksTheMerchant(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{UpsertNeedsScope: true}, shopifysim.ShopSpec{})
	in, options := fullOrder(tiktokID)
	in.Customer = &admin.OrderCreateCustomerInput{ToUpsert: &admin.OrderCreateUpsertCustomerAttributesInput{Email: ptr("relay@example.com")}}
	_, err := b.client.CreateOrder(t.Context(), testShop, in, options)
	var act *fault.Act
	if !errors.As(err, &act) || act.Code != "scope_missing" || OutcomeUnknown(err) {
		t.Errorf("error = %v", err)
	}
}

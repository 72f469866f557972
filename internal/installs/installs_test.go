package installs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/installs"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const demo shopify.Domain = "demo.myshopify.com"

// world is the book and Shopify, in memory.
type world struct {
	mu        sync.Mutex
	shop      *shops.Shop
	pair      *tokens.Pair
	exchanges atomic.Int32
	described atomic.Int32
	grantErr  error
	infoErr   error
	// slow holds an exchange up.
	slow time.Duration
}

func (w *world) installer() *installs.Installer {
	return &installs.Installer{Book: w, Grants: w, Shops: w, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func (w *world) Shop(context.Context, shopify.Domain) (shops.Shop, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shop == nil {
		return shops.Shop{}, shops.ErrNotFound
	}
	return *w.shop, nil
}

func (w *world) TokenPair(_ context.Context, key tokens.Key) (tokens.Pair, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pair == nil || key != installs.Key(demo) {
		return tokens.Pair{}, tokens.ErrNone
	}
	return *w.pair, nil
}

func (w *world) InstallShop(_ context.Context, shop shops.Shop, pair tokens.Pair, _ ...installs.Job) (shops.Shop, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	shop.Installation, shop.Slug = 1, "slug"
	w.shop, w.pair = &shop, &pair
	return shop, nil
}

func (w *world) UpdateShop(_ context.Context, shop shops.Shop) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shop = &shop
	return nil
}

func (w *world) ExchangeSessionToken(ctx context.Context, _ shopify.Domain, token string) (shopify.Grant, error) {
	return w.grant(ctx, token)
}

func (w *world) ExchangeCode(ctx context.Context, _ shopify.Domain, code string) (shopify.Grant, error) {
	return w.grant(ctx, code)
}

func (w *world) grant(ctx context.Context, proof string) (shopify.Grant, error) {
	w.exchanges.Add(1)
	select {
	case <-ctx.Done():
		return shopify.Grant{}, ctx.Err()
	case <-time.After(w.slow):
	}
	return shopify.Grant{
		Access: secret.New("access by " + proof), Refresh: secret.New("refresh"), Scopes: []string{"write_orders"},
		AccessExpiresAt: time.Now().Add(time.Hour), RefreshExpiresAt: time.Now().Add(90 * 24 * time.Hour),
	}, w.grantErr
}

func (w *world) ShopInfo(context.Context, shopify.Domain) (shopify.ShopInfo, error) {
	w.described.Add(1)
	return shopify.ShopInfo{Name: "Demo", Currency: "USD", TimeZone: "Europe/Berlin", TaxesIncluded: true}, w.infoErr
}

func TestFirstVisitInstallsAndTheSecondAsksNothing(t *testing.T) {
	t.Parallel()
	w := &world{}
	i := w.installer()
	for range 2 {
		shop, err := i.Ensure(t.Context(), demo, "session")
		if err != nil || shop.Name != "Demo" || shop.Currency != "USD" || shop.TimeZone != "Europe/Berlin" || !shop.TaxesIncluded || shop.Slug != "slug" {
			t.Fatalf("shop %+v, %v", shop, err)
		}
	}
	if w.exchanges.Load() != 1 || w.described.Load() != 1 {
		t.Errorf("%d exchanges, %d descriptions", w.exchanges.Load(), w.described.Load())
	}
	if w.pair.Access != secret.New("access by session") || !cmp.Equal(w.shop.Scopes, []string{"write_orders"}) {
		t.Errorf("kept %+v", w.shop)
	}
}

func TestWhenATokenIsExchangedAgain(t *testing.T) {
	t.Parallel()
	past := time.Now().Add(-time.Hour)
	cases := map[string]struct {
		change    func(*world)
		exchanges int32
	}{
		"all is well":          {func(*world) {}, 0},
		"access token over":    {func(w *world) { w.pair.AccessExpiresAt = past }, 0}, // it is renewed when it is needed
		"refresh token over":   {func(w *world) { w.pair.RefreshExpiresAt = past }, 1},
		"renewal was refused":  {func(w *world) { w.pair.RefusedAt = &past }, 1},
		"token gone":           {func(w *world) { w.pair = nil }, 1},
		"uninstalled":          {func(w *world) { w.shop.UninstalledAt = &past }, 1},
		"only the description": {func(w *world) { w.shop.Currency = "" }, 0},
	}
	for name, c := range cases {
		w := &world{}
		if _, err := w.installer().Ensure(t.Context(), demo, "session"); err != nil {
			t.Fatal(err)
		}
		c.change(w)
		w.exchanges.Store(0)
		shop, err := w.installer().Ensure(t.Context(), demo, "session")
		if err != nil || shop.Currency != "USD" || w.exchanges.Load() != c.exchanges {
			t.Errorf("%s: %d exchanges, %+v, %v", name, w.exchanges.Load(), shop, err)
		}
	}
}

// Two grants would void each other's refresh token.
func TestManyVisitsAtOnceExchangeOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &world{slow: time.Second}
		i := w.installer()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if _, err := i.Ensure(t.Context(), demo, "session"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if w.exchanges.Load() != 1 {
			t.Errorf("%d exchanges", w.exchanges.Load())
		}
	})
}

func TestAGrantIsKeptWhenTheBrowserHasGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &world{slow: time.Second}
		ctx, leave := context.WithCancel(t.Context())
		go leave()
		if _, err := w.installer().Ensure(ctx, demo, "session"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		<-time.After(2 * time.Second) // on the test's own clock
		if shop, err := w.Shop(t.Context(), demo); err != nil || shop.Currency != "USD" {
			t.Errorf("kept %+v, %v", shop, err)
		}
	})
}

func TestFinish(t *testing.T) {
	t.Parallel()
	w := &world{}
	shop, err := w.installer().Finish(t.Context(), demo, "code")
	if err != nil || shop.Currency != "USD" || w.pair.Access != secret.New("access by code") {
		t.Errorf("shop %+v, %v", shop, err)
	}
}

func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	w := &world{grantErr: shopify.ErrGrantRefused}
	if _, err := w.installer().Ensure(t.Context(), demo, "session"); !errors.Is(err, shopify.ErrGrantRefused) || w.shop != nil {
		t.Errorf("refused: %v, kept %+v", err, w.shop)
	}
	w = &world{infoErr: errors.New("shop is asleep")}
	if _, err := w.installer().Ensure(t.Context(), demo, "session"); err == nil {
		t.Error("a shop without currency passes for installed")
	}
	w.infoErr = nil
	if shop, err := w.installer().Ensure(t.Context(), demo, "session"); err != nil || shop.Currency != "USD" || w.exchanges.Load() != 1 {
		t.Errorf("the next visit mends it: %+v, %v, %d exchanges", shop, err, w.exchanges.Load())
	}
}

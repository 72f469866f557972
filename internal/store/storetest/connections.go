package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// The TikTok shop of most tests, and its seller.
const (
	tiktokShop tiktok.ShopID = "7495000000000000001"
	seller     tiktok.OpenID = "open-1"
)

// connectShop connects it.
func (b *bench) connectShop(t *testing.T, domain shopify.Domain) {
	t.Helper()
	must(t, b.Connect(t.Context(), shops.Authorization{Shop: domain, OpenID: seller, SellerName: "Seller", SellerRegion: "US"},
		b.pair(string(seller)), []shops.Connection{connection(domain, tiktokShop, seller)}))
}

func connection(domain shopify.Domain, id tiktok.ShopID, seller tiktok.OpenID) shops.Connection {
	return shops.Connection{Shop: domain, TikTokShop: id, OpenID: seller, Name: "Shop " + string(id), Region: "US", Cipher: "cipher", Currency: "USD"}
}

func tokenPairs(t *testing.T, b *bench) {
	ctx := t.Context()
	key := tokens.Key{Platform: tokens.TikTok, Shop: string(demo), Seller: "open-1"}
	if _, err := b.TokenPair(ctx, key); !errors.Is(err, tokens.ErrNone) {
		t.Fatalf("got %v, want ErrNone", err)
	}
	must(t, b.SaveTokenPair(ctx, key, b.pair("first")))
	got, err := b.TokenPair(ctx, key)
	must(t, err)
	want := b.pair("first")
	want.Generation = 1
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(secret.String{})); diff != "" {
		t.Error(diff)
	}
	must(t, b.RefuseTokenPair(ctx, key, 99, b.Now())) // another generation: nothing
	if got, _ := b.TokenPair(ctx, key); got.RefusedAt != nil {
		t.Error("the refusal of an old generation marks the new one")
	}
	must(t, b.RefuseTokenPair(ctx, key, 1, b.Now()))
	if got, _ := b.TokenPair(ctx, key); got.RefusedAt == nil || !got.RefusedAt.Equal(b.Now()) {
		t.Errorf("refused at %v", got.RefusedAt)
	}
	second := b.pair("second")
	second.Generation = 1
	must(t, b.RenewTokenPair(ctx, key, second))
	if got, _ := b.TokenPair(ctx, key); got.RefusedAt != nil || got.Generation != 2 || got.Access.Reveal() != "second access" {
		t.Errorf("after renewal: %+v", got)
	}
	if err := b.RenewTokenPair(ctx, key, second); !errors.Is(err, tokens.ErrNone) {
		t.Errorf("a pair of an old generation was kept: %v", err)
	}
	if _, err := b.TokenPair(ctx, tokens.Key{Platform: tokens.TikTok, Shop: string(demo), Seller: "open-2"}); !errors.Is(err, tokens.ErrNone) {
		t.Errorf("another seller's: %v", err)
	}
}

func tokenLeases(t *testing.T, b *bench) {
	ctx := t.Context()
	key := tokens.Key{Platform: tokens.Shopify, Shop: string(demo)}
	if leased, err := b.LeaseTokenPair(ctx, key, b.Now(), b.Now().Add(time.Minute)); err != nil || leased {
		t.Errorf("lease on nothing: %v, %v", leased, err)
	}
	must(t, b.SaveTokenPair(ctx, key, b.pair("x")))
	var winners atomic.Int32
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			leased, err := b.LeaseTokenPair(ctx, key, b.Now(), b.Now().Add(time.Minute))
			if err != nil {
				t.Error(err)
			}
			if leased {
				winners.Add(1)
			}
		})
	}
	group.Wait()
	if winners.Load() != 1 {
		t.Errorf("%d got the lease", winners.Load())
	}
	lease := func() bool {
		leased, err := b.LeaseTokenPair(ctx, key, b.Now(), b.Now().Add(time.Minute))
		must(t, err)
		return leased
	}
	b.pass(59 * time.Second)
	if lease() {
		t.Error("leased before its time was up")
	}
	b.pass(time.Second)
	if !lease() || lease() {
		t.Error("not leased once when its time was up")
	}
	must(t, b.ReleaseTokenPair(ctx, key))
	if !lease() {
		t.Error("not free after its release")
	}
	must(t, b.VoidLeases(ctx))
	if !lease() {
		t.Error("not free after leases were voided")
	}
}

func connect(t *testing.T, b *bench) {
	ctx := t.Context()
	auth := shops.Authorization{Shop: demo, OpenID: "open-1", SellerName: "Seller", SellerRegion: "US"}
	if err := b.Connect(ctx, auth, b.pair("x"), nil); !errors.Is(err, shops.ErrNotFound) {
		t.Fatalf("connect to a shop that is not installed: %v", err)
	}
	b.install(t, demo)
	one, two := connection(demo, "7495000000000000001", "open-1"), connection(demo, "7495000000000000002", "open-1")
	two.Currency, two.Off = "GBP", shops.OffOtherCurrency
	must(t, b.Connect(ctx, auth, b.pair("first"), []shops.Connection{one, two}))
	connectedAt := b.Now()
	b.pass(time.Hour)
	must(t, b.SetConnectionOff(ctx, demo, one.TikTokShop, shops.OffByMerchant))
	one.Name, two.Off = "Renamed", shops.On
	must(t, b.Connect(ctx, auth, b.pair("second"), []shops.Connection{one, two}))
	one.Off, one.ConnectedAt, two.ConnectedAt = shops.OffByMerchant, connectedAt, connectedAt
	got, err := b.Connections(ctx, demo)
	must(t, err)
	if diff := cmp.Diff([]shops.Connection{one, two}, got); diff != "" {
		t.Error(diff)
	}
	if a, err := b.Authorization(ctx, demo, "open-1"); err != nil || a != auth {
		t.Errorf("authorization: %+v, %v", a, err)
	}
	key := tokens.Key{Platform: tokens.TikTok, Shop: string(demo), Seller: "open-1"}
	must(t, b.Disconnect(ctx, demo, one.TikTokShop))
	if _, err := b.TokenPair(ctx, key); err != nil {
		t.Errorf("tokens are gone while a shop is connected: %v", err)
	}
	if err := b.Disconnect(ctx, demo, one.TikTokShop); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("disconnected twice: %v", err)
	}
	if err := b.Disconnect(ctx, other, two.TikTokShop); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("disconnected by another shop: %v", err)
	}
	must(t, b.Disconnect(ctx, demo, two.TikTokShop))
	if _, err := b.TokenPair(ctx, key); !errors.Is(err, tokens.ErrNone) {
		t.Errorf("tokens outlive the last connection: %v", err)
	}
	if list, err := b.Authorizations(ctx, demo); err != nil || len(list) != 0 {
		t.Errorf("authorizations outlive the last connection: %v, %v", list, err)
	}
	if _, err := b.TokenPair(ctx, tokens.Key{Platform: tokens.Shopify, Shop: string(demo)}); err != nil {
		t.Errorf("the Shopify token went with it: %v", err)
	}
}

func taken(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.install(t, other)
	b.connectShop(t, demo)
	err := b.Connect(ctx, shops.Authorization{Shop: other, OpenID: "open-1"}, b.pair("x"), []shops.Connection{
		connection(other, "7495000000000000002", "open-1"), connection(other, "7495000000000000001", "open-1"),
	})
	if !errors.Is(err, shops.ErrTaken) {
		t.Fatalf("got %v, want ErrTaken", err)
	}
	if _, err := b.Connection(ctx, "7495000000000000002"); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("half of it was kept: %v", err)
	}
	if _, err := b.TokenPair(ctx, tokens.Key{Platform: tokens.TikTok, Shop: string(other), Seller: "open-1"}); !errors.Is(err, tokens.ErrNone) {
		t.Errorf("its tokens were kept: %v", err)
	}
	if c, err := b.Connection(ctx, "7495000000000000001"); err != nil || c.Shop != demo {
		t.Errorf("owner is %v, %v", c.Shop, err)
	}
	// Of two at once one gets it.
	var won atomic.Int32
	var group sync.WaitGroup
	for _, domain := range []shopify.Domain{demo, other} {
		group.Go(func() {
			err := b.Connect(ctx, shops.Authorization{Shop: domain, OpenID: "open-9"}, b.pair("x"),
				[]shops.Connection{connection(domain, "7495000000000000009", "open-9")})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, shops.ErrTaken) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 {
		t.Errorf("%d got the shop", won.Load())
	}
	must(t, b.Disconnect(ctx, demo, "7495000000000000001"))
	b.connectShop(t, other)
}

func states(t *testing.T, b *bench) {
	ctx := t.Context()
	state := shops.State{Hash: "h1", Purpose: "tiktok", Shop: demo, User: "42", ExpiresAt: b.Now().Add(15 * time.Minute)}
	must(t, b.SaveState(ctx, state))
	if _, err := b.TakeState(ctx, "shopify", "h1"); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("taken for another purpose: %v", err)
	}
	var winners atomic.Int32
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			got, err := b.TakeState(ctx, "tiktok", "h1")
			if err == nil && got == state {
				winners.Add(1)
			} else if !errors.Is(err, shops.ErrNotFound) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	group.Wait()
	if winners.Load() != 1 {
		t.Errorf("taken %d times", winners.Load())
	}
	state.Hash = "h2"
	must(t, b.SaveState(ctx, state))
	b.pass(15 * time.Minute)
	if _, err := b.TakeState(ctx, "tiktok", "h2"); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("taken after its time: %v", err)
	}
}

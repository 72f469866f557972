package installs_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/installs"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

// registry is one shop, and a list of what was done to it.
type registry struct {
	shop   shops.Shop
	did    []string
	scopes []string
	err    error
}

func (r *registry) Shop(_ context.Context, domain shopify.Domain) (shops.Shop, error) {
	if domain != r.shop.Domain {
		return shops.Shop{}, shops.ErrNotFound
	}
	return r.shop, r.err
}

func (r *registry) Connections(context.Context, shopify.Domain) ([]shops.Connection, error) {
	return []shops.Connection{{TikTokShop: "7"}}, r.err
}

func (r *registry) Unsubscribe(_ context.Context, list []shops.Connection) {
	r.did = append(r.did, "unsubscribe "+string(list[0].TikTokShop))
}

func (r *registry) UninstallShop(context.Context, shopify.Domain, time.Time) (bool, error) {
	r.did = append(r.did, "uninstall")
	return true, r.err
}

func (r *registry) EraseShop(context.Context, shopify.Domain) error {
	r.did = append(r.did, "erase")
	return r.err
}

func (r *registry) SetScopes(_ context.Context, _ shopify.Domain, scopes []string, _ ...installs.Job) error {
	r.scopes = scopes
	return r.err
}

func (r *registry) GrantedScopes(context.Context, shopify.Domain) ([]string, error) {
	return []string{"write_orders"}, r.err
}

func TestTikTokIsToldBeforeTheTokensGo(t *testing.T) {
	t.Parallel()
	installed := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	gone := installed.Add(time.Hour)
	cases := map[string]struct {
		shop shops.Shop
		at   time.Time
		want []string
	}{
		"now":                          {shops.Shop{Domain: "demo.myshopify.com", InstalledAt: installed, AuthorizedAt: installed}, gone, []string{"unsubscribe 7", "uninstall"}},
		"older than this installation": {shops.Shop{Domain: "demo.myshopify.com", InstalledAt: gone, AuthorizedAt: gone}, installed, []string{"uninstall"}},
		// Nobody had told us that the app was gone when it came back.
		"unheard of until it is back":   {shops.Shop{Domain: "demo.myshopify.com", InstalledAt: installed, AuthorizedAt: gone.Add(time.Hour)}, gone, []string{"uninstall"}},
		"again, when it is gone":        {shops.Shop{Domain: "demo.myshopify.com", InstalledAt: installed, AuthorizedAt: installed, UninstalledAt: &gone}, gone, []string{"uninstall"}},
		"of a shop that was never here": {shops.Shop{Domain: "other.myshopify.com"}, gone, nil},
	}
	for name, c := range cases {
		r := &registry{shop: c.shop}
		job := installs.Registrar{Registry: r, Scopes: r, Farewell: r}
		if err := job.Uninstall(t.Context(), installs.UninstallArgs{Shop: "demo.myshopify.com", At: c.at}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.Equal(r.did, c.want) {
			t.Errorf("%s: did %v, want %v", name, r.did, c.want)
		}
	}
}

func TestScopesAreReadFromShopify(t *testing.T) {
	t.Parallel()
	r := &registry{}
	job := installs.Registrar{Registry: r, Scopes: r, Farewell: r}
	if err := job.UpdateScopes(t.Context(), installs.ScopesArgs{Shop: "demo.myshopify.com"}); err != nil || !slices.Equal(r.scopes, []string{"write_orders"}) {
		t.Errorf("scopes %v, error %v", r.scopes, err)
	}
}

func TestAFailureIsTriedAgain(t *testing.T) {
	t.Parallel()
	broken := errors.New("database is away")
	r := &registry{shop: shops.Shop{Domain: "demo.myshopify.com"}, err: broken}
	job := installs.Registrar{Registry: r, Scopes: r, Farewell: r}
	ctx := t.Context()
	for name, err := range map[string]error{
		"uninstall": job.Uninstall(ctx, installs.UninstallArgs{Shop: "demo.myshopify.com"}),
		"erase":     job.Erase(ctx, installs.EraseArgs{Shop: "demo.myshopify.com"}),
		"scopes":    job.UpdateScopes(ctx, installs.ScopesArgs{Shop: "demo.myshopify.com"}),
	} {
		if !errors.Is(err, broken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

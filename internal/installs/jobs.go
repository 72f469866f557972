package installs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

// UninstallArgs follows Shopify's `app/uninstalled`.
type UninstallArgs struct {
	Shop shopify.Domain `json:"shop"`
	// At is when the merchant uninstalled; a reinstall after it makes this void.
	At time.Time `json:"at"`
}

// Kind is the job's frozen name.
func (UninstallArgs) Kind() string { return "shop_uninstall" }

// EraseArgs follows Shopify's `shop/redact`, 48 hours after an uninstall.
type EraseArgs struct {
	Shop shopify.Domain `json:"shop"`
	At   time.Time      `json:"at"`
}

// Kind is the job's frozen name.
func (EraseArgs) Kind() string { return "shop_erase" }

// ScopesArgs follows Shopify's `app/scopes_update`.
type ScopesArgs struct {
	Shop shopify.Domain `json:"shop"`
}

// Kind is the job's frozen name.
func (ScopesArgs) Kind() string { return "shop_scopes" }

// Registry is what the jobs below change.
type Registry interface {
	Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error)
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
	// UninstallShop deletes tokens and connections at once; it reports false, and
	// does nothing, when the shop was installed after at.
	UninstallShop(ctx context.Context, shop shopify.Domain, at time.Time) (bool, error)
	// EraseShop deletes all of a shop that is not installed; of an installed one only what earlier installations left.
	EraseShop(ctx context.Context, shop shopify.Domain) error
	// SetScopes also keeps the jobs that follow.
	SetScopes(ctx context.Context, shop shopify.Domain, scopes []string, jobs ...Job) error
}

// ScopeReader asks Shopify which scopes the app holds now.
type ScopeReader interface {
	GrantedScopes(ctx context.Context, shop shopify.Domain) ([]string, error)
}

// Farewell ends what TikTok still sends for a shop, as far as TikTok lets it.
type Farewell interface {
	Unsubscribe(ctx context.Context, list []shops.Connection)
}

// Registrar carries out what Shopify tells about installations.
type Registrar struct {
	Registry Registry
	Scopes   ScopeReader
	Farewell Farewell
	// Granted lists the jobs that take up what waited for a scope; nil means none.
	Granted func(shopify.Domain) []Job
	// Log gets a line for each end of an installation; nil means silence.
	Log *slog.Logger
}

// Uninstall ends an installation. The webhook may come late, more than once,
// and after the merchant has installed the app again.
func (r *Registrar) Uninstall(ctx context.Context, args UninstallArgs) error {
	shop, err := r.Registry.Shop(ctx, args.Shop)
	if errors.Is(err, shops.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read shop %s: %w", args.Shop, err)
	}
	if shop.Installed() && !shop.AuthorizedAt.After(args.At) {
		connections, err := r.Registry.Connections(ctx, args.Shop)
		if err != nil {
			return fmt.Errorf("list connections of %s: %w", args.Shop, err)
		}
		r.Farewell.Unsubscribe(ctx, connections)
	}
	ended, err := r.Registry.UninstallShop(ctx, args.Shop, args.At)
	if err != nil {
		return fmt.Errorf("uninstall %s: %w", args.Shop, err)
	}
	if ended && r.Log != nil {
		r.Log.InfoContext(ctx, "shop.uninstalled", "shop", args.Shop)
	}
	return nil
}

// Erase forgets a shop.
func (r *Registrar) Erase(ctx context.Context, args EraseArgs) error {
	if err := r.Registry.EraseShop(ctx, args.Shop); err != nil {
		return fmt.Errorf("erase %s: %w", args.Shop, err)
	}
	return nil
}

// UpdateScopes asks Shopify for the scopes instead of believing the payload,
// which may be older than another one already handled.
func (r *Registrar) UpdateScopes(ctx context.Context, args ScopesArgs) error {
	scopes, err := r.Scopes.GrantedScopes(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("read scopes of %s: %w", args.Shop, err)
	}
	if err := r.Registry.SetScopes(ctx, args.Shop, scopes, following(r.Granted, args.Shop)...); err != nil {
		return fmt.Errorf("save scopes of %s: %w", args.Shop, err)
	}
	return nil
}

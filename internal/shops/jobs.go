package shops

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
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

// DeauthorizeArgs follows TikTok's SELLER_DEAUTHORIZATION.
type DeauthorizeArgs struct {
	Shop       shopify.Domain `json:"shop"`
	TikTokShop tiktok.ShopID  `json:"tiktok_shop"`
	// At is when the seller withdrew; a connection made after it stays.
	At time.Time `json:"at"`
}

// Kind is the job's frozen name.
func (DeauthorizeArgs) Kind() string { return "tiktok_deauthorize" }

// Registry is what the jobs below change.
type Registry interface {
	// UninstallShop deletes tokens and connections; it does nothing when the shop was installed after at.
	UninstallShop(ctx context.Context, shop shopify.Domain, at time.Time) error
	// EraseShop deletes all of a shop that is not installed; of an installed one only what earlier installations left.
	EraseShop(ctx context.Context, shop shopify.Domain) error
	SetScopes(ctx context.Context, shop shopify.Domain, scopes []string) error
	SetConnectionOff(ctx context.Context, shop shopify.Domain, id tiktok.ShopID, reason OffReason) error
	Connection(ctx context.Context, id tiktok.ShopID) (Connection, error)
}

// ScopeReader asks Shopify which scopes the app holds now.
type ScopeReader interface {
	GrantedScopes(ctx context.Context, shop shopify.Domain) ([]string, error)
}

// Registrar carries out what the platforms tell about installations and permissions.
type Registrar struct {
	Registry Registry
	Scopes   ScopeReader
}

// Uninstall ends an installation. It may come late and more than once.
func (r *Registrar) Uninstall(ctx context.Context, args UninstallArgs) error {
	if err := r.Registry.UninstallShop(ctx, args.Shop, args.At); err != nil {
		return fmt.Errorf("uninstall %s: %w", args.Shop, err)
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
	if err := r.Registry.SetScopes(ctx, args.Shop, scopes); err != nil {
		return fmt.Errorf("save scopes of %s: %w", args.Shop, err)
	}
	return nil
}

// Deauthorize notes that TikTok no longer lets us act for a shop.
func (r *Registrar) Deauthorize(ctx context.Context, args DeauthorizeArgs) error {
	connection, err := r.Registry.Connection(ctx, args.TikTokShop)
	if err != nil || connection.Shop != args.Shop || connection.ConnectedAt.After(args.At) {
		return nil //nolint:nilerr // gone, moved or connected anew: there is nothing to note
	}
	if err := r.Registry.SetConnectionOff(ctx, args.Shop, args.TikTokShop, OffDeauthorized); err != nil {
		return fmt.Errorf("note deauthorization of tiktok shop %s: %w", args.TikTokShop, err)
	}
	return nil
}

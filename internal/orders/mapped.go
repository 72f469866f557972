package orders

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Tables keeps what the merchant mapped.
type Tables interface {
	ChangeSKUMappings(ctx context.Context, shop shopify.Domain, rows []mappings.SKU, jobs ...Job) error
}

// Mapper changes the merchant's tables.
type Mapper struct{ Tables Tables }

// ChangeSKUs keeps and removes SKU mappings and, in the same transaction, has
// every order looked at again that is held because its variant was not clear.
// An import that read the table just before may still hold its order
// afterwards; the periodic recheck finds that one.
func (m *Mapper) ChangeSKUs(ctx context.Context, shop shopify.Domain, rows []mappings.SKU) error {
	if len(rows) == 0 {
		return nil
	}
	return m.Tables.ChangeSKUMappings(ctx, shop, rows,
		ReleaseArgs{Shop: shop, State: links.Held, Reason: string(exceptions.SKUUnmatched)},
		ReleaseArgs{Shop: shop, State: links.Held, Reason: string(exceptions.SKUAmbiguous)},
	)
}

// variants finds what the order's units may be in Shopify: by the merchant's
// mapping and, for what that does not name, by seller SKU.
func (r *run) variants(ctx context.Context) (Variants, error) {
	table, err := r.Book.SKUVariants(ctx, r.args.Shop, skuIDs(r.order))
	if err != nil {
		return Variants{}, err
	}
	v := Variants{Mapped: map[tiktok.SKUID]shopify.Variant{}, Gone: map[tiktok.SKUID]shopify.GID{}}
	if len(table) > 0 {
		existing, err := r.Shopify.Variants(ctx, r.args.Shop, slices.Compact(slices.Sorted(maps.Values(table))))
		if err != nil {
			return Variants{}, fmt.Errorf("read mapped variants of order %s: %w", r.args.Order, err)
		}
		for sku, id := range table {
			if variant, there := existing[id]; there {
				v.Mapped[sku] = variant
			} else {
				v.Gone[sku] = id
			}
		}
	}
	skus := sellerSKUs(r.order, table)
	if len(skus) == 0 {
		return v, nil
	}
	if v.BySKU, err = r.Shopify.VariantsBySKU(ctx, r.args.Shop, skus); err != nil {
		return Variants{}, fmt.Errorf("look up variants of order %s: %w", r.args.Order, err)
	}
	return v, nil
}

// skuIDs lists the order's TikTok SKUs, each once.
func skuIDs(order tiktok.Order) []tiktok.SKUID {
	var ids []tiktok.SKUID
	for _, unit := range order.LineItems {
		if unit.SKUID != "" {
			ids = append(ids, unit.SKUID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ChangeSKUMappings keeps the rows given, in place of those of the same SKU,
// and removes those without a variant: all of them, with the jobs that follow, or none.
func (s *Store) ChangeSKUMappings(ctx context.Context, shop shopify.Domain, rows []mappings.SKU, jobs ...Job) error {
	now := micros(s.now())
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		for _, row := range rows {
			if row.Removed() {
				if err := q.DeleteSKUMapping(ctx, db.DeleteSKUMappingParams{Shop: shop, SkuID: row.SKUID}); err != nil {
					return nil, fmt.Errorf("remove sku %s: %w", row.SKUID, err)
				}
				continue
			}
			err := q.SaveSKUMapping(ctx, db.SaveSKUMappingParams{
				Shop: shop, SkuID: row.SKUID, Variant: row.Variant, SellerSku: row.SellerSKU, Note: row.Note, UpdatedAt: now,
			})
			if err != nil {
				return nil, fmt.Errorf("sku %s: %w", row.SKUID, err)
			}
		}
		return jobs, nil
	})
	if err != nil {
		return fmt.Errorf("change sku mappings of %s: %w", shop, err)
	}
	return nil
}

// SKUMappings lists a shop's mappings whose SKU id comes after the one given, in
// the order of their ids as texts.
func (s *Store) SKUMappings(ctx context.Context, shop shopify.Domain, after tiktok.SKUID, limit int) ([]mappings.SKU, error) {
	rows, err := s.read.ListSKUMappings(ctx, db.ListSKUMappingsParams{Shop: shop, After: after, Most: int32(min(max(limit, 1), mostListed))})
	if err != nil {
		return nil, fmt.Errorf("list sku mappings of %s: %w", shop, err)
	}
	list := make([]mappings.SKU, len(rows))
	for n, row := range rows {
		list[n] = mappings.SKU{SKUID: row.SkuID, Variant: row.Variant, SellerSKU: row.SellerSku, Note: row.Note, UpdatedAt: timeOf(row.UpdatedAt)}
	}
	return list, nil
}

// SKUVariants are the variants that the merchant gave to these SKUs; a SKU without a mapping has no entry.
func (s *Store) SKUVariants(ctx context.Context, shop shopify.Domain, skus []tiktok.SKUID) (map[tiktok.SKUID]shopify.GID, error) {
	found := map[tiktok.SKUID]shopify.GID{}
	for _, sku := range skus {
		variant, err := s.read.SKUVariant(ctx, db.SKUVariantParams{Shop: shop, SkuID: sku})
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return nil, fmt.Errorf("read sku mapping %s of %s: %w", sku, shop, err)
		default:
			found[sku] = variant
		}
	}
	return found, nil
}

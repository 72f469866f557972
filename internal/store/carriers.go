package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// ChangeCarriers keeps the rows given, in place of those of the same carrier,
// and removes those without a provider: all of them, with the jobs that follow, or none.
func (s *Store) ChangeCarriers(ctx context.Context, shop shopify.Domain, rows []mappings.Carrier, jobs ...Job) error {
	now := micros(s.now())
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		for _, row := range rows {
			var err error
			if row.Removed() {
				err = q.DeleteCarrier(ctx, db.DeleteCarrierParams{Shop: shop, CarrierKey: row.Key()})
			} else {
				err = q.SaveCarrier(ctx, db.SaveCarrierParams{
					Shop: shop, CarrierKey: row.Key(), Company: row.Company, Provider: row.Provider, Note: row.Note, UpdatedAt: now,
				})
			}
			if err != nil {
				return nil, fmt.Errorf("carrier %s: %w", row.Key(), err)
			}
		}
		return jobs, nil
	})
	if err != nil {
		return fmt.Errorf("change carriers of %s: %w", shop, err)
	}
	return nil
}

// Carriers lists a shop's answers in the order of their keys.
func (s *Store) Carriers(ctx context.Context, shop shopify.Domain) ([]mappings.Carrier, error) {
	rows, err := s.read.ListCarriers(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("list carriers of %s: %w", shop, err)
	}
	list := make([]mappings.Carrier, len(rows))
	for n, row := range rows {
		list[n] = mappings.Carrier{Company: row.Company, Provider: row.Provider, Note: row.Note, UpdatedAt: timeOf(row.UpdatedAt)}
	}
	return list, nil
}

// CarrierProvider is what the merchant answered for a carrier by its key, empty where nobody did.
func (s *Store) CarrierProvider(ctx context.Context, shop shopify.Domain, key string) (string, error) {
	provider, err := s.read.CarrierProvider(ctx, db.CarrierProviderParams{Shop: shop, CarrierKey: key})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read carrier of %s: %w", shop, err)
	}
	return provider, nil
}

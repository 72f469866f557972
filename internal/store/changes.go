package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// SaveChange keeps what became of an order: its row and the parts of the change
// that are there, at once. Errors are those of SaveOrder.
func (s *Store) SaveChange(ctx context.Context, lease links.Lease, order links.Order, change links.Change, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		if err := s.saveOrder(ctx, q, lease, order); err != nil {
			return nil, err
		}
		if change.Lines != nil {
			if err := saveLines(ctx, q, order, change.Lines); err != nil {
				return nil, err
			}
		}
		for _, intent := range change.Intents {
			if err := s.saveIntent(ctx, q, order, intent); err != nil {
				return nil, fmt.Errorf("intent %s: %w", intent.Key, err)
			}
		}
		return jobs, s.savePlace(ctx, q, order, change.Place)
	})
	if err != nil {
		return fmt.Errorf("save change of order %s: %w", order.ID, err)
	}
	return nil
}

func (s *Store) savePlace(ctx context.Context, q *db.Queries, order links.Order, place *links.Place) error {
	if place == nil {
		return nil
	}
	hash := func(purpose, value string) string {
		if value == "" {
			return ""
		}
		return s.keyring.Hash(purpose, value)
	}
	return q.SetOrderPlace(ctx, db.SetOrderPlaceParams{
		Shop: order.Shop, OrderID: order.ID, ZipHash: hash(zipPurpose(order.Shop), place.ZIP),
		AddressSeen:    hash(addressPurpose(order.Shop, order.ID), place.Seen),
		AddressWritten: hash(addressPurpose(order.Shop, order.ID), place.Written),
	})
}

func (s *Store) saveIntent(ctx context.Context, q *db.Queries, order links.Order, intent links.Intent) error {
	words := make([]string, len(intent.Units))
	for n, unit := range intent.Units {
		words[n] = string(unit)
	}
	units, err := listText(words)
	if err != nil {
		return err
	}
	return q.SaveIntent(ctx, db.SaveIntentParams{
		Shop: order.Shop, OrderID: order.ID, IntentKey: intent.Key, Kind: intent.Kind, Units: units, Amount: intent.Amount,
		Body: intent.Body, State: intent.State, Result: intent.Result, SentAt: microsOf(intent.SentAt), CreatedAt: micros(s.now()),
	})
}

// Intents are what was intended for an order in Shopify, the oldest first.
func (s *Store) Intents(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Intent, error) {
	rows, err := s.read.Intents(ctx, db.IntentsParams{Shop: shop, OrderID: id})
	if err != nil {
		return nil, fmt.Errorf("read intents of order %s: %w", id, err)
	}
	intents := make([]links.Intent, len(rows))
	for n, row := range rows {
		words, err := listOf(row.Units)
		if err != nil {
			return nil, fmt.Errorf("read intent %s of order %s: %w", row.IntentKey, id, err)
		}
		intents[n] = links.Intent{
			Shop: shop, Order: id, Key: row.IntentKey, Kind: row.Kind, Amount: row.Amount, Body: row.Body, State: row.State,
			Result: row.Result, SentAt: timeOrNil(row.SentAt), CreatedAt: timeOf(row.CreatedAt),
		}
		for _, word := range words {
			intents[n].Units = append(intents[n].Units, tiktok.LineItemID(word))
		}
	}
	return intents, nil
}

// ComparePlace says which parts of a place are those that were kept of the
// order; an empty part equals one that was kept empty.
func (s *Store) ComparePlace(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, place links.Place) (links.SamePlace, error) {
	row, err := s.read.Order(ctx, db.OrderParams{Shop: shop, OrderID: id})
	if err != nil {
		return links.SamePlace{}, fmt.Errorf("read order %s: %w", id, one(err, links.ErrNotFound))
	}
	same := func(kept, value string) (bool, error) {
		if kept == "" || value == "" {
			return kept == value, nil
		}
		return s.hashed(ctx, kept, addressPurpose(shop, id), value)
	}
	seen, errSeen := same(row.AddressSeen, place.Seen)
	written, errWritten := same(row.AddressWritten, place.Written)
	return links.SamePlace{Seen: seen, Written: written, HasZIP: row.ZipHash != "", Forgotten: row.RedactedAt > 0}, errors.Join(errSeen, errWritten)
}

// addressPurpose keeps the hashes of one order from being compared with
// another's: that two buyers live in one house is nobody's business.
func addressPurpose(shop shopify.Domain, id tiktok.OrderID) string {
	return "address|" + string(shop) + "|" + string(id)
}

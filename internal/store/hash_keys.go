package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// hashes are a value's hashes under every key of the ring and under those that
// left it while orders were kept with their hashes.
func (s *Store) hashes(ctx context.Context, purpose, value string) ([]string, error) {
	left, err := s.leftKeys(ctx)
	if err != nil {
		return nil, err
	}
	hashes := s.keyring.Hashes(purpose, value)
	for _, key := range left {
		hashes = append(hashes, key.Hash(purpose, value))
	}
	return hashes, nil
}

// hashed tells whether kept is the hash of the value.
func (s *Store) hashed(ctx context.Context, kept, purpose, value string) (bool, error) {
	hashes, err := s.hashes(ctx, purpose, value)
	return slices.Contains(hashes, kept), err
}

// leftKeys are the hash keys that are kept and not in the ring. They are read
// once: a process starts anew when its ring changes.
func (s *Store) leftKeys(ctx context.Context) ([]secret.HashKey, error) {
	if known := s.left.Load(); known != nil {
		return *known, nil
	}
	rows, err := s.read.HashKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read hash keys: %w", err)
	}
	keys := []secret.HashKey{}
	for _, row := range rows {
		if s.keyring.Has(row.ID) {
			continue
		}
		mac, err := s.keyring.Open(hashKeyContext(row.ID), row.KeySealed)
		if err != nil {
			return nil, fmt.Errorf("open hash key %s: %w", row.ID, err)
		}
		keys = append(keys, secret.NewHashKey(row.ID, mac))
	}
	s.left.Store(&keys)
	return keys, nil
}

// keepHashKeys keeps what hashes as the ring's older keys do, under the first
// one, so that they may leave the ring, and drops what no order needs.
func (s *Store) keepHashKeys(ctx context.Context) error {
	err := s.change(ctx, func(q *db.Queries) error {
		var errs []error
		for _, key := range s.keyring.Older() {
			errs = append(errs, q.SaveHashKey(ctx, db.SaveHashKeyParams{
				ID: key.ID, KeySealed: s.keyring.Seal(hashKeyContext(key.ID), key.Reveal()), RetiredAt: micros(s.now()),
			}))
		}
		return errors.Join(append(errs, q.DropHashKeys(ctx))...)
	})
	if err != nil {
		return fmt.Errorf("keep hash keys: %w", err)
	}
	return nil
}

// hashKeyContext binds a sealed hash key to its id.
func hashKeyContext(id string) string { return "hash key|" + id }

package store

import (
	"context"
	"fmt"

	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// SaveState remembers an authorization begun, and forgets those that were never finished.
func (s *Store) SaveState(ctx context.Context, state shops.State) error {
	err := s.change(ctx, func(q *db.Queries) error {
		if err := q.DeleteOldStates(ctx, micros(s.now())); err != nil {
			return err
		}
		return q.SaveState(ctx, db.SaveStateParams{
			Hash: state.Hash, Purpose: state.Purpose, Shop: state.Shop, UserID: state.User, ExpiresAt: micros(state.ExpiresAt),
		})
	})
	if err != nil {
		return fmt.Errorf("save %s state: %w", state.Purpose, err)
	}
	return nil
}

// TakeState gives a state to the first who asks. It returns shops.ErrNotFound
// when it is unknown, was taken, has expired or was begun for another purpose.
func (s *Store) TakeState(ctx context.Context, purpose, hash string) (shops.State, error) {
	var row db.OauthState
	err := s.change(ctx, func(q *db.Queries) (err error) {
		row, err = q.TakeState(ctx, db.TakeStateParams{Hash: hash, Purpose: purpose})
		return one(err, shops.ErrNotFound)
	})
	if err == nil && row.ExpiresAt <= micros(s.now()) {
		err = shops.ErrNotFound
	}
	if err != nil {
		return shops.State{}, fmt.Errorf("take %s state: %w", purpose, err)
	}
	return shops.State{
		Hash: row.Hash, Purpose: row.Purpose, Shop: row.Shop, User: row.UserID, ExpiresAt: timeOf(row.ExpiresAt),
	}, nil
}

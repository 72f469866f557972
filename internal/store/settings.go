package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// Settings are the shop's, or shops.ErrNotFound.
func (s *Store) Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error) {
	row, err := s.read.Settings(ctx, domain)
	if err != nil {
		return shops.Settings{}, fmt.Errorf("read settings of %s: %w", domain, one(err, shops.ErrNotFound))
	}
	settings, err := settingsOf(domain, row.Body)
	settings.LoopKeySet = row.LoopKeySet
	return settings, err
}

// UpdateSettings keeps settings together with the work that they release.
func (s *Store) UpdateSettings(ctx context.Context, domain shopify.Domain, settings shops.Settings, jobs ...Job) error {
	_, err := s.ChangeSettings(ctx, domain, func(kept *shops.Settings) ([]Job, error) {
		*kept = settings
		return jobs, nil
	})
	return err
}

// ChangeSettings applies change to the shop's settings and keeps the outcome
// with the jobs that follow from it. Two changes at once follow one another.
// When change returns an error nothing is kept and the error is returned.
func (s *Store) ChangeSettings(ctx context.Context, domain shopify.Domain, change func(*shops.Settings) ([]Job, error)) (shops.Settings, error) {
	var settings shops.Settings
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		now := micros(s.now())
		body, err := q.LockSettings(ctx, db.LockSettingsParams{Shop: domain, UpdatedAt: now})
		if err != nil {
			return nil, one(err, shops.ErrNotFound)
		}
		if settings, err = settingsOf(domain, body); err != nil {
			return nil, err
		}
		if settings.LoopKeySet, err = q.LoopKeySet(ctx, domain); err != nil {
			return nil, err
		}
		jobs, err := change(&settings)
		if err != nil {
			return nil, err
		}
		if err := s.keepLoopKey(ctx, q, domain, &settings); err != nil {
			return nil, err
		}
		text, err := json.Marshal(settings)
		if err != nil {
			return nil, fmt.Errorf("encode: %w", err)
		}
		rows, err := q.SaveSettings(ctx, db.SaveSettingsParams{Shop: domain, Body: string(text), UpdatedAt: now})
		return jobs, touched(rows, err, shops.ErrNotFound)
	})
	if err != nil {
		return shops.Settings{}, fmt.Errorf("save settings of %s: %w", domain, err)
	}
	return settings, nil
}

// settingsOf begins with the defaults, so that a setting added later has its default.
func settingsOf(domain shopify.Domain, body string) (shops.Settings, error) {
	settings := shops.DefaultSettings()
	if err := json.Unmarshal([]byte(body), &settings); err != nil {
		return shops.Settings{}, fmt.Errorf("decode settings of %s: %w", domain, err)
	}
	return settings, nil
}

// Package states makes the `state` of an authorization: a random value that a
// platform hands back unchanged, so that its answer is believed only when this
// program asked for it, for the shop and the person who asked, once and soon.
//
// Installation at Shopify and connection of TikTok shops use it. The value goes
// to the browser alone; what is kept is its hash.
package states

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

// Lifetime is how long an authorization may take.
const Lifetime = 15 * time.Minute

// ErrUnknown is returned for a state that was never issued, was spent before, or is too old.
var ErrUnknown = errors.New("state is unknown, spent or expired")

// Store keeps states.
type Store interface {
	SaveState(ctx context.Context, state shops.State) error
	// TakeState deletes the state and returns it, in one step; shops.ErrNotFound when there is none.
	TakeState(ctx context.Context, purpose, hash string) (shops.State, error)
}

// Desk issues states and takes them back.
type Desk struct {
	Store Store
	Now   func() time.Time
}

const randomBytes = 32

// Issue makes a state for one authorization. User may be empty.
func (d *Desk) Issue(ctx context.Context, purpose string, shop shopify.Domain, user string) (string, error) {
	raw := make([]byte, randomBytes)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	value := base64.RawURLEncoding.EncodeToString(raw)
	state := shops.State{Hash: hash(value), Purpose: purpose, Shop: shop, User: user, ExpiresAt: d.Now().Add(Lifetime)}
	if err := d.Store.SaveState(ctx, state); err != nil {
		return "", fmt.Errorf("save state of %s for %s: %w", purpose, shop, err)
	}
	return value, nil
}

// Spend takes a state back. Whatever follows, it cannot be spent again.
func (d *Desk) Spend(ctx context.Context, purpose, value string) (shops.State, error) {
	if len(value) != base64.RawURLEncoding.EncodedLen(randomBytes) {
		return shops.State{}, ErrUnknown
	}
	state, err := d.Store.TakeState(ctx, purpose, hash(value))
	if errors.Is(err, shops.ErrNotFound) {
		return shops.State{}, ErrUnknown
	}
	if err != nil {
		return shops.State{}, fmt.Errorf("take state of %s: %w", purpose, err)
	}
	if !state.ExpiresAt.After(d.Now()) {
		return shops.State{}, ErrUnknown
	}
	return state, nil
}

func hash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

package connections

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

// stateLifetime is how long an authorization may take.
const stateLifetime = 15 * time.Minute

// ErrState is returned for a state that was never issued, was spent before, or is too old.
var ErrState = errors.New("state is unknown, spent or expired")

// States keeps the states of authorizations begun.
type States interface {
	SaveState(ctx context.Context, state shops.State) error
	// TakeState deletes the state and returns it, in one step; shops.ErrNotFound when there is none.
	TakeState(ctx context.Context, purpose, hash string) (shops.State, error)
}

// purpose keeps other flows' states out of this one.
const purpose = "tiktok_connect"

const randomBytes = 32

// issue makes a state for one authorization. The value goes to the browser
// alone; what is kept is its hash.
func (c *Connector) issue(ctx context.Context, shop shopify.Domain, user string) (string, error) {
	raw := make([]byte, randomBytes)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	value := base64.RawURLEncoding.EncodeToString(raw)
	state := shops.State{Hash: hash(value), Purpose: purpose, Shop: shop, User: user, ExpiresAt: c.Now().Add(stateLifetime)}
	if err := c.States.SaveState(ctx, state); err != nil {
		return "", fmt.Errorf("save state for %s: %w", shop, err)
	}
	return value, nil
}

// spend takes a state back. Whatever follows, it cannot be spent again.
func (c *Connector) spend(ctx context.Context, value string) (shops.State, error) {
	if len(value) != base64.RawURLEncoding.EncodedLen(randomBytes) {
		return shops.State{}, ErrState
	}
	state, err := c.States.TakeState(ctx, purpose, hash(value))
	if errors.Is(err, shops.ErrNotFound) {
		return shops.State{}, ErrState
	}
	if err != nil {
		return shops.State{}, fmt.Errorf("take state: %w", err)
	}
	if !state.ExpiresAt.After(c.Now()) {
		return shops.State{}, ErrState
	}
	return state, nil
}

func hash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// Package tokens hands out access tokens that are still good, for Shopify and
// TikTok alike: both give a short-lived access token with a refresh token that
// changes on every use, so both need the same care.
//
// The care: one refresher per key (a lease in the store, so also across
// processes), the new pair saved in one write before it is used, and a refusal
// remembered so that nobody asks again and again. A pair that could not be saved
// is kept in memory and saved before anything else is asked. Clients ask it for a
// token; the wiring gives it the platform's refresh call. It never talks HTTP
// itself and never decides what a refusal means to the merchant.
//
// A process that is killed between the platform's answer and the save has the old
// pair only, and asks with that. Shopify goes on taking it until the new one is
// used. Whether TikTok does is not published: where it does nothing was lost,
// where it does not the refusal is final and the seller connects again.
package tokens

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
)

// The platforms a token may be for.
const (
	Shopify = "shopify"
	TikTok  = "tiktok"
)

// Key names one pair of tokens: the platform, the Shopify shop that holds it
// and, for TikTok, the seller's authorization (open id).
type Key struct{ Platform, Shop, Seller string }

func (k Key) String() string {
	if k.Seller == "" {
		return k.Platform + " token of " + k.Shop
	}
	return k.Platform + " token of " + k.Shop + ", seller " + k.Seller
}

// Pair is an access token and what renews it.
type Pair struct {
	Access, Refresh  secret.String
	AccessExpiresAt  time.Time
	RefreshExpiresAt time.Time
	Scopes           []string
	// Generation grows with every save.
	Generation int64
	// RefusedAt is when the platform refused to renew; nil while all is well.
	RefusedAt *time.Time
}

var (
	// ErrNone is returned where no token is kept: never connected, or disconnected.
	ErrNone = errors.New("no token is kept")
	// ErrRefused is returned when the platform refused to renew: somebody must connect again.
	ErrRefused = errors.New("the platform refused to renew the token")
)

// Job is what the queue can run.
type Job = interface{ Kind() string }

// Store keeps pairs, sealed.
type Store interface {
	// TokenPair returns ErrNone where there is none.
	TokenPair(ctx context.Context, key Key) (Pair, error)
	// LeaseTokenPair gives the right to renew to one caller until then; false while another has it.
	LeaseTokenPair(ctx context.Context, key Key, now, until time.Time) (bool, error)
	// ReleaseTokenPair ends the lease.
	ReleaseTokenPair(ctx context.Context, key Key) error
	// RenewTokenPair replaces the pair of the given generation, ends the lease and clears a refusal.
	// It returns ErrNone when the pair is gone or was replaced meanwhile.
	RenewTokenPair(ctx context.Context, key Key, pair Pair) error
	// RefuseTokenPair remembers the refusal of that generation, ends the lease and keeps the jobs that follow.
	RefuseTokenPair(ctx context.Context, key Key, generation int64, at time.Time, jobs ...Job) error
}

// Refresh asks the platform for a new pair. An error that wraps ErrRefused is
// final, any other is passing.
type Refresh func(ctx context.Context, key Key, refresh secret.String) (Pair, error)

const (
	// early is how long before its end a token is renewed, as Shopify's own libraries do.
	early = 5 * time.Minute
	// leaseFor bounds how long a crashed refresher keeps others out.
	leaseFor = 20 * time.Second
	// retryLease is how long another refresher's caller waits for the result.
	retryLease = 500 * time.Millisecond
	// saveFor is how long saving may take, however long the platform took to answer.
	saveFor = 5 * time.Second
)

// Count is how many pairs of a platform are in a state: "good", "refused", or
// "ending" when the right to renew ends within a week.
type Count struct {
	Platform, State string
	N               int
}

// Refresher hands out access tokens and renews them.
type Refresher struct {
	Store   Store
	Refresh Refresh
	// Refused lists the jobs that follow from a refusal; nil means none.
	Refused func(Key) []Job
	Now     func() time.Time
	// Log gets a line for each renewal and each refusal; nil means silence.
	Log *slog.Logger

	flights singleflight.Group
	// unsaved holds, by Key, the successor that a platform gave and the store did not take.
	unsaved sync.Map
}

// successor is what a platform gave for a refresh token.
type successor struct {
	of    secret.String
	fresh Pair
}

// Token is an access token that is good for some minutes more. The error is
// ErrNone, ErrRefused, or passing.
func (r *Refresher) Token(ctx context.Context, key Key) (secret.String, error) {
	pair, err := r.Store.TokenPair(ctx, key)
	if err != nil {
		return secret.String{}, fmt.Errorf("%s: %w", key, err)
	}
	if pair.RefusedAt == nil && pair.AccessExpiresAt.After(r.Now().Add(early)) {
		return pair.Access, nil
	}
	return r.renew(ctx, key, pair.Access)
}

// Renew replaces a token that the platform called expired although its time was not up.
func (r *Refresher) Renew(ctx context.Context, key Key, stale secret.String) (secret.String, error) {
	return r.renew(ctx, key, stale)
}

// renew lets one caller per key and process through; the others share its result.
// The work is not tied to the first caller's context: a refresh that was sent
// must be saved even when its caller has gone, or the new pair is lost.
func (r *Refresher) renew(ctx context.Context, key Key, stale secret.String) (secret.String, error) {
	done := r.flights.DoChan(key.String(), func() (any, error) {
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseFor)
		defer cancel()
		return r.renewOnce(detached, key, stale)
	})
	select {
	case <-ctx.Done():
		return secret.String{}, fmt.Errorf("renew %s: %w", key, ctx.Err())
	case result := <-done:
		if result.Err != nil {
			return secret.String{}, result.Err
		}
		return result.Val.(secret.String), nil
	}
}

func (r *Refresher) renewOnce(ctx context.Context, key Key, stale secret.String) (secret.String, error) {
	now := r.Now()
	leased, err := r.Store.LeaseTokenPair(ctx, key, now, now.Add(leaseFor))
	if err != nil {
		return secret.String{}, fmt.Errorf("lease %s: %w", key, err)
	}
	pair, err := r.Store.TokenPair(ctx, key)
	if err != nil {
		return secret.String{}, fmt.Errorf("%s: %w", key, err)
	}
	switch {
	case pair.RefusedAt != nil:
		return secret.String{}, fmt.Errorf("%s: %w", key, ErrRefused)
	case pair.Access != stale && pair.AccessExpiresAt.After(now):
		return pair.Access, r.endLease(ctx, key, leased)
	case !leased:
		return secret.String{}, fault.After(retryLease, fmt.Errorf("%s is being renewed elsewhere", key))
	}
	fresh, err := r.ask(ctx, key, pair)
	if errors.Is(err, ErrRefused) {
		r.tell(ctx, slog.LevelWarn, "token.refused", key)
		return secret.String{}, errors.Join(fmt.Errorf("renew %s: %w", key, err), r.refuse(ctx, key, pair.Generation))
	}
	if err != nil {
		return secret.String{}, errors.Join(fmt.Errorf("renew %s: %w", key, err), r.endLease(ctx, key, true))
	}
	if err := r.save(ctx, key, successor{of: pair.Refresh, fresh: fresh}); err != nil {
		return fresh.Access, err
	}
	r.tell(ctx, slog.LevelInfo, "token.refreshed", key)
	return fresh.Access, nil
}

// tell is the one line of a renewal.
func (r *Refresher) tell(ctx context.Context, level slog.Level, event string, key Key) {
	if r.Log != nil {
		attrs := []slog.Attr{slog.String("platform", key.Platform), slog.String("shop", key.Shop)}
		if key.Seller != "" {
			attrs = append(attrs, slog.String("tiktok_seller_id", key.Seller))
		}
		r.Log.LogAttrs(ctx, level, event, attrs...)
	}
}

// ask is the pair that follows the one given: what was got before and could not
// be saved, else what the platform answers.
func (r *Refresher) ask(ctx context.Context, key Key, pair Pair) (Pair, error) {
	if kept, ok := r.unsaved.Load(key); ok && kept.(successor).of == pair.Refresh {
		return kept.(successor).fresh, nil
	}
	fresh, err := r.Refresh(ctx, key, pair.Refresh)
	fresh.Generation = pair.Generation
	return fresh, err
}

// save keeps a new pair. The old one may be dead from the moment at which the
// platform answered, so what cannot be saved now is saved by the next caller.
func (r *Refresher) save(ctx context.Context, key Key, next successor) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveFor)
	defer cancel()
	err := r.Store.RenewTokenPair(ctx, key, next.fresh)
	if err == nil || errors.Is(err, ErrNone) {
		r.unsaved.Delete(key)
	} else {
		r.unsaved.Store(key, next)
		err = errors.Join(err, r.endLease(ctx, key, true))
	}
	if err != nil {
		return fmt.Errorf("save renewed %s: %w", key, err)
	}
	return nil
}

// refuse remembers that somebody must connect again, and has it told.
func (r *Refresher) refuse(ctx context.Context, key Key, generation int64) error {
	var jobs []Job
	if r.Refused != nil {
		jobs = r.Refused(key)
	}
	return r.Store.RefuseTokenPair(ctx, key, generation, r.Now(), jobs...)
}

// endLease gives the lease back at once, so that the next attempt need not wait it out.
func (r *Refresher) endLease(ctx context.Context, key Key, leased bool) error {
	if !leased {
		return nil
	}
	return r.Store.ReleaseTokenPair(ctx, key)
}

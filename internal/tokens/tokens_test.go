package tokens_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/tokens"
)

var (
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	key  = tokens.Key{Platform: tokens.TikTok, Shop: "demo.myshopify.com", Seller: "seller-1"}
)

// drawer is a store with one pair in it.
type drawer struct {
	mu    sync.Mutex
	pair  tokens.Pair
	gone  bool
	lease time.Time
}

func (d *drawer) TokenPair(context.Context, tokens.Key) (tokens.Pair, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone {
		return tokens.Pair{}, tokens.ErrNone
	}
	return d.pair, nil
}

func (d *drawer) LeaseTokenPair(_ context.Context, _ tokens.Key, now, until time.Time) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lease.After(now) {
		return false, nil
	}
	d.lease = until
	return true, nil
}

func (d *drawer) ReleaseTokenPair(context.Context, tokens.Key) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lease = time.Time{}
	return nil
}

func (d *drawer) RenewTokenPair(_ context.Context, _ tokens.Key, pair tokens.Pair) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone || d.pair.Generation != pair.Generation {
		return tokens.ErrNone
	}
	pair.Generation++
	d.pair, d.lease = pair, time.Time{}
	return nil
}

func (d *drawer) RefuseTokenPair(_ context.Context, _ tokens.Key, generation int64, at time.Time, _ ...tokens.Job) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pair.Generation == generation {
		d.pair.RefusedAt, d.lease = &at, time.Time{}
	}
	return nil
}

func pairUntil(access string, end time.Time) tokens.Pair {
	return tokens.Pair{Access: secret.New(access), Refresh: secret.New("r-" + access), AccessExpiresAt: end}
}

func refresher(d *drawer, refresh tokens.Refresh) *tokens.Refresher {
	return &tokens.Refresher{Store: d, Refresh: refresh, Now: func() time.Time { return noon }}
}

func never(t *testing.T) tokens.Refresh {
	return func(context.Context, tokens.Key, secret.String) (tokens.Pair, error) {
		t.Error("the platform was asked to renew")
		return tokens.Pair{}, errors.New("not expected")
	}
}

func TestAGoodTokenIsHandedOutAsItIs(t *testing.T) {
	t.Parallel()
	d := &drawer{pair: pairUntil("a1", noon.Add(time.Hour))}
	got, err := refresher(d, never(t)).Token(t.Context(), key)
	if err != nil || got.Reveal() != "a1" {
		t.Fatalf("got %q, %v", got.Reveal(), err)
	}
}

func TestManyCallersRenewOnce(t *testing.T) {
	t.Parallel()
	d := &drawer{pair: pairUntil("a1", noon.Add(time.Minute))}
	var calls atomic.Int32
	gate := make(chan struct{})
	r := refresher(d, func(_ context.Context, _ tokens.Key, refresh secret.String) (tokens.Pair, error) {
		calls.Add(1)
		<-gate
		if refresh.Reveal() != "r-a1" {
			t.Errorf("renewed with %q", refresh.Reveal())
		}
		return pairUntil("a2", noon.Add(time.Hour)), nil
	})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got, err := r.Token(t.Context(), key); err != nil || got.Reveal() != "a2" {
				t.Errorf("got %q, %v", got.Reveal(), err)
			}
		})
	}
	close(gate)
	wg.Wait()
	if calls.Load() != 1 {
		t.Fatalf("the platform was asked %d times, want once", calls.Load())
	}
	if d.pair.Refresh.Reveal() != "r-a2" || d.pair.Generation != 1 {
		t.Fatalf("kept refresh %q of generation %d", d.pair.Refresh.Reveal(), d.pair.Generation)
	}
}

func TestARenewalSurvivesItsCaller(t *testing.T) {
	t.Parallel()
	d := &drawer{pair: pairUntil("a1", noon)}
	ctx, cancel := context.WithCancel(t.Context())
	sent, saved := make(chan struct{}), make(chan struct{})
	r := refresher(d, func(ctx context.Context, _ tokens.Key, _ secret.String) (tokens.Pair, error) {
		cancel()
		<-sent
		defer close(saved)
		return pairUntil("a2", noon.Add(time.Hour)), ctx.Err()
	})
	if _, err := r.Token(ctx, key); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the caller's own end", err)
	}
	close(sent)
	<-saved
	// The next caller joins the flight or finds its result; either way nothing is asked twice.
	if got, err := r.Token(t.Context(), key); err != nil || got.Reveal() != "a2" {
		t.Fatalf("got %q, %v", got.Reveal(), err)
	}
}

func TestARefusalIsRememberedAndNotAskedAgain(t *testing.T) {
	t.Parallel()
	d := &drawer{pair: pairUntil("a1", noon)}
	var calls int
	r := refresher(d, func(context.Context, tokens.Key, secret.String) (tokens.Pair, error) {
		calls++
		return tokens.Pair{}, tokens.ErrRefused
	})
	for range 3 {
		if _, err := r.Token(t.Context(), key); !errors.Is(err, tokens.ErrRefused) {
			t.Fatalf("got %v, want ErrRefused", err)
		}
	}
	if calls != 1 {
		t.Fatalf("asked %d times, want once", calls)
	}
}

func TestAPassingErrorLeavesTheLeaseFree(t *testing.T) {
	t.Parallel()
	d := &drawer{pair: pairUntil("a1", noon)}
	calls := 0
	r := refresher(d, func(context.Context, tokens.Key, secret.String) (tokens.Pair, error) {
		if calls++; calls == 1 {
			return tokens.Pair{}, errors.New("bad gateway")
		}
		return pairUntil("a2", noon.Add(time.Hour)), nil
	})
	if _, err := r.Token(t.Context(), key); err == nil || fault.Of(err) != fault.Retry {
		t.Fatalf("got %v, want an error worth a retry", err)
	}
	if got, err := r.Token(t.Context(), key); err != nil || got.Reveal() != "a2" {
		t.Fatalf("got %q, %v", got.Reveal(), err)
	}
}

func TestWhileAnotherProcessRenewsTheCallerWaits(t *testing.T) {
	t.Parallel()
	d := &drawer{pair: pairUntil("a1", noon), lease: noon.Add(time.Second)}
	if _, err := refresher(d, never(t)).Token(t.Context(), key); fault.Of(err) != fault.Later {
		t.Fatalf("got %v, want a later try", err)
	}
}

func TestATokenCalledStaleIsRenewedOnlyIfItIsStillTheOne(t *testing.T) {
	t.Parallel()
	d := &drawer{pair: pairUntil("a2", noon.Add(time.Hour))}
	got, err := refresher(d, never(t)).Renew(t.Context(), key, secret.New("a1"))
	if err != nil || got.Reveal() != "a2" {
		t.Fatalf("got %q, %v: a newer token was at hand", got.Reveal(), err)
	}
}

func TestNoTokenIsAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	if _, err := refresher(&drawer{gone: true}, never(t)).Token(t.Context(), key); !errors.Is(err, tokens.ErrNone) {
		t.Fatalf("got %v, want ErrNone", err)
	}
}

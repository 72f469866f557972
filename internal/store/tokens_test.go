package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
	"github.com/switchbackhq/switchback/internal/store/storetest"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// Two processes find a token expired, ten jobs of each at once: one of them asks
// the platform, once, and all get what it got.
func TestProcessesRenewATokenOnce(t *testing.T) {
	t.Parallel()
	address := postgrestest.URL(t)
	key := tokens.Key{Platform: tokens.TikTok, Shop: "stoneware.myshopify.com", Seller: "seller-1"}
	var asked atomic.Int64
	renew := func(ctx context.Context, _ tokens.Key, old secret.String) (tokens.Pair, error) {
		asked.Add(1)
		if old.Reveal() != "refresh-1" {
			t.Errorf("asked with %s", old.Reveal())
		}
		select { // the others come meanwhile
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
		}
		return pair("2", time.Now().Add(time.Hour)), nil
	}
	var callers sync.WaitGroup
	for process := range 2 {
		s := open(t, address, store.Options{Keyring: storetest.Keyring(t)})
		if process == 0 {
			if err := s.SaveTokenPair(t.Context(), key, pair("1", time.Now().Add(-time.Minute))); err != nil {
				t.Fatal(err)
			}
		}
		refresher := &tokens.Refresher{Store: s, Refresh: renew, Now: time.Now}
		for range 10 {
			callers.Go(func() {
				got, err := again(t.Context(), func() (secret.String, error) { return refresher.Token(t.Context(), key) })
				if err != nil || got.Reveal() != "access-2" {
					t.Errorf("got %s, %v", got.Reveal(), err)
				}
			})
		}
	}
	callers.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("the platform was asked %d times", n)
	}
}

func pair(name string, end time.Time) tokens.Pair {
	return tokens.Pair{
		Access: secret.New("access-" + name), Refresh: secret.New("refresh-" + name),
		AccessExpiresAt: end, RefreshExpiresAt: end.Add(24 * time.Hour),
	}
}

// again comes back when it is told to, as the queue does.
func again(ctx context.Context, ask func() (secret.String, error)) (secret.String, error) {
	for {
		got, err := ask()
		var later *fault.Delayed
		if !errors.As(err, &later) {
			return got, err
		}
		select {
		case <-time.After(later.Wait):
		case <-ctx.Done():
			return got, ctx.Err()
		}
	}
}

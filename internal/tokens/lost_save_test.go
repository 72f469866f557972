package tokens_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// platform renews one pair after another. It takes the last refresh token it
// gave, and the one before where keepsOld says so.
type platform struct {
	keepsOld bool
	last     string
	asked    int
}

func (p *platform) refresh(_ context.Context, _ tokens.Key, old secret.String) (tokens.Pair, error) {
	p.asked++
	if p.last != "" && old.Reveal() != p.last && !p.keepsOld {
		return tokens.Pair{}, tokens.ErrRefused
	}
	fresh := pairUntil("a"+string(rune('1'+p.asked)), noon.Add(time.Hour))
	p.last = fresh.Refresh.Reveal()
	return fresh, nil
}

// brittle is a drawer that does not take the next pairs.
type brittle struct {
	*drawer
	broken int
}

var errDisk = errors.New("the disk is full")

func (b *brittle) RenewTokenPair(ctx context.Context, key tokens.Key, pair tokens.Pair) error {
	if b.broken > 0 {
		b.broken--
		return errDisk
	}
	return b.drawer.RenewTokenPair(ctx, key, pair)
}

// The old refresh token is dead, and the new one is not forgotten.
func TestAPairThatCannotBeSavedIsSavedByTheNextCaller(t *testing.T) {
	t.Parallel()
	store := &brittle{drawer: &drawer{pair: pairUntil("a1", noon)}, broken: 2}
	p := &platform{}
	r := &tokens.Refresher{Store: store, Refresh: p.refresh, Now: func() time.Time { return noon }}
	for range 2 {
		if token, err := r.Token(t.Context(), key); !errors.Is(err, errDisk) || !token.Empty() {
			t.Fatalf("got %q, %v: a token that is not kept may be used", token.Reveal(), err)
		}
	}
	token, err := r.Token(t.Context(), key)
	if err != nil || token.Reveal() != "a2" || p.asked != 1 || store.pair.Refresh.Reveal() != "r-a2" {
		t.Fatalf("got %q, %v after %d questions, kept %q", token.Reveal(), err, p.asked, store.pair.Refresh.Reveal())
	}
	store.pair.AccessExpiresAt = noon // what was saved late is not what is handed out next time
	if token, err = r.Token(t.Context(), key); err != nil || token.Reveal() != "a3" {
		t.Errorf("got %q, %v", token.Reveal(), err)
	}
}

// Somebody connected anew meanwhile: what could not be saved is of no use.
func TestAPairThatWasNotSavedGivesWayToANewConnection(t *testing.T) {
	t.Parallel()
	store := &brittle{drawer: &drawer{pair: pairUntil("a1", noon)}, broken: 1}
	p := &platform{}
	r := &tokens.Refresher{Store: store, Refresh: p.refresh, Now: func() time.Time { return noon }}
	if _, err := r.Token(t.Context(), key); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	store.pair = pairUntil("b1", noon) // of the same generation, as after a disconnection
	p.last = "r-b1"
	if token, err := r.Token(t.Context(), key); err != nil || token.Reveal() != "a3" || p.asked != 2 {
		t.Errorf("got %q, %v after %d questions", token.Reveal(), err, p.asked)
	}
}

// A process that is killed before it saved has the old pair only. The platform
// says what that is worth, and is asked once.
func TestAProcessKilledBeforeItSaved(t *testing.T) {
	t.Parallel()
	for name, keepsOld := range map[string]bool{"the old token still counts": true, "it is dead": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := &brittle{drawer: &drawer{pair: pairUntil("a1", noon)}, broken: 1}
			p := &platform{keepsOld: keepsOld}
			told := 0
			start := func(now time.Time) *tokens.Refresher { // each has a memory of its own
				return &tokens.Refresher{Store: store, Refresh: p.refresh, Now: func() time.Time { return now }, Refused: func(tokens.Key) []tokens.Job {
					told++
					return nil
				}}
			}
			if _, err := start(noon).Token(t.Context(), key); !errors.Is(err, errDisk) {
				t.Fatal(err)
			}
			store.lease = noon.Add(10 * time.Second) // nobody gave it back
			again := start(noon.Add(30 * time.Second))
			for range 3 {
				token, err := again.Token(t.Context(), key)
				if keepsOld && (err != nil || token.Reveal() != "a3" || store.pair.RefusedAt != nil) {
					t.Fatalf("got %q, %v", token.Reveal(), err)
				}
				if !keepsOld && !errors.Is(err, tokens.ErrRefused) {
					t.Fatalf("got %q, %v", token.Reveal(), err)
				}
			}
			if p.asked != 2 || !keepsOld && (store.pair.RefusedAt == nil || told != 1) {
				t.Errorf("asked %d times, told %d times, kept %+v", p.asked, told, store.pair.RefusedAt)
			}
		})
	}
}

package states_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/states"
)

type drawer map[string]shops.State

func (d drawer) SaveState(_ context.Context, s shops.State) error {
	d[s.Purpose+s.Hash] = s
	return nil
}

func (d drawer) TakeState(_ context.Context, purpose, hash string) (shops.State, error) {
	s, ok := d[purpose+hash]
	if !ok {
		return shops.State{}, shops.ErrNotFound
	}
	delete(d, purpose+hash)
	return s, nil
}

func TestAStateIsSpentOnce(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	kept := drawer{}
	desk := states.Desk{Store: kept, Now: func() time.Time { return now }}
	value, err := desk.Issue(t.Context(), "connect", "demo.myshopify.com", "7")
	if err != nil {
		t.Fatal(err)
	}
	for key := range kept {
		if strings.Contains(key, value) {
			t.Error("the value itself is kept")
		}
	}
	if _, err := desk.Spend(t.Context(), "install", value); !errors.Is(err, states.ErrUnknown) {
		t.Errorf("spent for another purpose: %v", err)
	}
	state, err := desk.Spend(t.Context(), "connect", value)
	if err != nil || state.Shop != "demo.myshopify.com" || state.User != "7" {
		t.Errorf("state %+v, %v", state, err)
	}
	if _, err := desk.Spend(t.Context(), "connect", value); !errors.Is(err, states.ErrUnknown) {
		t.Errorf("spent twice: %v", err)
	}
}

func TestAStateEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	desk := states.Desk{Store: drawer{}, Now: func() time.Time { return now }}
	value, err := desk.Issue(t.Context(), "connect", "demo.myshopify.com", "")
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(15 * time.Minute)
	if _, err := desk.Spend(t.Context(), "connect", value); !errors.Is(err, states.ErrUnknown) {
		t.Errorf("an old state is taken: %v", err)
	}
}

func TestForeignStatesAreRefused(t *testing.T) {
	t.Parallel()
	desk := states.Desk{Store: drawer{}, Now: time.Now}
	for _, value := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 1<<20)} {
		if _, err := desk.Spend(t.Context(), "connect", value); !errors.Is(err, states.ErrUnknown) {
			t.Errorf("state of %d bytes: %v", len(value), err)
		}
	}
}

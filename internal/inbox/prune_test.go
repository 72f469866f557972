package inbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/inbox"
)

type archive struct {
	before time.Time
	err    error
}

func (a *archive) PruneEvents(_ context.Context, before time.Time) (int, error) {
	a.before = before
	return 1, a.err
}

func TestEventsAreKeptLongerThanTheyMayComeAgain(t *testing.T) {
	t.Parallel()
	a := &archive{}
	p := inbox.Pruner{Events: a, Now: func() time.Time { return noon }}
	if err := p.Prune(t.Context(), inbox.PruneArgs{}); err != nil {
		t.Fatal(err)
	}
	if age := noon.Sub(a.before); age < 7*24*time.Hour || age > 31*24*time.Hour {
		t.Errorf("events are kept for %v", age)
	}
	a.err = errDisk
	if err := p.Prune(t.Context(), inbox.PruneArgs{}); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
}

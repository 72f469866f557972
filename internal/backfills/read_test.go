package backfills_test

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/backfills"
)

func TestHowMuchWasRead(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := backfills.Backfill{State: backfills.Running, From: from, To: from.AddDate(0, 0, 10), Place: backfills.Place{From: from}}
	for days, want := range map[int]float64{0: 0, 4: .4, 10: 1, 11: 1, -1: 0} {
		b.Place.From = from.AddDate(0, 0, days)
		if got := b.Read(); got != want {
			t.Errorf("%d of 10 days: %v", days, got)
		}
	}
	b.Place.From, b.State = from, backfills.Done
	if b.Read() != 1 || (backfills.Backfill{}).Read() != 1 {
		t.Error("what is done is read whole")
	}
}

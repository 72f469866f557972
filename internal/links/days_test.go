package links_test

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loaded, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func TestDaysAreTheShopsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone string
		now  time.Time
		// midnight between the day before and the day of now
		midnight time.Time
	}{
		"new york":             {"America/New_York", time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)},
		"clocks go back":       {"America/New_York", time.Date(2026, 11, 2, 4, 59, 0, 0, time.UTC), time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC)},
		"clocks go forward":    {"Europe/London", time.Date(2026, 3, 29, 22, 59, 0, 0, time.UTC), time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)},
		"half an hour off":     {"Asia/Kolkata", time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 18, 30, 0, 0, time.UTC)},
		"three quarters off":   {"Asia/Kathmandu", time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 18, 15, 0, 0, time.UTC)},
		"no midnight that day": {"America/Santiago", time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC), time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slots := []links.Slot{
				{At: c.midnight, Written: 1, Measured: 1, Delay: time.Second, LongestDelay: time.Second, Refunds: 4},
				{At: c.midnight.Add(links.SlotLength), Written: 1, Measured: 1, Delay: 3 * time.Second, LongestDelay: 3 * time.Second},
				{At: c.midnight.Add(-links.SlotLength), Written: 10},
				{At: c.midnight.Add(-40 * 24 * time.Hour), Written: 100},
			}
			days := links.Days(slots, zone(t, c.zone), c.now, 30)
			if len(days) != 30 {
				t.Fatalf("%d days", len(days))
			}
			today, yesterday := days[29], days[28]
			if !today.Start.Equal(c.midnight) || today.Written != 2 || today.Refunds != 4 || today.Delay != 2*time.Second || today.LongestDelay != 3*time.Second {
				t.Errorf("today: %+v", today)
			}
			if yesterday.Written != 10 || yesterday.Delay != 0 || days[0].Written != 0 {
				t.Errorf("yesterday: %+v, first: %+v", yesterday, days[0])
			}
			for n, day := range days[1:] {
				if gap := day.Start.Sub(days[n].Start); gap < 23*time.Hour || gap > 25*time.Hour {
					t.Errorf("day %d begins %v after the one before", n+1, gap)
				}
			}
		})
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	for want, count := range map[string]links.Count{
		"0": {}, "999": {N: 999}, "1,204": {N: 1204}, "10,000+": links.CountUpTo(10001, 10000), "10,000": links.CountUpTo(10000, 10000), "1,234,567": {N: 1234567},
	} {
		if got := count.String(); got != want {
			t.Errorf("%+v is %q, want %q", count, got, want)
		}
	}
}

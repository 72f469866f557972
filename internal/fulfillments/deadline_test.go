package fulfillments

import (
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
)

func TestWhenAnOrderIsListed(t *testing.T) {
	t.Parallel()
	by := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	const hour, day = time.Hour, 24 * time.Hour
	for name, c := range map[string]struct {
		given, left  time.Duration
		code, detail string
	}{
		"three days, two left":        {3 * day, 2 * day, "", ""},
		"a little more than a day":    {3 * day, day + time.Second, "", ""},
		"a day":                       {3 * day, day, "ship_by_soon", "It is due by 24 November 2026, 14:00 UTC, in 24 hours."},
		"some hours":                  {3 * day, 5*hour + 59*time.Minute, "ship_by_soon", "It is due by 24 November 2026, 14:00 UTC, in 5 hours."},
		"an hour":                     {3 * day, hour, "ship_by_soon", "It is due by 24 November 2026, 14:00 UTC, in an hour."},
		"minutes":                     {3 * day, time.Minute, "ship_by_soon", "It is due by 24 November 2026, 14:00 UTC, in less than an hour."},
		"now":                         {3 * day, 0, "ship_by_missed", "It was due by 24 November 2026, 14:00 UTC, less than an hour ago."},
		"yesterday":                   {3 * day, -30 * hour, "ship_by_missed", "It was due by 24 November 2026, 14:00 UTC, 30 hours ago."},
		"last week":                   {3 * day, -7*day - hour, "ship_by_missed", "It was due by 24 November 2026, 14:00 UTC, 7 days ago."},
		"a day given, more than half": {day, 13 * hour, "", ""},
		"a day given, half":           {day, 12 * hour, "ship_by_soon", "It is due by 24 November 2026, 14:00 UTC, in 12 hours."},
	} {
		d := links.Deadline{ShipBy: by.Unix(), OrderedAt: by.Add(-c.given)}
		if code, detail := overdue(d, by.Add(-c.left)); code != exceptions.Code(c.code) || detail != c.detail {
			t.Errorf("%s: %q, %q", name, code, detail)
		}
	}
	unknown := links.Deadline{ShipBy: by.Unix()}
	if code, _ := overdue(unknown, by.Add(-day)); code != exceptions.ShipBySoon {
		t.Errorf("nobody knows when it was ordered: %q", code)
	}
}

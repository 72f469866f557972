package fulfillments

import (
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
)

// mostNotice is how long before TikTok's deadline an order is listed. Within a
// day every warehouse that packs on that day can still act. Where TikTok gives
// less than two, it is half of what it gives: a list that holds an order from
// the moment it was placed tells nobody anything.
const mostNotice = 24 * time.Hour

// overdue says under which code an order is listed, if at all, and the time left.
func overdue(d links.Deadline, now time.Time) (code exceptions.Code, detail string) {
	by := time.Unix(d.ShipBy, 0).UTC()
	notice := mostNotice
	if given := by.Sub(d.OrderedAt); !d.OrderedAt.IsZero() && given > 0 {
		notice = min(notice, given/2)
	}
	when := by.Format("2 January 2006, 15:04 UTC")
	switch left := by.Sub(now); {
	case left <= 0:
		return exceptions.ShipByMissed, fmt.Sprintf("It was due by %s, %s ago.", when, words(-left))
	case left <= notice:
		return exceptions.ShipBySoon, fmt.Sprintf("It is due by %s, in %s.", when, words(left))
	default:
		return "", ""
	}
}

// words is a time in whole hours, or days where there are many: it changes seldom enough to be kept.
func words(d time.Duration) string {
	hours := int(d / time.Hour)
	switch {
	case hours == 0:
		return "less than an hour"
	case hours == 1:
		return "an hour"
	case hours < 48:
		return fmt.Sprintf("%d hours", hours)
	default:
		return fmt.Sprintf("%d days", hours/24)
	}
}

package links

import "time"

// SlotLength is how long a Slot is: midnight in every time zone in use falls
// between two slots, as no zone is off by less than a quarter of an hour.
const SlotLength = 15 * time.Minute

// Slot is what was done for a shop within a quarter of an hour.
type Slot struct {
	// At is when it begins, in UTC.
	At time.Time
	// Written orders, and Refunds that TikTok paid.
	Written, Refunds int
	// Measured are the orders of which the import's delay says something: those
	// that were heard of within a day of being placed. Delay is the sum of theirs,
	// from TikTok's time of the order to its being written.
	Measured            int
	Delay, LongestDelay time.Duration
}

// Day is what was done for a shop on one day of its own.
type Day struct {
	// Start is its midnight, in the shop's time zone.
	Start            time.Time
	Written, Refunds int
	Measured         int
	// Delay is the mean of the Measured.
	Delay, LongestDelay time.Duration
}

// SlotOf is when the slot begins that a moment is in.
func SlotOf(at time.Time) time.Time { return at.UTC().Truncate(SlotLength) }

// Midnight is when the day of a moment began in a time zone; where the clock
// jumped over it, the day's first moment.
func Midnight(at time.Time, zone *time.Location) time.Time {
	year, month, day := at.In(zone).Date()
	start := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if start.Day() != day { // what time.Date makes of a time that does not exist may be the evening before
		start = start.Add(time.Hour)
	}
	return start
}

// Days folds slots, in any order, into the n days of a time zone that end with
// the one that now is in. Days without slots are there, with zeros. What is
// outside of them is left out.
func Days(slots []Slot, zone *time.Location, now time.Time, n int) []Day {
	days := make([]Day, n)
	place := make(map[string]*Day, n)
	year, month, today := now.In(zone).Date()
	for i := range days {
		// Noon is there once on every day, also where the clock changes.
		noon := time.Date(year, month, today-(n-1-i), 12, 0, 0, 0, zone)
		days[i].Start = Midnight(noon, zone)
		place[noon.Format(time.DateOnly)] = &days[i]
	}
	for _, slot := range slots {
		day := place[slot.At.In(zone).Format(time.DateOnly)]
		if day == nil {
			continue
		}
		day.Written += slot.Written
		day.Refunds += slot.Refunds
		day.Measured += slot.Measured
		day.Delay += slot.Delay // the sum, for now
		day.LongestDelay = max(day.LongestDelay, slot.LongestDelay)
	}
	for i := range days {
		if days[i].Measured > 0 {
			days[i].Delay /= time.Duration(days[i].Measured)
		}
	}
	return days
}

package backfills

import (
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// State is how far a backfill is.
type State string

// The states of a backfill. Stopped and failed ones can be resumed.
const (
	Running State = "running"
	Stopped State = "stopped"
	Done    State = "done"
	Failed  State = "failed"
)

var (
	// ErrNotFound is returned for a backfill that the shop has not.
	ErrNotFound = errors.New("no such backfill")
	// ErrRunning is returned when another backfill of the same TikTok shop is running.
	ErrRunning = errors.New("another backfill of this TikTok shop is running")
	// ErrOver is returned for a backfill that is done: there is nothing to resume.
	ErrOver = errors.New("the backfill is done")
	// ErrOvertaken is returned when somebody else changed the backfill first.
	ErrOvertaken = errors.New("the backfill went on elsewhere")
	// ErrNoTikTokShop is returned when no TikTok shop is connected.
	ErrNoTikTokShop = errors.New("no TikTok shop is connected")
	// ErrWhichShop is returned when several TikTok shops are connected and none was named.
	ErrWhichShop = errors.New("several TikTok shops are connected: name one")
	// ErrShopOff is returned for a TikTok shop that is listed but not synced.
	ErrShopOff = errors.New("the TikTok shop is not synced")
)

// RangeError says why a time span cannot be backfilled, in a sentence for a person.
type RangeError struct{ Problem string }

func (e *RangeError) Error() string { return e.Problem }

// Backfill is one walk through the orders of a time span.
type Backfill struct {
	ID         string
	Shop       shopify.Domain
	TikTokShop tiktok.ShopID
	// From is inclusive, To is not; both are whole seconds.
	From, To time.Time
	// DryRun counts and asks for no import.
	DryRun bool

	State State
	// Message says why it failed.
	Message string
	Counts
	// Ran is how long it has been running, without the time it was stopped.
	Ran time.Duration

	StartedAt time.Time
	// ProgressedAt is when it was last started, resumed, or had a page done.
	ProgressedAt time.Time
	FinishedAt   *time.Time

	// Turn grows with every change.
	Turn  int64
	Place Place
}

// Counts are the orders that were seen: Found is the sum of the others.
type Counts struct {
	Found int
	// Imported were handed over to be imported.
	Imported int
	// Skipped need no import: in Shopify and up to date, or cancelled before they were.
	Skipped int
}

func (c Counts) plus(other Counts) Counts {
	return Counts{c.Found + other.Found, c.Imported + other.Imported, c.Skipped + other.Skipped}
}

func (c Counts) minus(other Counts) Counts {
	return Counts{c.Found - other.Found, c.Imported - other.Imported, c.Skipped - other.Skipped}
}

// Rate is how many orders a minute it finds, while it runs.
func (b Backfill) Rate() float64 {
	if b.Ran <= 0 {
		return 0
	}
	return float64(b.Found) / b.Ran.Minutes()
}

// Read is how much of the time span was read, from 0 to 1.
func (b Backfill) Read() float64 {
	whole := b.To.Sub(b.From)
	if b.State == Done || whole <= 0 {
		return 1
	}
	return min(max(float64(b.Place.From.Sub(b.From))/float64(whole), 0), 1)
}

// Cause is what the backfill's imports name as what asked.
func (b Backfill) Cause() string { return "backfill:" + b.ID }

// over ends the backfill for now.
func (b *Backfill) over(state State, message string, now time.Time) {
	b.progress(now)
	b.State, b.Message, b.FinishedAt = state, message, &now
}

// progress counts the time since the last change.
func (b *Backfill) progress(now time.Time) {
	b.Ran += max(now.Sub(b.ProgressedAt), 0)
	b.ProgressedAt = now
}

const (
	mostYears = 3
	// ahead is how far a caller's clock may be before ours when it says "until now".
	ahead = time.Minute
)

// Span checks a time span and brings it to whole seconds. No end means now. The
// error is a *RangeError.
func Span(from, to, now time.Time) (start, end time.Time, err error) {
	if to.IsZero() || to.After(now) && to.Before(now.Add(ahead)) {
		to = now
	}
	start, end = from.UTC().Truncate(time.Second), ceil(to.UTC())
	switch {
	case from.IsZero():
		return start, end, &RangeError{"The moment to begin at is missing."}
	case to.After(now):
		return start, end, &RangeError{"The moment to end at has not come yet."}
	case from.After(now):
		return start, end, &RangeError{"The moment to begin at has not come yet."}
	case !from.Before(to):
		return start, end, &RangeError{"The beginning must be before the end."}
	case from.AddDate(mostYears, 0, 0).Before(to):
		return start, end, &RangeError{fmt.Sprintf("At most %d years may lie between beginning and end.", mostYears)}
	}
	return start, end, nil
}

// ceil is t, or the next whole second.
func ceil(t time.Time) time.Time {
	whole := t.Truncate(time.Second)
	if whole.Before(t) {
		return whole.Add(time.Second)
	}
	return whole
}

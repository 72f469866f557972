package pages

import (
	"html/template"
	"time"

	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shops"
)

// Head is what an embedded document loads: App Bridge with the app's key, and Polaris.
type Head struct {
	APIKey string
	// CDNURL is where both scripts come from, without a trailing slash.
	CDNURL string
	// Version changes with our own scripts and styles, so that browsers may keep them.
	Version string
}

// Frame is what every embedded page has around its content. A page's view model embeds it.
type Frame struct {
	Head  Head
	Shop  shops.Shop
	Title string
	// Path is the page's own, such as `/orders`: forms come back to it.
	Path string
	// Banner says what the last action did or why it was refused; nil for nothing.
	Banner *Banner
	// Wide gives a page with a large table the room there is.
	Wide bool
	// Waiting is how many exceptions are open; the navigation shows it.
	Waiting int
}

// Banner is a message above the page.
type Banner struct {
	// Tone is Polaris': success, info, warning or critical.
	Tone string
	// Heading says what happened, Text the next step; Text may be empty.
	Heading, Text string
}

// Refused is the banner of an action that was not carried out.
func Refused(text string) *Banner {
	return &Banner{Tone: "critical", Heading: "This was not saved", Text: text}
}

// NotDone is the banner of work that was not begun.
func NotDone(text string) *Banner {
	return &Banner{Tone: "critical", Heading: "This was not done", Text: text}
}

// Moment is a time as pages show it, in the shop's time zone.
func (f Frame) Moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(f.Zone()).Format("Jan 2, 2006, 15:04")
}

// When is Moment as an element that machines read too.
func (f Frame) When(t time.Time) template.HTML {
	if t.IsZero() {
		return "–"
	}
	// Both texts are made of digits, letters and punctuation that time.Format puts there.
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + f.Moment(t) + `</time>`) //nolint:gosec // see above
}

// Day is the date in the shop's time zone.
func (f Frame) Day(t time.Time) string { return t.In(f.Zone()).Format("Jan 2, 2006") }

// Zone is the shop's time zone; a name that this machine does not know is shown in UTC.
func (f Frame) Zone() *time.Location {
	zone, err := time.LoadLocation(f.Shop.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// ZoneName says which zone times are shown in.
func (f Frame) ZoneName() string { return f.Zone().String() }

// Amount is a decimal amount with its currency's decimals and the currency; one
// that is neither stays as it is written.
func (Frame) Amount(amount, currency string) string {
	if amount == "" {
		return "–"
	}
	if a, err := money.Parse(amount, money.Currency(currency)); err == nil {
		return a.Text()
	}
	return amount + " " + currency
}

// Tab is an entry of the app's navigation.
type Tab struct{ Path, Name string }

// Tabs are the app's pages in the order of the navigation.
func (Frame) Tabs() []Tab {
	return []Tab{
		{"/", "Home"},
		{"/guide", "Set-up guide"},
		{"/orders", "Orders"},
		{"/exceptions", "Exceptions"},
		{"/reconciliation", "Reconciliation"},
		{"/settings", "Settings"},
	}
}

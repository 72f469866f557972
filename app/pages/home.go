package pages

import (
	"io"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shops"
)

// Home is the first page of the app in the admin.
type Home struct {
	Frame
	Connections []shops.Connection
	Glance      links.Glance
	// Guide is how far the set-up is.
	Guide guide.Guide
	// Open tells how many exceptions of each code wait for a person.
	Open map[exceptions.Code]int
	// Days are the last ones, the oldest first.
	Days []links.Day
	// Queued is how long the oldest work has waited for a worker; zero for none.
	Queued time.Duration
}

// Render writes the page.
func (h Home) Render(w io.Writer) error { return renderEmbedded(w, "home.html", h) }

// Shops are the connections in words.
func (h Home) Shops() []Connected { return Describe(h.Connections) }

// Figure is a number with what it counts; Path leads to what was counted.
type Figure struct {
	Number, What, Path string
	// Tone is Polaris' where somebody should look; empty otherwise.
	Tone string
}

// Figures are how orders are, in reading order.
func (h Home) Figures() []Figure {
	g := h.Glance
	list := []Figure{
		{Number: links.Count{N: g.WrittenToday}.String(), What: "orders written today", Path: "/orders?state=written"},
		{Number: g.Waiting.String(), What: "waiting for TikTok", Path: "/orders?state=waiting"},
		{Number: g.Held.String(), What: "held", Path: "/orders?state=held", Tone: tone(g.Held, "warning")},
		{Number: g.Exceptions.String(), What: "waiting for you", Path: "/exceptions", Tone: tone(g.Exceptions, "warning")},
		{Number: g.DueSoon.String(), What: "to ship within a day", Path: "/exceptions", Tone: tone(g.DueSoon, "warning")},
		{Number: g.Overdue.String(), What: "past TikTok's shipping deadline", Path: "/exceptions", Tone: tone(g.Overdue, "critical")},
	}
	if h.Queued <= 0 {
		return append(list, Figure{Number: "none", What: "work in the queue"})
	}
	return append(list, Figure{Number: span(h.Queued), What: "age of the oldest work in the queue"})
}

func tone(count links.Count, tone string) string {
	if count.N == 0 {
		return ""
	}
	return tone
}

// Money is the refunds of one currency.
type Money struct{ What, Amount, Count string }

// Refunds are what is on its way to buyers, and what is there.
func (h Home) Refunds() []Money {
	var list []Money
	add := func(what string, sums []links.RefundSum) {
		for _, sum := range sums {
			amount := sum.Amount + " " + sum.Currency
			if sum.Count.More {
				amount = "over " + amount
			}
			list = append(list, Money{what, amount, plural(sum.Count, "refund")})
		}
	}
	add("on the way at TikTok", h.Glance.InFlight)
	add("paid in the last 30 days", h.Glance.Completed)
	return list
}

func plural(count links.Count, what string) string {
	if count.N == 1 && !count.More {
		return "1 " + what
	}
	return count.String() + " " + what + "s"
}

// span is a duration for reading, exact enough to act on.
func span(d time.Duration) string {
	switch {
	case d <= 0:
		return "–"
	case d < time.Second:
		return "under 1 s"
	case d < 2*time.Minute:
		return d.Round(time.Second).String()
	case d < 2*time.Hour:
		return much(int(d.Round(time.Minute)/time.Minute), "min")
	case d < 48*time.Hour:
		return much(int(d.Round(time.Hour)/time.Hour), "h")
	}
	return much(int(d.Round(24*time.Hour)/(24*time.Hour)), "days")
}

func much(n int, unit string) string { return links.Count{N: n}.String() + " " + unit }

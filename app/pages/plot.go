package pages

import (
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
)

// The plots' own units: a day is dayWidth wide, the highest bar plotHeight high.
const (
	dayWidth   = 10
	plotHeight = 1000
)

// Plot is bars over days, drawn by the server.
type Plot struct {
	// Name says what is plotted, Most what the highest bar stands for.
	Name, Most    string
	Width, Height int
	// First and Last are the days at its ends.
	First, Last string
	Bars        []Bar
}

// Bar is one of them; Second is of the other kind.
type Bar struct {
	X, Y, Width, Height int
	Second              bool
	// Text is what is read when somebody points at it.
	Text string
}

// plot is one over the page's days, without its bars.
func (h Home) plot(name, most string) Plot {
	p := Plot{Name: name, Most: most, Width: dayWidth * len(h.Days), Height: plotHeight}
	if n := len(h.Days); n > 0 {
		p.First, p.Last = h.Day(h.Days[0].Start), h.Day(h.Days[n-1].Start)
	}
	return p
}

// Stirred tells whether anything happened in these days.
func (h Home) Stirred() bool {
	for _, d := range h.Days {
		if d.Written > 0 || d.Refunds > 0 {
			return true
		}
	}
	return false
}

// Counts plots orders and refunds.
func (h Home) Counts() Plot {
	most := 1
	for _, d := range h.Days {
		most = max(most, d.Written, d.Refunds)
	}
	p := h.plot("Orders written and refunds paid, by day", links.Count{N: most}.String())
	const width = 4
	for n, d := range h.Days {
		day := h.Day(d.Start)
		p.Bars = append(p.Bars,
			bar(n*dayWidth+1, width, scaled(d.Written, most), fmt.Sprintf("%s: %s", day, plural(links.Count{N: d.Written}, "order"))),
			bar(n*dayWidth+1+width, width, scaled(d.Refunds, most), fmt.Sprintf("%s: %s", day, plural(links.Count{N: d.Refunds}, "refund"))))
		p.Bars[len(p.Bars)-1].Second = true
	}
	return p
}

// Delays plots how long imports took, on average.
func (h Home) Delays() Plot {
	most := time.Second
	for _, d := range h.Days {
		most = max(most, d.Delay)
	}
	p := h.plot("Time from TikTok to Shopify, by day", span(most))
	for n, d := range h.Days {
		p.Bars = append(p.Bars, bar(n*dayWidth+1, dayWidth-2, scaled(int(d.Delay/time.Millisecond), int(most/time.Millisecond)), h.Day(d.Start)+": "+span(d.Delay)))
	}
	return p
}

// scaled brings a value into the plot's height; what is not nothing is seen.
func scaled(value, most int) int {
	if value <= 0 {
		return 0
	}
	return max(value*plotHeight/most, plotHeight/100)
}

func bar(x, width, height int, text string) Bar {
	return Bar{X: x, Y: plotHeight - height, Width: width, Height: height, Text: text}
}

// DayRow is a day in the table that says what the plots show.
type DayRow struct{ Day, Orders, Refunds, Delay, Longest string }

// Table is the plots in words, the newest day first.
func (h Home) Table() []DayRow {
	list := make([]DayRow, len(h.Days))
	for n, d := range h.Days {
		list[len(list)-1-n] = DayRow{
			h.Day(d.Start), links.Count{N: d.Written}.String(), links.Count{N: d.Refunds}.String(), span(d.Delay), span(d.LongestDelay),
		}
	}
	return list
}

package pages

import (
	"io"
	"math"
	"time"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/shops"
)

// Backfills is the page that brings in the orders of a time span.
type Backfills struct {
	Frame
	// All are the shop's, the newest first.
	All         []backfills.Backfill
	Connections []shops.Connection
	// From, To, TikTokShop and DryRun are what was asked for and refused; empty otherwise.
	From, To, TikTokShop string
	DryRun               bool
	// Today is the last day that can be asked for, as date fields write it.
	Today string
}

// Render writes the page.
func (b Backfills) Render(w io.Writer) error { return renderEmbedded(w, "backfills.html", b) }

// BackfillsPath is the page's address.
const BackfillsPath = "/orders/backfills"

// Running tells whether one is under way.
func (b Backfills) Running() bool {
	for _, one := range b.All {
		if one.State == backfills.Running {
			return true
		}
	}
	return false
}

// Syncing are the TikTok shops that can be backfilled.
func (b Backfills) Syncing() []Connected {
	var list []Connected
	for _, c := range Describe(b.Connections) {
		if c.On {
			list = append(list, c)
		}
	}
	return list
}

// Walk is a backfill as the page shows it.
type Walk struct {
	backfills.Backfill
	Badge Badge
	// Name is the TikTok shop's.
	Name string
	// Percent of the time span is read; Rate is orders a minute.
	Percent, Rate int
	// Last is the last day, To being the moment after it.
	Last time.Time
	// Stop and Resume are addresses; empty where there is nothing to stop or resume.
	Stop, Resume string
}

// Walks are all backfills in words.
func (b Backfills) Walks() []Walk {
	names := map[string]string{}
	for _, c := range Describe(b.Connections) {
		names[c.ID] = c.Name
	}
	list := make([]Walk, len(b.All))
	for n, one := range b.All {
		w := Walk{
			Backfill: one, Name: names[string(one.TikTokShop)], Last: one.To.Add(-time.Second),
			Percent: int(100 * one.Read()), Rate: int(math.Round(one.Rate())),
		}
		if w.Name == "" {
			w.Name = string(one.TikTokShop)
		}
		at := BackfillsPath + "/" + one.ID
		switch one.State {
		case backfills.Running:
			w.Badge, w.Stop = Badge{"info", "Running"}, at+"/stop"
		case backfills.Stopped:
			w.Badge, w.Resume = Badge{"neutral", "Stopped"}, at+"/resume"
		case backfills.Failed:
			w.Badge, w.Resume = Badge{"critical", "Failed"}, at+"/resume"
		case backfills.Done:
			w.Badge = Badge{"success", "Done"}
		}
		list[n] = w
	}
	return list
}

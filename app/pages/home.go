package pages

import (
	"io"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shops"
)

// Home is the first page of the app in the admin.
type Home struct {
	Frame
	Connections []shops.Connection
	Settings    shops.Settings
	// Counts are the orders in each state; Exceptions is how many wait for the merchant.
	Counts     map[links.State]int
	Exceptions int
}

// Shops are the connections in words.
func (h Home) Shops() []Connected { return Describe(h.Connections) }

// Tally is one line of the order counts.
type Tally struct {
	What string
	N    int
}

// Tallies are the counts in reading order.
func (h Home) Tallies() []Tally {
	return []Tally{
		{"in Shopify", h.Counts[links.Written]},
		{"waiting for TikTok Shop", h.Counts[links.Waiting]},
		{"held, waiting for you", h.Counts[links.Held]},
		{"skipped", h.Counts[links.Skipped]},
		{"cancelled", h.Counts[links.Cancelled]},
	}
}

// Render writes the page.
func (h Home) Render(w io.Writer) error { return renderEmbedded(w, "home.html", h) }

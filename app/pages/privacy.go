package pages

import (
	"io"
	"net/url"
	"time"

	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/shops"
)

// PrivacyPath is the page's address.
const PrivacyPath = "/settings/privacy"

// Privacy is the page of what customers asked for by way of Shopify.
type Privacy struct {
	Frame
	Requests []privacy.Request
	Settings shops.Settings
	Now      time.Time
}

// Render writes the page.
func (p Privacy) Render(w io.Writer) error { return renderEmbedded(w, "privacy.html", p) }

// Wish is a request as the page shows it.
type Wish struct {
	privacy.Request
	What  string
	Badge Badge
	// Report is where the report comes from; empty for a wish to be forgotten.
	Report string
}

// Wishes are the requests in words, the newest first.
func (p Privacy) Wishes() []Wish {
	list := make([]Wish, len(p.Requests))
	for n, r := range p.Requests {
		one := Wish{Request: r, What: "Wants to be forgotten"}
		if r.Kind == privacy.DataRequest {
			one.What = "Wants to see what is kept"
			one.Report = "/api/privacy/requests/" + url.PathEscape(r.ID) + "/report"
		}
		switch late := p.Now.After(r.Due()); {
		case r.DoneAt != nil:
			one.Badge = Badge{"success", "Done"}
		case late:
			one.Badge = Badge{"critical", "Overdue"}
		case r.Kind == privacy.DataRequest:
			one.Badge = Badge{"warning", "Waits for you"}
		default:
			one.Badge = Badge{"info", "Waits for open refunds or exceptions"}
		}
		list[n] = one
	}
	return list
}

package pages

import "io"

// Bounce is the page that only loads App Bridge, which fetches a session token
// and opens the address in the query's `shopify-reload` with it.
type Bounce struct{ Head Head }

// Render writes the page.
func (b Bounce) Render(w io.Writer) error { return renderPlain(w, "bounce.html", b) }

// Notice is a page outside the admin: how something ended, and what to do next.
type Notice struct {
	Title, Text string
	// Shops are the TikTok shops the notice is about, if any.
	Shops []Connected
	// BackURL leads on, if anywhere; BackText is the link's text.
	BackURL, BackText string
	// Reopen has a frame that was reloaded by itself opened as the admin opened it.
	Reopen bool
}

// Render writes the page.
func (n Notice) Render(w io.Writer) error { return renderPlain(w, "notice.html", n) }

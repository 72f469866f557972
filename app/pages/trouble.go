package pages

import "io"

// Trouble is a page in the admin that could not be shown; its banner says why.
type Trouble struct {
	Frame
	// RequestID is what support finds the cause by; empty where there is nothing to find.
	RequestID string
}

// Render writes the page.
func (t Trouble) Render(w io.Writer) error { return renderEmbedded(w, "trouble.html", t) }

package pages

import (
	"io"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Unknown is the page of an order that the shop does not have, or not yet.
type Unknown struct {
	Frame
	ID tiktok.OrderID
	// Open are exceptions about the number, as an import that failed leaves them.
	Open []exceptions.Exception
	// Following has the page read itself again while the order is being brought in.
	Following bool
}

// Import is the address that brings the order in.
func (u Unknown) Import() string { return OrderPath(u.ID) + "/import" }

// Render writes the page.
func (u Unknown) Render(w io.Writer) error { return renderEmbedded(w, "unknown.html", u) }

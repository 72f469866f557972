package pages

import (
	"io"
	"net/url"
	"time"
)

// MappingRow is one row of a table: a name on one side and what it is on the other.
type MappingRow struct {
	From, To, Known, Note string
	// Title is what To is called, empty when that is not known.
	Title     string
	UpdatedAt time.Time
}

// MappingTable says what a table is about. From and To are the names of its
// columns in forms, FromLabel and ToLabel what a person reads.
type MappingTable struct {
	Path, Title, About, Empty                      string
	From, FromLabel, FromHelp, To, ToLabel, ToHelp string
	// CSV tells whether the table comes and goes as a file too.
	CSV bool
}

// The tables.
var (
	SKUTable = MappingTable{
		Path: "/mappings/skus", Title: "SKUs", CSV: true,
		About: "Which Shopify variant a TikTok SKU is. A SKU that is the same on both sides needs no row.",
		Empty: "No SKU is mapped. Products are matched by their SKU.",
		From:  "sku_id", FromLabel: "TikTok SKU id", FromHelp: "The digits of the id in Seller Center, not your own SKU.",
		To: "variant_id", ToLabel: "Shopify variant", ToHelp: "The number at the end of the variant's address in Shopify.",
	}
	CarrierTable = MappingTable{
		Path: "/mappings/carriers", Title: "Carriers",
		About: "Which carrier at TikTok a carrier's name in Shopify is. Names that are the same need no row.",
		Empty: "No carrier was chosen. Carriers are matched by their names.",
		From:  "company", FromLabel: "Carrier in Shopify", FromHelp: "As it stands in the fulfillment.",
		To: "provider", ToLabel: "Carrier at TikTok", ToHelp: "Its name or id.",
	}
	ReasonTable = MappingTable{
		Path: "/mappings/reasons", Title: "Refund reasons",
		About: "Which of TikTok's reasons is told for a refund. Without a row a fitting one is found.",
		Empty: "No reason was chosen. The one that fits best is told.",
		From:  "shopify_reason", FromLabel: "Reason in Shopify", FromHelp: "Such as size_too_small; * for all others; cancel for cancellations.",
		To: "tiktok_reason", ToLabel: "Reason at TikTok", ToHelp: "TikTok's name of the reason, as the exception lists it.",
	}
)

// Mappings is the page of one table.
type Mappings struct {
	Frame
	Table MappingTable
	Rows  []MappingRow
	// Next is after which row the next page begins, empty on the last; Later tells that this is not the first.
	Next  string
	Later bool
	// Typed is what a form held that was refused; empty otherwise.
	Typed url.Values
	// Search is what was looked for in Shopify, in the table of SKUs.
	Search Search
}

// Looked tells whether a search was made.
func (m Mappings) Looked() bool { return m.Search.SKUID != "" && m.Search.Query != "" }

// Render writes the page.
func (m Mappings) Render(w io.Writer) error { return renderEmbedded(w, "mappings.html", m) }

// Older is the address of the next page.
func (m Mappings) Older() string { return m.Table.Path + "?" + url.Values{"cursor": {m.Next}}.Encode() }

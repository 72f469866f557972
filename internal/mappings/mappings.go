// Package mappings holds the tables in which a merchant says which thing at
// TikTok is which thing in Shopify, and the forms in which they come in and go
// out: JSON rows and CSV.
//
// Routes read rows with it, the store keeps them, package orders goes by them.
// It asks neither platform whether an id exists: an order that meets one that
// does not is held and says so.
package mappings

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// SKU says that a TikTok SKU is a Shopify variant.
type SKU struct {
	SKUID tiktok.SKUID `json:"sku_id"`
	// Variant is a ProductVariant. In a change it may be empty: the row is removed.
	Variant shopify.GID `json:"variant_id"`
	// SellerSKU and Note are for people; nothing goes by them.
	SellerSKU string    `json:"seller_sku"`
	Note      string    `json:"note"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Removed says that a change takes the row away.
func (s SKU) Removed() bool { return s.Variant == "" }

// Row is one row as somebody wrote it.
type Row struct {
	SKUID     Cell `json:"sku_id"`
	Variant   Cell `json:"variant_id"`
	SellerSKU Cell `json:"seller_sku"`
	Note      Cell `json:"note"`
	// line is the row's line in a file; 0 in JSON, whose rows count from 1.
	line int
}

const (
	// MostRows is how many rows one change may have.
	MostRows = 5000

	longestSellerSKU = 200
	longestNote      = 500
)

// Fault is what is wrong with one row.
type Fault struct {
	// Row counts from 1; in a file the header is row 1.
	Row     int    `json:"row"`
	Field   string `json:"field,omitempty"`
	Problem string `json:"problem"`
}

func (f Fault) String() string {
	if f.Field == "" {
		return fmt.Sprintf("row %d: %s", f.Row, f.Problem)
	}
	return fmt.Sprintf("row %d: %s: %s", f.Row, f.Field, f.Problem)
}

// RowErrors are all that is wrong with the rows of one change. As an error they
// mean that none of the rows was taken.
type RowErrors []Fault

// Error names the first few.
func (f RowErrors) Error() string {
	const most = 5
	var parts []string
	for _, one := range f[:min(len(f), most)] {
		parts = append(parts, one.String())
	}
	if more := len(f) - most; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, "; ")
}

func (f *RowErrors) add(row int, field, format string, args ...any) {
	*f = append(*f, Fault{Row: row, Field: field, Problem: fmt.Sprintf(format, args...)})
}

// Check reads rows. Its error is of type RowErrors and names every row that cannot be taken.
func Check(rows []Row) ([]SKU, error) {
	if len(rows) > MostRows {
		return nil, RowErrors{{Row: MostRows + 1, Problem: fmt.Sprintf("at most %d rows in one change; send the rest in another", MostRows)}}
	}
	var faults RowErrors
	first := make(map[tiktok.SKUID]int, len(rows))
	skus := make([]SKU, 0, len(rows))
	for n, row := range rows {
		number := n + 1
		if row.line > 0 {
			number = row.line
		}
		sku := row.read(number, &faults)
		if before, twice := first[sku.SKUID]; twice && sku.SKUID != "" {
			faults.add(number, "sku_id", "is in row %d already", before)
		} else {
			first[sku.SKUID] = number
		}
		skus = append(skus, sku)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return skus, nil
}

func (r Row) read(number int, faults *RowErrors) SKU {
	bad := func(field, format string, args ...any) { faults.add(number, field, format, args...) }
	var sku SKU
	switch id := strings.TrimSpace(r.SKUID.Text); {
	case r.SKUID.odd || rounded.MatchString(id):
		bad("sku_id", "want the digits of a TikTok SKU id as a text: a spreadsheet rounds such long numbers")
	case !skuID.MatchString(id):
		bad("sku_id", "want the digits of a TikTok SKU id")
	default:
		sku.SKUID = tiktok.SKUID(id)
	}
	switch variant, ok := variantOf(strings.TrimSpace(r.Variant.Text)); {
	case r.Variant.null:
	case !ok || r.Variant.odd:
		bad("variant_id", "want the number of a Shopify variant, or gid://shopify/ProductVariant/ and the number; null removes the row")
	default:
		sku.Variant = variant
	}
	sku.SellerSKU = words("seller_sku", r.SellerSKU, longestSellerSKU, bad)
	sku.Note = words("note", r.Note, longestNote, bad)
	return sku
}

var (
	skuID    = regexp.MustCompile(`^[0-9]{1,32}$`)
	bareID   = regexp.MustCompile(`^[1-9][0-9]{0,19}$`)
	rounded  = regexp.MustCompile(`(?i)^[0-9]+([.,][0-9]+)?e\+?[0-9]+$`)
	gidStart = "gid://shopify/ProductVariant/"
)

// variantOf reads a variant's GID or its bare number.
func variantOf(text string) (shopify.GID, bool) {
	number := strings.TrimPrefix(text, gidStart)
	if !bareID.MatchString(number) {
		return "", false
	}
	if _, err := strconv.ParseUint(number, 10, 64); err != nil {
		return "", false
	}
	return shopify.GID(gidStart + number), true
}

// words is a short text of one line.
func words(field string, c Cell, longest int, bad func(field, format string, args ...any)) string {
	text := strings.TrimSpace(c.Text)
	switch {
	case c.odd:
		bad(field, "want a text")
	case !utf8.ValidString(text):
		bad(field, "is not UTF-8; save the file as CSV UTF-8")
	case utf8.RuneCountInString(text) > longest:
		bad(field, "at most %d characters", longest)
	case strings.ContainsFunc(text, unicode.IsControl):
		bad(field, "want one line of text")
	default:
		return text
	}
	return ""
}

// ParsePlace reads the place in a table that a page begins after: a SKU id, or nothing for the top.
func ParsePlace(text string) (tiktok.SKUID, error) {
	if text != "" && !skuID.MatchString(text) {
		return "", fmt.Errorf("%q is no SKU id", clip(text))
	}
	return tiktok.SKUID(text), nil
}

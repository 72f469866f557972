package mappings

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Reason says which of TikTok's reasons is told for a refund.
type Reason struct {
	// Shopify is why the goods came back, as Shopify names it ("size_too_small");
	// AnyReason where nothing else fits, and CancelReason for cancellations.
	Shopify string `json:"shopify_reason"`
	// TikTok is TikTok's name of a reason. In a change it may be empty: the row is removed.
	TikTok    string    `json:"tiktok_reason"`
	Note      string    `json:"note"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Removed says that a change takes the row away.
func (r Reason) Removed() bool { return r.TikTok == "" }

// Reasons that are none of Shopify's.
const (
	AnyReason    = "*"
	CancelReason = "cancel"
)

// ReasonRow is one row as somebody wrote it.
type ReasonRow struct {
	Shopify Cell `json:"shopify_reason"`
	TikTok  Cell `json:"tiktok_reason"`
	Note    Cell `json:"note"`
}

// MostReasons is how many rows one change may have.
const MostReasons = 200

var (
	shopifyReason = regexp.MustCompile(`^([a-z0-9_-]{1,64}|\*)$`)
	tiktokReason  = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,128}$`)
)

// reasonKey brings a reason into Shopify's own form: "Size too small" is its size_too_small.
func reasonKey(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(text)), "_")
}

// CheckReasons reads rows. Its error is of type RowErrors and names every row
// that cannot be taken. Whether TikTok has a reason of that name depends on the
// order: one that it does not take for an order is passed over there.
func CheckReasons(rows []ReasonRow) ([]Reason, error) {
	if len(rows) > MostReasons {
		return nil, RowErrors{{Row: MostReasons + 1, Problem: fmt.Sprintf("at most %d rows in one change; send the rest in another", MostReasons)}}
	}
	var faults RowErrors
	first := make(map[string]int, len(rows))
	reasons := make([]Reason, 0, len(rows))
	for n, row := range rows {
		number := n + 1
		bad := func(field, format string, args ...any) { faults.add(number, field, format, args...) }
		reason := Reason{Shopify: reasonKey(row.Shopify.Text), TikTok: strings.TrimSpace(row.TikTok.Text), Note: words("note", row.Note, longestNote, bad)}
		before, twice := first[reason.Shopify]
		switch {
		case row.Shopify.odd || !shopifyReason.MatchString(reason.Shopify):
			bad("shopify_reason", "want a return reason of Shopify's such as size_too_small, %s for all others, or %s", AnyReason, CancelReason)
		case twice:
			bad("shopify_reason", "is in row %d already", before)
		default:
			first[reason.Shopify] = number
		}
		if !row.TikTok.null && (row.TikTok.odd || !tiktokReason.MatchString(reason.TikTok)) {
			bad("tiktok_reason", "want the name of a reason at TikTok, as the exception lists them; null removes the row")
		}
		reasons = append(reasons, reason)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return reasons, nil
}

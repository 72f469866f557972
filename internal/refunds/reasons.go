package refunds

import (
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
)

// Reasons is the merchant's table: why goods came back, as Shopify or Loop says
// it, to TikTok's name for it.
type Reasons struct {
	// Table goes from Shopify's return reason ("size_too_small") to TikTok's name.
	Table map[string]string
	// Refund is taken where the table has nothing, Cancel for a cancellation; empty for ours.
	Refund, Cancel string
}

// Keys of the merchant's table that are no reason of Shopify's.
const (
	AnyReason    = "*"
	CancelReason = "cancel"
)

// ReasonsOf reads the merchant's table.
func ReasonsOf(table map[string]string) Reasons {
	return Reasons{Table: table, Refund: table[AnyReason], Cancel: table[CancelReason]}
}

// stems are the middles of TikTok's names of reasons, of which a market has its
// own endings (`ecom_order_delivered_refund_reason_damaged_seller`, `…_seller_uk`;
// Partner Center, refund reasons), for Shopify's return reasons. No seller's
// reason says that the buyer changed their mind.
var stems = map[string]string{
	"defective": "damaged", "not_as_described": "not_match_description", "wrong_item": "wrong_product",
}

// preferred are tried in this order where nobody said why; the ones for parcels
// on their way come last, as those are all that TikTok takes for them.
var preferred = []string{
	"not_match_description", "package_delivery_failed", "miss_estimated_delivery_date", "package_lost",
}

const (
	// buyerRequested blames nobody and leaves TikTok's stock alone.
	buyerRequested = "buyer_requested_cancellation"
	// outOfStock has TikTok set the product's stock to 0: only a person chooses it.
	outOfStock = "out_of_stock"
)

// choose finds a reason among those that TikTok takes for all of a call's units.
func (r Reasons) choose(kind links.StepKind, why string, available []string) (string, *Halt) {
	if kind == links.CancelUnits {
		return r.chooseCancel(available)
	}
	for _, name := range []string{r.Table[why], r.Refund} {
		if name != "" && slices.Contains(available, name) {
			return name, nil
		}
	}
	wanted := preferred
	if stem := stems[why]; stem != "" {
		wanted = append([]string{stem}, preferred...)
	}
	for _, stem := range wanted {
		if i := slices.IndexFunc(available, func(name string) bool { return strings.Contains(name, stem) }); i >= 0 {
			return available[i], nil
		}
	}
	return "", stop(exceptions.RefundReasonNeeded, "TikTok takes: %s.", list(available))
}

func (r Reasons) chooseCancel(available []string) (string, *Halt) {
	if r.Cancel != "" && slices.Contains(available, r.Cancel) {
		return r.Cancel, nil
	}
	if i := slices.IndexFunc(available, func(name string) bool {
		return strings.Contains(name, buyerRequested) && !strings.Contains(name, outOfStock)
	}); i >= 0 {
		return available[i], nil
	}
	return "", stop(exceptions.CancelReasonNeeded, "TikTok takes: %s.", list(available))
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names[:min(len(names), 12)], ", ")
}

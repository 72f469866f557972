package loopsim

import "strings"

// Why a line cannot be returned. Loop shows "final-sale" as an example and does not list the others; these names are
// the simulator's.
const (
	orderCancelled = "order-cancelled"
	notFulfilled   = "not-fulfilled"
	noProduct      = "no-product"
	returned       = "already-returned"
)

// item is one line of an order, judged. ID is Loop's own number of the line, ExternalID Shopify's.
type item struct {
	ID                int
	ExternalID        string
	VariantID         string
	SKU, Title        string
	Quantity          int
	Eligible          bool
	IneligibilityCode string
}

// items judges an order's lines. Of a line that is fulfilled in part, the fulfilled part can be returned.
func items(o Order) []item {
	out := make([]item, 0, len(o.Lines))
	for i, l := range o.Lines {
		it := item{
			ID: i + 1, ExternalID: number(l.ID), VariantID: number(l.VariantID), SKU: l.SKU, Title: l.Title,
			Quantity: min(l.Quantity-l.Returned, l.Fulfilled),
		}
		switch {
		case o.Cancelled:
			it.IneligibilityCode = orderCancelled
		case l.VariantID == "":
			it.IneligibilityCode = noProduct
		case l.Returned >= l.Quantity:
			it.IneligibilityCode = returned
		case it.Quantity <= 0:
			it.IneligibilityCode = notFulfilled
		default:
			it.Eligible = true
		}
		out = append(out, it)
	}
	return out
}

// number is the last part of a GID, or the id itself.
func number(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

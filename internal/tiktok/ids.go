package tiktok

import (
	"fmt"
	"regexp"
)

// Identifiers as TikTok Shop writes them: decimal strings of up to 20 digits
// that overflow a float64 and are therefore never numbers here
// (order API documents, OpenAPI `order.json`).
type (
	// OrderID names one order.
	OrderID string
	// LineItemID names one unit of an order: TikTok has one line item per unit.
	LineItemID string
	// ShopID names one shop of a seller.
	ShopID string
	// SKUID names what was bought, whatever the seller calls it.
	SKUID string
	// PackageID names one parcel.
	PackageID string
	// ReturnID names one request to return goods, money, or both.
	ReturnID string
	// CancelID names one cancellation of an order or some of its units.
	CancelID string
	// OpenID names the seller's authorization that one or several shops share.
	OpenID string
)

var numeric = regexp.MustCompile(`^[0-9]{1,20}$`)

// ParseOrderID accepts what may be a TikTok order number and nothing else.
func ParseOrderID(s string) (OrderID, error) {
	if !numeric.MatchString(s) {
		return "", fmt.Errorf("%q is no TikTok order number: it has 1 to 20 digits and nothing else", clip(s))
	}
	return OrderID(s), nil
}

// ParseShopID accepts what may be a TikTok shop id and nothing else.
func ParseShopID(s string) (ShopID, error) {
	if !numeric.MatchString(s) {
		return "", fmt.Errorf("%q is no TikTok shop id: it has 1 to 20 digits and nothing else", clip(s))
	}
	return ShopID(s), nil
}

// clip bounds hostile text before it enters an error.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

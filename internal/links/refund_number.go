package links

import (
	"fmt"
	"strings"

	"github.com/switchbackhq/switchback/internal/shopify"
)

// ofOrder begins the number of what is no refund in Shopify: the cancellation of an order without one.
const ofOrder = "order-"

// RefundNumber names a refund in addresses: the number that ends Shopify's id.
func RefundNumber(id shopify.GID) string {
	if strings.HasPrefix(string(id), "gid://shopify/Order/") {
		return ofOrder + id.LegacyID()
	}
	return id.LegacyID()
}

// ParseRefundNumber is the reverse.
func ParseRefundNumber(text string) (shopify.GID, error) {
	kind, number := "Refund", text
	if rest, order := strings.CutPrefix(text, ofOrder); order {
		kind, number = "Order", rest
	}
	id, err := shopify.ParseGID(kind, "gid://shopify/"+kind+"/"+number)
	if err != nil {
		return "", fmt.Errorf("read refund number: %w", err)
	}
	return id, nil
}

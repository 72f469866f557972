package orders

import (
	"slices"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// matchLines gives each planned line the id of the line that Shopify made of
// it. Shopify answers in the order it was given; an adopted order may not, so a
// line is taken by variant and quantity, then by SKU, and each only once. A
// line without a counterpart keeps no id.
func matchLines(planned []links.Line, found []shopify.FoundLine) []links.Line {
	matched := slices.Clone(planned)
	taken := make([]bool, len(found))
	take := func(same func(links.Line, shopify.FoundLine) bool) {
		for n := range matched {
			for m := range found {
				if matched[n].ShopifyLine == "" && !taken[m] && same(matched[n], found[m]) {
					matched[n].ShopifyLine, taken[m] = found[m].ID, true
				}
			}
		}
	}
	take(func(l links.Line, f shopify.FoundLine) bool {
		return l.Variant != "" && l.Variant == f.Variant && l.Quantity == f.Quantity
	})
	take(func(l links.Line, f shopify.FoundLine) bool {
		return l.SKU != "" && l.SKU == f.SKU && l.Quantity == f.Quantity
	})
	take(func(l links.Line, f shopify.FoundLine) bool { return l.Title == f.Name && l.Quantity == f.Quantity })
	return matched
}

func unitsBehind(lines []links.Line) int {
	n := 0
	for _, line := range lines {
		n += len(line.Units)
	}
	return n
}

// sellerSKUs lists what has to be looked up in Shopify, each once: the seller SKUs of units that are not mapped.
func sellerSKUs(order tiktok.Order, mapped map[tiktok.SKUID]shopify.GID) []string {
	var skus []string
	for _, unit := range order.LineItems {
		if _, known := mapped[unit.SKUID]; !known && unit.SellerSKU != "" {
			skus = append(skus, unit.SellerSKU)
		}
	}
	slices.Sort(skus)
	return slices.Compact(skus)
}

// zipOf is the ZIP that buyers know the order by; empty when TikTok hides it.
func zipOf(order tiktok.Order) string {
	if order.RecipientAddress == nil || Masked(order.RecipientAddress.PostalCode) {
		return ""
	}
	return NormalizeZIP(order.RecipientAddress.RegionCode, order.RecipientAddress.PostalCode)
}

package shopify

import (
	"context"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// FindVariants finds variants for a person to choose from: at most limit (1 to
// 50) whose SKU, title or product title has every word of text. Shopify's index
// decides what that means, and learns of changes late.
func (c *Client) FindVariants(ctx context.Context, shop Domain, text string, limit int) ([]Variant, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil, nil
	}
	for i, word := range words {
		words[i] = `"` + searchEscape.Replace(word) + `"`
	}
	limit = min(max(limit, 1), variantPage)
	data, err := admin.VariantsBySKU(ctx, c.at(shop, limit), strings.Join(words, " "), limit, nil)
	if err != nil {
		return nil, err
	}
	if data.ProductVariants == nil {
		return nil, nil
	}
	var found []Variant
	for _, node := range data.ProductVariants.Nodes {
		if node == nil {
			continue
		}
		v, err := variantOf(node)
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}

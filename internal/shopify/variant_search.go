package shopify

import (
	"context"
	"slices"
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
	return c.searchOnce(ctx, shop, strings.Join(words, " "), min(max(limit, 1), variantPage))
}

// VariantTitles reads what variants are called, for a person to read, by their
// ids. Shopify's index answers: one that is new may be missing.
func (c *Client) VariantTitles(ctx context.Context, shop Domain, ids []GID) (map[GID]Variant, error) {
	titles := map[GID]Variant{}
	for batch := range slices.Chunk(ids, variantPage) {
		terms := make([]string, len(batch))
		for i, id := range batch {
			terms[i] = "id:" + id.LegacyID()
		}
		found, err := c.searchOnce(ctx, shop, strings.Join(terms, " OR "), variantPage)
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			titles[v.ID] = v
		}
	}
	return titles, nil
}

// searchOnce reads the first page of a search.
func (c *Client) searchOnce(ctx context.Context, shop Domain, query string, limit int) ([]Variant, error) {
	data, err := admin.VariantsBySKU(ctx, c.at(shop, limit), query, limit, nil)
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

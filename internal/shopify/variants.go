package shopify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// Variant is a product variant that carries a SKU.
type Variant struct {
	ID      GID
	SKU     string
	Title   string
	Product GID
	// ProductTitle and ProductStatus (ACTIVE, DRAFT, ARCHIVED, UNLISTED) are the product's.
	ProductTitle  string
	ProductStatus string
}

const (
	// skuBatch is how many SKUs one search names, and variantPage how many variants it asks for.
	skuBatch, variantPage = 20, 50
	// maxVariantPages bounds a search that matches far too loosely.
	maxVariantPages = 20
)

// VariantsBySKU finds the variants of each SKU, compared exactly: case counts,
// and a SKU may belong to none, one or several. A SKU without a variant has no entry.
func (c *Client) VariantsBySKU(ctx context.Context, shop Domain, skus []string) (map[string][]Variant, error) {
	wanted := slices.DeleteFunc(slices.Clone(skus), func(sku string) bool { return strings.TrimSpace(sku) == "" })
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	found := map[string][]Variant{}
	for batch := range slices.Chunk(wanted, skuBatch) {
		if err := c.searchVariants(ctx, shop, batch, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Variants reads variants by their ids. One that is not in the answer is not in the shop.
func (c *Client) Variants(ctx context.Context, shop Domain, ids []GID) (map[GID]Variant, error) {
	found := map[GID]Variant{}
	for _, id := range ids {
		data, err := admin.Variant(ctx, c.at(shop, 1), string(id))
		if err != nil {
			return nil, err
		}
		if data.ProductVariant == nil {
			continue
		}
		variant, err := variantOf(data.ProductVariant)
		if err != nil {
			return nil, err
		}
		found[id] = variant
	}
	return found, nil
}

// searchVariants reads every page of one search into found.
func (c *Client) searchVariants(ctx context.Context, shop Domain, batch []string, found map[string][]Variant) error {
	terms := make([]string, len(batch))
	for i, sku := range batch {
		terms[i] = searchTerm("sku", sku)
	}
	query := strings.Join(terms, " OR ")
	var after *string
	for range maxVariantPages {
		data, err := admin.VariantsBySKU(ctx, c.at(shop, variantPage), query, variantPage, after)
		if err != nil {
			return err
		}
		page := data.ProductVariants
		if page == nil {
			return nil
		}
		for _, node := range page.Nodes {
			if err := keepVariant(node, batch, found); err != nil {
				return err
			}
		}
		if page.PageInfo == nil || !page.PageInfo.HasNextPage || page.PageInfo.EndCursor == nil {
			return nil
		}
		after = page.PageInfo.EndCursor
	}
	return fmt.Errorf("search %d SKUs in %s: more than %d variants match", len(batch), shop, maxVariantPages*variantPage)
}

// keepVariant takes the variant if it carries one of the SKUs to the letter, once.
func keepVariant(node *admin.VariantFields, batch []string, found map[string][]Variant) error {
	if node == nil || !slices.Contains(batch, text(node.Sku)) {
		return nil
	}
	v, err := variantOf(node)
	if err != nil {
		return err
	}
	if !slices.Contains(found[v.SKU], v) {
		found[v.SKU] = append(found[v.SKU], v)
	}
	return nil
}

func variantOf(node *admin.VariantFields) (Variant, error) {
	id, err := ParseGID("ProductVariant", node.Id)
	if err != nil {
		return Variant{}, err
	}
	v := Variant{ID: id, SKU: text(node.Sku), Title: node.Title}
	if p := node.Product; p != nil {
		v.ProductTitle, v.ProductStatus = p.Title, string(p.Status)
		if v.Product, err = ParseGID("Product", p.Id); err != nil {
			return Variant{}, err
		}
	}
	return v, nil
}

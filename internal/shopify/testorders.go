package shopify

import (
	"context"
	"errors"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// active is the status of a product that can be sold, as productVariants filters by it.
const active = "ACTIVE"

// ActiveVariant is a variant of an active product, whichever comes first; nil
// when the shop has none.
func (c *Client) ActiveVariant(ctx context.Context, shop Domain) (*Variant, error) {
	data, err := admin.ActiveVariants(ctx, c.at(shop, 5), searchTerm("product_status", "active"))
	if err != nil || data.ProductVariants == nil {
		return nil, err
	}
	for _, node := range data.ProductVariants.Nodes {
		if node == nil {
			continue
		}
		v, err := variantOf(node)
		if err != nil {
			return nil, err
		}
		if v.ProductStatus == active { // the index may run behind
			return &v, nil
		}
	}
	return nil, nil
}

// DeleteOrder removes an order for good. Shopify deletes only some orders,
// cancelled ones among them (orderDelete's description). The error is
// UserErrors when Shopify refuses, with the code NOT_FOUND for an order that is not there.
func (c *Client) DeleteOrder(ctx context.Context, shop Domain, order GID) error {
	data, err := admin.OrderDelete(ctx, c.at(shop, 1), string(order))
	if err != nil {
		return err
	}
	if data.OrderDelete == nil {
		return unreadable("OrderDelete", errors.New("the answer has no orderDelete"))
	}
	var refused UserErrors
	for _, e := range data.OrderDelete.UserErrors {
		one := UserError{Field: e.Field, Message: e.Message}
		if e.Code != nil {
			one.Code = string(*e.Code)
		}
		refused = append(refused, one)
	}
	switch {
	case len(refused) > 0:
		return refused
	case text(data.OrderDelete.DeletedId) == "":
		return unreadable("OrderDelete", errors.New("the answer has neither an id nor userErrors"))
	}
	return nil
}

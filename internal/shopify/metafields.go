package shopify

import (
	"context"
	"errors"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// SetTikTokOrderID gives an order the unique metafield. It may be repeated. The
// error is UserErrors when Shopify refuses, as it does when another order has the id.
func (c *Client) SetTikTokOrderID(ctx context.Context, shop Domain, order GID, id string) error {
	namespace, kind := MetafieldNamespace, MetafieldType
	data, err := admin.MetafieldsSet(ctx, c.at(shop, 1), []*admin.MetafieldsSetInput{{
		OwnerId: string(order), Namespace: &namespace, Key: MetafieldKey, Type: &kind, Value: id,
	}})
	if err != nil {
		return err
	}
	if data.MetafieldsSet == nil {
		return unreadable("MetafieldsSet", errors.New("the answer has no metafieldsSet"))
	}
	var refused UserErrors
	for _, e := range data.MetafieldsSet.UserErrors {
		one := UserError{Field: e.Field, Message: e.Message}
		if e.Code != nil {
			one.Code = string(*e.Code)
		}
		refused = append(refused, one)
	}
	if len(refused) > 0 {
		return refused
	}
	return nil
}

// AddTags adds tags to an order, leaving those it has. The error is UserErrors when Shopify refuses.
func (c *Client) AddTags(ctx context.Context, shop Domain, order GID, tags []string) error {
	data, err := admin.TagsAdd(ctx, c.at(shop, 1), string(order), tags)
	if err != nil {
		return err
	}
	if data.TagsAdd == nil {
		return unreadable("TagsAdd", errors.New("the answer has no tagsAdd"))
	}
	var refused UserErrors
	for _, e := range data.TagsAdd.UserErrors {
		refused = append(refused, UserError{Field: e.Field, Message: e.Message})
	}
	if len(refused) > 0 {
		return refused
	}
	return nil
}

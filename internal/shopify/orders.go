package shopify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/fault"
)

// The metafield that holds the TikTok order id. Its definition is in
// shopify.app.toml: owned by the app, of type `id`, hence unique among orders.
const (
	MetafieldNamespace = "$app"
	MetafieldKey       = "tiktok_order_id"
	MetafieldType      = "id"
)

// Created is the answer to an order that was sent. An order beside userErrors
// was written, less what the errors name.
type Created struct {
	Order      *FoundOrder
	UserErrors UserErrors
}

// CreateOrder writes an order, once: it is never repeated here. After an error,
// OutcomeUnknown tells whether Shopify may have written the order all the same.
// A refusal is no error: Order is nil and UserErrors say why.
func (c *Client) CreateOrder(ctx context.Context, shop Domain, order admin.OrderCreateOrderInput, options admin.OrderCreateOptionsInput) (Created, error) {
	v := VariablesOf(order, options)
	data, err := admin.OrderCreate(ctx, c.at(shop, v.Lines), v.Order, v.Options, v.Lines)
	payload := (*admin.OrderCreateOrderCreateOrderCreatePayload)(nil)
	if data != nil {
		payload = data.OrderCreate
	}
	if err != nil && (!hasData(err) || payload == nil || payload.Order == nil) {
		return Created{}, err
	}
	if payload == nil {
		return Created{}, unreadable("OrderCreate", errors.New("the answer has no orderCreate"))
	}
	created := Created{UserErrors: createErrors(payload.UserErrors)}
	if payload.Order == nil {
		return created, refusedOrder(created.UserErrors)
	}
	found, err := foundOrder(payload.Order.OrderFields)
	if err == nil {
		created.Order, err = c.withLines(ctx, shop, found, payload.Order.LineItems)
	}
	if err != nil {
		return Created{}, unreadable("OrderCreate", err)
	}
	return created, nil
}

// hasData tells whether an answer's data was read although it also had errors.
func hasData(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.withData && !e.malformed
}

// unreadable is a mutation that was answered, but not with what was asked for.
func unreadable(op string, err error) error {
	return &Error{Op: op, Message: scrub(err.Error()), Err: err, unknown: true, malformed: true}
}

// refusedOrder is nil for a refusal that the caller is to judge.
func refusedOrder(refused UserErrors) error {
	switch {
	case len(refused) == 0:
		return unreadable("OrderCreate", errors.New("the answer has neither an order nor userErrors"))
	case refused.limited():
		return fault.After(orderLimitWait, fmt.Errorf("create order: %w", refused))
	}
	return nil
}

func createErrors(wire []*admin.OrderCreateOrderCreateOrderCreatePayloadUserErrorsOrderCreateUserError) UserErrors {
	var u UserErrors
	for _, e := range wire {
		one := UserError{Field: e.Field, Message: e.Message}
		if e.Code != nil {
			one.Code = string(*e.Code)
		}
		u = append(u, one)
	}
	return u
}

// OrderByTikTokID reads by the unique metafield, which shows what was written
// without delay; nil when no order carries it.
func (c *Client) OrderByTikTokID(ctx context.Context, shop Domain, id string) (*FoundOrder, error) {
	namespace := MetafieldNamespace
	return c.order(ctx, shop, admin.OrderIdentifierInput{
		CustomId: &admin.UniqueMetafieldValueInput{Namespace: &namespace, Key: MetafieldKey, Value: id},
	})
}

// OrderByID reads one order; nil when there is none of that id, or the app may not see it.
func (c *Client) OrderByID(ctx context.Context, shop Domain, id GID) (*FoundOrder, error) {
	gid := string(id)
	return c.order(ctx, shop, admin.OrderIdentifierInput{Id: &gid})
}

func (c *Client) order(ctx context.Context, shop Domain, by admin.OrderIdentifierInput) (*FoundOrder, error) {
	data, err := admin.OrderByIdentifier(ctx, c.at(shop, lookupLines), &by, lookupLines)
	if err != nil || data.OrderByIdentifier == nil {
		return nil, err
	}
	found, err := foundOrder(data.OrderByIdentifier.OrderFields)
	if err != nil {
		return nil, fmt.Errorf("read order of %s: %w", shop, err)
	}
	return c.withLines(ctx, shop, found, data.OrderByIdentifier.LineItems)
}

// FindOrders searches for orders whose source identifier, name or tag is the
// TikTok order id, each once. The search's index runs behind and matches
// loosely: the caller confirms what it finds, and finding nothing proves nothing.
func (c *Client) FindOrders(ctx context.Context, shop Domain, id string) ([]FoundOrder, error) {
	// Fifteen orders at most, three objects each.
	data, err := admin.FindOrders(ctx, c.at(shop, 23), searchTerm("source_identifier", id), searchTerm("name", id), searchTerm("tag", id))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, page := range []*admin.FoundOrders{data.BySource, data.ByName, data.ByTag} {
		if page == nil {
			continue
		}
		for _, node := range page.Nodes {
			if node != nil && !slices.Contains(ids, node.Id) {
				ids = append(ids, node.Id)
			}
		}
	}
	var found []FoundOrder
	for _, gid := range ids {
		order, err := c.OrderByID(ctx, shop, GID(gid))
		if err != nil {
			return nil, fmt.Errorf("read found order %s: %w", gid, err)
		}
		if order != nil {
			found = append(found, *order)
		}
	}
	return found, nil
}

package shopify

import (
	"context"
	"fmt"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// FulfillmentOrder is what one location has to fulfill of an order. Shopify
// splits an order into one or several of them.
type FulfillmentOrder struct {
	ID GID
	// Status is Shopify's FulfillmentOrderStatus ("OPEN", "IN_PROGRESS", "ON_HOLD", "CLOSED" …),
	// RequestStatus its FulfillmentOrderRequestStatus.
	Status, RequestStatus string
	// Location is where the goods are, empty when Shopify no longer knows the place it names.
	Location     GID
	LocationName string
	// Fulfillable tells whether Shopify lets this app fulfill it now.
	Fulfillable bool
	Lines       []FulfillmentOrderLine
}

// FulfillmentOrderLine is the part of one line of the order: Total units of it
// belong to the fulfillment order, Remaining of them are still to be fulfilled.
type FulfillmentOrderLine struct {
	ID GID
	// Line is the line of the order.
	Line             GID
	Total, Remaining int
	RequiresShipping bool
}

const (
	// fulfillmentOrdersPage is how many fulfillment orders one call asks for; an order rarely has more than two.
	fulfillmentOrdersPage = 5
	// mostPageLines bounds the lines asked for with each, so that one call stays below Shopify's limit of 1,000 points.
	mostPageLines = 50
	// maxFulfillmentOrders is when to give up.
	maxFulfillmentOrders = 200
)

// FulfillmentOrders reads all fulfillment orders of an order, the closed ones
// too, each with all its lines. lines is about how many lines the order has:
// Shopify charges for what is asked for. An order that is not there has none.
func (c *Client) FulfillmentOrders(ctx context.Context, shop Domain, order GID, lines int) ([]FulfillmentOrder, error) {
	lines = min(max(lines, 1), mostPageLines)
	var all []FulfillmentOrder
	var after *string
	for {
		data, err := admin.OrderFulfillmentOrders(ctx, c.at(shop, lines), string(order), fulfillmentOrdersPage, after, lines)
		if err != nil || data.Order == nil || data.Order.FulfillmentOrders == nil {
			return nil, err
		}
		for _, node := range data.Order.FulfillmentOrders.Nodes {
			one, err := c.fulfillmentOrder(ctx, shop, node)
			if err != nil {
				return nil, fmt.Errorf("read fulfillment orders of %s: %w", order, err)
			}
			all = append(all, one)
		}
		if after = nextPage(data.Order.FulfillmentOrders.PageInfo); after == nil {
			return all, nil
		}
		if len(all) >= maxFulfillmentOrders {
			return nil, fmt.Errorf("read fulfillment orders of %s: more than %d", order, maxFulfillmentOrders)
		}
	}
}

// nextPage is the cursor of the page that follows; nil at the end.
func nextPage(info *admin.PageInfo) *string {
	if info == nil || !info.HasNextPage {
		return nil
	}
	return info.EndCursor
}

func (c *Client) fulfillmentOrder(ctx context.Context, shop Domain, node *admin.FulfillmentOrderFields) (FulfillmentOrder, error) {
	id, err := ParseGID("FulfillmentOrder", node.Id)
	if err != nil {
		return FulfillmentOrder{}, err
	}
	o := FulfillmentOrder{ID: id, Status: string(node.Status), RequestStatus: string(node.RequestStatus)}
	for _, a := range node.SupportedActions {
		o.Fulfillable = o.Fulfillable || a.Action == admin.FulfillmentOrderActionCreateFulfillment
	}
	if at := node.AssignedLocation; at != nil {
		o.LocationName = at.Name
		if at.Location != nil {
			if o.Location, err = ParseGID("Location", at.Location.Id); err != nil {
				return FulfillmentOrder{}, err
			}
		}
	}
	for page := node.LineItems; page != nil; {
		if err := o.add(page.Nodes); err != nil {
			return FulfillmentOrder{}, err
		}
		after := nextPage(page.PageInfo)
		if after == nil {
			break
		}
		if len(o.Lines) >= maxLines {
			return FulfillmentOrder{}, fmt.Errorf("read lines of %s: more than %d", id, maxLines)
		}
		data, err := admin.FulfillmentOrderLines(ctx, c.at(shop, pageLines), node.Id, pageLines, after)
		if err != nil {
			return FulfillmentOrder{}, fmt.Errorf("read lines of %s: %w", id, err)
		}
		if data.FulfillmentOrder == nil || data.FulfillmentOrder.LineItems == nil || len(data.FulfillmentOrder.LineItems.Nodes) == 0 {
			return FulfillmentOrder{}, fmt.Errorf("read lines of %s: a page that was promised is missing", id)
		}
		page = data.FulfillmentOrder.LineItems
	}
	return o, nil
}

func (o *FulfillmentOrder) add(nodes []*admin.FulfillmentOrderLineFields) error {
	for _, node := range nodes {
		line := FulfillmentOrderLine{Total: node.TotalQuantity, Remaining: node.RemainingQuantity, RequiresShipping: node.RequiresShipping}
		var err error
		if line.ID, err = ParseGID("FulfillmentOrderLineItem", node.Id); err != nil {
			return err
		}
		if node.LineItem != nil {
			if line.Line, err = ParseGID("LineItem", node.LineItem.Id); err != nil {
				return err
			}
		}
		o.Lines = append(o.Lines, line)
	}
	return nil
}

package shopify

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// Fulfillment is a shipment of units of an order. Shopify's schema does not say
// which app or person made it.
type Fulfillment struct {
	ID, Order GID
	// Name is Shopify's own, the order's name with a number behind it.
	Name string
	// Status is Shopify's FulfillmentStatus: "SUCCESS" and "CANCELLED" are the usual ones.
	Status string
	// DisplayStatus is where the parcel is ("FULFILLED", "IN_TRANSIT", "DELIVERED" …); may be empty.
	DisplayStatus string
	// The times are Shopify's RFC 3339 texts; the last two are empty until an event says so.
	CreatedAt, UpdatedAt, InTransitAt, DeliveredAt string
	// Tracking has one entry a parcel; none when nobody gave a number.
	Tracking []Tracking
	Lines    []FulfillmentLine
}

// Tracking is one parcel. Each field may be empty.
type Tracking struct{ Company, Number, URL string }

// FulfillmentLine is how many units of a line of the order were shipped.
type FulfillmentLine struct {
	Line     GID
	Quantity int
}

// Stands tells whether the fulfillment still counts: not cancelled, not failed.
func (f Fulfillment) Stands() bool {
	switch admin.FulfillmentStatus(f.Status) {
	case admin.FulfillmentStatusCancelled, admin.FulfillmentStatusError, admin.FulfillmentStatusFailure:
		return false
	default:
		return true
	}
}

const (
	// fulfillmentsPage is how many fulfillments of an order are read in one call.
	fulfillmentsPage = 8
	// mostFulfillments is how many of an order can be listed: Shopify gives no second page.
	mostFulfillments = 250
)

// Fulfillment reads one fulfillment whole; nil when it is not there.
func (c *Client) Fulfillment(ctx context.Context, shop Domain, id GID) (*Fulfillment, error) {
	data, err := admin.Fulfillment(ctx, c.at(shop, lookupLines), string(id), lookupLines, nil)
	if err != nil || data.Fulfillment == nil {
		return nil, err
	}
	f, err := c.fulfillment(ctx, shop, data.Fulfillment.FulfillmentFields, data.Fulfillment.FulfillmentLineItems)
	if err != nil {
		return nil, fmt.Errorf("read fulfillment %s: %w", id, err)
	}
	return &f, nil
}

// OrderFulfillments reads all fulfillments of an order whole, the cancelled ones
// too, oldest first as Shopify lists them. lines is about how many lines the
// order has.
func (c *Client) OrderFulfillments(ctx context.Context, shop Domain, order GID, lines int) ([]Fulfillment, error) {
	lines = min(max(lines, 1), mostPageLines)
	data, err := admin.OrderFulfillments(ctx, c.at(shop, lines), string(order), fulfillmentsPage, lines)
	if err != nil || data.Order == nil {
		return nil, err
	}
	var all []Fulfillment
	for _, node := range data.Order.Fulfillments {
		f, err := c.fulfillment(ctx, shop, node.FulfillmentFields, node.FulfillmentLineItems)
		if err != nil {
			return nil, fmt.Errorf("read fulfillments of %s: %w", order, err)
		}
		all = append(all, f)
	}
	if len(all) < fulfillmentsPage {
		return all, nil
	}
	return c.restOfFulfillments(ctx, shop, order, all)
}

// restOfFulfillments reads one by one what did not fit into the first call.
func (c *Client) restOfFulfillments(ctx context.Context, shop Domain, order GID, all []Fulfillment) ([]Fulfillment, error) {
	marks, err := c.OrderMarks(ctx, shop, order)
	if err != nil || marks == nil {
		return nil, err
	}
	known := map[GID]bool{}
	for _, f := range all {
		known[f.ID] = true
	}
	for _, mark := range marks.Fulfillments {
		if known[mark.ID] {
			continue
		}
		f, err := c.Fulfillment(ctx, shop, mark.ID)
		if err != nil {
			return nil, err
		}
		if f != nil {
			all = append(all, *f)
		}
	}
	return all, nil
}

func (c *Client) fulfillment(ctx context.Context, shop Domain, o admin.FulfillmentFields, page *admin.FulfillmentLinePage) (Fulfillment, error) {
	id, err := ParseGID("Fulfillment", o.Id)
	if err != nil {
		return Fulfillment{}, err
	}
	f := Fulfillment{
		ID: id, Name: o.Name, Status: string(o.Status), CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt,
		InTransitAt: text(o.InTransitAt), DeliveredAt: text(o.DeliveredAt),
	}
	if o.DisplayStatus != nil {
		f.DisplayStatus = string(*o.DisplayStatus)
	}
	if o.Order != nil {
		if f.Order, err = ParseGID("Order", o.Order.Id); err != nil {
			return Fulfillment{}, err
		}
	}
	for _, t := range o.TrackingInfo {
		f.Tracking = append(f.Tracking, Tracking{Company: text(t.Company), Number: text(t.Number), URL: text(t.Url)})
	}
	for page != nil {
		if err := f.add(page.Nodes); err != nil {
			return Fulfillment{}, err
		}
		after := nextPage(page.PageInfo)
		if after == nil {
			break
		}
		if len(f.Lines) >= maxLines {
			return Fulfillment{}, fmt.Errorf("read lines of %s: more than %d", id, maxLines)
		}
		data, err := admin.Fulfillment(ctx, c.at(shop, pageLines), o.Id, pageLines, after)
		if err != nil {
			return Fulfillment{}, fmt.Errorf("read lines of %s: %w", id, err)
		}
		if data.Fulfillment == nil || data.Fulfillment.FulfillmentLineItems == nil || len(data.Fulfillment.FulfillmentLineItems.Nodes) == 0 {
			return Fulfillment{}, fmt.Errorf("read lines of %s: a page that was promised is missing", id)
		}
		page = data.Fulfillment.FulfillmentLineItems
	}
	return f, nil
}

func (f *Fulfillment) add(nodes []*admin.FulfillmentLineFields) error {
	for _, node := range nodes {
		switch {
		case node.LineItem == nil:
			return errors.New("a line of the fulfillment names no line of the order")
		case node.Quantity == nil:
			return fmt.Errorf("how many units of %s were shipped is not said", clip(node.LineItem.Id))
		}
		line, err := ParseGID("LineItem", node.LineItem.Id)
		if err != nil {
			return err
		}
		f.Lines = append(f.Lines, FulfillmentLine{Line: line, Quantity: *node.Quantity})
	}
	return nil
}

package shopify

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// OrderMarks is what a sweep compares with its ledger: the ids of all that
// happened to an order.
type OrderMarks struct {
	ID   GID
	Name string
	Tags []string
	// TikTokOrderID is our own metafield, empty for an order that is not ours.
	TikTokOrderID string
	// UpdatedAt and CancelledAt are Shopify's RFC 3339 texts; CancelledAt is empty for an order that stands.
	UpdatedAt, CancelledAt string
	Refunds                []GID
	Fulfillments           []FulfillmentMark
}

// FulfillmentMark is a fulfillment's id, its status and when it changed last (RFC 3339).
type FulfillmentMark struct {
	ID                GID
	Status, UpdatedAt string
}

// UpdatedPage is one page of changed orders. Next is empty on the last.
type UpdatedPage struct {
	Orders []OrderMarks
	Next   string
}

const (
	// updatedPage and updatedMarks make a page of 20 × (2 + 2 × 8) = 360 points, less than a fifth of the smallest bucket.
	updatedPage, updatedMarks = 20, 8
	// mostMarks is the longest list that Shopify gives.
	mostMarks = mostFulfillments
)

// UpdatedOrders lists the orders that changed at or after since, oldest change
// first, whoever wrote them. after is Next of the page before, empty for the
// first. The search's index runs behind: a sweep looks back further than its
// last round. An order that changes meanwhile comes again at the end.
func (c *Client) UpdatedOrders(ctx context.Context, shop Domain, since time.Time, after string) (UpdatedPage, error) {
	query := `updated_at:>="` + since.UTC().Format(time.RFC3339) + `"`
	var cursor *string
	if after != "" {
		cursor = &after
	}
	data, err := admin.UpdatedOrders(ctx, c.at(shop, updatedPage), query, updatedPage, cursor, updatedMarks)
	if err != nil || data.Orders == nil {
		return UpdatedPage{}, err
	}
	var page UpdatedPage
	for _, node := range data.Orders.Nodes {
		marks, err := marksOf(node.OrderMarks)
		if err != nil {
			return UpdatedPage{}, fmt.Errorf("read changed orders of %s: %w", shop, err)
		}
		if len(marks.Refunds) == updatedMarks || len(marks.Fulfillments) == updatedMarks {
			more, err := c.OrderMarks(ctx, shop, marks.ID)
			if err != nil {
				return UpdatedPage{}, fmt.Errorf("read changed order %s: %w", marks.ID, err)
			}
			if more != nil {
				marks = *more
			}
		}
		page.Orders = append(page.Orders, marks)
	}
	page.Next = text(nextPage(data.Orders.PageInfo))
	return page, nil
}

// OrderMarks reads what happened to one order; nil when it is not there.
func (c *Client) OrderMarks(ctx context.Context, shop Domain, order GID) (*OrderMarks, error) {
	data, err := admin.OrderMarksByID(ctx, c.at(shop, mostMarks), string(order), mostMarks)
	if err != nil || data.Order == nil {
		return nil, err
	}
	marks, err := marksOf(data.Order.OrderMarks)
	if err != nil {
		return nil, fmt.Errorf("read order %s of %s: %w", order, shop, err)
	}
	return &marks, nil
}

func marksOf(o admin.OrderMarks) (OrderMarks, error) {
	m := OrderMarks{Name: o.Name, Tags: o.Tags, UpdatedAt: o.UpdatedAt, CancelledAt: text(o.CancelledAt)}
	var err error
	if m.ID, err = ParseGID("Order", o.Id); err != nil {
		return OrderMarks{}, err
	}
	if o.TiktokOrderId != nil {
		m.TikTokOrderID = o.TiktokOrderId.Value
	}
	for _, r := range o.Refunds {
		id, err := ParseGID("Refund", r.Id)
		if err != nil {
			return OrderMarks{}, err
		}
		m.Refunds = append(m.Refunds, id)
	}
	for _, f := range o.Fulfillments {
		id, err := ParseGID("Fulfillment", f.Id)
		if err != nil {
			return OrderMarks{}, err
		}
		m.Fulfillments = append(m.Fulfillments, FulfillmentMark{ID: id, Status: string(f.Status), UpdatedAt: f.UpdatedAt})
	}
	return m, nil
}

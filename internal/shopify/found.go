package shopify

import (
	"context"
	"fmt"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// FoundOrder is what Switchback wants to know of an order in Shopify. It is
// always whole: every line is there.
type FoundOrder struct {
	ID   GID
	Name string
	// SourceIdentifier is the order's id on the platform it came from, as whoever wrote it says.
	SourceIdentifier string
	SourceName       string
	// TikTokOrderID is our own metafield, which no other app can write; empty when absent.
	TikTokOrderID string
	// App is the name of the app that wrote the order, for the merchant to recognize.
	App  string
	Tags []string
	// Total is the order's total as it was written, a decimal in Currency (the shop's, ISO 4217);
	// CurrentTotal is what is left of it after refunds and edits.
	Total, CurrentTotal string
	Currency            string
	// FinancialStatus is Shopify's displayFinancialStatus.
	FinancialStatus string
	Test            bool
	// CreatedAt and CancelledAt are Shopify's RFC 3339 texts; CancelledAt is empty for an order that stands.
	CreatedAt, CancelledAt string
	Lines                  []FoundLine
}

// FoundLine is one line of an order. SKU and Variant are empty for a custom line.
type FoundLine struct {
	ID       GID
	SKU      string
	Quantity int
	// Name is the product's title and the variant's, as Shopify joins them.
	Name    string
	Variant GID
}

const (
	// lookupLines is how many lines a lookup asks for at first: Shopify charges the
	// page size, and few orders have more.
	lookupLines = 20
	// pageLines is the page size for the rest, and maxLines when to give up.
	pageLines, maxLines = 100, 5000
)

func foundOrder(o admin.OrderFields) (*FoundOrder, error) {
	id, err := ParseGID("Order", o.Id)
	if err != nil {
		return nil, err
	}
	found := &FoundOrder{
		ID: id, Name: o.Name, SourceIdentifier: text(o.SourceIdentifier), SourceName: text(o.SourceName),
		Tags: o.Tags, Test: o.Test, CreatedAt: o.CreatedAt, CancelledAt: text(o.CancelledAt),
	}
	if o.App != nil {
		found.App = o.App.Name
	}
	if o.DisplayFinancialStatus != nil {
		found.FinancialStatus = string(*o.DisplayFinancialStatus)
	}
	if o.TiktokOrderId != nil {
		found.TikTokOrderID = o.TiktokOrderId.Value
	}
	if set := o.TotalPriceSet; set != nil && set.ShopMoney != nil {
		found.Total, found.Currency = set.ShopMoney.Amount, string(set.ShopMoney.CurrencyCode)
	}
	if set := o.CurrentTotalPriceSet; set != nil && set.ShopMoney != nil {
		found.CurrentTotal = set.ShopMoney.Amount
	}
	return found, nil
}

// withLines adds the first page of lines and reads the pages after it.
func (c *Client) withLines(ctx context.Context, shop Domain, found *FoundOrder, page *admin.LinePage) (*FoundOrder, error) {
	for page != nil {
		if err := found.add(page.Nodes); err != nil {
			return nil, err
		}
		if page.PageInfo == nil || !page.PageInfo.HasNextPage || page.PageInfo.EndCursor == nil {
			return found, nil
		}
		if len(found.Lines) >= maxLines {
			return nil, fmt.Errorf("read lines of %s: more than %d", found.ID, maxLines)
		}
		data, err := admin.OrderLines(ctx, c.at(shop, pageLines), string(found.ID), pageLines, page.PageInfo.EndCursor)
		if err != nil {
			return nil, fmt.Errorf("read lines of %s: %w", found.ID, err)
		}
		if data.Order == nil || data.Order.LineItems == nil || len(data.Order.LineItems.Nodes) == 0 {
			return nil, fmt.Errorf("read lines of %s: a page that was promised is missing", found.ID)
		}
		page = data.Order.LineItems
	}
	return found, nil
}

func (o *FoundOrder) add(nodes []*admin.LineFields) error {
	for _, node := range nodes {
		if node == nil {
			continue
		}
		id, err := ParseGID("LineItem", node.Id)
		if err != nil {
			return err
		}
		line := FoundLine{ID: id, SKU: text(node.Sku), Quantity: node.Quantity, Name: node.Name}
		if node.Variant != nil {
			if line.Variant, err = ParseGID("ProductVariant", node.Variant.Id); err != nil {
				return err
			}
		}
		o.Lines = append(o.Lines, line)
	}
	return nil
}

// text is an optional text; absent is empty.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

package tiktok

import (
	"context"
	"fmt"
)

// platformShopify is the platform under which external orders are read and written.
// TikTok knows others (WOOCOMMERCE, ERP_SYSTEM …), asked for one at a time.
const platformShopify = "SHOPIFY"

// MostExternalLines is how many lines of an external order TikTok keeps.
const MostExternalLines = 100

// ExternalOrder is TikTok's note of which order of another platform a TikTok
// order became.
type ExternalOrder struct {
	ID       string         `json:"id"`
	Platform string         `json:"platform"`
	Lines    []ExternalLine `json:"line_items"`
}

// ExternalLine joins one unit to the other platform's line. Several units may
// stand behind one line, so ID repeats and Origin does not.
type ExternalLine struct {
	ID     string     `json:"id"`
	Origin LineItemID `json:"origin_id"`
}

// ExternalOrders lists the Shopify orders that were noted for a TikTok order,
// by us or by another connector.
func (c *Client) ExternalOrders(ctx context.Context, seat Seat, id OrderID) ([]ExternalOrder, error) {
	var data struct {
		ExternalOrders []ExternalOrder `json:"external_orders"`
	}
	r := request{order: id, query: map[string]string{"platform": platformShopify}}
	if _, err := c.call(ctx, seat, externalOrders, r, &data); err != nil {
		return nil, fmt.Errorf("list external orders of tiktok order %s: %w", clip(string(id)), err)
	}
	return data.ExternalOrders, nil
}

// AddExternalOrder notes the Shopify order that a TikTok order became; Platform
// is set here. Of more than MostExternalLines lines the first are sent: whether
// a second call adds lines or replaces them is documented nowhere, and what
// matters is the order's id, since the ledger holds every line.
// A refusal is a *PartialError.
func (c *Client) AddExternalOrder(ctx context.Context, seat Seat, id OrderID, external ExternalOrder) error {
	if _, err := ParseOrderID(string(id)); err != nil || external.ID == "" {
		return fmt.Errorf("note external order %q of tiktok order %s: an id is missing or wrong", clip(external.ID), clip(string(id)))
	}
	external.Platform = platformShopify
	external.Lines = append([]ExternalLine{}, external.Lines[:min(len(external.Lines), MostExternalLines)]...)
	type noted struct {
		ID            OrderID       `json:"id"`
		ExternalOrder ExternalOrder `json:"external_order"`
	}
	body := struct {
		Orders []noted `json:"orders"`
	}{[]noted{{id, external}}}
	var data wireRefusals
	requestID, err := c.call(ctx, seat, addExternalOrders, request{body: body}, &data)
	if err == nil {
		err = data.err(addExternalOrders.op, requestID)
	}
	if err != nil {
		return fmt.Errorf("note external order %s of tiktok order %s: %w", clip(external.ID), id, err)
	}
	return nil
}

package tiktok

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Eligibility is what TikTok lets the seller do with the units of an order now.
type Eligibility []UnitEligibility

// UnitEligibility is one request type for some units of one SKU.
type UnitEligibility struct {
	SKU     SKUID
	Request RequestType
	Units   []LineItemID
	// Eligible alone decides: a code and a text may come with it all the same.
	Eligible         bool
	IneligibleCode   int64
	IneligibleReason string
	// Reasons are the names that TikTok takes for this request now.
	Reasons []string
}

// Of finds what TikTok says of one request for one unit; false where it says nothing.
func (e Eligibility) Of(request RequestType, unit LineItemID) (UnitEligibility, bool) {
	i := slices.IndexFunc(e, func(u UnitEligibility) bool {
		return u.Request == request && slices.Contains(u.Units, unit)
	})
	if i < 0 {
		return UnitEligibility{}, false
	}
	return e[i], true
}

// Eligibility asks which of the requests the seller may make for which units of
// an order (`/return_refund/202512/orders/{order_id}/aftersale_eligibility`).
func (c *Client) Eligibility(ctx context.Context, seat Seat, id OrderID, requests ...RequestType) (Eligibility, error) {
	names := make([]string, len(requests))
	for i, request := range requests {
		names[i] = string(request)
	}
	var data struct {
		SKUs []struct {
			ID    SKUID `json:"sku_id"`
			Lines []struct {
				RequestType      RequestType  `json:"request_type"`
				Units            []LineItemID `json:"order_line_items_ids"`
				Eligible         bool         `json:"eligible"`
				IneligibleCode   int64        `json:"ineligible_code"`
				IneligibleReason string       `json:"ineligible_reason"`
				Reasons          []string     `json:"available_reason_names"`
			} `json:"line_item_eligibility"`
		} `json:"sku_eligibility"`
	}
	r := request{order: id, query: map[string]string{
		"initiate_aftersale_user": string(RoleSeller), "request_types": strings.Join(names, ","),
	}}
	if _, err := c.call(ctx, seat, aftersaleEligibility, r, &data); err != nil {
		return nil, fmt.Errorf("ask eligibility of tiktok order %s: %w", clip(string(id)), err)
	}
	var all Eligibility
	for _, sku := range data.SKUs {
		for _, line := range sku.Lines {
			all = append(all, UnitEligibility{
				SKU: sku.ID, Request: line.RequestType, Units: line.Units, Eligible: line.Eligible,
				IneligibleCode: line.IneligibleCode, IneligibleReason: clipMessage(line.IneligibleReason), Reasons: line.Reasons,
			})
		}
	}
	return all, nil
}

// Calculate asks how much a request for these units gives back, which is the
// most that may be asked for. It promises nothing: TikTok keeps no record of it.
// The answer depends on the request, whose policies differ.
func (c *Client) Calculate(ctx context.Context, seat Seat, id OrderID, kind RequestType, reason string, units []LineItemID) (RefundAmount, error) {
	if len(units) == 0 {
		return RefundAmount{}, fmt.Errorf("calculate refund of tiktok order %s: %w", clip(string(id)), errNoUnits)
	}
	body := struct {
		OrderID     OrderID      `json:"order_id"`
		RequestType RequestType  `json:"request_type"`
		ReasonName  string       `json:"reason_name"`
		LineItemIDs []LineItemID `json:"order_line_item_ids"`
	}{id, kind, reason, units}
	var data struct {
		Amount *RefundAmount `json:"order_refund_amount"`
	}
	_, err := c.call(ctx, seat, calculateRefund, request{body: body}, &data)
	if err == nil && (data.Amount == nil || data.Amount.RefundTotal == "" || data.Amount.Currency == "") {
		err = fmt.Errorf("%w: no amount", ErrMalformed)
	}
	if err != nil {
		return RefundAmount{}, fmt.Errorf("calculate refund of tiktok order %s: %w", clip(string(id)), err)
	}
	return *data.Amount, nil
}

// errNoUnits guards what TikTok would take for the whole order.
var errNoUnits = errors.New("no units are named")

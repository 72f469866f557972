package tiktok

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Decidable is whether the seller may decide so now.
type Decidable struct {
	Decision         Decision `json:"decision"`
	Eligible         bool     `json:"eligible"`
	IneligibleCode   int64    `json:"ineligible_code"`
	IneligibleReason string   `json:"ineligible_reason"`
	// RejectReasons are what TikTok takes where the decision is a rejection.
	RejectReasons []Reason `json:"available_reject_reasons"`
}

// Decidables is the answer to DecisionEligibility.
type Decidables []Decidable

// Allows tells whether TikTok takes the decision; what it says nothing of it does not.
func (d Decidables) Allows(decision Decision) bool {
	return slices.ContainsFunc(d, func(one Decidable) bool { return one.Decision == decision && one.Eligible })
}

// ReturnDecisions asks which decisions TikTok takes on a return now
// (`/return_refund/202601/decision_eligibility`).
func (c *Client) ReturnDecisions(ctx context.Context, seat Seat, id ReturnID, decisions ...Decision) (Decidables, error) {
	return c.decisions(ctx, seat, string(id), decisions)
}

// CancelDecisions asks the same of a cancellation.
func (c *Client) CancelDecisions(ctx context.Context, seat Seat, id CancelID, decisions ...Decision) (Decidables, error) {
	return c.decisions(ctx, seat, string(id), decisions)
}

func (c *Client) decisions(ctx context.Context, seat Seat, id string, decisions []Decision) (Decidables, error) {
	if !numeric.MatchString(id) || len(decisions) == 0 {
		return nil, fmt.Errorf("ask decisions on tiktok request %q: the id is wrong or no decision is named", clip(id))
	}
	names := make([]string, len(decisions))
	for i, decision := range decisions {
		names[i] = string(decision)
	}
	var data struct {
		Decisions []Decidable `json:"decisions"`
	}
	r := request{query: map[string]string{"return_or_cancel_id": id, "check_decisions": strings.Join(names, ",")}}
	if _, err := c.call(ctx, seat, decisionEligibility, r, &data); err != nil {
		return nil, fmt.Errorf("ask decisions on tiktok request %s: %w", id, err)
	}
	return data.Decisions, nil
}

// RejectReasonsOfReturn lists the reasons that TikTok takes for saying no.
func (c *Client) RejectReasonsOfReturn(ctx context.Context, seat Seat, id ReturnID) ([]Reason, error) {
	return c.rejectReasons(ctx, seat, string(id))
}

// RejectReasonsOfCancellation lists the reasons that TikTok takes for saying no.
func (c *Client) RejectReasonsOfCancellation(ctx context.Context, seat Seat, id CancelID) ([]Reason, error) {
	return c.rejectReasons(ctx, seat, string(id))
}

func (c *Client) rejectReasons(ctx context.Context, seat Seat, id string) ([]Reason, error) {
	var data struct {
		Reasons []Reason `json:"reasons"`
	}
	r := request{query: map[string]string{"return_or_cancel_id": id, "locale": "en-US"}}
	if _, err := c.call(ctx, seat, rejectReasons, r, &data); err != nil {
		return nil, fmt.Errorf("list reject reasons of tiktok request %s: %w", clip(id), err)
	}
	return data.Reasons, nil
}

// ReturnRecord is one thing that happened to a return. Note is free text of the
// buyer's or the seller's; it is never logged.
type ReturnRecord struct {
	Event       string `json:"event"`
	Role        Role   `json:"role"`
	Description string `json:"description"`
	ReasonText  string `json:"reason_text"`
	Note        string `json:"note"`
	CreateTime  int64  `json:"create_time"`
}

// ReturnRecords reads a return's history.
func (c *Client) ReturnRecords(ctx context.Context, seat Seat, id ReturnID) ([]ReturnRecord, error) {
	var data struct {
		Records []ReturnRecord `json:"records"`
	}
	r := request{ids: map[string]string{"return_id": string(id)}, query: map[string]string{"locale": "en-US"}}
	if _, err := c.call(ctx, seat, returnRecords, r, &data); err != nil {
		return nil, fmt.Errorf("read records of tiktok return %s: %w", clip(string(id)), err)
	}
	return data.Records, nil
}

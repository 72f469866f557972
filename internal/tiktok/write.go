package tiktok

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Write is a call that changes a return or a cancellation, made ready before it
// is sent: it is stored as it is, shown as it is, and after an unknown outcome
// sent again as it is, to the byte. Only the functions of this file make one.
type Write struct {
	// Op names the call in errors and logs.
	Op     string `json:"op"`
	Method string `json:"method"`
	// Path is without query; shop, time and signature are added when it is sent.
	Path string `json:"path"`
	// Key is the idempotency key; empty for the one call that takes none.
	Key string `json:"idempotency_key,omitempty"`
	// Body is empty where the call has none.
	Body json.RawMessage `json:"body,omitempty"`
}

// Written is what TikTok answers to a Write. A status is that of the request,
// not of the money: whether that is back the search tells.
type Written struct {
	RequestID    string       `json:"request_id"`
	ReturnID     ReturnID     `json:"return_id,omitempty"`
	ReturnStatus ReturnStatus `json:"return_status,omitempty"`
	CancelID     CancelID     `json:"cancel_id,omitempty"`
	CancelStatus CancelStatus `json:"cancel_status,omitempty"`
}

// LongestKey is TikTok's limit for an idempotency key.
const LongestKey = 255

// Refund asks TikTok to pay part of an order's money back; nothing needs to be
// sent back and nobody approves it.
type Refund struct {
	OrderID OrderID
	// Units are named one by one: without them TikTok takes the whole order.
	Units []LineItemID
	// Reason is one of the names that Eligibility gives.
	Reason string
	// Total is a decimal string in Currency, the order's; at most what Calculate says.
	Total, Currency string
	Key             string
}

// Write makes the call ready.
func (r Refund) Write() (Write, error) {
	if err := complete(r.OrderID, r.Units, r.Reason, r.Total, r.Currency); err != nil {
		return Write{}, fmt.Errorf("prepare refund of tiktok order %s: %w", clip(string(r.OrderID)), err)
	}
	body := struct {
		OrderID     OrderID      `json:"order_id"`
		LineItemIDs []LineItemID `json:"order_line_item_ids"`
		ReturnType  ReturnType   `json:"return_type"`
		Reason      string       `json:"return_reason"`
		Total       string       `json:"refund_total"`
		Currency    string       `json:"currency"`
	}{r.OrderID, r.Units, ReturnRefund, r.Reason, r.Total, r.Currency}
	return prepare(createReturn, nil, r.Key, body)
}

// CancelUnits takes units that are not shipped out of an order: the buyer gets
// back all that was paid for them. An out-of-stock reason sets the product's
// stock at TikTok to 0. TikTok takes no idempotency key here, so that after an
// unknown outcome OrderCancellations must be asked first.
type CancelUnits struct {
	OrderID OrderID
	Units   []LineItemID
	Reason  string
}

// Write makes the call ready.
func (u CancelUnits) Write() (Write, error) {
	if err := complete(u.OrderID, u.Units, u.Reason); err != nil {
		return Write{}, fmt.Errorf("prepare cancellation of tiktok order %s: %w", clip(string(u.OrderID)), err)
	}
	return prepare(createCancellation, nil, "", struct {
		OrderID     OrderID      `json:"order_id"`
		Reason      string       `json:"cancel_reason"`
		LineItemIDs []LineItemID `json:"order_line_item_ids"`
	}{u.OrderID, u.Reason, u.Units})
}

// complete tells what is missing: TikTok would fill it in by itself.
func complete(order OrderID, units []LineItemID, words ...string) error {
	if _, err := ParseOrderID(string(order)); err != nil {
		return err
	}
	if len(units) == 0 {
		return errNoUnits
	}
	for i, unit := range units {
		if !numeric.MatchString(string(unit)) || slices.Contains(units[:i], unit) {
			return fmt.Errorf("unit %q is no id, or is named twice", clip(string(unit)))
		}
	}
	if slices.Contains(words, "") {
		return errors.New("a reason, an amount or a currency is missing")
	}
	return nil
}

// Decision is what the seller answers to a request of the buyer's.
type Decision string

// The decisions in use: those on returns, then those on cancellations, which
// exist in DecisionEligibility only and are calls of their own.
const (
	ApproveRefund          Decision = "APPROVE_REFUND"
	ApproveReturn          Decision = "APPROVE_RETURN"
	ApproveReceivedPackage Decision = "APPROVE_RECEIVED_PACKAGE"
	RejectRefund           Decision = "REJECT_REFUND"
	RejectReturn           Decision = "REJECT_RETURN"
	RejectReceivedPackage  Decision = "REJECT_RECEIVED_PACKAGE"
	ApproveRequestCancel   Decision = "APPROVE_REQUEST_CANCEL"
	RejectRequestCancel    Decision = "REJECT_REQUEST_CANCEL"
)

// Approval says yes to a buyer's return.
type Approval struct {
	ReturnID ReturnID
	Decision Decision
	// BuyerKeepsItem goes with ApproveReturn alone: the money without the goods.
	BuyerKeepsItem bool
	Key            string
}

// Write makes the call ready.
func (a Approval) Write() (Write, error) {
	approves := a.Decision == ApproveRefund || a.Decision == ApproveReturn || a.Decision == ApproveReceivedPackage
	if !approves || a.BuyerKeepsItem && a.Decision != ApproveReturn {
		return Write{}, fmt.Errorf("prepare approval of tiktok return %s: %s does not fit", clip(string(a.ReturnID)), a.Decision)
	}
	return prepare(approveReturn, map[string]string{"return_id": string(a.ReturnID)}, a.Key, struct {
		Decision       Decision `json:"decision"`
		BuyerKeepsItem bool     `json:"buyer_keep_item,omitempty"`
	}{a.Decision, a.BuyerKeepsItem})
}

// Rejection says no to a buyer's return. Reason is one of the names that
// DecisionEligibility gives.
type Rejection struct {
	ReturnID ReturnID
	Decision Decision
	Reason   string
	Comment  string
	Key      string
}

// Write makes the call ready.
func (n Rejection) Write() (Write, error) {
	rejects := n.Decision == RejectRefund || n.Decision == RejectReturn || n.Decision == RejectReceivedPackage
	if !rejects || n.Reason == "" {
		return Write{}, fmt.Errorf("prepare rejection of tiktok return %s: %s does not fit, or has no reason", clip(string(n.ReturnID)), n.Decision)
	}
	return prepare(rejectReturn, map[string]string{"return_id": string(n.ReturnID)}, n.Key, struct {
		Decision Decision `json:"decision"`
		Reason   string   `json:"reject_reason"`
		Comment  string   `json:"comment,omitempty"`
	}{n.Decision, n.Reason, n.Comment})
}

// CancelApproval says yes to a buyer who asks to cancel.
func CancelApproval(id CancelID, key string) (Write, error) {
	return prepare(approveCancellation, map[string]string{"cancel_id": string(id)}, key, nil)
}

// CancelRejection says no to a buyer who asks to cancel.
func CancelRejection(id CancelID, key, reason, comment string) (Write, error) {
	if reason == "" {
		return Write{}, fmt.Errorf("prepare rejection of tiktok cancellation %s: it has no reason", clip(string(id)))
	}
	return prepare(rejectCancellation, map[string]string{"cancel_id": string(id)}, key, struct {
		Reason  string `json:"reject_reason"`
		Comment string `json:"comment,omitempty"`
	}{reason, comment})
}

func prepare(ep endpoint, ids map[string]string, key string, body any) (Write, error) {
	r := request{ids: ids, body: body}
	path, err := r.path(ep)
	if err != nil {
		return Write{}, fmt.Errorf("prepare %s: %w", ep.op, err)
	}
	raw, err := r.encoded()
	if err != nil {
		return Write{}, fmt.Errorf("prepare %s: %w", ep.op, err)
	}
	w := Write{Op: ep.op, Method: ep.method, Path: path, Key: key, Body: raw}
	if _, _, err := w.endpoint(); err != nil {
		return Write{}, err
	}
	return w, nil
}

// endpoint finds the pinned call that a Write is, and the ids in its path. What
// was stored under a version that is no longer pinned is not sent.
func (w Write) endpoint() (endpoint, map[string]string, error) {
	known := []endpoint{createReturn, approveReturn, rejectReturn, createCancellation, approveCancellation, rejectCancellation}
	i := slices.IndexFunc(known, func(ep endpoint) bool { return ep.op == w.Op })
	if i < 0 {
		return endpoint{}, nil, fmt.Errorf("tiktok %q is no call that can be prepared", clip(w.Op))
	}
	ep := known[i]
	keyed := ep.op != createCancellation.op
	if keyed != (w.Key != "") || len(w.Key) > LongestKey {
		return endpoint{}, nil, fmt.Errorf("prepare %s: the idempotency key is missing, too long, or not taken", ep.op)
	}
	want, got := strings.Split(ep.path, "/"), strings.Split(w.Path, "/")
	ids := map[string]string{}
	if len(want) != len(got) || ep.method != w.Method {
		return endpoint{}, nil, fmt.Errorf("prepare %s: it has another method or path", ep.op)
	}
	for i, segment := range want {
		if name, placeholder := strings.CutPrefix(segment, "{"); placeholder {
			ids[strings.TrimSuffix(name, "}")] = got[i]
		} else if segment != got[i] {
			return endpoint{}, nil, fmt.Errorf("prepare %s: it has another path or version", ep.op)
		}
	}
	return ep, ids, nil
}

// Send makes the call. What an error leaves open OutcomeOf tells. Beside a
// *PartialError the ids stand that came with it.
func (c *Client) Send(ctx context.Context, seat Seat, w Write) (Written, error) {
	ep, ids, err := w.endpoint()
	if err != nil {
		return Written{}, err
	}
	r := request{ids: ids}
	if w.Key != "" {
		r.query = map[string]string{"idempotency_key": w.Key}
	}
	if len(w.Body) > 0 {
		r.body = w.Body
	}
	var data struct {
		Errors       []wireRefusal `json:"errors"`
		ReturnID     ReturnID      `json:"return_id"`
		ReturnStatus ReturnStatus  `json:"return_status"`
		CancelID     CancelID      `json:"cancel_id"`
		CancelStatus CancelStatus  `json:"cancel_status"`
	}
	requestID, err := c.call(ctx, seat, ep, r, &data)
	if err != nil {
		return Written{}, fmt.Errorf("send %s: %w", w.Path, err)
	}
	written := Written{
		RequestID: requestID, ReturnID: data.ReturnID, ReturnStatus: data.ReturnStatus,
		CancelID: data.CancelID, CancelStatus: ParseCancelStatus(string(data.CancelStatus)),
	}
	if err := (wireRefusals{data.Errors}).err(ep.op, requestID); err != nil {
		return written, fmt.Errorf("send %s: %w", w.Path, err)
	}
	if ep.op == createReturn.op && written.ReturnID == "" || ep.op == createCancellation.op && written.CancelID == "" {
		return Written{}, fmt.Errorf("send %s: request %s: %w: no id", w.Path, requestID, ErrMalformed)
	}
	return written, nil
}

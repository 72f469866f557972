package tiktoksim

import (
	"net/http"
	"slices"
)

// aftersaleAsk is the body of calculate, of a return and of a cancellation: what they share, and what each adds.
type aftersaleAsk struct {
	OrderID      string   `json:"order_id"`
	RequestType  string   `json:"request_type"`
	ReasonName   string   `json:"reason_name"`
	ReturnType   string   `json:"return_type"`
	ReturnReason string   `json:"return_reason"`
	CancelReason string   `json:"cancel_reason"`
	LineIDs      []string `json:"order_line_item_ids"`
	SKUs         []struct {
		SKUID    string `json:"sku_id"`
		Quantity int    `json:"quantity"`
	} `json:"skus"`
	RefundTotal string `json:"refund_total"`
	Currency    string `json:"currency"`
}

// ask is a request that has been read and found possible.
type ask struct {
	order   *order
	request string // CANCEL, REFUND, RETURN_AND_REFUND
	reason  string
	lines   []caseLine // with the most that comes back
}

// read turns a body into an ask, or refuses it.
func (s *Sim) read(c *call, request func(aftersaleAsk) (kind, reason string)) (ask, aftersaleAsk, *answer) {
	body, err := decodeBody[aftersaleAsk](c)
	if err != nil {
		a := breach(http.StatusBadRequest, 36009004, err.Error())
		return ask{}, body, &a
	}
	o := s.orderOf(c.shop, body.OrderID)
	if o == nil {
		return ask{}, body, &noSuchOrder
	}
	kind, reason := request(body)
	if !slices.Contains(aftersaleRequests, kind) {
		return ask{}, body, &paramWrong
	}
	units, no := s.unitsOf(o, body, kind)
	if no != nil {
		return ask{}, body, no
	}
	if no := s.reasonFits(o, units, kind, reason); no != nil {
		return ask{}, body, no
	}
	return ask{order: o, request: kind, reason: reason, lines: o.refundable(units, kind, s.rules(o).KeepShipping)}, body, nil
}

// unitsOf finds the units that a body names: by id, by SKU and quantity, or all that can be asked for.
func (s *Sim) unitsOf(o *order, body aftersaleAsk, kind string) ([]map[string]any, *answer) {
	var units []map[string]any
	switch {
	case len(body.LineIDs) > 0:
		for i, id := range body.LineIDs {
			at := slices.IndexFunc(o.lines(), func(l map[string]any) bool { return text(l["id"]) == id })
			if at < 0 || slices.Contains(body.LineIDs[:i], id) {
				return nil, &unitsWrong
			}
			units = append(units, o.lines()[at])
		}
	case len(body.SKUs) > 0:
		for _, sku := range body.SKUs {
			left := sku.Quantity
			for _, l := range o.lines() {
				if left > 0 && text(l["sku_id"]) == sku.SKUID && s.objection(o, l, kind) == nil {
					units = append(units, l)
					left--
				}
			}
			if left != 0 || sku.Quantity < 1 {
				return nil, &unitsWrong
			}
		}
	default:
		units = slices.DeleteFunc(o.lines(), func(l map[string]any) bool { return text(l["display_status"]) == "CANCELLED" })
	}
	for _, l := range units {
		if no := s.objection(o, l, kind); no != nil {
			return nil, no
		}
	}
	if len(units) == 0 {
		return nil, &statusWrong
	}
	return units, mixed(o, units, kind)
}

// mixed refuses what Seller Center refuses: a return across packages, and a partial cancellation outside the US and UK.
func mixed(o *order, units []map[string]any, kind string) *answer {
	if kind != "CANCEL" {
		for _, l := range units[1:] {
			if text(l["package_id"]) != text(units[0]["package_id"]) {
				return &unitsWrong
			}
		}
		return nil
	}
	standing := 0
	for _, l := range o.lines() {
		if text(l["display_status"]) != "CANCELLED" {
			standing++
		}
	}
	if len(units) < standing && o.shop.region != "US" && o.shop.region != "GB" {
		return &unitsWrong
	}
	return nil
}

// reasonFits refuses a reason that is none, or none for where the units stand.
func (s *Sim) reasonFits(o *order, units []map[string]any, kind, reason string) *answer {
	for _, l := range units {
		if slices.Contains(s.reasons(o, kind, o.unitStatus(l)), reason) {
			continue
		}
		for _, status := range statuses {
			for _, other := range aftersaleRequests {
				if slices.Contains(reasonsFor(o.shop.region, other, status), reason) {
					return &reasonMismatch
				}
			}
		}
		return &reasonUnknown
	}
	return nil
}

func (s *Sim) calculate(c *call) answer {
	a, _, no := s.read(c, func(b aftersaleAsk) (string, string) { return b.RequestType, b.ReasonName })
	if no != nil {
		return *no
	}
	var sum parts
	for _, l := range a.lines {
		sum = sum.plus(l.back)
	}
	sum.subtotal, sum.service = sum.subtotal+sum.service, 0 // the answer has no field for it
	return success(map[string]any{"order_refund_amount": sum.document(a.order.currency())})
}

// written is a write that was done: what it was, and what was answered.
type written struct {
	request string
	answer  answer
}

// once does a write, or answers what it answered when it was done under the same idempotency key. The same key with
// another body is refused; how TikTok does that, and for how long it remembers a key, is not public.
func (s *Sim) once(c *call, o *order, do func() answer) answer {
	key := c.query.Get("idempotency_key")
	name := c.shop.id + " " + c.r.URL.Path + " " + key
	if done, ok := s.keys[name]; ok && key != "" {
		if done.request != string(c.body) {
			return keyReused
		}
		return done.answer
	}
	if o != nil {
		switch rules := s.rules(o); {
		case rules.Refuse != 0:
			return refusal(rules.Refuse, "Refused.")
		case rules.PartialErrors:
			return success(map[string]any{"errors": []any{map[string]any{
				"code": "25001003", "message": "Invalid order status.", "detail": map[string]any{"order_id": o.id}}}})
		}
	}
	a := do()
	if key != "" && a.code == 0 {
		s.keys[name] = written{string(c.body), a}
	}
	return a
}

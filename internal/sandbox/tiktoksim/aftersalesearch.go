package tiktoksim

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
)

// aftersaleFilter is the body of both searches.
type aftersaleFilter struct {
	ReturnIDs     []string `json:"return_ids"`
	CancelIDs     []string `json:"cancel_ids"`
	OrderIDs      []string `json:"order_ids"`
	BuyerUserIDs  []string `json:"buyer_user_ids"`
	ReturnTypes   []string `json:"return_types"`
	CancelTypes   []string `json:"cancel_types"`
	ReturnStatus  []string `json:"return_status"`
	CancelStatus  []string `json:"cancel_status"`
	ProposedTypes []string `json:"seller_proposed_return_type"`
	Arbitration   []string `json:"arbitration_status"`
	CreateTimeGE  *int64   `json:"create_time_ge"`
	CreateTimeLT  *int64   `json:"create_time_lt"`
	UpdateTimeGE  *int64   `json:"update_time_ge"`
	UpdateTimeLT  *int64   `json:"update_time_lt"`
}

func (f aftersaleFilter) matches(a *aftersale) bool {
	within := func(t int64, ge, lt *int64) bool { return (ge == nil || t >= *ge) && (lt == nil || t < *lt) }
	is := func(have string, lists ...[]string) bool {
		return !slices.ContainsFunc(lists, func(l []string) bool { return len(l) > 0 && !slices.Contains(l, have) })
	}
	return is(a.id, f.ReturnIDs, f.CancelIDs) && is(a.order.id, f.OrderIDs) && is(a.kind, f.ReturnTypes, f.CancelTypes) &&
		is(a.status, f.ReturnStatus, f.CancelStatus) && is(text(a.order.doc["user_id"]), f.BuyerUserIDs) &&
		is(a.proposed(), f.ProposedTypes) && is(a.arbitration, f.Arbitration) &&
		within(a.created, f.CreateTimeGE, f.CreateTimeLT) && within(a.updated, f.UpdateTimeGE, f.UpdateTimeLT)
}

// searchCases is the page that a search asks for, and the token of the next.
func (s *Sim) searchCases(c *call, cancel bool, defaultSize int) (page []*aftersale, next string, total int, no *answer) {
	filter, err := decodeBody[aftersaleFilter](c)
	size, sizeErr := strconv.Atoi(cmp.Or(c.query.Get("page_size"), strconv.Itoa(defaultSize)))
	field, direction := cmp.Or(c.query.Get("sort_field"), "create_time"), cmp.Or(c.query.Get("sort_order"), "ASC")
	key := searchKey(c.shop.id, c.op, field, direction, string(c.body))
	start, pageErr := openPage(c.query.Get("page_token"), key)
	for _, err := range []error{err, sizeErr, pageErr} {
		if err != nil {
			a := breach(http.StatusBadRequest, 36009004, err.Error())
			return nil, "", 0, &a
		}
	}
	var found []*aftersale
	for _, a := range s.cases {
		if a.cancel == cancel && a.order.shop == c.shop && filter.matches(a) {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b *aftersale) int {
		by := cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.id, b.id))
		if field == "update_time" {
			by = cmp.Or(cmp.Compare(a.updated, b.updated), cmp.Compare(a.id, b.id))
		}
		if direction == "DESC" {
			return -by
		}
		return by
	})
	end := min(start+size, len(found))
	if end < len(found) {
		next = sealPage(pagePosition{Start: end, Key: key})
	}
	return found[min(start, end):end], next, len(found), nil
}

func (s *Sim) returnSearch(c *call) answer {
	page, next, total, no := s.searchCases(c, false, 10)
	if no != nil {
		return *no
	}
	rows := []any{}
	for _, a := range page {
		rows = append(rows, a.returnDocument())
	}
	return frozen(map[string]any{"return_orders": rows, "next_page_token": next, "total_count": total})
}

func (s *Sim) cancelSearch(c *call) answer {
	page, next, total, no := s.searchCases(c, true, 10)
	if no != nil {
		return *no
	}
	rows := []any{}
	for _, a := range page {
		rows = append(rows, a.cancelDocument())
	}
	return frozen(map[string]any{"cancellations": rows, "next_page_token": next, "total_count": total})
}

func (a *aftersale) proposed() string {
	if a.offer != nil && a.status == returnOffered {
		return "PARTIAL_REFUND"
	}
	return ""
}

// returnDocument is a row of the search for returns 202309.
func (a *aftersale) returnDocument() map[string]any {
	currency := a.order.currency()
	doc := map[string]any{
		"return_id": a.id, "order_id": a.order.id, "return_type": a.kind, "return_status": a.status, "role": a.role,
		"return_reason": a.reason, "return_reason_text": reasonText(a.reason), "create_time": a.created, "update_time": a.updated,
		"is_combined_return": false, "combined_return_id": "0", "can_buyer_keep_item": a.keepItem,
		"refund_amount": a.total().document(currency), "return_line_items": a.lineDocuments("return_line_item_id"),
		"discount_amount": []any{a.discounts()},
		"shipping_fee_amount": []any{map[string]any{"currency": currency, "buyer_paid_return_shipping_fee": "0",
			"platform_paid_return_shipping_fee": "0", "seller_paid_return_shipping_fee": "0"}},
	}
	for name, v := range map[string]string{"arbitration_status": a.arbitration, "pre_return_id": a.previous,
		"next_return_id": a.next, "seller_proposed_return_type": a.proposed(), "return_tracking_number": a.tracking} {
		if v != "" {
			doc[name] = v
		}
	}
	if a.kind == "RETURN_AND_REFUND" {
		doc["shipment_type"], doc["return_method"] = "BUYER_ARRANGE", "BUYER_SHIPPED"
		doc["return_warehouse_address"] = map[string]any{"full_address": "500 Depot Rd, Reno, NV 89502"}
	}
	if a.tracking != "" {
		doc["return_provider_id"], doc["return_provider_name"] = "7117000000000010001", "USPS"
	}
	if a.offer != nil {
		doc["partial_refund"] = map[string]any{"currency": currency, "amount": decimal(*a.offer, currency)}
		doc["buyer_rejected_partial_refund"] = a.offerRejected
	}
	a.addDeadline(doc)
	return doc
}

// cancelDocument is a row of the search for cancellations 202309.
func (a *aftersale) cancelDocument() map[string]any {
	status := a.status
	if status == cancelWithdrawn {
		status = "CANCELLATION_REQUEST_CANCELLED"
	}
	doc := map[string]any{
		"cancel_id": a.id, "order_id": a.order.id, "cancel_type": a.kind, "cancel_status": status, "role": a.role,
		"cancel_reason": a.reason, "cancel_reason_text": reasonText(a.reason), "create_time": a.created, "update_time": a.updated,
		"refund_amount": a.total().document(a.order.currency()), "cancel_line_items": a.lineDocuments("cancel_line_item_id"),
	}
	a.addDeadline(doc)
	return doc
}

func (a *aftersale) addDeadline(doc map[string]any) {
	action := map[string]string{cancelPending: "SELLER_RESPOND_CANCEL", returnShipped: "SELLER_RESPOND_RECEIVE_PACKAGE",
		replacePending: "SELLER_RESPOND_REPLACEMENT", returnPending: "SELLER_RESPOND_RETURN"}[a.status]
	if a.status == returnPending && a.kind == "REFUND" {
		action = "SELLER_RESPOND_REFUND"
	}
	if a.deadline != 0 && action != "" {
		doc["seller_next_action_response"] = []any{map[string]any{"action": action, "deadline": a.deadline}}
	}
}

func (a *aftersale) lineDocuments(idField string) []any {
	rows := []any{}
	for _, l := range a.lines {
		unit := a.order.line(l.unit)
		rows = append(rows, map[string]any{
			idField: l.id, "order_line_item_id": l.unit, "sku_id": unit["sku_id"], "seller_sku": unit["seller_sku"],
			"sku_name": unit["sku_name"], "product_name": unit["product_name"],
			"refund_amount": l.back.document(a.order.currency()),
		})
	}
	return rows
}

func (a *aftersale) discounts() map[string]any {
	currency := a.order.currency()
	var seller, platform int64
	for _, l := range a.lines {
		unit := a.order.line(l.unit)
		seller += minor(unit["seller_discount"], currency)
		platform += minor(unit["platform_discount"], currency)
	}
	return map[string]any{"currency": currency, "product_seller_discount": decimal(seller, currency),
		"product_platform_discount": decimal(platform, currency), "shipping_fee_seller_discount": "0",
		"shipping_fee_platform_discount": "0"}
}

// line is a unit of the order by its id; empty when it has none.
func (o *order) line(id string) map[string]any {
	for _, l := range o.lines() {
		if text(l["id"]) == id {
			return l
		}
	}
	return nil
}

package shopifysim

import (
	"encoding/json"
	"slices"
	"strings"
)

func refundObjects(_ *execution, r *orderRecord) []object {
	out := make([]object, len(r.Refunds))
	for i, f := range r.Refunds {
		out[i] = refundObject(r, f)
	}
	return out
}

// refundOf is what resolvers below a refund receive.
type refundOf struct {
	order  *orderRecord
	refund Refund
}

func refundObject(r *orderRecord, f Refund) object {
	return object{typ: "Refund", of: refundOf{r, f}, fields: map[string]any{
		"id": f.GID, "legacyResourceId": legacyID(f.GID), "note": orNull(f.Note), "createdAt": stamp(f.CreatedAt),
		"processedAt": stamp(f.CreatedAt), "updatedAt": stamp(f.CreatedAt), "return": returnOrNull(r, f.Return),
		"totalRefundedSet": bag(f.Amount(), r.Currency),
	}}
}

func refundLineObjects(x *execution, of refundOf) []object {
	lines := lineObjects(x, of.order)
	out := make([]object, len(of.refund.Lines))
	for i, l := range of.refund.Lines {
		at := slices.IndexFunc(of.order.Lines, func(line Line) bool { return line.GID == l.LineGID })
		out[i] = object{typ: "RefundLineItem", fields: map[string]any{
			"id": l.GID, "lineItem": lines[at], "location": nil, "quantity": l.Quantity, "restockType": l.RestockType, "restocked": l.Restocked,
			"subtotalSet": bag(l.Subtotal, of.order.Currency), "totalTaxSet": bag(l.Tax, of.order.Currency),
		}}
	}
	return out
}

func queryRefund(x *execution, _ any, args input) (any, error) {
	for _, r := range x.shop.orders {
		if i := slices.IndexFunc(r.Refunds, func(f Refund) bool { return f.GID == args.text("id") }); i >= 0 {
			return refundObject(r, r.Refunds[i]), nil
		}
	}
	return nil, nil
}

func refundOrder(x *execution, of any, _ input) (any, error) {
	return x.orderObject(of.(refundOf).order), nil
}

func refundShippingObjects(x *execution, of refundOf) []object {
	shipping := shippingObjects(x, of.order)
	out := make([]object, len(of.refund.ShippingLines))
	for i, l := range of.refund.ShippingLines {
		at := slices.IndexFunc(of.order.ShippingLines, func(s ShippingLine) bool { return s.GID == l.LineGID })
		out[i] = object{typ: "RefundShippingLine", fields: map[string]any{
			"id": l.GID, "shippingLine": shipping[at],
			"subtotalAmountSet": bag(l.Subtotal, of.order.Currency), "taxAmountSet": bag(l.Tax, of.order.Currency),
		}}
	}
	return out
}

func adjustmentObjects(_ *execution, of refundOf) []object {
	out := make([]object, len(of.refund.Adjustments))
	for i, a := range of.refund.Adjustments {
		out[i] = object{typ: "OrderAdjustment", fields: map[string]any{
			"id": a.GID, "reason": a.Reason, "amountSet": bag(a.Amount, of.order.Currency), "taxAmountSet": bag(0, of.order.Currency),
		}}
	}
	return out
}

func refundTransactionObjects(x *execution, of refundOf) []object {
	var out []object
	for _, o := range transactionObjects(x, of.order) {
		if slices.ContainsFunc(of.refund.Transactions, func(t Transaction) bool { return t.GID == o.fields["id"] }) {
			out = append(out, o)
		}
	}
	return out
}

// refundWebhook is the payload of refunds/create.
func refundWebhook(r *orderRecord, f Refund) map[string]any {
	lines, transactions, shipping, adjustments := []any{}, []any{}, []any{}, []any{}
	all := restLines(r)
	for _, l := range f.Lines {
		at := slices.IndexFunc(r.Lines, func(line Line) bool { return line.GID == l.LineGID })
		lines = append(lines, map[string]any{
			"id": numericID(l.GID), "line_item_id": numericID(l.LineGID), "line_item": all[at], "location_id": nil, "quantity": l.Quantity,
			"restock_type": strings.ToLower(l.RestockType),
			"subtotal":     json.Number(fixed(l.Subtotal, r.Currency)), "subtotal_set": restBag(l.Subtotal, r.Currency),
			"total_tax": json.Number(fixed(l.Tax, r.Currency)), "total_tax_set": restBag(l.Tax, r.Currency),
		})
	}
	for _, l := range f.ShippingLines {
		shipping = append(shipping, map[string]any{
			"id": numericID(l.GID), "admin_graphql_api_id": l.GID, "shipping_line_id": numericID(l.LineGID),
			"subtotal_set": restBag(l.Subtotal, r.Currency), "tax_set": restBag(l.Tax, r.Currency),
		})
	}
	for _, a := range f.Adjustments {
		adjustments = append(adjustments, map[string]any{
			"id": numericID(a.GID), "order_id": numericID(r.GID), "refund_id": numericID(f.GID), "kind": "refund_discrepancy",
			"reason": strings.ToLower(a.Reason), "amount": fixed(a.Amount, r.Currency), "amount_set": restBag(a.Amount, r.Currency),
			"tax_amount": fixed(0, r.Currency), "tax_amount_set": restBag(0, r.Currency),
		})
	}
	for _, t := range f.Transactions {
		transactions = append(transactions, map[string]any{
			"id": numericID(t.GID), "admin_graphql_api_id": t.GID, "order_id": numericID(r.GID), "kind": "refund", "status": "success",
			"gateway": t.Gateway, "amount": fixed(t.Amount, r.Currency), "currency": r.Currency, "parent_id": numericID(t.Parent), "test": t.Test,
		})
	}
	back := any(nil)
	if f.Return != nil {
		back = map[string]any{"id": numericID(f.Return.GID), "admin_graphql_api_id": f.Return.GID}
	}
	return map[string]any{
		"id": numericID(f.GID), "admin_graphql_api_id": f.GID, "order_id": numericID(r.GID), "note": orNull(f.Note), "user_id": nil,
		"created_at": restTime(f.CreatedAt), "processed_at": restTime(f.CreatedAt),
		"restock":           slices.ContainsFunc(f.Lines, func(l RefundLine) bool { return l.Restocked }),
		"refund_line_items": lines, "transactions": transactions, "refund_shipping_lines": shipping,
		"order_adjustments": adjustments, "duties": []any{}, "total_duties_set": restBag(0, r.Currency), "return": back,
	}
}

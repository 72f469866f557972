package shopifysim

import (
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
		"processedAt": stamp(f.CreatedAt), "updatedAt": stamp(f.CreatedAt), "return": nil,
		"totalRefundedSet": bag(f.Amount(), r.Currency),
	}}
}

func refundLineObjects(x *execution, of refundOf) []object {
	lines := lineObjects(x, of.order)
	out := make([]object, len(of.refund.Lines))
	for i, l := range of.refund.Lines {
		at := slices.IndexFunc(of.order.Lines, func(line Line) bool { return line.GID == l.LineGID })
		out[i] = object{typ: "RefundLineItem", fields: map[string]any{
			"id": l.GID, "lineItem": lines[at], "quantity": l.Quantity, "restockType": l.RestockType, "restocked": l.Restocked,
			"subtotalSet": bag(l.Subtotal, of.order.Currency), "totalTaxSet": bag(l.Tax, of.order.Currency),
		}}
	}
	return out
}

// refundWebhook is the payload of refunds/create.
func refundWebhook(r *orderRecord, f Refund) map[string]any {
	lines, transactions := []any{}, []any{}
	for _, l := range f.Lines {
		lines = append(lines, map[string]any{
			"id": numericID(l.GID), "line_item_id": numericID(l.LineGID), "quantity": l.Quantity,
			"restock_type": strings.ToLower(l.RestockType), "subtotal": fixed(l.Subtotal, r.Currency), "total_tax": fixed(l.Tax, r.Currency),
		})
	}
	for _, t := range f.Transactions {
		transactions = append(transactions, map[string]any{
			"id": numericID(t.GID), "admin_graphql_api_id": t.GID, "order_id": numericID(r.GID), "kind": "refund", "status": "success",
			"gateway": t.Gateway, "amount": fixed(t.Amount, r.Currency), "currency": r.Currency, "parent_id": numericID(t.Parent), "test": t.Test,
		})
	}
	return map[string]any{
		"id": numericID(f.GID), "admin_graphql_api_id": f.GID, "order_id": numericID(r.GID), "note": orNull(f.Note),
		"created_at": restTime(f.CreatedAt), "processed_at": restTime(f.CreatedAt), "restock": len(f.Lines) > 0,
		"refund_line_items": lines, "transactions": transactions, "order_adjustments": []any{}, "duties": []any{},
	}
}

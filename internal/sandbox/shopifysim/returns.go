package shopifysim

import (
	"fmt"
	"slices"
	"strings"
)

// Return is a return that a refund belongs to, as an app for returns makes one.
type Return struct {
	GID, Name, Status string
	Lines             []ReturnLine
}

// ReturnLine is units that came back, with the handle of the reason.
type ReturnLine struct {
	GID, LineGID, Reason, Note string
	Quantity                   int
}

// newReturn makes the closed return of the units that a refund takes back.
func (x *execution) newReturn(r *orderRecord, lines []RefundLine, reason, note string) *Return {
	n := 1
	for _, f := range r.Refunds {
		if f.Return != nil {
			n++
		}
	}
	out := &Return{GID: x.sim.nextGID("Return"), Name: fmt.Sprintf("%s-R%d", r.Name, n), Status: "CLOSED"}
	for _, l := range lines {
		out.Lines = append(out.Lines, ReturnLine{
			GID: x.sim.nextGID("ReturnLineItem"), LineGID: l.LineGID, Reason: reason, Note: note, Quantity: l.Quantity,
		})
	}
	return out
}

// returnOf is what resolvers below a return receive.
type returnOf struct {
	order *orderRecord
	back  Return
}

func returnOrNull(r *orderRecord, back *Return) any {
	if back == nil {
		return nil
	}
	total := 0
	for _, l := range back.Lines {
		total += l.Quantity
	}
	return object{typ: "Return", of: returnOf{r, *back}, fields: map[string]any{
		"id": back.GID, "name": back.Name, "status": back.Status, "totalQuantity": total,
	}}
}

// returnLineObjects are verified where the units are in a fulfillment.
func returnLineObjects(x *execution, of returnOf) []object {
	out := make([]object, len(of.back.Lines))
	for i, l := range of.back.Lines {
		fields := map[string]any{
			"id": l.GID, "quantity": l.Quantity, "processedQuantity": l.Quantity, "refundedQuantity": l.Quantity, "customerNote": nil,
			"returnReason": oldReason(l.Reason), "returnReasonNote": l.Note,
			"returnReasonDefinition": object{typ: "ReturnReasonDefinition", fields: map[string]any{
				"id": "gid://shopify/ReturnReasonDefinition/" + digest(l.Reason), "handle": l.Reason, "name": strings.ReplaceAll(l.Reason, "_", " "), "deleted": false,
			}},
		}
		out[i] = object{typ: "UnverifiedReturnLineItem", fields: fields}
		for _, f := range of.order.Fulfillments {
			at := slices.IndexFunc(f.Lines, func(shipped FulfillmentLine) bool { return shipped.LineGID == l.LineGID })
			if at >= 0 {
				fields["fulfillmentLineItem"] = fulfillmentLineObjects(x, fulfillmentOf{of.order, f})[at]
				out[i].typ = "ReturnLineItem"
			}
		}
	}
	return out
}

// oldReason is the enum that the handles replace.
func oldReason(handle string) string {
	upper := strings.ToUpper(handle)
	if adminSchema().Types["ReturnReason"].EnumValues.ForName(upper) == nil {
		return "OTHER"
	}
	return upper
}

package shopifysim

import (
	"slices"
	"strconv"
	"strings"
)

// fulfillmentOf is what resolvers below a fulfillment receive.
type fulfillmentOf struct {
	order       *orderRecord
	fulfillment Fulfillment
}

func fulfillmentObjects(x *execution, r *orderRecord) []object {
	out := make([]object, len(r.Fulfillments))
	for i, f := range r.Fulfillments {
		out[i] = x.fulfillmentObject(r, f)
	}
	return out
}

func (x *execution) fulfillmentObject(r *orderRecord, f Fulfillment) object {
	return object{typ: "Fulfillment", of: fulfillmentOf{r, f}, fields: map[string]any{
		"id": f.GID, "legacyResourceId": legacyID(f.GID), "name": r.Name + "-F" + strconv.Itoa(r.place(f)),
		"status": f.Status, "displayStatus": f.display(), "createdAt": stamp(f.CreatedAt), "updatedAt": stamp(f.UpdatedAt),
		"inTransitAt": stampOrNull(f.at("IN_TRANSIT")), "deliveredAt": stampOrNull(f.at("DELIVERED")), "estimatedDeliveryAt": nil,
		"totalQuantity": f.units(), "requiresShipping": requiresShipping(r.Order),
		"location": x.locationOrNull(f.LocationGID),
	}}
}

// place is a fulfillment's number within its order, from 1.
func (r *orderRecord) place(f Fulfillment) int {
	return slices.IndexFunc(r.Fulfillments, func(other Fulfillment) bool { return other.GID == f.GID }) + 1
}

func fulfillmentOrderOf(x *execution, of any, _ input) (any, error) {
	return x.orderObject(of.(fulfillmentOf).order), nil
}

// trackingObjects are one for each number; a carrier without a number is one too.
func trackingObjects(_ *execution, of fulfillmentOf) []object {
	f := of.fulfillment
	numbers := f.Numbers
	if len(numbers) == 0 && f.Company != "" {
		numbers = []string{""}
	}
	out := make([]object, len(numbers))
	for i, n := range numbers {
		url := any(nil)
		if i < len(f.URLs) {
			url = f.URLs[i]
		}
		out[i] = object{typ: "FulfillmentTrackingInfo", fields: map[string]any{"company": orNull(f.Company), "number": orNull(n), "url": url}}
	}
	return out
}

func fulfillmentLineObjects(x *execution, of fulfillmentOf) []object {
	lines := lineObjects(x, of.order)
	out := make([]object, len(of.fulfillment.Lines))
	for i, l := range of.fulfillment.Lines {
		at := slices.IndexFunc(of.order.Lines, func(line Line) bool { return line.GID == l.LineGID })
		total := bag(of.order.Lines[at].Price*int64(l.Quantity), of.order.Currency)
		out[i] = object{typ: "FulfillmentLineItem", fields: map[string]any{
			"id": l.GID, "lineItem": lines[at], "quantity": l.Quantity, "originalTotalSet": total, "discountedTotalSet": total,
		}}
	}
	return out
}

func eventObjects(_ *execution, of fulfillmentOf) []object {
	out := make([]object, len(of.fulfillment.Events))
	for i, e := range of.fulfillment.Events {
		out[i] = eventObject(e)
	}
	return out
}

func eventObject(e FulfillmentEvent) object {
	return object{typ: "FulfillmentEvent", fields: map[string]any{
		"id": e.GID, "status": e.Status, "message": orNull(e.Message), "happenedAt": stamp(e.HappenedAt), "createdAt": stamp(e.CreatedAt),
	}}
}

func queryFulfillment(x *execution, _ any, args input) (any, error) {
	r, f := x.shop.fulfillment(args.text("id"))
	if r == nil {
		return nil, nil
	}
	return x.fulfillmentObject(r, *f), nil
}

// fulfillmentOrderRef is what resolvers below a fulfillment order receive.
type fulfillmentOrderRef struct {
	order *orderRecord
	part  FulfillmentOrder
}

// fulfillmentOrderObjects are those of an order, the closed ones too.
func fulfillmentOrderObjects(x *execution, r *orderRecord) []object {
	out := make([]object, len(r.FulfillmentOrders))
	for i, o := range r.FulfillmentOrders {
		out[i] = x.fulfillmentOrderObject(r, o)
	}
	return out
}

func (x *execution) fulfillmentOrderObject(r *orderRecord, o FulfillmentOrder) object {
	actions := []object{}
	for _, a := range o.actions() {
		actions = append(actions, object{typ: "FulfillmentOrderSupportedAction", fields: map[string]any{"action": a, "externalUrl": nil}})
	}
	assigned := map[string]any{"name": "", "countryCode": "US", "location": x.locationOrNull(o.LocationGID)}
	if l := x.shop.locationByID(o.LocationGID); l != nil {
		assigned["name"] = l.Name
	}
	return object{typ: "FulfillmentOrder", of: fulfillmentOrderRef{r, o}, fields: map[string]any{
		"id": o.GID, "status": o.Status, "requestStatus": "UNSUBMITTED", "supportedActions": actions,
		"assignedLocation": object{typ: "FulfillmentOrderAssignedLocation", fields: assigned},
		"createdAt":        stamp(o.CreatedAt), "updatedAt": stamp(o.UpdatedAt),
		"orderId": r.GID, "orderName": r.Name, "orderProcessedAt": stamp(r.ProcessedAt),
	}}
}

func fulfillmentOrderLineObjects(x *execution, of fulfillmentOrderRef) []object {
	lines := lineObjects(x, of.order)
	out := make([]object, len(of.part.Lines))
	for i, l := range of.part.Lines {
		at := slices.IndexFunc(of.order.Lines, func(line Line) bool { return line.GID == l.LineGID })
		line := of.order.Lines[at]
		out[i] = object{typ: "FulfillmentOrderLineItem", fields: map[string]any{
			"id": l.GID, "lineItem": lines[at], "totalQuantity": l.Total, "remainingQuantity": l.Remaining,
			"requiresShipping": line.RequiresShipping, "sku": orNull(line.SKU), "productTitle": line.Title, "variantTitle": orNull(line.VariantTitle),
		}}
	}
	return out
}

func queryFulfillmentOrder(x *execution, _ any, args input) (any, error) {
	r, o := x.shop.fulfillmentOrder(args.text("id"))
	if r == nil {
		return nil, nil
	}
	return x.fulfillmentOrderObject(r, *o), nil
}

// fulfillmentWebhook is the payload of fulfillments/create and fulfillments/update.
func fulfillmentWebhook(r *orderRecord, f Fulfillment) map[string]any {
	lines, all := []any{}, restLines(r)
	for _, l := range f.Lines {
		at := slices.IndexFunc(r.Lines, func(line Line) bool { return line.GID == l.LineGID })
		line := all[at].(map[string]any)
		line["quantity"] = l.Quantity
		lines = append(lines, line)
	}
	return map[string]any{
		"id": numericID(f.GID), "admin_graphql_api_id": f.GID, "order_id": numericID(r.GID), "name": r.Name + "." + strconv.Itoa(r.place(f)),
		"status": strings.ToLower(f.Status), "shipment_status": orNull(strings.ToLower(f.ShipmentStatus)), "service": "manual",
		"created_at": restTime(f.CreatedAt), "updated_at": restTime(f.UpdatedAt), "location_id": numericID(f.LocationGID),
		"tracking_company": orNull(f.Company), "tracking_number": firstText(f.Numbers), "tracking_numbers": orEmpty(f.Numbers),
		"tracking_url": firstText(f.URLs), "tracking_urls": orEmpty(f.URLs), "receipt": map[string]any{}, "origin_address": nil,
		"email": r.Email, "destination": restAddress(r.ShippingAddress), "line_items": lines,
	}
}

func firstText(list []string) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// eventWebhook is the payload of fulfillment_events/create.
func eventWebhook(r *orderRecord, f Fulfillment, e FulfillmentEvent) map[string]any {
	return map[string]any{
		"id": numericID(e.GID), "admin_graphql_api_id": e.GID, "fulfillment_id": numericID(f.GID), "order_id": numericID(r.GID),
		"status": strings.ToLower(e.Status), "message": orNull(e.Message), "happened_at": restTime(e.HappenedAt), "created_at": restTime(e.CreatedAt),
		"updated_at": restTime(e.CreatedAt), "shop_id": nil,
	}
}

func restFulfillments(r *orderRecord) []any {
	out := make([]any, len(r.Fulfillments))
	for i, f := range r.Fulfillments {
		out[i] = fulfillmentWebhook(r, f)
	}
	return out
}

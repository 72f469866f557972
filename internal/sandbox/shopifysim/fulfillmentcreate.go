package shopifysim

import (
	"fmt"
	"slices"
)

// fulfilling reads FulfillmentInput.
type fulfilling struct {
	x     *execution
	order *orderRecord
	units []taken
	bad   []refusal
}

func (f *fulfilling) refuse(message string, field ...string) {
	f.bad = append(f.bad, refusal{message: message, field: field})
}

// fulfillmentCreate is Mutation.fulfillmentCreate. It has no idempotency key: what comes twice ships twice, or is
// refused because nothing is left.
func fulfillmentCreate(x *execution, _ any, args input) (any, error) {
	in := args.object("fulfillment")
	if in.object("originAddress") != nil {
		x.drift = append(x.drift, "FulfillmentInput.originAddress is not simulated")
	}
	f := &fulfilling{x: x}
	groups := in.objects("lineItemsByFulfillmentOrder")
	if len(groups) == 0 {
		f.refuse("Line items by fulfillment order can't be blank", at("fulfillment", "lineItemsByFulfillmentOrder")...)
	}
	for i, group := range groups {
		f.group(group, at("fulfillment", "lineItemsByFulfillmentOrder", i))
	}
	tracking := readTracking(in.object("trackingInfo"))
	if len(f.bad) > 0 {
		return payload("FulfillmentCreatePayload", "fulfillment", nil, "UserError", f.bad...), nil
	}
	made := x.ship(f.order, f.units, tracking)
	x.changed(f.order)
	if in.truth("notifyCustomer") {
		x.mailShipment(f.order)
	}
	return payload("FulfillmentCreatePayload", "fulfillment", x.fulfillmentObject(f.order, *made), "UserError"), nil
}

func (x *execution) mailShipment(r *orderRecord) {
	x.sim.emails = append(x.sim.emails, Email{x.shop.spec.Domain, r.Email, "shipping confirmation", r.GID})
}

// mostFulfillmentLines is Shopify's limit of line items for one fulfillment order of fulfillmentCreate.
const mostFulfillmentLines = 512

func (f *fulfilling) group(in input, field []string) {
	gid := in.text("fulfillmentOrderId")
	r, o := f.x.shop.fulfillmentOrder(gid)
	switch {
	case r == nil:
		f.refuse("Fulfillment order does not exist.", append(field, "fulfillmentOrderId")...)
		return
	case f.order != nil && f.order != r:
		f.refuse("All fulfillment orders must belong to the same order.", field...)
		return
	case len(f.units) > 0 && f.order.FulfillmentOrders[f.units[0].order].LocationGID != o.LocationGID:
		f.refuse("All fulfillment orders must be assigned to the same location.", field...)
		return
	case !slices.Contains(o.actions(), "CREATE_FULFILLMENT"):
		f.refuse(fmt.Sprintf("Fulfillment order %s has an unfulfillable status= %s.", legacyID(gid), o.Status), field...)
		return
	}
	f.order = r
	place := slices.IndexFunc(r.FulfillmentOrders, func(other FulfillmentOrder) bool { return other.GID == gid })
	if slices.ContainsFunc(f.units, func(u taken) bool { return u.order == place }) {
		f.refuse("Fulfillment order is named twice.", append(field, "fulfillmentOrderId")...)
		return
	}
	lines := in.objects("fulfillmentOrderLineItems")
	if len(lines) > mostFulfillmentLines {
		f.refuse("Too many line items.", append(field, "fulfillmentOrderLineItems")...)
	}
	if len(lines) == 0 { // all that is left
		for j, l := range o.Lines {
			if l.Remaining > 0 {
				f.units = append(f.units, taken{place, j, l.Remaining})
			}
		}
	}
	for i, line := range lines {
		f.line(line, place, append(slices.Clone(field), at("fulfillmentOrderLineItems", i)...))
	}
}

func (f *fulfilling) line(in input, place int, field []string) {
	o := f.order.FulfillmentOrders[place]
	j := slices.IndexFunc(o.Lines, func(l FulfillmentOrderLine) bool { return l.GID == in.text("id") })
	if j < 0 {
		f.refuse("Fulfillment order line item does not exist.", append(field, "id")...)
		return
	}
	quantity := in.number("quantity")
	for _, u := range f.units {
		if u.order == place && u.line == j {
			f.refuse("Fulfillment order line item is named twice.", append(field, "id")...)
			return
		}
	}
	if quantity < 1 || quantity > o.Lines[j].Remaining {
		f.refuse("Invalid fulfillment order line item quantity requested.", append(field, "quantity")...)
		return
	}
	f.units = append(f.units, taken{place, j, quantity})
}

// readTracking reads FulfillmentTrackingInput. One number may stand beside the list.
func readTracking(in input) Fulfillment {
	f := Fulfillment{Company: in.text("company"), Numbers: in.texts("numbers"), URLs: in.texts("urls")}
	if n := in.text("number"); n != "" && !slices.Contains(f.Numbers, n) {
		f.Numbers = append([]string{n}, f.Numbers...)
	}
	if u := in.text("url"); u != "" && !slices.Contains(f.URLs, u) {
		f.URLs = append([]string{u}, f.URLs...)
	}
	return f
}

// onFulfillment answers a mutation of a fulfillment that exists and stands.
func (x *execution) onFulfillment(typ, gid, argument string, do func(*orderRecord, *Fulfillment)) (any, error) {
	r, f := x.shop.fulfillment(gid)
	if r == nil {
		return payload(typ, "fulfillment", nil, "UserError", refusal{message: "Fulfillment does not exist.", field: at(argument)}), nil
	}
	if f.Status == "CANCELLED" {
		return payload(typ, "fulfillment", nil, "UserError", refusal{message: "Fulfillment is cancelled.", field: at(argument)}), nil
	}
	do(r, f)
	return payload(typ, "fulfillment", x.fulfillmentObject(r, *f), "UserError"), nil
}

// fulfillmentTrackingInfoUpdate is the mutation of that name. What is not given is empty afterwards.
func fulfillmentTrackingInfoUpdate(x *execution, _ any, args input) (any, error) {
	return x.onFulfillment("FulfillmentTrackingInfoUpdatePayload", args.text("fulfillmentId"), "fulfillmentId", func(r *orderRecord, f *Fulfillment) {
		t := readTracking(args.object("trackingInfoInput"))
		x.track(r, f, t.Company, t.Numbers, t.URLs)
		if args.truth("notifyCustomer") {
			x.mailShipment(r)
		}
	})
}

// fulfillmentCancel is the mutation of that name. The access list has no entry for it; it takes what fulfilling takes.
func fulfillmentCancel(x *execution, _ any, args input) (any, error) {
	if err := x.need("fulfillmentCancel", "write_merchant_managed_fulfillment_orders"); err != nil {
		return nil, err
	}
	return x.onFulfillment("FulfillmentCancelPayload", args.text("id"), "id", func(r *orderRecord, f *Fulfillment) {
		_ = x.unship(r, f) // it stands, so it can be cancelled
	})
}

// fulfillmentEventCreate is the mutation of that name.
func fulfillmentEventCreate(x *execution, _ any, args input) (any, error) {
	const typ = "FulfillmentEventCreatePayload"
	in := args.object("fulfillmentEvent")
	r, f := x.shop.fulfillment(in.text("fulfillmentId"))
	if r == nil || f.Status == "CANCELLED" {
		missing := refusal{message: "Fulfillment does not exist.", field: at("fulfillmentEvent", "fulfillmentId")}
		return payload(typ, "fulfillmentEvent", nil, "UserError", missing), nil
	}
	for _, key := range []string{"address1", "city", "country", "province", "zip", "latitude", "longitude", "estimatedDeliveryAt"} {
		if in.has(key) {
			x.drift = append(x.drift, "FulfillmentEventInput."+key+" is not simulated")
		}
	}
	e := x.report(r, f, FulfillmentEvent{Status: in.text("status"), Message: in.text("message"), HappenedAt: moment(in.text("happenedAt"))})
	return payload(typ, "fulfillmentEvent", eventObject(e), "UserError"), nil
}

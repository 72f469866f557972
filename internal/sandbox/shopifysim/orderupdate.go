package shopifysim

import (
	"slices"
	"strings"
)

// changed notes a change of an order: its new state goes to the index and to the app.
func (x *execution) changed(r *orderRecord) {
	r.touch(x.now)
	x.sim.send(x.shop, "orders/updated", orderWebhook(r))
}

// orderUpdate replaces the given fields of an order; tags, note and custom attributes as a whole.
func orderUpdate(x *execution, _ any, args input) (any, error) {
	in := args.object("input")
	r := x.shop.orderByID(in.text("id"))
	if r == nil {
		missing := refusal{message: "Order does not exist", field: at("id")}
		return orderPayload("OrderUpdatePayload", nil, "UserError", []refusal{missing}), nil
	}
	edited, bad := x.edit(r.snapshot(), in)
	var metafields []Metafield
	for i, m := range in.objects("metafields") {
		read, refused, _ := x.metafield(m, r.GID, at("input", "metafields", i))
		if refused != nil {
			bad = append(bad, *refused)
		}
		metafields = append(metafields, read)
	}
	if len(bad) > 0 {
		for i := range bad {
			bad[i].code = "" // the plain UserError has none
		}
		return orderPayload("OrderUpdatePayload", x.orderObject(r), "UserError", bad), nil
	}
	r.Order = edited
	for _, m := range metafields {
		x.putMetafield(r, m)
	}
	x.changed(r)
	return orderPayload("OrderUpdatePayload", x.orderObject(r), "UserError", nil), nil
}

func (x *execution) edit(o Order, in input) (Order, []refusal) {
	var bad []refusal
	for key, target := range map[string]*string{
		"note": &o.Note, "poNumber": &o.PONumber, "email": &o.Email, "phone": &o.Phone,
	} {
		if in.has(key) {
			*target = in.text(key)
		}
	}
	if o.Email != "" && !emailPattern.MatchString(o.Email) {
		bad = append(bad, refusal{message: "Email is invalid", field: at("email")})
	}
	if in.has("tags") {
		o.Tags, bad = addTags(nil, in.texts("tags"), at("tags"))
	}
	if in.has("customAttributes") {
		o.CustomAttributes = readAttributes(in.objects("customAttributes"), "key")
	}
	if in.has("shippingAddress") {
		o.ShippingAddress = readAddress(in.object("shippingAddress"))
	}
	for _, key := range []string{"localizedFields", "localizationExtensions"} {
		if in.has(key) {
			x.drift = append(x.drift, "OrderInput."+key+" is not simulated")
		}
	}
	return o, bad
}

func tagsAdd(x *execution, _ any, args input) (any, error) {
	return x.retag("tagsAdd", args, func(tags []string) ([]string, []refusal) {
		return addTags(tags, args.texts("tags"), at("tags"))
	})
}

func tagsRemove(x *execution, _ any, args input) (any, error) {
	return x.retag("tagsRemove", args, func(tags []string) ([]string, []refusal) {
		return slices.DeleteFunc(tags, func(tag string) bool {
			return slices.ContainsFunc(args.texts("tags"), func(t string) bool { return strings.EqualFold(t, tag) })
		}), nil
	})
}

// retag changes the tags of an order, the only taggable thing that is simulated.
func (x *execution) retag(field string, args input, change func([]string) ([]string, []refusal)) (any, error) {
	if err := x.need(field, "write_orders"); err != nil {
		return nil, err
	}
	typ := strings.ToUpper(field[:1]) + field[1:] + "Payload"
	r := x.shop.orderByID(args.text("id"))
	if r == nil {
		return payload(typ, "node", nil, "UserError", refusal{message: "Resource does not exist", field: at("id")}), nil
	}
	tags, bad := change(slices.Clone(r.Tags))
	for i := range bad {
		bad[i].code = ""
	}
	if len(bad) > 0 {
		return payload(typ, "node", nil, "UserError", bad...), nil
	}
	if !slices.Equal(tags, r.Tags) {
		r.Tags = tags
		x.changed(r)
	}
	return payload(typ, "node", x.orderObject(r), "UserError"), nil
}

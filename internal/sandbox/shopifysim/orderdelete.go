package shopifysim

import "slices"

// orderDelete is Mutation.orderDelete. Shopify deletes "specific order types" only and leaves them to its help pages:
// here an order must be cancelled or archived first, and must not have left.
func orderDelete(x *execution, _ any, args input) (any, error) {
	gid := args.text("orderId")
	r := x.shop.orderByID(gid)
	refuse := func(code, message string) (any, error) {
		return payload("OrderDeletePayload", "deletedId", nil, "OrderDeleteUserError", refusal{code, message, at("orderId")}), nil
	}
	switch {
	case r == nil:
		return refuse("NOT_FOUND", "Order does not exist")
	case r.Canceled.IsZero() && r.ClosedAt.IsZero():
		return refuse("INVALID", "Order must be cancelled or archived before it can be deleted")
	case r.Canceled.IsZero() && r.FulfillmentStatus != "UNFULFILLED":
		return refuse("INVALID", "Order cannot be deleted")
	}
	x.shop.orders = slices.DeleteFunc(x.shop.orders, func(o *orderRecord) bool { return o == r })
	x.sim.send(x.shop, "orders/delete", map[string]any{"id": numericID(gid)})
	return payload("OrderDeletePayload", "deletedId", gid, "OrderDeleteUserError"), nil
}

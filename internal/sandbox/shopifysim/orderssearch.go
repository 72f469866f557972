package shopifysim

import (
	"cmp"
	"fmt"
	"slices"
)

// queryOrders lists what is in the shop; with a query it asks the index, which lags. A cursor holds the order's place, so
// that an order that changes while pages are read moves on, and the next page goes on from where the order was.
func queryOrders(x *execution, _ any, args input) (any, error) {
	match, warnings := parseSearch(args.text("query"), orderFilters())
	x.drift = append(x.drift, warnings...)
	var nodes []object
	for _, r := range x.shop.orders {
		doc := r.Order
		if match != nil {
			indexed, known := r.searchable(x.now, x.sim.opts.IndexLag)
			if !known || !match(indexed) {
				continue
			}
			doc = indexed
		}
		place, err := placeOf(doc, args.text("sortKey"))
		if err != nil {
			return nil, err
		}
		node := x.orderObject(r)
		node.place = place
		nodes = append(nodes, node)
	}
	slices.SortFunc(nodes, func(a, b object) int { return cmp.Compare(a.place, b.place) })
	return connection("Order", nodes, args)
}

// placeOf is a text that sorts as the sort key does.
func placeOf(o Order, key string) (string, error) {
	var n int64
	switch key {
	case "PROCESSED_AT":
		n = o.ProcessedAt.UnixNano()
	case "CREATED_AT":
		n = o.CreatedAt.UnixNano()
	case "UPDATED_AT":
		n = o.UpdatedAt.UnixNano()
	case "ID", "ORDER_NUMBER", "RELEVANCE":
		n = int64(o.Number)
	default:
		return "", &apiError{code: "INTERNAL_SERVER_ERROR", message: "the sandbox does not sort orders by " + key}
	}
	return fmt.Sprintf("%020d %s", n, o.GID), nil
}

package shopifysim

import (
	"encoding/base64"
	"slices"
)

// connection cuts a page out of the whole list of nodes, as the arguments first, after, last, before and reverse say.
// A cursor is the GID of its node, encoded; it stays valid while the list changes.
func connection(typ string, nodes []object, args input) (any, error) {
	nodes = slices.Clone(nodes)
	if args.truth("reverse") {
		slices.Reverse(nodes)
	}
	from, to := 0, len(nodes)
	for key, edge := range map[string]*int{"after": &from, "before": &to} {
		cursor := args.text(key)
		if cursor == "" {
			continue
		}
		i := slices.IndexFunc(nodes, func(n object) bool { return cursorOf(n) == cursor })
		if i < 0 {
			return nil, &apiError{code: "BAD_REQUEST", message: "Invalid cursor for current pagination sort."}
		}
		if key == "after" {
			i++
		}
		*edge = i
	}
	to = max(from, to)
	if n := args.number("first"); n > 0 {
		to = min(to, from+n)
	} else if n := args.number("last"); n > 0 {
		from = max(from, to-n)
	}
	return page(typ, nodes[from:to], from > 0, to < len(nodes)), nil
}

func page(typ string, nodes []object, before, after bool) object {
	info := map[string]any{"hasPreviousPage": before, "hasNextPage": after, "startCursor": nil, "endCursor": nil}
	edges := make([]object, len(nodes))
	for i, n := range nodes {
		edges[i] = object{typ: typ + "Edge", fields: map[string]any{"node": n, "cursor": cursorOf(n)}}
	}
	if len(nodes) > 0 {
		info["startCursor"], info["endCursor"] = cursorOf(nodes[0]), cursorOf(nodes[len(nodes)-1])
	}
	return object{typ: typ + "Connection", fields: map[string]any{
		"nodes": nodes, "edges": edges, "pageInfo": object{typ: "PageInfo", fields: info},
	}}
}

func cursorOf(n object) string {
	id, _ := n.fields["id"].(string) // every node of a connection that is simulated has an id
	return base64.RawURLEncoding.EncodeToString([]byte(id))
}

// connected makes the resolver of a connection below a record.
func connected[T any](typ string, nodes func(x *execution, of T) []object) resolver {
	return func(x *execution, of any, args input) (any, error) {
		return connection(typ, nodes(x, of.(T)), args)
	}
}

// listed makes the resolver of a plain list below a record, which takes at most the argument first.
func listed[T any](nodes func(x *execution, of T) []object) resolver {
	return func(x *execution, of any, args input) (any, error) {
		all := nodes(x, of.(T))
		if n := args.number("first"); args.has("first") && n < len(all) {
			all = all[:max(n, 0)]
		}
		return all, nil
	}
}

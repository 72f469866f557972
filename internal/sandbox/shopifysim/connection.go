package shopifysim

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
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
		before, behind, ok := around(nodes, cursor, args.truth("reverse"))
		if !ok {
			return nil, &apiError{code: "BAD_REQUEST", message: "Invalid cursor for current pagination sort."}
		}
		*edge = before
		if key == "after" {
			*edge = behind
		}
	}
	to = max(from, to)
	if n := args.number("first"); n > 0 {
		to = min(to, from+n)
	} else if n := args.number("last"); n > 0 {
		from = max(from, to-n)
	}
	return page(typ, nodes[from:to], from > 0, to < len(nodes)), nil
}

// placePattern is the form of object.place.
var placePattern = regexp.MustCompile(`^[0-9]{20} gid:`)

// around is the index of the node that a cursor means and the one behind it. Nodes with a place need not be there any
// more: the indexes are where it would be.
func around(nodes []object, cursor string, reversed bool) (before, behind int, ok bool) {
	if len(nodes) == 0 || nodes[0].place == "" {
		i := slices.IndexFunc(nodes, func(n object) bool { return cursorOf(n) == cursor })
		return i, i + 1, i >= 0
	}
	place, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || !placePattern.Match(place) {
		return 0, 0, false
	}
	search := func(past func(c int) bool) int {
		i := slices.IndexFunc(nodes, func(n object) bool {
			c := strings.Compare(n.place, string(place))
			if reversed {
				c = -c
			}
			return past(c)
		})
		if i < 0 {
			return len(nodes)
		}
		return i
	}
	return search(func(c int) bool { return c >= 0 }), search(func(c int) bool { return c > 0 }), true
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
	if n.place != "" {
		return base64.RawURLEncoding.EncodeToString([]byte(n.place))
	}
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

package shopifysim

import (
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Costs as Shopify's page on rate limits gives them: nothing for a scalar, a point for an object, the page size times
// the node for a connection, ten for a mutation. Shopify's own figures may be a little lower.
const (
	mutationCost = 10
	maxQueryCost = 1000

	defaultBucket  = 2000
	defaultRestore = 100
)

// bucket is the leaky bucket of a shop's query cost.
type bucket struct {
	size, rate float64
	available  float64
	at         time.Time
}

// take spends cost if the bucket holds as much.
func (b *bucket) take(cost float64, now time.Time) bool {
	if elapsed := now.Sub(b.at); elapsed > 0 {
		b.available = min(b.size, b.available+elapsed.Seconds()*b.rate)
		b.at = now
	}
	if cost > b.available {
		return false
	}
	b.available -= cost
	return true
}

func (b *bucket) giveBack(points float64) {
	b.available = min(b.size, b.available+max(0, points))
}

// status is extensions.cost of an answer; actual is nil where nothing was executed.
func (b *bucket) status(requested float64, actual any) map[string]any {
	return map[string]any{"cost": map[string]any{
		"requestedQueryCost": requested,
		"actualQueryCost":    actual,
		"throttleStatus": map[string]any{
			"maximumAvailable":   b.size,
			"currentlyAvailable": b.available,
			"restoreRate":        b.rate,
		},
	}}
}

// requestedCost is what the operation may cost at most.
func requestedCost(d document) float64 {
	cost := selectionCost(d.operation.SelectionSet, d.vars)
	if d.operation.Operation == ast.Mutation {
		cost += mutationCost
	}
	return max(cost, 1)
}

// selectionCost sums the fields; of the fragments on an interface or union only the dearest counts.
func selectionCost(set ast.SelectionSet, vars map[string]any) float64 {
	var sum, dearest float64
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			sum += fieldCost(sel, vars)
		case *ast.InlineFragment:
			dearest = max(dearest, selectionCost(sel.SelectionSet, vars))
		case *ast.FragmentSpread:
			dearest = max(dearest, selectionCost(sel.Definition.SelectionSet, vars))
		}
	}
	return sum + dearest
}

func fieldCost(f *ast.Field, vars map[string]any) float64 {
	if f.Definition == nil || len(f.SelectionSet) == 0 {
		return 0
	}
	below := selectionCost(f.SelectionSet, vars)
	c := coercer{schema: adminSchema()}
	args := c.arguments(f, vars)
	if isConnection(f.Definition) {
		return below * float64(max(args.number("first"), args.number("last")))
	}
	one := objectCost(f.Definition.Type.Name()) + below
	if n := args.number("first"); n > 0 {
		return one * float64(n)
	}
	return one
}

// objectCost is the price of one object. What only carries a connection or a payload is free.
func objectCost(typ string) float64 {
	for _, free := range []string{"Connection", "Edge", "PageInfo", "Payload", "UserError", "MoneyBag", "MoneyV2"} {
		if strings.HasSuffix(typ, free) {
			return 0
		}
	}
	return 1
}

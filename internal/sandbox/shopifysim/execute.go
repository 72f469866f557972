package shopifysim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// object is one answer object: its GraphQL type, the plain fields, and the record behind it, which resolvers receive.
type object struct {
	typ    string
	fields map[string]any
	of     any
	// place is what a cursor holds where that is not the object's id: a number of twenty digits
	// that sorts as the connection does, and the id.
	place string
}

// resolver computes one field. of is the record behind the parent object, nil for a root field.
type resolver func(x *execution, of any, args input) (any, error)

// execution is one operation being answered for one shop. The simulator's lock is held for as long as it lasts.
type execution struct {
	sim    *Sim
	shop   *shop
	scopes []string
	doc    document
	now    time.Time
	// key is the idempotency key of the root field that is being answered, "" when it has none.
	key string

	errs gqlerror.List
	cost float64
	// drift collects answers of the simulator that its own schema does not allow.
	drift []string
}

// apiError is an error that a resolver wants to see in errors[], with its field null.
type apiError struct {
	code, message string
	extensions    map[string]any
}

func (e *apiError) Error() string { return e.message }

// run answers the operation; nil stands for data: null.
func (x *execution) run() map[string]any {
	root := "QueryRoot"
	if x.doc.operation.Operation == ast.Mutation {
		root = "Mutation"
		x.cost += mutationCost
	}
	data, ok := x.object(object{typ: root}, x.doc.operation.SelectionSet, nil)
	if !ok {
		return nil
	}
	return data
}

// object answers a selection on an object. False means that a field that must not be null is, so the object is null.
func (x *execution) object(o object, set ast.SelectionSet, path ast.Path) (map[string]any, bool) {
	out := map[string]any{}
	whole := true
	for _, group := range x.collect(o.typ, set, nil) {
		field := group[0]
		if field.Name == "__typename" {
			out[field.Alias] = o.typ
			continue
		}
		value, ok := x.field(o, group, append(slices.Clip(path), ast.PathName(field.Alias)))
		if !ok {
			whole = false
		}
		out[field.Alias] = value
	}
	return out, whole
}

// collect groups the fields selected on a type by response key, in order, through fragments and @skip and @include.
func (x *execution) collect(typ string, set ast.SelectionSet, groups [][]*ast.Field) [][]*ast.Field {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if !x.included(sel.Directives) {
				continue
			}
			i := slices.IndexFunc(groups, func(g []*ast.Field) bool { return g[0].Alias == sel.Alias })
			if i < 0 {
				groups = append(groups, []*ast.Field{sel})
			} else {
				groups[i] = append(groups[i], sel)
			}
		case *ast.InlineFragment:
			if x.included(sel.Directives) && isA(typ, sel.TypeCondition) {
				groups = x.collect(typ, sel.SelectionSet, groups)
			}
		case *ast.FragmentSpread:
			if x.included(sel.Directives) && isA(typ, sel.Definition.TypeCondition) {
				groups = x.collect(typ, sel.Definition.SelectionSet, groups)
			}
		}
	}
	return groups
}

func (x *execution) included(directives ast.DirectiveList) bool {
	if d := directives.ForName("skip"); d != nil && d.ArgumentMap(x.doc.vars)["if"] == true {
		return false
	}
	d := directives.ForName("include")
	return d == nil || d.ArgumentMap(x.doc.vars)["if"] == true
}

// isA says whether an object type fits a fragment's condition.
func isA(typ, condition string) bool {
	if condition == "" || condition == typ {
		return true
	}
	def := adminSchema().Types[condition]
	if def == nil || !def.IsAbstractType() {
		return false
	}
	return slices.ContainsFunc(adminSchema().GetPossibleTypes(def), func(p *ast.Definition) bool { return p.Name == typ })
}

func (x *execution) field(o object, group []*ast.Field, path ast.Path) (any, bool) {
	field := group[0]
	def := field.Definition
	if err := x.access(o.typ, def); err != nil {
		return x.fail(field, path, err)
	}
	value, err := x.resolve(o, field)
	if err != nil {
		return x.fail(field, path, err)
	}
	var set ast.SelectionSet
	for _, f := range group {
		set = append(set, f.SelectionSet...)
	}
	return x.complete(completion{def.Type, set, field}, value, path)
}

func (x *execution) resolve(o object, field *ast.Field) (any, error) {
	key := o.typ + "." + field.Name
	if r, ok := x.sim.resolvers[key]; ok {
		c := coercer{schema: adminSchema()}
		if d := field.Directives.ForName("idempotent"); d != nil {
			x.key, _ = d.ArgumentMap(x.doc.vars)["key"].(string)
		}
		return r(x, o.of, c.arguments(field, x.doc.vars))
	}
	if value, ok := o.fields[field.Name]; ok {
		return value, nil
	}
	x.drift = append(x.drift, key+" is not simulated")
	return nil, &apiError{code: "INTERNAL_SERVER_ERROR", message: "the sandbox does not simulate " + key}
}

// fail notes an error at a field. The field becomes null, and its parent too if it must not be.
func (x *execution) fail(field *ast.Field, path ast.Path, err error) (any, bool) {
	out := gqlerror.ErrorPosf(field.Position, "%s", err.Error())
	out.Path = slices.Clone(path)
	out.Extensions = map[string]any{"code": "INTERNAL_SERVER_ERROR"}
	if api, ok := errors.AsType[*apiError](err); ok {
		out.Extensions["code"] = api.code
		for k, v := range api.extensions {
			out.Extensions[k] = v
		}
	}
	x.errs = append(x.errs, out)
	return nil, !field.Definition.Type.NonNull
}

// completion is what a value must become.
type completion struct {
	typ   *ast.Type
	set   ast.SelectionSet
	field *ast.Field
}

func (c completion) elem() completion { return completion{c.typ.Elem, c.set, c.field} }

// complete holds a resolved value against the schema and answers the selection below it. False means that the value is
// null where it must not be.
func (x *execution) complete(c completion, value any, path ast.Path) (any, bool) {
	if value == nil {
		if c.typ.NonNull {
			x.broken(path, "null for %s", c.typ)
		}
		return nil, !c.typ.NonNull
	}
	if c.typ.Elem != nil {
		return x.list(c, value, path)
	}
	def := adminSchema().Types[c.typ.NamedType]
	switch def.Kind {
	case ast.Scalar:
		if err := checkOutput(def.Name, value); err != nil {
			x.broken(path, "%s", err)
		}
		return value, true
	case ast.Enum:
		if s, ok := value.(string); !ok || def.EnumValues.ForName(s) == nil {
			x.broken(path, "%v is no %s", value, def.Name)
		}
		return value, true
	}
	o, ok := value.(object)
	if !ok || !isA(o.typ, def.Name) {
		x.broken(path, "%T (%s) is no %s", value, o.typ, def.Name)
		return nil, !c.typ.NonNull
	}
	x.cost += objectCost(o.typ)
	out, ok := x.object(o, c.set, path)
	if !ok {
		return nil, !c.typ.NonNull
	}
	return out, true
}

func (x *execution) list(c completion, value any, path ast.Path) (any, bool) {
	items := asList(value)
	out := make([]any, len(items))
	for i, item := range items {
		v, ok := x.complete(c.elem(), item, append(slices.Clip(path), ast.PathIndex(i)))
		if !ok {
			return nil, !c.typ.NonNull
		}
		out[i] = v
	}
	return out, true
}

func asList(value any) []any {
	switch v := value.(type) {
	case []any:
		return v
	case []object:
		return anys(v)
	case []string:
		return anys(v)
	}
	panic(fmt.Sprintf("shopifysim: %T is no list", value))
}

func anys[T any](in []T) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}

// broken notes an answer that the schema does not allow: a fault of the simulator, never of the app.
func (x *execution) broken(path ast.Path, format string, args ...any) {
	x.drift = append(x.drift, fmt.Sprintf("answer at %s: %s", path, fmt.Sprintf(format, args...)))
}

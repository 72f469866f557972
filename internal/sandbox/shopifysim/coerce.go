package shopifysim

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// problem is one place where a value does not fit its input type.
type problem struct {
	path        []any
	explanation string
}

func (p problem) dotted() string {
	out := ""
	for i, step := range p.path {
		if i > 0 {
			out += "."
		}
		out += fmt.Sprint(step)
	}
	return out
}

// coercer reads input values against the schema. It finds what gqlparser does not look for in variables (oneOf,
// scalars) and everything else over again, so that one walk gives both the verdict and the value for the resolvers.
type coercer struct {
	schema   *ast.Schema
	problems []problem
}

func (c *coercer) reject(path []any, format string, args ...any) {
	c.problems = append(c.problems, problem{slices.Clone(path), fmt.Sprintf(format, args...)})
}

// read returns value as typ wants it. A value that does not fit is noted in c.problems.
func (c *coercer) read(typ *ast.Type, value any, path []any) any {
	if value == nil {
		if typ.NonNull {
			c.reject(path, "Expected value to not be null")
		}
		return nil
	}
	if typ.Elem != nil {
		return c.readList(typ.Elem, value, path)
	}
	def := c.schema.Types[typ.NamedType]
	switch def.Kind {
	case ast.Scalar:
		out, err := readScalar(def.Name, value)
		if err != nil {
			c.reject(path, "%s", err)
		}
		return out
	case ast.Enum:
		s, ok := value.(string)
		if !ok || def.EnumValues.ForName(s) == nil {
			c.reject(path, "Expected %s to be one of the values of %s", show(value), def.Name)
		}
		return s
	case ast.InputObject:
		return c.readObject(def, value, path)
	}
	c.reject(path, "%s is no input type", def.Name)
	return nil
}

// maxInputArray is Shopify's limit for a list in an input (GraphQL Admin API, input array limit).
const maxInputArray = 250

func (c *coercer) readList(elem *ast.Type, value any, path []any) any {
	items, ok := value.([]any)
	if !ok {
		items = []any{value} // the GraphQL specification lets a single value stand for a list of one
	}
	if len(items) > maxInputArray {
		c.reject(path, "The input array size of %d is greater than the maximum allowed of %d", len(items), maxInputArray)
		return nil
	}
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = c.read(elem, item, append(path, i))
	}
	return out
}

func (c *coercer) readObject(def *ast.Definition, value any, path []any) any {
	in, ok := value.(map[string]any)
	if !ok {
		c.reject(path, "Expected %s to be a key-value object", show(value))
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if def.Fields.ForName(name) == nil {
			c.reject(append(path, name), "Field is not defined on %s", def.Name)
		}
	}
	if def.Directives.ForName("oneOf") != nil {
		c.checkOneOf(def, in, path)
	}
	out := input{}
	for _, field := range def.Fields {
		v, given := in[field.Name]
		if v, given = withDefault(v, given, field.DefaultValue); given {
			out[field.Name] = c.read(field.Type, v, append(path, field.Name))
		} else if field.Type.NonNull {
			c.reject(append(path, field.Name), "Expected value to not be null")
		}
	}
	return out
}

func (c *coercer) checkOneOf(def *ast.Definition, in map[string]any, path []any) {
	if len(in) != 1 {
		c.reject(path, "'%s' requires exactly one argument, but %d were provided.", def.Name, len(in))
		return
	}
	for name, v := range in {
		if v == nil {
			c.reject(append(path, name), "'%s' requires exactly one argument, but '%s' was `null`.", def.Name, name)
		}
	}
}

func withDefault(v any, given bool, def *ast.Value) (any, bool) {
	if given || def == nil || def.Kind == ast.NullValue {
		return v, given
	}
	v, err := def.Value(nil)
	if err != nil {
		return nil, false
	}
	return v, true
}

// arguments reads the arguments of a field, literals and variables alike.
func (c *coercer) arguments(field *ast.Field, vars map[string]any) input {
	out := input{}
	for _, def := range field.Definition.Arguments {
		var v any
		arg := field.Arguments.ForName(def.Name)
		given := arg != nil && !unset(arg.Value, vars)
		if given {
			var err error
			if v, err = arg.Value.Value(vars); err != nil {
				c.reject([]any{def.Name}, "%s", err)
				continue
			}
		}
		if v, given = withDefault(v, given, def.DefaultValue); given {
			out[def.Name] = c.read(def.Type, v, []any{def.Name})
		} else if def.Type.NonNull {
			c.reject([]any{def.Name}, "Expected value to not be null")
		}
	}
	return out
}

// unset says whether v is a variable that got neither a value nor a default.
func unset(v *ast.Value, vars map[string]any) bool {
	if v.Kind != ast.Variable {
		return false
	}
	_, ok := vars[v.Raw]
	return !ok && (v.VariableDefinition == nil || v.VariableDefinition.DefaultValue == nil)
}

// input is a coerced input object or the arguments of a field. A missing key is a field the request left out; a key
// with nil is an explicit null.
type input map[string]any

func (in input) has(key string) bool { _, ok := in[key]; return ok }

// text returns a string field, "" when it is missing or null.
func (in input) text(key string) string { s, _ := in[key].(string); return s }

func (in input) number(key string) int { n, _ := in[key].(int); return n }

func (in input) truth(key string) bool { b, _ := in[key].(bool); return b }

// object returns an input object, nil when it is missing or null.
func (in input) object(key string) input { o, _ := in[key].(input); return o }

func (in input) objects(key string) []input {
	items, _ := in[key].([]any)
	out := make([]input, 0, len(items))
	for _, item := range items {
		if o, ok := item.(input); ok {
			out = append(out, o)
		}
	}
	return out
}

func (in input) texts(key string) []string {
	items, _ := in[key].([]any)
	out := make([]string, 0, len(items))
	for _, item := range items {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// at names a place in the input, for the field of a userError.
func at(path ...any) []string {
	out := make([]string, len(path))
	for i, p := range path {
		if n, ok := p.(int); ok {
			out[i] = strconv.Itoa(n)
			continue
		}
		out[i] = fmt.Sprint(p)
	}
	return out
}

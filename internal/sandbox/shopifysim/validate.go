package shopifysim

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/switchbackhq/switchback/graphql/schema"
)

// adminSchema is parsed once for the whole process: it is large, and nobody changes it.
var adminSchema = sync.OnceValue(func() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "admin.graphql", Input: schema.AdminSDL})
})

// maxTokens bounds what the parser reads of one document.
const maxTokens = 20000

// document is a request's operation after it was found to fit the schema.
type document struct {
	operation *ast.OperationDefinition
	vars      map[string]any
}

// rootFields names the fields the operation starts with, fragments included.
func (d document) rootFields() []string {
	var names []string
	walkFields(d.operation.SelectionSet, false, func(f *ast.Field) { names = append(names, f.Name) })
	return names
}

// readDocument parses and validates an operation with its variables. The errors are what Shopify would answer.
func readDocument(req request) (document, gqlerror.List) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: req.Query}, maxTokens)
	if err != nil {
		return document{}, gqlerror.List{gqlerror.Wrap(err)}
	}
	if errs := validator.ValidateWithRules(adminSchema(), doc, rules.NewDefaultRules()); len(errs) > 0 {
		return document{}, errs
	}
	op := doc.Operations.ForName(req.OperationName)
	if op == nil {
		return document{}, gqlerror.List{gqlerror.Errorf("No operation named %q", req.OperationName)}
	}
	if op.Operation == ast.Subscription {
		return document{}, gqlerror.List{gqlerror.Errorf("Schema is not configured for subscriptions")}
	}
	d := document{operation: op, vars: req.Variables}
	if errs := checkVariables(op, req.Variables); len(errs) > 0 {
		return document{}, errs
	}
	return d, checkArguments(d)
}

// checkVariables holds every variable against its declared type.
func checkVariables(op *ast.OperationDefinition, vars map[string]any) gqlerror.List {
	var errs gqlerror.List
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if op.VariableDefinitions.ForName(name) == nil {
			errs = append(errs, gqlerror.Errorf("Variable $%s was provided but is not declared by the operation", name))
		}
	}
	for _, def := range op.VariableDefinitions {
		value, given := vars[def.Variable]
		if !given && (def.DefaultValue != nil || !def.Type.NonNull) {
			continue
		}
		c := coercer{schema: adminSchema()}
		c.read(def.Type, value, nil)
		for _, p := range c.problems {
			errs = append(errs, invalidVariable(def, p))
		}
	}
	return errs
}

func invalidVariable(def *ast.VariableDefinition, p problem) *gqlerror.Error {
	where := ""
	if len(p.path) > 0 {
		where = " for " + p.dotted()
	}
	err := gqlerror.Errorf("Variable $%s of type %s was provided invalid value%s (%s)",
		def.Variable, def.Type, where, p.explanation)
	err.Extensions = map[string]any{
		"code":     "INVALID_VARIABLE",
		"problems": []any{map[string]any{"path": p.path, "explanation": p.explanation}},
	}
	return err
}

// checkArguments holds every argument of the operation against the schema, so that literals meet the checks that
// variables meet, and asks connections for their size.
func checkArguments(d document) gqlerror.List {
	var errs gqlerror.List
	walkFields(d.operation.SelectionSet, true, func(f *ast.Field) {
		c := coercer{schema: adminSchema()}
		args := c.arguments(f, d.vars)
		for _, p := range c.problems {
			errs = append(errs, at1(f, "argumentLiteralsIncompatible",
				"Argument '%s' on Field '%s' has an invalid value (%s)", p.dotted(), f.Name, p.explanation))
		}
		if err := checkPageSize(f, args); err != nil {
			errs = append(errs, err)
		}
	})
	return errs
}

// maxPage is the largest page Shopify gives out.
const maxPage = 250

func checkPageSize(f *ast.Field, args input) *gqlerror.Error {
	if !isConnection(f.Definition) {
		return nil
	}
	first, last := args["first"] != nil, args["last"] != nil
	if first == last {
		return at1(f, "BAD_REQUEST", "you must provide one of first or last for %s", f.Name)
	}
	if n := max(args.number("first"), args.number("last")); n < 1 || n > maxPage {
		return at1(f, "BAD_REQUEST", "the page size of %s must be from 1 to %d", f.Name, maxPage)
	}
	return nil
}

func isConnection(def *ast.FieldDefinition) bool {
	return def.Arguments.ForName("first") != nil && def.Arguments.ForName("last") != nil
}

// at1 is an error at the place of one field.
func at1(f *ast.Field, code, format string, args ...any) *gqlerror.Error {
	err := gqlerror.ErrorPosf(f.Position, "%s", fmt.Sprintf(format, args...))
	err.Extensions = map[string]any{"code": code}
	return err
}

// walkFields calls visit for the fields of a selection, through fragments, and of what is selected below when deep.
func walkFields(set ast.SelectionSet, deep bool, visit func(*ast.Field)) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if sel.Name == "__typename" {
				continue
			}
			visit(sel)
			if deep {
				walkFields(sel.SelectionSet, deep, visit)
			}
		case *ast.InlineFragment:
			walkFields(sel.SelectionSet, deep, visit)
		case *ast.FragmentSpread:
			walkFields(sel.Definition.SelectionSet, deep, visit)
		}
	}
}

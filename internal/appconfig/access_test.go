package appconfig_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/switchbackhq/switchback/graphql/schema"
	"github.com/switchbackhq/switchback/internal/appconfig"
)

// reasons justify declared scopes that neither an operation nor a topic asks for.
var reasons = map[string]string{}

// ownersAccess is what mutations ask for whose access Shopify describes as that
// of the resource they change; ours change orders.
var ownersAccess = map[string]string{
	"Mutation.metafieldsSet": "write_orders",
	"Mutation.tagsAdd":       "write_orders",
	// Shopify's sentence says "orders" without read or write.
	"Mutation.refundCreate": "write_orders",
}

// topicAccess is the scope of each topic family that needs one; what is not listed needs none
// (descriptions of Shopify's WebhookSubscriptionTopic).
var topicAccess = map[string]string{
	"orders": "read_orders", "refunds": "read_orders", "fulfillments": "read_fulfillments", "returns": "read_returns",
}

var admin = sync.OnceValues(func() (*ast.Schema, error) {
	parsed, err := gqlparser.LoadSchema(&ast.Source{Name: "admin.graphql", Input: schema.AdminSDL})
	if err != nil {
		return nil, err
	}
	return parsed, nil
})

func adminSchema(t *testing.T) *ast.Schema {
	t.Helper()
	s, err := admin()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func topicEnum(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, value := range adminSchema(t).Types["WebhookSubscriptionTopic"].EnumValues {
		names = append(names, value.Name)
	}
	return names
}

// need is one demand of an operation: any of the scopes will do.
type need struct {
	where string
	anyOf []string
}

// operationNeeds walks every operation the program sends.
func operationNeeds(t *testing.T) []need {
	t.Helper()
	files, err := filepath.Glob(root + "graphql/admin/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no operations found: %v", err)
	}
	// Read as one document: fragments may be shared between files.
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
		all.WriteString("\n")
	}
	doc, errs := gqlparser.LoadQueryWithRules(adminSchema(t), all.String(), nil)
	if errs != nil {
		t.Fatalf("the operations do not fit the schema: %v", errs)
	}
	w := walker{access: schema.Access().Access, found: map[string][]string{}}
	for _, op := range doc.Operations {
		w.selections(op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		w.selections(fragment.SelectionSet)
	}
	var needs []need
	for _, where := range slices.Sorted(maps.Keys(w.found)) {
		needs = append(needs, need{where, w.found[where]})
	}
	return needs
}

type walker struct {
	access map[string]string
	found  map[string][]string
}

func (w walker) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			w.field(s)
		case *ast.InlineFragment:
			w.selections(s.SelectionSet)
		}
	}
}

func (w walker) field(f *ast.Field) {
	if f.ObjectDefinition != nil && f.Definition != nil {
		key := f.ObjectDefinition.Name + "." + f.Definition.Name
		leads := strings.TrimSuffix(strings.TrimSuffix(f.Definition.Type.Name(), "Connection"), "Edge")
		for _, at := range []string{key, leads} {
			w.demand(at)
		}
	}
	w.selections(f.SelectionSet)
}

var scopePattern = regexp.MustCompile("`((?:read|write)_[a-z_]+)`")

// demand reads Shopify's sentence; after "Also:" it speaks of staff and kinds of tokens.
func (w walker) demand(at string) {
	if scope, ok := ownersAccess[at]; ok {
		w.found[at] = []string{scope}
		return
	}
	sentence, _, _ := strings.Cut(w.access[at], "Also:")
	var anyOf []string
	for _, m := range scopePattern.FindAllStringSubmatch(sentence, -1) {
		anyOf = append(anyOf, m[1])
	}
	if len(anyOf) > 0 {
		w.found[at] = anyOf
	}
}

func TestEveryOperationsScopeIsDeclared(t *testing.T) {
	t.Parallel()
	app := declared(t)
	for _, n := range operationNeeds(t) {
		if !slices.ContainsFunc(n.anyOf, func(scope string) bool { return appconfig.Covers(app.Scopes, scope) }) {
			t.Errorf("%s takes one of %v, declared are %v", n.where, n.anyOf, app.Scopes)
		}
	}
	for _, topic := range app.Topics() {
		family, _, _ := strings.Cut(topic, "/")
		if scope := topicAccess[family]; scope != "" && !appconfig.Covers(app.Scopes, scope) {
			t.Errorf("topic %s takes %s", topic, scope)
		}
	}
}

func TestEveryDeclaredScopeIsJustified(t *testing.T) {
	t.Parallel()
	app := declared(t)
	needs := operationNeeds(t)
	for _, scope := range app.Scopes {
		others := slices.DeleteFunc(slices.Clone(app.Scopes), func(other string) bool { return other == scope })
		byOperation := slices.ContainsFunc(needs, func(n need) bool {
			return !slices.ContainsFunc(n.anyOf, func(s string) bool { return appconfig.Covers(others, s) })
		})
		byTopic := slices.ContainsFunc(app.Topics(), func(topic string) bool {
			family, _, _ := strings.Cut(topic, "/")
			return topicAccess[family] == scope
		})
		if !byOperation && !byTopic && reasons[scope] == "" {
			t.Errorf("nothing that the app sends or receives takes %s", scope)
		}
	}
}

package shopifysim

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/switchbackhq/switchback/graphql/schema"
)

var requirements = sync.OnceValue(schema.Access)

var scopePattern = regexp.MustCompile("`((?:read|write|unauthenticated|app)_[a-z_]+)`")

// requirement turns a sentence of the access list into scopes: of every group, one is needed. What a sentence says after
// "Also:" is about staff members and kinds of tokens, which do not apply to an app's offline token.
func requirement(sentence string) [][]string {
	sentence, _, _ = strings.Cut(sentence, "Also:")
	sentence, _, _ = strings.Cut(sentence, "for queries") // what follows is about mutations, which name their own scopes
	var groups [][]string
	for part := range strings.SplitSeq(sentence, " as well as ") {
		var group []string
		for _, m := range scopePattern.FindAllStringSubmatch(part, -1) {
			group = append(group, m[1])
		}
		if len(group) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// holds says whether the scopes of a token grant scope. Writing includes reading.
func holds(scopes []string, scope string) bool {
	return slices.Contains(scopes, scope) ||
		strings.HasPrefix(scope, "read_") && slices.Contains(scopes, "write_"+strings.TrimPrefix(scope, "read_"))
}

func (x *execution) granted(sentence string) bool {
	for _, group := range requirement(sentence) {
		if !slices.ContainsFunc(group, func(s string) bool { return holds(x.scopes, s) }) {
			return false
		}
	}
	return true
}

// access decides whether the token may see a field: by the field's own entry in the access list and by the entry of the
// type it leads to, also through a connection.
func (x *execution) access(parent string, def *ast.FieldDefinition) error {
	r := requirements()
	key := parent + "." + def.Name
	leads := strings.TrimSuffix(def.Type.Name(), "Connection")
	for _, k := range []string{key, leads} {
		if sentence := r.Access[k]; !x.granted(sentence) {
			return denied(def.Name, sentence)
		}
	}
	if x.sim.opts.DenyProtected && r.Protected[key] != "" {
		return &apiError{
			code: "ACCESS_DENIED",
			message: fmt.Sprintf("This app is not approved to use the %s field. See "+
				"https://partners.shopify.com/ for how to request protected customer data access.", def.Name),
		}
	}
	return nil
}

// denied is Shopify's error for a missing access scope.
func denied(field, sentence string) *apiError {
	return &apiError{
		code:       "ACCESS_DENIED",
		message:    fmt.Sprintf("Access denied for %s field. Required access: %s", field, sentence),
		extensions: map[string]any{"requiredAccess": sentence, "documentation": "https://shopify.dev/api/usage/access-scopes"},
	}
}

// need asks for a scope that the access list does not spell out, as for tagsAdd, which takes the owner's.
func (x *execution) need(field, scope string) error {
	if holds(x.scopes, scope) {
		return nil
	}
	return denied(field, "`"+scope+"` access scope.")
}

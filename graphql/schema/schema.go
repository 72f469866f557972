// Package schema holds Shopify's Admin API contract: the GraphQL schema without its descriptions and the list of access
// scopes its fields ask for. NOTICE.md says where both files come from and how to make them again.
//
// The code generator reads the schema, the sandbox's Shopify checks requests and answers against it, and the test of
// shopify.app.toml holds the declared scopes against the list. Nothing here parses GraphQL or calls Shopify.
package schema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
)

// APIVersion is the Admin API version that the whole program speaks: requests, webhooks, schema, app configuration.
// It is written nowhere else in Go.
const APIVersion = "2026-10"

// AdminSDL is the Admin API schema in GraphQL's schema language, without descriptions.
//
//go:embed admin_2026-10.graphql
var AdminSDL string

//go:embed access.json
var accessJSON []byte

// Requirements says what a token needs before Shopify shows a type or a field.
type Requirements struct {
	// Version is the Admin API version the list was taken from.
	Version string `json:"version"`
	// Access maps "Type" or "Type.field" to Shopify's sentence, which names access scopes in backquotes.
	Access map[string]string `json:"requiredAccess"`
	// Protected maps "Type.field" to "subject/content" for the fields of protected customer data.
	Protected map[string]string `json:"protected"`
}

var requirements = sync.OnceValue(func() Requirements {
	var r Requirements
	if err := json.Unmarshal(accessJSON, &r); err != nil {
		panic(fmt.Errorf("decode embedded access list: %w", err))
	}
	return r
})

// Access returns the access list. The caller may change the maps it gets.
func Access() Requirements {
	r := requirements()
	r.Access, r.Protected = maps.Clone(r.Access), maps.Clone(r.Protected)
	return r
}
